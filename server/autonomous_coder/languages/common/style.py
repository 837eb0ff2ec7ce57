"""Style guides: what a project's formatter is told where it leaves a choice.

Languages with one layout for everybody (Go, Rust) have no guides here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autonomous_coder.models.spec import ProjectSpec

KEY = "style_guide"
"""The preference of a spec that names a guide."""


@dataclass(frozen=True, slots=True)
class Style:
    """`width` is the length of a line in characters."""

    width: int = 100
    single_quotes: bool = False
    semicolons: bool = True
    trailing_commas: bool = True


_SCRIPT = {
    "airbnb": Style(width=100, single_quotes=True),
    "google": Style(width=80, single_quotes=True),
    "prettier": Style(width=80),
    "standard": Style(single_quotes=True, semicolons=False, trailing_commas=False),
}
_GUIDES: Mapping[str, Mapping[str, Style]] = {
    "python": {"pep8": Style(width=79), "black": Style(width=88), "google": Style(width=80)},
    "typescript": _SCRIPT,
    "javascript": _SCRIPT,
    "html": _SCRIPT,
}
_USUAL = {"typescript": "airbnb", "javascript": "airbnb", "html": "airbnb"}
_SPELLINGS = {"pep_8": "pep8", "pep 8": "pep8", "pep-8": "pep8", "standardjs": "standard"}


def guides(language: str) -> tuple[str, ...]:
    """The names of the guides there are for a language."""
    return tuple(_GUIDES.get(language, ()))


def normal(name: str) -> str:
    """`PEP 8` as `pep8`."""
    text = name.strip().lower()
    return _SPELLINGS.get(text, text)


def style_of(spec: ProjectSpec) -> Style:
    """What the guide that is preferred says, else the usual one of the language."""
    known = _GUIDES.get(spec.language, {})
    asked = normal(spec.preferences.get(KEY, ""))
    return known.get(asked) or known.get(_USUAL.get(spec.language, "")) or Style()
