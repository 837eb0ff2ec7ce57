"""Does it exist, and is it what was meant? So that an invented name never gets installed.

An unknown name is answered with existing names close to it; a known one that looks like a trap is
answered with what is dubious about it. Both are hints for whoever decides, never a verdict on a
package's content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import anyio

from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.engines.research.nearness import Familiar, likeness
from autonomous_coder.engines.research.popular import imported_as, popular
from autonomous_coder.errors import CoderError, InvalidInputError
from autonomous_coder.models.technology import PackageRef
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, PackageRecord

MAX_NEAR = 5
MAX_TRIED = 8
MAX_SECONDS = 8.0
NEAR = 0.72
FEW, ESTABLISHED = 3, 12
YOUNG_DAYS, NEW_DAYS, OLD_DAYS = 30, 180, 365
AFFIXES = ("python-", "py-", "py", "node-", "go-", "rust-", "lib", "-python", "-py", "-js", "js",
           ".js", "-rs", "-node", "-client", "-sdk", "-lib", "-api", "2")  # fmt: skip
_PLACEHOLDER = re.compile(
    r"security[ -](?:holding|placeholder)|placeholder|-security(?:\.|$)", re.I
)


@dataclass(frozen=True, slots=True)
class Existing:
    """What is known of a name. `exists` is None when that could not be found out (`why`)."""

    ref: PackageRef
    exists: bool | None
    near: tuple[str, ...] = ()
    suspicious: tuple[str, ...] = ()
    why: str = ""

    @property
    def safe_to_use(self) -> bool:
        """Whether the name exists and nothing about it is dubious."""
        return self.exists is True and not self.suspicious


class Existence:
    """Asks whether names exist. `known` tells a name that the knowledge base speaks of."""

    def __init__(self, lookup: Lookup, known: Callable[[str, str], bool]) -> None:
        self._lookup = lookup
        self._known = known

    async def check(self, refs: Sequence[PackageRef], *, offline: bool) -> list[Existing]:
        """Each name, in the order asked; a failure stays with its name."""
        found: list[Existing | None] = [None] * len(refs)

        async def ask(index: int, ref: PackageRef) -> None:
            found[index] = await self._one(ref, offline)

        async with anyio.create_task_group() as group:
            for index, ref in enumerate(refs):
                group.start_soon(ask, index, ref)
        return [one for one in found if one]

    async def _one(self, ref: PackageRef, offline: bool) -> Existing:
        try:
            name = REGISTRIES[ref.ecosystem].check_name(ref.name)
        except (KeyError, InvalidInputError) as error:
            why = str(error) if isinstance(error, InvalidInputError) else "unknown ecosystem"
            return Existing(ref, False, why=why)
        try:
            fact = await self._lookup.get(
                ref.ecosystem, name, depth=Depth.FULL, offline=offline, whole=False, patient=False
            )
        except CoderError as error:
            return Existing(ref, None, why=str(error))
        if fact.record:
            return Existing(ref, True, suspicious=tuple(self.suspicions(fact.record)))
        near = await self.near(ref.ecosystem, name, offline=offline)
        title = REGISTRIES[ref.ecosystem].title
        return Existing(ref, False, tuple(near), why=f"The {title} has no '{name}'.")

    def suspicions(self, record: PackageRecord) -> list[str]:
        """Why one should look twice before installing it; empty for what is well known or well
        established."""
        if record.name in popular(record.ecosystem):
            return []
        found = suspicions(record)
        return [] if found and self._known(record.ecosystem, record.name) else found

    async def near(self, ecosystem: str, name: str, *, offline: bool) -> list[str]:
        """Existing names close to an unknown one, the likeliest first; at most five.

        Each was found in the registry (offline: in the cache), and none is itself dubious.
        """
        wanted = candidates(ecosystem, name)
        if not offline:
            wanted += [n for n in await self._searched(ecosystem, name) if n not in wanted]
        good: set[str] = set()

        async def ask(candidate: str) -> None:
            # How old a name is and how often it was released decides for those not well known.
            familiar = candidate in popular(ecosystem)
            depth = Depth.VERSIONS if familiar else Depth.FULL
            with suppress(CoderError):
                fact = await self._lookup.get(
                    ecosystem, candidate, depth=depth, offline=offline, whole=False
                )
                record = fact.record
                if record and (familiar or not self.suspicions(record)) and not record.deprecated:
                    good.add(candidate)

        with anyio.move_on_after(MAX_SECONDS):
            async with anyio.create_task_group() as group:
                for candidate in wanted[:MAX_TRIED]:
                    group.start_soon(ask, candidate)
        return [candidate for candidate in wanted if candidate in good][:MAX_NEAR]

    async def _searched(self, ecosystem: str, name: str) -> list[str]:
        """What the registry's own search finds that is spelled alike."""
        found: list[str] = []
        with suppress(CoderError), anyio.move_on_after(MAX_SECONDS / 2):
            found = await self._lookup.search(ecosystem, name)
        alike = [(likeness(ecosystem, name, other), other) for other in found if other != name]
        return [other for score, other in sorted(alike, reverse=True) if score >= NEAR][:3]


