"""Conditions under which code is compiled (`cfg`, build constraints), and what can come of them
while some of their words are not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import NamedTuple

MAX_DEPTH = 40
MAX_FREE = 8


class Can(NamedTuple):
    """Whether a condition can be true, and whether it can be false."""

    true: bool
    false: bool


YES, NO = Can(true=True, false=False), Can(true=False, false=True)
FREE = Can(true=True, false=True)
"""The project decides: it may be either."""
UNKNOWN = Can(true=False, false=False)
"""The machine decides, and nobody asked it: neither may be relied on."""


@dataclass(frozen=True, slots=True)
class Word:
    """One name, perhaps with a value: `unix`, `feature = "x"`."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """`all` or `any` of the parts, or `not` the only one. No part: all is true, any is false."""

    kind: str
    parts: tuple[Condition, ...] = ()


Condition = Word | Group
ALWAYS = Group("all")


def possible(condition: Condition, meaning: Callable[[Word], Can]) -> Can:
    """What can come of a condition when its words can be what `meaning` says."""
    if isinstance(condition, Word):
        return meaning(condition)
    parts = [possible(part, meaning) for part in condition.parts]
    if condition.kind == "not" and len(parts) == 1:
        return Can(parts[0].false, parts[0].true)
    if condition.kind == "any":
        return Can(any(p.true for p in parts), all(p.false for p in parts))
    return Can(all(p.true for p in parts), any(p.false for p in parts))


def satisfiable(condition: Condition, meaning: Callable[[Word], Can]) -> bool:
    """Whether a condition can be true when a word is the same wherever it stands. With very many
    words that may be either, each place is taken for itself."""
    if not possible(condition, meaning).true:
        return False
    free = sorted((word for word in words(condition) if meaning(word) == FREE), key=str)
    if len(free) > MAX_FREE:
        return True
    for choice in product((YES, NO), repeat=len(free)):
        chosen = dict(zip(free, choice, strict=True))
        if possible(condition, partial(_settled, chosen, meaning)).true:
            return True
    return False


def _settled(chosen: Mapping[Word, Can], meaning: Callable[[Word], Can], word: Word) -> Can:
    return chosen[word] if word in chosen else meaning(word)


def words(condition: Condition) -> set[Word]:
    """Every name in it."""
    if isinstance(condition, Word):
        return {condition}
    return {word for part in condition.parts for word in words(part)}
