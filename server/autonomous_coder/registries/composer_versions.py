"""Versions of Composer packages: their order, and the constraints composer.json writes."""

from __future__ import annotations

import re
from typing import NamedTuple

from autonomous_coder.errors import InvalidInputError

STABILITY = {"dev": 0, "alpha": 1, "a": 1, "beta": 2, "b": 2, "rc": 3, "": 4, "stable": 4,
             "patch": 5, "pl": 5, "p": 5}  # fmt: skip
STABLE = 4
_FORM = re.compile(
    r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?"
    r"(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?(\d{1,9}(?:[.-]\d{1,9}){0,3}))?)?"
    r"([.-]?dev)?(?:\+[0-9A-Za-z.-]{1,80})?",
    re.I,
)
_WORD = re.compile(
    r"(\^|~|>=|<=|!=|<>|==|=|>|<)?\s*(v?[0-9xX*][0-9A-Za-z.*+_-]{0,60})(?:@[a-z]+)?", re.I
)


class Version(NamedTuple):
    """Four numbers, the stability and its number; dev marks an unfinished one."""

    numbers: tuple[int, int, int, int]
    stability: int
    sub: tuple[int, ...] = ()

    @property
    def is_stable(self) -> bool:
        return self.stability >= STABLE


def parse(version: str) -> Version | None:
    """A tagged version, or None (a branch like `dev-main` is none)."""
    match = _FORM.fullmatch(version.strip())
    if not match:
        return None
    numbers = tuple(int(match[i] or 0) for i in range(1, 5))
    stability = 0 if match[7] else STABILITY[(match[5] or "").lower()]
    sub = tuple(int(n) for n in re.findall(r"\d+", match[6] or ""))
    return Version((numbers[0], numbers[1], numbers[2], numbers[3]), stability, sub)


def satisfies(version: str, range_: str) -> bool:
    """Whether a version fits `^1.2 || >=3.0 <4`; an unstable one fits only where one is named.

    Raises:
        InvalidInputError: the constraint cannot be read.
    """
    found = parse(version)
    alternatives = [_conjunction(part, range_) for part in re.split(r"\|\|?", range_)]
    if found is None:
        return False
    if not found.is_stable and not re.search(r"alpha|beta|rc|dev|\d[ab]\d|@", range_, re.I):
        return False
    return any(all(_fits(found, op, limit) for op, limit in bounds) for bounds in alternatives)


def _conjunction(part: str, range_: str) -> list[tuple[str, Version]]:
    words = part.strip().strip(",").strip()
    if words in ("", "*"):
        return []
    hyphen = re.fullmatch(r"(\S+)\s+-\s+(\S+)", words)
    if hyphen:
        low, high = parse(hyphen[1]), parse(hyphen[2])
        if low is None or high is None:
            raise _bad(range_)
        count = hyphen[2].lstrip("v").count(".") + 1
        if count < 3:
            return [(">=", low), ("<", _raised(high, count - 1))]
        return [(">=", low), ("<=", high)]
    bounds: list[tuple[str, Version]] = []
    position = 0
    while position < len(words):
        if words[position] in ", ":
            position += 1
            continue
        match = _WORD.match(words, position)
        if not match or (match.end() < len(words) and words[match.end()] not in ", "):
            raise _bad(range_)
        bounds += _bounds(match[1] or "=", match[2], range_)
        position = match.end()
    return bounds


def _bounds(op: str, word: str, range_: str) -> list[tuple[str, Version]]:
    wild = re.fullmatch(r"v?((?:\d+\.)*)[xX*](?:\.[xX*])*", word)
    if wild:
        given = wild[1].rstrip(".")
        low = parse(given) if given else None
        return [(">=", _lowest(low)), ("<", _raised(low, given.count(".")))] if low else []
    limit = parse(word)
    if limit is None:
        raise _bad(range_)
    count = len(re.findall(r"\d+", re.split(r"[-@+]|[a-uw-z]", word, flags=re.I)[0]))
    if op == "^":
        fixed = next((i for i, n in enumerate(limit.numbers[:count]) if n), count - 1)
        return [(">=", limit), ("<", _raised(limit, fixed))]
    if op == "~":
        return [(">=", limit), ("<", _raised(limit, max(0, min(count, 4) - 2)))]
    return [({"==": "=", "<>": "!="}.get(op, op), limit)]


def _lowest(version: Version) -> Version:
    return Version(version.numbers, 0)


def _raised(version: Version, position: int) -> Version:
    """The lowest of the next version when the number at `position` is raised by one."""
    numbers = [*version.numbers[:position], version.numbers[position] + 1, 0, 0, 0, 0][:4]
    return Version((numbers[0], numbers[1], numbers[2], numbers[3]), 0)


def _fits(version: Version, op: str, limit: Version) -> bool:
    return {
        "=": version == limit,
        "!=": version != limit,
        ">": version > limit,
        "<": version < limit,
        ">=": version >= limit,
        "<=": version <= limit,
    }[op]


def _bad(range_: str) -> InvalidInputError:
    shown = range_[:60].encode("ascii", "backslashreplace").decode()
    return InvalidInputError(
        f"'{shown}' is not a Composer constraint.", hint="Write it like ^7.1, ~2.3 or >=1.0 <3."
    )
