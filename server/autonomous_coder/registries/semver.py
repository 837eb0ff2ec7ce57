"""Semantic versions and the ranges npm and Cargo write: `^ ~ x >= < - ||` and comma or space."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from autonomous_coder.errors import InvalidInputError

MAX_RANGE_CHARS = 200
FULL = re.compile(
    r"[v=]*(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]*)?"
)
PART = re.compile(
    r"(\^|~>?|>=|<=|>|<|=)?\s*v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?"
    r"(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]*)?"
)
HIGHEST = (1,)


class Semver(NamedTuple):
    """Ordered as semver 2.0 says; `pre` sorts below the release without one."""

    major: int
    minor: int
    patch: int
    pre: tuple[object, ...] = HIGHEST

    @property
    def is_prerelease(self) -> bool:
        return self.pre != HIGHEST

    @property
    def core(self) -> tuple[int, int, int]:
        return self[:3]


def parse(version: str) -> Semver | None:
    """A complete version, or None."""
    match = FULL.fullmatch(version.strip())
    if not match:
        return None
    return Semver(int(match[1]), int(match[2]), int(match[3]), _pre(match[4]))


def _pre(label: str | None) -> tuple[object, ...]:
    if not label:
        return HIGHEST
    # (0, ...) sorts below HIGHEST; numbers sort below words.
    parts = (
        (0, int(p), "") if p.isdigit() and len(p) < 20 else (1, 0, p) for p in label.split(".")
    )
    return (0, tuple(parts))


class _Bound(NamedTuple):
    op: str
    version: Semver


@cache
def _alternatives(range_: str, bare_caret: bool) -> tuple[tuple[_Bound, ...], ...]:
    if len(range_) > MAX_RANGE_CHARS:
        raise _bad(range_)
    return tuple(_conjunction(part, bare_caret) for part in range_.split("||"))


def _conjunction(part: str, bare_caret: bool) -> tuple[_Bound, ...]:
    part = part.strip()
    hyphen = re.fullmatch(r"(\S+)\s+-\s+(\S+)", part)
    if hyphen:
        low, high = PART.fullmatch(hyphen[1]), PART.fullmatch(hyphen[2])
        if not low or not high or low[1] or high[1]:
            raise _bad(part)
        return (*_bounds(low, ">="), *_bounds(high, "<="))
    bounds: list[_Bound] = []
    position = 0
    while position < len(part):
        if part[position] in ", ":
            position += 1
            continue
        match = PART.match(part, position)
        if not match or (match.end() < len(part) and part[match.end()] not in ", <>=^~"):
            raise _bad(part)
        bounds += _bounds(match, match[1] or ("^" if bare_caret else "="))
        position = match.end()
    return tuple(bounds)


def _bounds(match: re.Match[str], op: str) -> list[_Bound]:
    given = [int(g) for g in match.groups()[1:4] if g and g.isdigit()]
    # `1.x.3` means `1.x`: whatever follows a wildcard does not count.
    if "x" in [(g or "").lower().replace("*", "x") for g in match.groups()[1:3]]:
        wild = [(g or "").lower().replace("*", "x") for g in match.groups()[1:4]].index("x")
        given = given[:wild]
    padded = [*given, 0, 0, 0]
    low = Semver(padded[0], padded[1], padded[2], _pre(match[5]))
    if not given:
        return [] if op in ("=", "^", "~", "~>", ">=", "<=") else [_Bound("<", Semver(0, 0, 0))]
    if op == "^":
        fixed = next((i for i, n in enumerate(given) if n), len(given) - 1)
        return [_Bound(">=", low), _below(given, fixed)]
    if op in ("~", "~>"):
        return [_Bound(">=", low), _below(given, min(1, len(given) - 1))]
    if len(given) < 3:
        if op == "=":
            return [_Bound(">=", low), _below(given, len(given) - 1)]
        if op == "<=":
            return [_below(given, len(given) - 1)]
        if op == ">":
            return [_Bound(">=", _below(given, len(given) - 1).version)]
    return [_Bound(op, low)]


def _below(given: list[int], position: int) -> _Bound:
    """Less than `given` with the number at `position` raised by one; its pre-releases excluded."""
    raised = [*given[:position], given[position] + 1, 0, 0, 0][:3]
    return _Bound("<", Semver(raised[0], raised[1], raised[2], (0, ())))


def satisfies(version: str, range_: str, *, bare_caret: bool = False) -> bool:
    """Whether a version fits a range; `bare_caret` reads `1.2` as Cargo does (`^1.2`).

    As in npm, a pre-release fits only where the range names a pre-release of the same x.y.z.

    Raises:
        InvalidInputError: the range cannot be read.
    """
    found = parse(version)
    alternatives = _alternatives(range_, bare_caret)
    if found is None:
        return False
    return any(_fits(found, bounds) for bounds in alternatives)


def _fits(version: Semver, bounds: tuple[_Bound, ...]) -> bool:
    for op, limit in bounds:
        good = {
            ">=": version >= limit,
            "<=": version <= limit,
            ">": version > limit,
            "<": version < limit,
            "=": version == limit,
        }[op]
        if not good:
            return False
    if not version.is_prerelease:
        return True
    return any(
        limit.is_prerelease and limit.pre != (0, ()) and limit.core == version.core
        for _, limit in bounds
    )


def _bad(range_: str) -> InvalidInputError:
    shown = range_[:60].encode("ascii", "backslashreplace").decode()
    return InvalidInputError(
        f"'{shown}' is not a version range.", hint="Write it like ^19, ~1.2, >=5 <6 or 1.x."
    )
