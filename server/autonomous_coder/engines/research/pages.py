"""Reading the text out of a page, in one pass whose time grows with its length only.

The standard library's parser needs quadratic time for some hostile pages, hence the few patterns
here: none of them looks past the next angle bracket.
"""

from __future__ import annotations

import re
from html import unescape

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20}+)([^<>]*+)>|<!--|<[!?][^<>]*+>")
SKIPPED = frozenset(("script", "style", "nav", "header", "footer", "svg", "noscript", "template"))
BLOCKS = frozenset(
    ("p", "div", "br", "tr", "pre", "table", "section", "ul", "ol", "h1", "h2", "h3", "h4", "h5")
)


def html_to_text(page: str) -> str:
    """The readable text: headings and list items marked, scripts and navigation dropped."""
    parts: list[str] = []
    position = 0
    while match := TAG.search(page, position):
        parts.append(unescape(page[position : match.start()]))
        position = match.end()
        if match[0] == "<!--":
            position = _after(page, "-->", position)
        elif match[2] and not match[1] and match[2].lower() in SKIPPED:
            position = _skip(page, match[2].lower(), position)
        elif match[2]:
            parts.append(_mark(match[2].lower(), closing=bool(match[1])))
    parts.append(unescape(page[position:]))
    lines = [" ".join(line.split()) for line in "".join(parts).splitlines()]
    return re.sub(r"\n{3,}+", "\n\n", "\n".join(lines)).strip()


def _after(page: str, end: str, position: int) -> int:
    """Where to go on after `end`; the page's end when it never comes."""
    found = page.find(end, position)
    return len(page) if found < 0 else found + len(end)


def _skip(page: str, tag: str, position: int) -> int:
    """Where to go on after the end tag of an element that is left out."""
    end = re.compile(rf"</{tag}[^<>]*+>", re.I).search(page, position)
    return end.end() if end else len(page)


def _mark(tag: str, *, closing: bool) -> str:
    if tag == "li":
        return "" if closing else "\n- "
    if re.fullmatch(r"h[1-6]", tag) and not closing:
        return "\n\n" + "#" * int(tag[1]) + " "
    return "\n" if tag in BLOCKS else ""
