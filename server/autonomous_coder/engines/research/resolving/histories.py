"""Versions with their constraints and dates, through the cache."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from autonomous_coder.engines.research.lookup import NEGATIVE_TTL_S, Lookup, SingleFlight
from autonomous_coder.engines.research.ports import CacheEntry, ResearchCache
from autonomous_coder.errors import CoderError, NetworkUnavailableError, RegistryError
from autonomous_coder.models.technology import Origin
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, Endpoint, PackageRecord, Release
from autonomous_coder.registries.histories import (
    Detail,
    NpmHistory,
    go_detail,
    maven_detail,
    npm_history,
)
from autonomous_coder.registries.transport import Http

MISSING = b"missing"
STALE_NOTE = "The registry could not be asked about all of it: newer releases may exist."
FOREVER_S = 10 * 365 * 86_400.0
FORMAT = 2
"""Of what is kept; another number leaves older entries unread."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's bytes and how it was come by."""

    value: bytes
    origin: Origin


def joined(origins: Collection[Origin], *, offline: bool) -> Origin:
    """How an answer was come by that rests on facts of these origins: as old as the oldest."""
    if Origin.STALE in origins:
        return Origin.STALE
    return Origin.CACHED if offline or Origin.CACHED in origins else Origin.LIVE


class Histories:
    """Asks registries for what the solvers need; single flight, stale when unreachable."""

    def __init__(self, lookup: Lookup, http: Http, cache: ResearchCache, *, ttl: float) -> None:
        self._lookup = lookup
        self._http = http
        self._cache = cache
        self._ttl = ttl
        self._asking: SingleFlight[Kept] = SingleFlight()

    async def npm(
        self, name: str, *, dated: bool, offline: bool
    ) -> tuple[NpmHistory | None, Origin]:
        """An npm package's versions; None when there is no such package.

        Raises:
            NetworkUnavailableError, RegistryError, EnvironmentLacksError.
        """
        endpoint = await self._lookup.endpoint("npm")

        async def ask() -> bytes:
            found = await npm_history(name, endpoint.of(name), self._http, dated=dated)
            return found.to_json() if found else MISSING

        key = f"{self._key(endpoint, 'npm', name)}:{'dated' if dated else 'plain'}:{name}"
        other = key.replace(":plain:", ":dated:", 1)
        kept = await self._kept(key, other, ask, self._ttl, offline=offline, read=_history)
        return _history(kept.value), kept.origin

    async def releases(
        self, ecosystem: str, name: str, *, offline: bool
    ) -> tuple[PackageRecord | None, Origin]:
        """The versions of a crate, module or artifact, newest first.

        Raises:
            NetworkUnavailableError, RegistryError, EnvironmentLacksError.
        """
        endpoint = await self._lookup.endpoint(ecosystem)

        async def ask() -> bytes:
            answer = await REGISTRIES[ecosystem].fetch(
                name, endpoint, self._http, depth=Depth.VERSIONS
            )
            if answer.not_modified:
                raise RegistryError(
                    f"The registry answers about {name} that nothing changed, and it was not "
                    "asked that.",
                    hint="Try again later.",
                )
            return answer.record.to_json() if answer.record else MISSING

        key = f"{self._key(endpoint, ecosystem, name)}:versions:{name}"
        kept = await self._kept(key, key, ask, self._ttl, offline=offline, read=_record)
        return _record(kept.value), kept.origin

    async def detail(self, ecosystem: str, name: str, release: Release, *, offline: bool) -> Detail:
        """Date and runtime of one version; empty where nobody answers."""
        if ecosystem == "crates":
            runtime = release.runtime.removeprefix("rust >=")
            return Detail(release.published, runtime)
        endpoint = await self._lookup.endpoint(ecosystem)
        read = go_detail if ecosystem == "go" else maven_detail

        async def ask() -> bytes:
            found = await read(name, release.version, endpoint, self._http)
            return json.dumps([found.published, found.runtime]).encode()

        key = f"{self._key(endpoint, ecosystem, name)}:detail:{name}:{release.version}"
        try:
            # A published version never changes.
            kept = await self._kept(key, key, ask, FOREVER_S, offline=offline, read=_detail)
        except CoderError:
            return Detail()
        return _detail(kept.value)

    def _key(self, endpoint: Endpoint, ecosystem: str, name: str) -> str:
        return f"history{FORMAT}:{self._lookup.key(endpoint, ecosystem, name)}"

    async def _kept(
        self,
        key: str,
        other: str,
        ask: Callable[[], Awaitable[bytes]],
        ttl: float,
        *,
        offline: bool,
        read: Callable[[bytes], object],
    ) -> Kept:
        async def readable(name: str) -> CacheEntry | None:
            entry = await self._cache.cache_get(name)
            try:
                if entry is not None:
                    read(entry.value)
            except (ValueError, TypeError, KeyError, AttributeError):
                return None
            return entry

        async def once() -> Kept:
            entry = await readable(other) if other != key else None
            entry = entry or await readable(key)
            if entry is not None:
                # What was not there a while ago may have been published since.
                life = min(ttl, NEGATIVE_TTL_S) if entry.value == MISSING else ttl
                fresh = 0 <= time.time() - entry.stored_at < life
                if fresh or offline:
                    return Kept(entry.value, Origin.CACHED if fresh else Origin.STALE)
            if offline:
                raise NetworkUnavailableError(
                    f"Nothing is cached about {key.rsplit(':', 1)[-1]}.",
                    hint="Ask once with network access.",
                )
            try:
                value = await ask()
            except (NetworkUnavailableError, RegistryError):
                if entry is None:
                    raise
                return Kept(entry.value, Origin.STALE)
            await self._cache.cache_put(key, value)
            return Kept(value, Origin.LIVE)

        return await self._asking.run(f"{key}:{offline}", once)


def _record(value: bytes) -> PackageRecord | None:
    return None if value == MISSING else PackageRecord.from_json(value)


def _detail(value: bytes) -> Detail:
    published, runtime = json.loads(value)
    return Detail(str(published), str(runtime))


def _history(value: bytes) -> NpmHistory | None:
    return None if value == MISSING else NpmHistory.from_json(value)