def candidates(ecosystem: str, name: str) -> list[str]:
    """Names an unknown one may have been meant to be, the likeliest first."""
    found: list[str] = []
    if ecosystem == "pypi":
        alias = imported_as().get(name.lower()) or imported_as().get(name.lower().replace("-", "_"))
        found += [alias] if alias else []
    names = popular(ecosystem)
    bare = name.lower()
    for affix in AFFIXES:
        for other in (
            bare.removeprefix(affix),
            bare.removesuffix(affix),
            affix + bare,
            bare + affix,
        ):
            if other != bare and other in names:
                found.append(other)
    scored = [(likeness(ecosystem, name, other), other) for other in names]
    best = sorted((row for row in scored if row[0] >= NEAR), key=lambda row: (-row[0], row[1]))
    found += [other for _, other in best[:MAX_TRIED]]
    return [other for other in dict.fromkeys(found) if other != name][:MAX_TRIED]


def suspicions(record: PackageRecord) -> list[str]:
    """What is dubious about a package, by its record alone; a single weak sign is none."""
    strong: list[str] = []
    weak: list[str] = []
    count = record.count or len(record.releases)
    age = _age_days(record)
    usable = [r for r in record.releases if not r.withdrawn]
    if record.releases and not usable and record.ecosystem != "npm":
        strong.append("all its releases were withdrawn")
    if _PLACEHOLDER.search(
        f"{record.summary} {record.releases[0].version if record.releases else ''}"
    ):
        strong.append("the registry holds its name with a placeholder")
    if "quarantined" in record.deprecated:
        strong.append("the registry has put it under quarantine")
    if age is not None and age < YOUNG_DAYS:
        strong.append(f"its first release is {age} days old")
    elif age is not None and age < NEW_DAYS:
        weak.append(f"its first release is {age} days old")
    if count <= FEW and "older versions" not in record.gaps:
        weak.append("it has one release" if count == 1 else f"it has {count} releases")
    if (
        not record.repository_url
        and record.described
        and not _untold(record, "links", "repository")
    ):
        weak.append("it names no repository")
    if not record.summary and record.described and not _untold(record, "summary"):
        weak.append("it has no description")
    # Well established packages are not compared: many good names are alike.
    fresh = count < ESTABLISHED or (age is not None and age < OLD_DAYS) or len(weak) >= 2
    if (weak or strong) and fresh and (other := _familiar(record.ecosystem).resembled(record.name)):
        strong.insert(0, f"its name is close to the well-known '{other}'")
    if strong or len(weak) >= 3:
        return strong + weak
    return []


def _untold(record: PackageRecord, *names: str) -> bool:
    return any(name in record.gaps for name in names)


def _age_days(record: PackageRecord) -> int | None:
    """Days since the first release; None where the registry tells no date of it."""
    count = record.count or len(record.releases)
    if _untold(record, "release dates", "oldest versions") or (
        count > 1 and _untold(record, "dates of older releases")
    ):
        return None
    oldest = record.oldest or min((r.published for r in record.releases if r.published), default="")
    try:
        moment = datetime.fromisoformat(oldest)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (datetime.now(UTC) - moment).days)


@cache
def _familiar(ecosystem: str) -> Familiar:
    return Familiar(popular(ecosystem))
