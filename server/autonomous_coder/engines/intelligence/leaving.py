"""What a sentence says is not to be made: heard before what it says of jobs, players or commands,
whose verbs would take it along ("players can jump, without tests")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PART = r"(?:(?:unit|automated|automatic)\s+)?(?P<{0}>tests?|testing|docs?|documentation)"
_LEFT = re.compile(
    r"(?:\s*,)?\s*(?:\b(?:and|but)\s+)?\b(?:without|with no|no)\s+(?:any\s+)?"
    + _PART.format("one")
    + r"(?:\s+(?:or|and|nor)\s+(?:any\s+|no\s+)?"
    + _PART.format("other")
    + r")?(?=\s*[.,;!]|\s*$|\s+(?:and|but|please)\b)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Said:
    """`rest` is the sentence without what was taken from it."""

    rest: str
    refused: list[str] = field(default_factory=list)


def taken(text: str) -> Said:
    """The parts of a project that are to be left out."""
    said = Said(_LEFT.sub("", text).strip())
    for match in _LEFT.finditer(text):
        for word in filter(None, match.groupdict().values()):
            said.refused.append("tests" if word.lower().startswith("test") else "docs")
    return said if said.rest else Said(text)
