"""What a sentence says of a site: its pages, and whom it is for.

`a website for my bakery with home, about and contact pages`. A list is parted by commas and `and`,
and each part looked at alone, so that long sentences take no longer than their length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import Page

MAX_PAGES = 20
MAX_LISTED = 400
"""Characters of a list of pages."""
_STANDING = re.compile(
    r"\b(?:static|landing page|home ?page|portfolio|personal (?:web ?)?site|html (?:page|site))\b",
    re.IGNORECASE,
)
"""Words for a site that is the same for everybody."""
_SUBJECT = re.compile(
    r"\s+for\s+(?:an?|my|our|the)\s+(?P<name>[\w'-]+(?: (?!with\b|that\b|in\b|where\b)[\w'-]+)?)\b",
    re.IGNORECASE,
)
_BEGIN = re.compile(r"(?:,|\band|\s)\s*\b(?:with|including|having|has)\s+", re.IGNORECASE)
_ONE = re.compile(r"\s+and\s+an?\s+([\w'-]{2,30}(?: [\w'-]{2,30})?)\s+page\b", re.IGNORECASE)
_PAGES = re.compile(r"\bpages?\b", re.IGNORECASE)
_CALLED = re.compile(r"\s*(?:called|named|for|such as|like|:|-)\s*", re.IGNORECASE)
_PARTED = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|the|our|my|these|some)\s+", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w'-]{0,30}(?: [a-z][\w'-]{0,30}){0,2}")
_NO_NAMES = word_set(
    """several many few multiple different static simple web html on of in per each every where
    that with for which detail details list own page pages"""
)
_WORDS_THAT_DO = word_set(
    """login log-in log sign signup sign-up sign-in register registration admin dashboard profile
    account search checkout cart payment payments upload settings chat comments users user"""
)
"""What pages of these names do is more than to be read: they stay in the sentence."""
_SHORT = frozenset({"cv", "faq"})


@dataclass(slots=True)
class Said:
    """`rest` is the sentence without what was taken from it."""

    rest: str
    pages: list[Page] = field(default_factory=list)
    subject: str = ""
    """Whom a site that stands still is for: `bakery`."""


def taken(text: str) -> Said:
    """The pages that a sentence about a site lists, and the subject of one that stands still."""
    said = Said(text)
    for begin in _BEGIN.finditer(text):
        found = _listed(text, begin.end())
        if found is not None:
            end, said.pages = found
            said.rest = text[: begin.start()] + text[end:]
            break
    if not said.pages and (one := _ONE.search(text)) and (pages := _pages(one[1])):
        said.pages = pages
        said.rest = text[: one.start()] + text[one.end() :]
    subject = _SUBJECT.search(said.rest)
    if subject is not None and (_STANDING.search(text) or (said.pages and _is_bare(said.rest))):
        said.subject = subject["name"]
        said.rest = said.rest[: subject.start()] + said.rest[subject.end() :]
    return said


def _listed(text: str, start: int) -> tuple[int, list[Page]] | None:
    """(where a list of pages ends, those pages); None where none begins here."""
    room = text[start : start + MAX_LISTED]
    sentence = re.split(r"[.;!?\n]", room, maxsplit=1)[0]
    marks = list(_PAGES.finditer(sentence))
    if not marks:
        return None
    first, last = marks[0], marks[-1]
    before = sentence[: first.start()].split()
    if len(before) <= 2 and first[0].lower() == "pages" and sentence[first.end() :].strip():
        # `with pages for menu and contact`, `with three pages: menu, ...`
        called = _CALLED.match(sentence, first.end())
        pages = _pages(sentence[called.end() if called else first.end() :])
        if pages:
            return start + len(sentence), pages
    if last[0].lower() == "page":
        # `with an about page and a contact page`: each part says so.
        parts = _PARTED.split(sentence[: last.end()])
        if not all(_PAGES.search(part) for part in parts):
            return None
    pages = _pages(sentence[: last.end()])
    return (start + last.end(), pages) if pages else None


def _is_bare(rest: str) -> bool:
    """`a website for my bakery`, and nothing more."""
    bare = r"(?:an?|my|our|the)\s+(?:\w+ ){0,2}\w+\s+for\s+.{2,40}"
    return re.fullmatch(bare, rest.strip(), re.IGNORECASE) is not None


def _pages(listed: str) -> list[Page]:
    """The pages of a list; none where a part of it is no name of one."""
    names = [_plain(part) for part in _PARTED.split(listed.strip()) if part.strip()]
    words = {word for name in names for word in name.lower().split()}
    fitting = all(_NAME.fullmatch(name) for name in names)
    if not fitting or words & _NO_NAMES or words & _WORDS_THAT_DO:
        return []
    return [_page(name) for name in dict.fromkeys(names)][:MAX_PAGES]


def _plain(part: str) -> str:
    bare = _ARTICLE.sub("", part.strip(), count=1)
    return re.sub(r"\s+pages?$", "", bare, flags=re.IGNORECASE).strip(" '-")


def _page(name: str) -> Page:
    title = name.upper() if name.lower() in _SHORT else name[:1].upper() + name[1:]
    return Page(name=identifier(name), title=title)
