"""How alike two package names are: typing errors, swapped words, look-alike characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_LOOK_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"))
SHORTEST = 4
"""Names with fewer letters are like too many others."""
_FILLER = frozenset(["js", "py", "python", "node", "go", "rust", "rs", "lib", "api", "the"])


def distance(one: str, other: str, limit: int) -> int:
    """Edits between two names (insert, delete, replace, swap two neighbours); `limit` + 1 when
    there are more than `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, before = before, row
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


@lru_cache(maxsize=20_000)
def _letters(name: str) -> str:
    """The name without separators and case."""
    return re.sub(r"[-_.\s]", "", name.lower())


@lru_cache(maxsize=20_000)
def _looks(name: str) -> str:
    """What a hasty reader sees."""
    seen = _letters(name)
    for trick, plain in _LOOK_ALIKE:
        seen = seen.replace(trick, plain)
    return seen


@lru_cache(maxsize=20_000)
def _words(name: str) -> frozenset[str]:
    parts = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1-\2", name).lower())
    return frozenset(parts) - _FILLER


def likeness(ecosystem: str, one: str, other: str) -> float:
    """From 0 to 1. Module paths are compared by their ends, with the same host or group."""
    if ecosystem in ("go", "maven", "packagist"):
        cut = ":" if ecosystem == "maven" else "/"
        (owner_a, _, one), (owner_b, _, other) = one.rpartition(cut), other.rpartition(cut)
        if re.fullmatch(r"v\d+", other) and ecosystem == "go":
            owner_b, _, other = owner_b.rpartition("/")
            if re.fullmatch(r"v\d+", one):
                owner_a, _, one = owner_a.rpartition("/")
        kin = owner_a == owner_b or distance(owner_a, owner_b, 2) <= 2
        # The right name under a wrong owner is the likeliest invention of all.
        if _letters(one) == _letters(other):
            return 0.95 if kin else 0.85
        return _alike(one, other) if kin else 0.0
    return _alike(one, other)


def _alike(one: str, other: str) -> float:
    a, b = _letters(one), _letters(other)
    if not a or not b:
        return 0.0
    if a == b or _looks(one) == _looks(other):
        return 1.0
    longest = max(len(a), len(b))
    limit = max(1, longest // 4)
    edits = distance(a, b, limit)
    by_letters = 1 - edits / longest if edits <= limit else 0.0
    words_a, words_b = _words(one), _words(other)
    shared, both = len(words_a & words_b), len(words_a | words_b)
    # One shared word of several says little; two say which family is meant.
    by_words = 0.5 + 0.5 * shared / both if shared >= 2 or shared == both > 0 else 0.0
    return max(by_letters, by_words)


class Familiar:
    """Well-known names, arranged so that a name like one of them is found quickly."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_length: dict[int, list[tuple[str, frozenset[str], str]]] = {}
        self._by_looks: dict[str, str] = {}
        for name in sorted(self._names):
            letters = _letters(name)
            if len(letters) >= SHORTEST:
                row = (letters, frozenset(letters), name)
                self._by_length.setdefault(len(letters), []).append(row)
                self._by_looks.setdefault(_looks(name), name)

    def resembled(self, name: str) -> str:
        """The well-known name that a name could be taken for; empty when there is none."""
        if name in self._names:
            return ""
        if same := self._by_looks.get(_looks(name)):
            return same
        short = _letters(name)
        limit = 2 if len(short) >= 10 else 1
        used = frozenset(short)
        best: tuple[int, str] = (limit + 1, "")
        for length in range(len(short) - limit, len(short) + limit + 1):
            for theirs, letters, other in self._by_length.get(length, ()):
                # Each edit brings in one letter and takes away one at most.
                if len(used ^ letters) > 2 * limit:
                    continue
                edits = distance(short, theirs, limit)
                if edits < best[0]:
                    best = (edits, other)
        return best[1]
