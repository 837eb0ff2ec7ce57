"""Whether a version lies in one of npm's ranges; what cannot be read counts as fitting."""

from __future__ import annotations

import re

_PART = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?\S*")
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")


def fits(version: tuple[int, ...], wanted: str) -> bool:
    """Whether a version (three numbers) satisfies a range such as `^20.19.0 || >=22.12`."""
    if not wanted.strip() or not re.fullmatch(r"[\w\s.|<>=^~*+-]*", wanted):
        return True
    return any(_all(version, part) for part in wanted[:500].split("||"))


def _all(version: tuple[int, ...], part: str) -> bool:
    part = _HYPHEN.sub(r">=\1 <=\2", part.strip())
    return all(_one(version, *match.groups("")) for match in _PART.finditer(part))


def _one(version: tuple[int, ...], sign: str, *numbers: str) -> bool:
    exact = []
    for number in numbers:
        if not number.isdigit():
            break
        exact.append(int(number[:9]))
    low = (*exact, 0, 0, 0)[:3]
    if not exact:
        return True
    if sign in (">", "<="):
        above = version > (*exact, *(10**9,) * 3)[:3] if len(exact) < 3 else version > low
        return above if sign == ">" else not above
    if sign in (">=", "<"):
        return (version >= low) == (sign == ">=")
    return low <= version < _ceiling(sign, exact)


def _ceiling(sign: str, exact: list[int]) -> tuple[int, ...]:
    """The first version that does not belong to `^1.2.3`, `~1.2.3`, `1.2` or `1.2.3`."""
    if sign == "^":
        index = next((i for i, n in enumerate(exact) if n), len(exact) - 1)
    elif sign == "~":
        index = min(1, len(exact) - 1)
    else:
        index = len(exact) - 1
    return (*exact[:index], exact[index] + 1, 0, 0)[:3]
