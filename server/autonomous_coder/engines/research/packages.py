"""Facts about many packages at once: from the cache in one read, the rest from their registries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import anyio

from autonomous_coder.engines.knowledge import KnowledgeBase
from autonomous_coder.engines.research.existing import Existence
from autonomous_coder.engines.research.facts import (
    Advice,
    advice_on,
    chosen_of,
    detailed,
    failed,
    tech_info,
    wants_whole,
)
from autonomous_coder.engines.research.lookup import Fact, Lookup
from autonomous_coder.engines.research.refs import parse_ref
from autonomous_coder.errors import CoderError, NetworkUnavailableError
from autonomous_coder.models.technology import PackageRef, TechInfo
from autonomous_coder.registries.base import Depth

Curated = Callable[[PackageRef], Awaitable[TechInfo | None]]
"""What is known of a package without any registry, or None."""


class PackageFacts:
    """Answers for references; a failure stays with its package."""

    def __init__(
        self, lookup: Lookup, knowledge: KnowledgeBase, existence: Existence, curated: Curated
    ) -> None:
        self._lookup = lookup
        self._knowledge = knowledge
        self._existence = existence
        self._curated = curated
        self._advice: dict[tuple[str, str], Advice] = {}

    async def about(self, refs: Sequence[PackageRef], *, offline: bool) -> list[TechInfo]:
        """Everything that is known of each package, in the order asked."""
        found: list[TechInfo | None] = [None] * len(refs)
        checked = [_checked(ref) for ref in refs]
        good = {(r.ecosystem, r.name) for r in checked if isinstance(r, PackageRef)}
        cached = await self._lookup.cached(good, depth=Depth.FULL)

        async def ask(index: int, ref: PackageRef) -> None:
            found[index] = await self._one(ref, offline)

        async with anyio.create_task_group() as group:
            for index, ref in enumerate(checked):
                if not isinstance(ref, PackageRef):
                    found[index] = failed(refs[index], ref, self._on(refs[index]))
                    continue
                fact = cached.get((ref.ecosystem, ref.name))
                info = self._at_once(ref, fact) if fact else None
                if info:
                    found[index] = info
                else:
                    group.start_soon(ask, index, ref)
        return [info for info in found if info is not None]

    async def one(self, ref: PackageRef, *, offline: bool) -> TechInfo:
        """Like `about`, for one package."""
        return (await self.about([ref], offline=offline))[0]

    async def versions(self, refs: Mapping[str, PackageRef], *, offline: bool) -> dict[str, str]:
        """The newest fitting version of each; what is not known is left out. Never an answer past
        its time to live, unless the registry does not answer."""
        found: dict[str, str] = {}
        pairs = {(ref.ecosystem, ref.name) for ref in refs.values()}
        cached = await self._lookup.cached(pairs, depth=Depth.VERSIONS)

        async def ask(key: str, ref: PackageRef) -> None:
            # A range needs the list of all versions, which npm's cheapest answer lacks.
            deep = Depth.FULL if ref.range and ref.ecosystem == "npm" else Depth.VERSIONS
            with suppress(CoderError):
                fact = await self._lookup.get(ref.ecosystem, ref.name, depth=deep, offline=offline)
                _, chosen = chosen_of(ref, fact.record) if fact.record else (None, None)
                if chosen:
                    found[key] = chosen.version

        async with anyio.create_task_group() as group:
            for key, ref in refs.items():
                fact = cached.get((ref.ecosystem, ref.name))
                record = fact.record if fact else None
                if fact and record is None:
                    continue
                with suppress(CoderError):
                    if record and not (ref.range and "older versions" in record.gaps):
                        newest, chosen = chosen_of(ref, record)
                        if chosen and (chosen is newest or not record.trimmed):
                            found[key] = chosen.version
                            continue
                group.start_soon(ask, key, ref)
        return {key: found[key] for key in refs if key in found}

    def _on(self, ref: PackageRef) -> Advice:
        pair = (ref.ecosystem, ref.name)
        if pair not in self._advice:
            if len(self._advice) > 5_000:
                self._advice.clear()
            self._advice[pair] = advice_on(self._knowledge, *pair)
        return self._advice[pair]

    def _at_once(self, ref: PackageRef, fact: Fact) -> TechInfo | None:
        """The answer from a cached brief alone; None when more has to be asked."""
        record = fact.record
        if record is None:
            return None
        with suppress(CoderError):
            if wants_whole(ref, record):
                return None
            info = tech_info(ref, fact, self._on(ref))
            if record.described and info.version != record.described and info.version:
                return None
            if dubious := self._existence.suspicions(record):
                info.suspicious = dubious
            return info
        return None

    async def _one(self, ref: PackageRef, offline: bool) -> TechInfo:
        try:
            fact = await self._lookup.get(
                ref.ecosystem,
                ref.name,
                depth=Depth.FULL,
                offline=offline,
                whole=bool(ref.range),
                patient=False,
            )
            info = tech_info(ref, fact, self._on(ref))
        except NetworkUnavailableError as error:
            return await self._curated(ref) or failed(ref, error, self._on(ref))
        except CoderError as error:
            return failed(ref, error, self._on(ref))
        record = fact.record
        if record is None:
            near = await self._existence.near(ref.ecosystem, ref.name, offline=offline)
            info.near = near
            if near:
                info.error += f" Close to it: {', '.join(near)}."
            return info
        info.suspicious = self._existence.suspicions(record)
        if record.described and info.version and info.version != record.described:
            with suppress(CoderError):
                older = await self._lookup.get(
                    ref.ecosystem,
                    ref.name,
                    depth=Depth.FULL,
                    offline=offline,
                    version=info.version,
                )
                if older.record and older.record.described == info.version:
                    detailed(info, older.record)
        return info


def _checked(ref: PackageRef) -> PackageRef | CoderError:
    try:
        return parse_ref(str(ref))
    except CoderError as error:
        return error
