"""Which version's documentation is told: the one asked for, else the nearest there is, said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.engines.research.documents.packages import About
from autonomous_coder.engines.research.documents.ports import PassageStore
from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.errors import (
    CoderError,
    NetworkUnavailableError,
    NotFoundError,
    RegistryError,
)
from autonomous_coder.models.technology import PackageRef
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, PackageRecord, pick
from autonomous_coder.registries.summary import newest_of

_EXACT = re.compile(r"[=v ]{0,4}(\d[\w.+!-]{0,99})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version with what the registry says of the package (None when it was not asked).
    `uncertain`: whether there is such a version will be seen."""

    version: str
    record: PackageRecord | None = None
    uncertain: bool = False


class Versions:
    """Chooses versions by the registries, or by what is stored when they cannot be asked."""

    def __init__(self, lookup: Lookup, store: PassageStore) -> None:
        self._lookup = lookup
        self._store = store

    async def choose(
        self, ref: PackageRef, wanted: str, notes: list[str], *, offline: bool
    ) -> Chosen:
        """The version that is asked for: exact, a range, or empty for the newest.

        Raises:
            NotFoundError: there is no such package.
            NetworkUnavailableError, RegistryError: not to be had, and nothing is stored.
        """
        exact = exact_version(ref.ecosystem, wanted)
        stored = await self._stored(ref)
        if exact and exact in stored:
            return Chosen(exact)
        depth = Depth.FULL if wanted or ref.ecosystem == "maven" else Depth.VERSIONS
        try:
            fact = await self._lookup.get(ref.ecosystem, ref.name, depth=depth, offline=offline)
        except (NetworkUnavailableError, RegistryError) as error:
            if not stored:
                raise
            asked = f", not of {wanted}" if wanted else "; whether it is the newest is not known"
            notes.append(f"{error.message} What is told is of version {stored[0]}{asked}.")
            return Chosen(stored[0])
        if fact.record is None:
            raise NotFoundError(
                f"There is no package '{ref.name}' in the {REGISTRIES[ref.ecosystem].title}.",
                hint="Check the name.",
            )
        return self._of(ref, fact.record, wanted, exact, notes)

    def _of(
        self, ref: PackageRef, record: PackageRecord, wanted: str, exact: str, notes: list[str]
    ) -> Chosen:
        newest = newest_of(record)
        latest = newest.version if newest else ""
        latest = latest or (record.releases[0].version if record.releases else "")
        if not wanted:
            return Chosen(latest, record)
        known = [release.version for release in record.releases]
        if exact and exact in known:
            return Chosen(exact, record)
        if exact:
            below = next((v for v in known if v.startswith((f"{exact}.", f"{exact}-"))), "")
            if below:
                return Chosen(below, record)
            if record.trimmed or "older versions" in record.gaps:
                return Chosen(exact, record, uncertain=True)
        else:
            registry = REGISTRIES[ref.ecosystem]
            try:
                fits = pick(record, accept=lambda r: registry.in_range(r.version, wanted))
            except CoderError:
                fits = None
            if fits:
                return Chosen(fits.version, record)
        notes.append(
            f"There is no version {wanted} of {ref.name}; what is told is of {latest}, the newest."
        )
        return Chosen(latest, record)

    async def _stored(self, ref: PackageRef) -> list[str]:
        found = await self._store.versions(ref.ecosystem, ref.name)
        return [s.source.version for s in found if About.from_json(s.about)]


def exact_version(ecosystem: str, wanted: str) -> str:
    """The version that a text names exactly, as the registry spells it, or empty."""
    match = _EXACT.fullmatch(wanted.strip())
    if not match:
        return ""
    return f"v{match[1]}" if ecosystem == "go" else match[1]
