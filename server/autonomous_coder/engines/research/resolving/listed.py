"""Stacks of crates, Go modules and Maven artifacts: what may be chosen, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from autonomous_coder.engines.research.facts import newest_of
from autonomous_coder.engines.research.resolving.asking import Asked, version_numbers
from autonomous_coder.engines.research.resolving.base import Cutoff, together
from autonomous_coder.engines.research.resolving.cooldown import (
    KnownOf,
    is_lower,
    let_through,
    passed_over,
)
from autonomous_coder.engines.research.resolving.histories import STALE_NOTE, Histories, joined
from autonomous_coder.errors import ResolutionError
from autonomous_coder.models.technology import Origin, Pin
from autonomous_coder.registries.base import PackageRecord, Release
from autonomous_coder.registries.histories import Detail

MAX_LOOKED_AT = 120
AT_ONCE = 8
MAX_HIDDEN = 30
RUNTIMES = {"crates": "Rust", "go": "Go", "maven": "Java"}


@dataclass(slots=True)
class Listed:
    """One question. `target` are the numbers of the runtime (`(1, 85)`; empty: not known), `said`
    how it was asked for."""

    ecosystem: str
    asked: dict[str, Asked]
    target: tuple[int, ...]
    said: str
    cutoff: Cutoff
    offline: bool
    histories: Histories
    records: dict[str, PackageRecord] = field(default_factory=dict)
    origins: set[Origin] = field(default_factory=set)
    details: dict[tuple[str, str], Detail] = field(default_factory=dict)
    excluded: dict[tuple[str, str], str] = field(default_factory=dict)
    """(package, version) -> why it was stepped back from after the manager had looked at it."""
    notes: list[str] = field(default_factory=list)

    async def learn(self) -> None:
        """Ask for the versions of every package.

        Raises:
            ResolutionError: one does not exist.
        """
        await together([partial(self._learn, name) for name in self.asked])

    async def _learn(self, name: str) -> None:
        record, origin = await self.histories.releases(self.ecosystem, name, offline=self.offline)
        if record is None or not record.releases:
            raise ResolutionError(
                f"The package '{name}' is not in the registry.",
                hint="Check its name; `research` names those that are near.",
            )
        self.records[name] = record
        self.origins.add(origin)

    def newest(self, name: str) -> Release | None:
        """The newest stable release."""
        return newest_of(self.records[name])

    async def detail(self, name: str, release: Release) -> Detail:
        """Date and runtime of a release, asked for once."""
        key = (name, release.version)
        if key not in self.details:
            self.details[key] = await self.histories.detail(
                self.ecosystem, name, release, offline=self.offline
            )
        return self.details[key]

    async def refused(self, name: str, release: Release) -> str:
        """Why a release cannot be chosen whatever the others are; empty when it can."""
        asked = self.asked[name]
        if not asked.admits(self.ecosystem, release.version):
            return f"asked for as {asked}"
        if asked.hold and not Asked(name, asked.hold).admits(self.ecosystem, release.version):
            return f"known hold {name}@{asked.hold}"
        if why := self.excluded.get((name, release.version), ""):
            return why
        detail = Detail()
        if self.target or self.cutoff.before:
            detail = await self.detail(name, release)
        needed = version_numbers(detail.runtime)
        if self.target and needed and needed[: len(self.target)] > self.target[: len(needed)]:
            runtime = RUNTIMES[self.ecosystem]
            return (
                f"{release.version} requires {runtime} {detail.runtime}, the target is {self.said}"
            )
        if self.cutoff.hides(name, release.version, detail.published):
            return self.cutoff.why(release.version, detail.published)
        return ""

    def sound(self, name: str) -> list[Release]:
        """Stable releases that were not withdrawn, newest first, from the newest one on."""
        record = self.records[name]
        rows = [r for r in record.releases if not r.prerelease and not r.withdrawn]
        newest = self.newest(name)
        if newest and any(r.version == newest.version for r in rows):
            start = next(i for i, r in enumerate(rows) if r.version == newest.version)
            # What is above the newest stands apart; it counts only when it is asked for.
            if any(self.asked[name].admits(self.ecosystem, r.version) for r in rows[start:]):
                rows = rows[start:]
        return rows

    async def pick(self, name: str) -> Release:
        """The newest release that may be chosen.

        Raises:
            ResolutionError: none may.
        """
        asked, why = self.asked[name], ""
        rows = [r for r in self.sound(name) if asked.admits(self.ecosystem, r.version)]
        for start in range(0, min(len(rows), MAX_LOOKED_AT), AT_ONCE):
            batch = rows[start : start + AT_ONCE]
            if start:
                await together([partial(self._look, name, row) for row in batch])
            for row in batch:
                reason = await self.refused(name, row)
                if not reason:
                    return row
                why = why or reason
        newest = self.newest(name)
        if not rows:
            latest = newest.version if newest else "none"
            why = f"no stable release is in that range, the newest is {latest}"
        raise ResolutionError(
            f"No release of {asked} can be chosen: {why}.",
            hint="Loosen the range, or change the runtime.",
        )

    async def _look(self, name: str, release: Release) -> None:
        await self.detail(name, release)

    async def picks(self, known_of: KnownOf) -> dict[str, Release]:
        """The newest release of each that may be chosen, security releases let through.

        Raises:
            ResolutionError: there is none of some package.
        """
        found = await self._pick_all()
        if not self.cutoff.before or self.cutoff.exempt:
            return found
        hidden: dict[str, list[Release]] = {}
        for name, release in found.items():
            rows: Sequence[Release] = [
                r
                for r in self.sound(name)[:MAX_HIDDEN]
                if is_lower(self.ecosystem, release.version, r.version)
            ]
            dated = [Release(r.version, (await self.detail(name, r)).published) for r in rows]
            hidden[name] = [r for r in dated if self.cutoff.hides(name, r.version, r.published)]
        chosen = {name: release.version for name, release in found.items()}
        exempt, notes = await let_through(self.ecosystem, chosen, hidden, known_of)
        self.notes += notes
        if not exempt:
            return found
        self.cutoff = self.cutoff.with_exempt(exempt)
        return await self._pick_all()

    async def _pick_all(self) -> dict[str, Release]:
        found: dict[str, Release] = {}

        async def one(name: str) -> None:
            found[name] = await self.pick(name)

        await together([partial(one, name) for name in self.asked])
        return {name: found[name] for name in self.asked}

    async def pin(self, name: str, version: str, why: Mapping[str, str]) -> Pin:
        """The pin of a direct package; `why` names holds that the manager's own answer showed."""
        newest = self.newest(name)
        pin = Pin(name=name, version=version, newest=newest.version if newest else "")
        pin.origin = self.origin()
        if newest and is_lower(self.ecosystem, version, newest.version):
            pin.held_by = await self.refused(name, newest) or why.get(name, "")
            pin.held_by = pin.held_by or "the manager prefers this version with the others"
        return pin

    def origin(self) -> Origin:
        """How the answer as a whole was come by."""
        return joined(self.origins, offline=self.offline)

    async def closing_notes(self) -> list[str]:
        """What is to be said at the end, on the cooldown and on what is not known."""
        young: dict[str, str] = {}
        for name in self.asked:
            newest = self.newest(name)
            if newest and self.cutoff.before:
                published = (await self.detail(name, newest)).published
                if self.cutoff.hides(name, newest.version, published):
                    young[name] = newest.version
        undated = [
            name
            for name in self.asked
            if self.cutoff.before
            and not any(d.published for (n, _), d in self.details.items() if n == name)
        ]
        notes = [*self.notes, *passed_over(self.cutoff, young)]
        if undated:
            named = ", ".join(undated[:5])
            notes.append(f"No release dates are known of {named}: no cooldown for them.")
        if self.offline:
            notes.append("Resolved from what is cached; newer releases may exist.")
        elif self.origin() is Origin.STALE:
            notes.append(STALE_NOTE)
        return list(dict.fromkeys(notes))


def runtime_text(runtime: str, word: str) -> str:
    """A runtime range without the runtime's name in front."""
    text = runtime.strip()
    return text[len(word) :].strip() if text.lower().startswith(word) else text
