"""Text from outside, cut into passages: what is put into the store and what comes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PassageSource:
    """What passages belong to: a package version (`pypi`, `fastapi`, `0.165.0`), or a page
    (`page`, its address, empty)."""

    ecosystem: str
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document. `heading` is the path to it (`JWT > verify`), `weight` how much a match
    in this kind of document counts."""

    document: str
    heading: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that holds words of a question; the higher the `score`, the better."""

    source: PassageSource
    passage: Passage
    position: int
    score: float


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source that is stored. `stored_at` in seconds since 1970; `about` is what its writer noted
    of it."""

    source: PassageSource
    stored_at: float
    about: str
