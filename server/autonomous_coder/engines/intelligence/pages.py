"""What a sentence says of a site: its pages, and whom it is for.

`a website for my bakery with home, about and contact pages`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import Page

MAX_PAGES = 20
_SITE = re.compile(
    r"\b(?:web ?sites?|sites?|web[ -]?app(?:lication)?s?|landing pages?|home ?pages?"
    r"|portfolios?|html pages?)\b",
    re.IGNORECASE,
)
_STANDING = re.compile(
    r"\b(?:static|landing page|home ?page|portfolio|personal (?:web ?)?site|html (?:page|site))\b",
    re.IGNORECASE,
)
"""Words for a site that is the same for everybody."""
_SUBJECT = re.compile(
    r"\s+for\s+(?:an?|my|our|the)\s+(?P<name>[\w'-]+(?: (?!with\b|that\b|in\b|where\b)[\w'-]+)?)\b",
    re.IGNORECASE,
)
_ITEM = (
    r"(?:an?\s+|the\s+|our\s+|my\s+)?[A-Za-z][\w'-]*"
    r"(?:\s+(?!pages?\b|and\b|with\b|for\b)[a-z][\w'-]*){0,2}(?:\s+page)?"
)
_LIST = rf"{_ITEM}(?:\s*,\s*(?:and\s+)?{_ITEM}|\s+and\s+{_ITEM})*"
_BEGIN = r"(?:,\s*|\s+)(?:and\s+)?(?:with|including|that has|having|has)\s+"
_CALLED = r"(?:(?:called|named|for|such as|like|:|-)\s*)?"
_AFTER = re.compile(
    rf"{_BEGIN}(?:the |these |some |\w+ )?pages\s*{_CALLED}(?P<list>{_LIST})(?=\s*(?:[.;!]|$))",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"{_BEGIN}(?P<list>{_LIST})\s+pages\b", re.IGNORECASE)
_ONE = r"(?:an?|the)\s+[\w' -]{2,40}?\s+page"
_EACH = re.compile(
    rf"(?:{_BEGIN}|\s+and\s+)(?P<list>{_ONE}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_ONE})*)\b",
    re.IGNORECASE,
)
_NO_NAMES = word_set("several many few multiple different static simple web html")
_SHORT = frozenset({"cv", "faq"})


@dataclass(slots=True)
class Said:
    """`rest` is the sentence without what was taken from it."""

    rest: str
    pages: list[Page] = field(default_factory=list)
    subject: str = ""
    """Whom a site that stands still is for: `bakery`."""


def taken(text: str) -> Said:
    """The pages and the subject of a site; nothing where no site is spoken of."""
    said = Said(text)
    if not _SITE.search(text):
        return said
    for pattern in (_AFTER, _EACH, _BEFORE):
        match = pattern.search(said.rest)
        if match is not None and (pages := _pages(match["list"])):
            said.pages = pages
            said.rest = " ".join((text[: match.start()] + text[match.end() :]).split())
            break
    subject = _SUBJECT.search(said.rest)
    if subject is not None and (_STANDING.search(text) or (said.pages and _is_bare(said.rest))):
        said.subject = subject["name"]
        said.rest = said.rest[: subject.start()] + said.rest[subject.end() :]
    return said


def _is_bare(rest: str) -> bool:
    """`a website for my bakery`, and nothing more."""
    bare = r"(?:an?|my|our|the)\s+(?:\w+ ){0,2}\w+\s+for\s+.{2,40}"
    return re.fullmatch(bare, rest, re.IGNORECASE) is not None


def _pages(listed: str) -> list[Page]:
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", listed)
    names = [name for part in parts if (name := _plain(part))]
    if {word for name in names for word in name.lower().split()} & _NO_NAMES:
        return []
    return [_page(name) for name in dict.fromkeys(names)][:MAX_PAGES]


def _plain(part: str) -> str:
    bare = re.sub(r"^(?:an?|the|our|my)\s+", "", part.strip(), flags=re.IGNORECASE)
    return re.sub(r"\s+pages?$", "", bare, flags=re.IGNORECASE).strip(" '-")


def _page(name: str) -> Page:
    title = name.upper() if name.lower() in _SHORT else name[:1].upper() + name[1:]
    return Page(name=identifier(name), title=title)
