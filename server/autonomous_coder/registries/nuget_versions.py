"""Versions of NuGet packages: their order, and the ranges project files write."""

from __future__ import annotations

import re
from typing import NamedTuple

from autonomous_coder.errors import InvalidInputError

_FORM = re.compile(
    r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?"
    r"(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{0,100})?"
)
_INTERVAL = re.compile(r"([\[(])\s*([^,\[\]()]*?)\s*(?:(,)\s*([^,\[\]()]*?)\s*)?([\])])")
HIGHEST: tuple[tuple[int, int, str], ...] = ((2, 0, ""),)


class Version(NamedTuple):
    """Four numbers and the label; labels compare without regard to case."""

    numbers: tuple[int, int, int, int]
    label: tuple[tuple[int, int, str], ...] = HIGHEST

    @property
    def is_prerelease(self) -> bool:
        return self.label != HIGHEST


def parse(version: str) -> Version | None:
    """A version, or None."""
    match = _FORM.fullmatch(version.strip())
    if not match:
        return None
    label = HIGHEST
    if match[5]:
        # Numbers sort below words; what follows the last part counts as lower.
        label = tuple(
            (0, int(p), "") if p.isdigit() and len(p) < 19 else (1, 0, p)
            for p in match[5].lower().split(".")
        )
    numbers = tuple(int(match[i] or 0) for i in range(1, 5))
    return Version((numbers[0], numbers[1], numbers[2], numbers[3]), label)


def satisfies(version: str, range_: str) -> bool:
    """Whether a version fits `[1.0,2.0)`, `1.2` (that or newer) or `1.*`.

    A pre-release fits only where one is named.

    Raises:
        InvalidInputError: the range cannot be read.
    """
    spec = range_.strip()
    bounds = _floating(spec) or _interval(spec, range_)
    found = parse(version)
    if found is None:
        return False
    named = any(limit.is_prerelease and limit.label != LOWEST for _, limit in bounds)
    if found.is_prerelease and not named:
        return False
    return all(_fits(found, op, limit) for op, limit in bounds)


LOWEST: tuple[tuple[int, int, str], ...] = ((-1, 0, ""),)


def _floating(spec: str) -> list[tuple[str, Version]]:
    match = re.fullmatch(r"((?:\d{1,9}\.){0,3})\*", spec)
    if not match:
        return []
    given = match[1].rstrip(".")
    low = parse(given) if given else Version((0, 0, 0, 0))
    if low is None or not given:
        return [(">=", Version((0, 0, 0, 0)))]
    place = given.count(".")
    raised = [*low.numbers[:place], low.numbers[place] + 1, 0, 0, 0, 0][:4]
    above = Version((raised[0], raised[1], raised[2], raised[3]), LOWEST)
    return [(">=", low), ("<", above)]


def _interval(spec: str, range_: str) -> list[tuple[str, Version]]:
    bare = parse(spec)
    if bare is not None:
        return [(">=", bare)]
    match = _INTERVAL.fullmatch(spec)
    if not match:
        raise _bad(range_)
    if not match[3]:
        only = parse(match[2])
        if only is None or match[1] != "[" or match[5] != "]":
            raise _bad(range_)
        return [("=", only)]
    bounds: list[tuple[str, Version]] = []
    for word, op in ((match[2], ">=" if match[1] == "[" else ">"),
                     (match[4], "<=" if match[5] == "]" else "<")):  # fmt: skip
        limit = parse(word) if word else None
        if word and limit is None:
            raise _bad(range_)
        if limit is not None:
            bounds.append((op, limit))
    return bounds


def _fits(version: Version, op: str, limit: Version) -> bool:
    return {
        "=": version == limit,
        ">": version > limit,
        "<": version < limit,
        ">=": version >= limit,
        "<=": version <= limit,
    }[op]


def _bad(range_: str) -> InvalidInputError:
    shown = range_[:60].encode("ascii", "backslashreplace").decode()
    return InvalidInputError(
        f"'{shown}' is not a NuGet range.", hint="Write it like [1.0,2.0), 1.2 or 1.*."
    )
