"""The cooldown: releases too young are passed over, unless they mend a known vulnerability."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from autonomous_coder.engines.research.resolving.base import Cutoff, shorten
from autonomous_coder.registries import semver
from autonomous_coder.registries.advisories import Advisory, Known, Pinned
from autonomous_coder.registries.base import Release
from autonomous_coder.registries.maven import sort_key

KnownOf = Callable[[str, Sequence[Pinned]], Awaitable[tuple[Known, str]]]
"""(ecosystem, pinned) -> (advisories of each, empty), or ({}, why nobody could say)."""
MAX_NAMED = 5


def cutoff_of(days: int) -> Cutoff:
    """The cutoff of a cooldown that starts now; none for 0 days."""
    if days <= 0:
        return Cutoff()
    before = datetime.now(UTC) - timedelta(days=days)
    return Cutoff(days, before.strftime("%Y-%m-%dT%H:%M:%SZ"))


def ordering(ecosystem: str, version: str) -> Any:
    """A key that sorts an ecosystem's versions; None when it is no version."""
    if ecosystem == "maven":
        return sort_key(version)
    if ecosystem == "pypi":
        from packaging.version import InvalidVersion, Version

        try:
            return Version(version)
        except InvalidVersion:
            return None
    return semver.parse(version)


def is_lower(ecosystem: str, version: str, than: str) -> bool:
    """Whether a version is older than another; False where one cannot be read."""
    mine, other = ordering(ecosystem, version), ordering(ecosystem, than)
    return mine is not None and other is not None and bool(mine < other)


async def let_through(
    ecosystem: str,
    chosen: Mapping[str, str],
    hidden: Mapping[str, Sequence[Release]],
    known_of: KnownOf,
) -> tuple[dict[str, str], list[str]]:
    """(package -> younger release that mends a vulnerability of the version chosen, notes).

    `hidden` are the releases that the cooldown passed over, per package.
    """
    asked = [(name, version) for name, version in chosen.items() if hidden.get(name)]
    if not asked:
        return {}, []
    known, why = await known_of(ecosystem, asked)
    if why:
        return {}, [
            "Whether a release that the cooldown passes over mends a known vulnerability was not "
            f"checked: {shorten(why, 200)}."
        ]
    exempt: dict[str, str] = {}
    notes: list[str] = []
    for pinned, advisories in known.items():
        name, version = pinned
        for advisory in advisories:
            mend = _mending(ecosystem, version, advisory, hidden.get(name, ()))
            if mend is None:
                continue
            if name not in exempt or is_lower(ecosystem, exempt[name], mend.version):
                exempt[name] = mend.version
            notes.append(
                f"{name} {mend.version} of {mend.published[:10]} bypasses the cooldown: it mends "
                f"{advisory.id} of {version}."
            )
    return exempt, notes


def _mending(
    ecosystem: str, version: str, advisory: Advisory, hidden: Sequence[Release]
) -> Release | None:
    """The lowest of the younger releases in which an advisory is mended."""
    fixes = [fix for fix in advisory.fixed if is_lower(ecosystem, version, fix)]
    if not fixes:
        return None
    enough = [
        release
        for release in hidden
        if any(not is_lower(ecosystem, release.version, fix) for fix in fixes)
    ]
    lowest: Release | None = None
    for release in enough:
        if lowest is None or is_lower(ecosystem, release.version, lowest.version):
            lowest = release
    return lowest


def passed_over(cutoff: Cutoff, held: Mapping[str, str]) -> list[str]:
    """The note on what a cooldown passed over (package -> its newest release)."""
    if not cutoff.before:
        return []
    named = ", ".join(f"{name} {version}" for name, version in list(held.items())[:MAX_NAMED])
    more = f" and {len(held) - MAX_NAMED} more" if len(held) > MAX_NAMED else ""
    what = f"passed over: {named}{more}" if held else "nothing newest is that young"
    return [f"Cooldown: releases younger than {cutoff.days} days do not count; {what}."]
