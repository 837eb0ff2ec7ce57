"""Stepping back: which packages are newer than what was tested, and the ranges that keep them
where it was.

Two versions are on one line where the ecosystem promises that nothing breaks between them: the
same first number that is not zero, `3.2` and `3.9`, or `0.22.1` and `0.22.4`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autonomous_coder.engines.research.resolving.asking import version_numbers
from autonomous_coder.models.technology import Pin

_BELOW: Mapping[str, Callable[[str], str]] = {
    "pypi": lambda limit: f"<{limit}",
    "npm": lambda limit: f"<{limit}",
    "crates": lambda limit: f"<{limit}",
    "go": lambda limit: f"<{limit}",
    "maven": lambda limit: f"[0,{limit})",
}
_EXACTLY: Mapping[str, Callable[[str], str]] = {
    "pypi": lambda version: f"=={version}",
    "crates": lambda version: f"={version}",
    "maven": lambda version: f"[{version},{version}]",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A package that is newer than what was tested: `range` keeps it on the tested line,
    `exactly` at the tested version."""

    package: str
    newest: str
    tested: str
    range: str
    exactly: str


def steps_back(ecosystem: str, pins: list[Pin], tested: Mapping[str, str]) -> list[Step]:
    """The direct packages that have left the line they were tested on."""
    found = []
    for pin in pins:
        version = tested.get(pin.name, "")
        if not pin.direct or not version or not _has_left(pin.version, version):
            continue
        exactly = _EXACTLY.get(ecosystem, str)(version)
        below = _BELOW[ecosystem](_end_of_line(version))
        found.append(Step(pin.name, pin.version, version, below, exactly))
    return found


def _has_left(version: str, tested: str) -> bool:
    end = version_numbers(_end_of_line(tested))
    return bool(end) and _padded(version_numbers(version)) >= _padded(end)


def _end_of_line(version: str) -> str:
    """The first version behind the line: `3.26.1` -> `4.0.0`, `0.22.1` -> `0.23.0`."""
    numbers = list(_padded(version_numbers(version)))
    place = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
    numbers[place] += 1
    return ".".join(str(n) for n in [*numbers[: place + 1], *[0] * (len(numbers) - place - 1)])


def _padded(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return (*numbers, 0, 0, 0)[:3]
