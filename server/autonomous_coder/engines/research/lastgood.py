"""The curated last-known-good set: versions that were seen to work together, with a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from autonomous_coder.engines.research.resolving.asking import Asked, version_numbers
from autonomous_coder.models.technology import Origin, Pin, Resolution

if TYPE_CHECKING:
    from packaging.requirements import Requirement


@dataclass(frozen=True, slots=True)
class LastKnownGood:
    """Package -> version, verified together on a day with a lowest Python, Node, ..."""

    verified: date
    lowest: str
    versions: Mapping[str, str]

    def missing(self, requirements: Mapping[str, Requirement]) -> set[str]:
        """Names the set does not hold, or not in the range asked for."""
        return {
            name
            for name, asked in requirements.items()
            if name not in self.versions or not asked.specifier.contains(self.versions[name])
        }

    def fits(self, python: str) -> bool:
        """Whether the set was made for a Python this low."""
        return _minor(python) >= _minor(self.lowest)

    def fits_node(self, version: str) -> bool:
        """Whether the set was made for a Node this low (three numbers)."""
        return version_numbers(version) >= version_numbers(self.lowest)

    def lacks(self, ecosystem: str, asked: Mapping[str, Asked]) -> list[str]:
        """What was asked for that the set does not hold, or not in the range, as it was asked."""
        return [
            str(package)
            for name, package in asked.items()
            if name not in self.versions
            or not package.admits(ecosystem, self.versions[name])
            or not replace(package, range=package.hold).admits(ecosystem, self.versions[name])
        ]

    def version_of(self, name: str) -> str:
        """The version the set holds of a package, or empty."""
        return self.versions.get(name, "")

    def resolution(self, names: Iterable[str], runtime: str, because: str) -> Resolution:
        """The whole set as a curated resolution; `names` are the direct packages."""
        direct = set(names)
        pins = [
            Pin(name=n, version=v, direct=n in direct, origin=Origin.CURATED)
            for n, v in sorted(self.versions.items())
            if n in direct
        ]
        return Resolution(
            ecosystem="pypi",
            runtime=runtime,
            pins=pins,
            origin=Origin.CURATED,
            resolved_at=datetime.combine(self.verified, time(), UTC),
            resolver="knowledge base",
            notes=[
                f"No network{because}: versions are the last known good set of {self.verified}; "
                "what is newest now is not known."
            ],
        )


def nearest_set(
    sets: Sequence[LastKnownGood], ecosystem: str, asked: Mapping[str, Asked], node: str
) -> LastKnownGood | None:
    """The set that lacks least of what is asked among those for a Node version: of equal ones the
    newest. Without a Node version of equal ones the oldest, because it serves on newer ones, too;
    other runtimes are not looked at. None when no set fits."""
    fitting = [found for found in sets if not node or found.fits_node(node)]
    fitting.sort(key=lambda found: version_numbers(found.lowest), reverse=bool(node))
    return min(fitting, key=lambda found: len(found.lacks(ecosystem, asked)), default=None)


def last_known_good(path: Path) -> LastKnownGood:
    """The set in a file; an empty one when there is none."""
    import tomllib

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return LastKnownGood(
            values["verified"],
            str(values.get("lowest_python") or values.get("lowest", "")),
            dict(values["versions"]),
        )
    except (OSError, KeyError, TypeError, ValueError):
        return LastKnownGood(date.min, "3.0", {})


def _minor(python: str) -> int:
    return int(python.split(".")[1])
