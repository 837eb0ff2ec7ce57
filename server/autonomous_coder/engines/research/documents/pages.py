"""HTML to Markdown, by a library whose time and depth are bounded on hostile pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HTML_CHARS = 2_000_000
MAX_DEPTH = 100
DEEPEST = {"pre": 1, "table": 3, "ul": 8, "ol": 8, "dl": 8, "blockquote": 8, "details": 8}
"""How deep these may stand in each other. The library's time and output grow with the square and
the cube of that depth, and no page that is read by people comes near."""
_NESTING = re.compile(r"<(/?)(pre|table|ul|ol|dl|blockquote|details)\b[^<>]{0,2000}>", re.I)
LEFT_OUT = (
    "script", "style", "nav", "footer", "aside", "form", "iframe", "object", "svg", "noscript",
    "template", "button", "select", ".headerlink", ".hash-link", ".anchor-link",
    "[aria-hidden=true]", "[role=navigation]", "[role=search]", "[role=banner]",
    "[role=contentinfo]",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, as Markdown that is not yet cleaned. `cut`: the page was longer."""

    title: str
    text: str
    cut: bool = False


def read_page(html: str, url: str) -> Page:
    """The readable part of a page. It runs for seconds on the worst 2 MB: call it in a thread.

    What the page hides from its readers is left out, and so is what is around its content.
    """
    from html_to_markdown import ConversionError, ConversionOptions, PreprocessingOptions, convert

    options = ConversionOptions(
        extract_metadata=True,
        skip_images=True,
        hidden_content="drop",
        exclude_selectors=list(LEFT_OUT),
        base_url=url,
        heading_style="atx",
        preprocessing=PreprocessingOptions(enabled=True, preset="standard"),
        max_depth=MAX_DEPTH,
    )
    cut = len(html) > MAX_HTML_CHARS
    # Lone surrogates cannot be handed over, and NUL ends strings in other languages.
    source = html[:MAX_HTML_CHARS].encode("utf-8", "replace").decode().replace("\0", "")
    try:
        found = convert(_flattened(source), options)
    except ConversionError:
        return Page("", "", cut)
    document = found.metadata.document if found.metadata else None
    title = (document.title if document else None) or ""
    return Page(title, _without_front_matter(found.content or ""), cut)


def _flattened(html: str) -> str:
    """Without the tags of elements that stand too deep in their like."""
    depth = dict.fromkeys(DEEPEST, 0)

    def keep(match: re.Match[str]) -> str:
        name = match[2].lower()
        if match[1]:
            depth[name] = max(0, depth[name] - 1)
            return match[0] if depth[name] < DEEPEST[name] else ""
        depth[name] += 1
        return match[0] if depth[name] <= DEEPEST[name] else ""

    return _NESTING.sub(keep, html)


def _without_front_matter(text: str) -> str:
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 3)
    return text[end + 5 :] if end >= 0 else text
