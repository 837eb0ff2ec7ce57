"""Versions with their constraints and dates, through the cache."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from autonomous_coder.engines.research.lookup import Lookup, SingleFlight
from autonomous_coder.engines.research.ports import ResearchCache
from autonomous_coder.errors import CoderError, NetworkUnavailableError, RegistryError
from autonomous_coder.models.technology import Origin
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, PackageRecord, Release
from autonomous_coder.registries.histories import (
    Detail,
    NpmHistory,
    go_detail,
    maven_detail,
    npm_history,
)
from autonomous_coder.registries.transport import Http

MISSING = b"missing"
FOREVER_S = 10 * 365 * 86_400.0


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's bytes and how it was come by."""

    value: bytes
    origin: Origin


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

        key = f"{self._key('npm', endpoint.url)}:{'dated' if dated else 'plain'}:{name}"
        other = key.replace(":plain:", ":dated:", 1)
        kept = await self._kept(key, other, ask, self._ttl, offline=offline)
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
            return answer.record.to_json() if answer.record else MISSING

        key = f"{self._key(ecosystem, endpoint.url)}:versions:{name}"
        kept = await self._kept(key, key, ask, self._ttl, offline=offline)
        record = None if kept.value == MISSING else PackageRecord.from_json(kept.value)
        return record, kept.origin

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

        key = f"{self._key(ecosystem, endpoint.url)}:detail:{name}:{release.version}"
        try:
            # A published version never changes.
            kept = await self._kept(key, key, ask, FOREVER_S, offline=offline)
            published, runtime = json.loads(kept.value)
            return Detail(str(published), str(runtime))
        except (CoderError, ValueError, TypeError):
            return Detail()

    def _key(self, ecosystem: str, url: str) -> str:
        import hashlib

        return f"history:{ecosystem}:{hashlib.blake2b(url.encode(), digest_size=8).hexdigest()}"

    async def _kept(
        self,
        key: str,
        other: str,
        ask: Callable[[], Awaitable[bytes]],
        ttl: float,
        *,
        offline: bool,
    ) -> Kept:
        async def once() -> Kept:
            entry = await self._cache.cache_get(other) if other != key else None
            entry = entry or await self._cache.cache_get(key)
            if entry is not None:
                fresh = 0 <= time.time() - entry.stored_at < ttl
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


def _history(value: bytes) -> NpmHistory | None:
    return None if value == MISSING else NpmHistory.from_json(value)
