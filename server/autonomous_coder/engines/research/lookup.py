"""Asking registries through the cache: time to live, single flight, stale when unreachable."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import anyio

from autonomous_coder.engines.research.ports import CacheEntry, ClientRunner, ResearchCache
from autonomous_coder.errors import (
    CoderError,
    NetworkUnavailableError,
    RegistryError,
)
from autonomous_coder.models.technology import Origin
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, Endpoint, PackageRecord
from autonomous_coder.registries.transport import Http

NEGATIVE_TTL_S = 600
MISSING = b"missing"
SLOW_CLIENTS = frozenset({"npm", "maven"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a package. `record` is None when the registry has no such package."""

    record: PackageRecord | None
    origin: Origin
    fetched_at: datetime
    note: str = ""


class SingleFlight(Generic[T]):
    """Equal questions asked at the same time are asked once."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[anyio.Event, list[T | CoderError]]] = {}

    async def run(self, key: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The result of `ask`, or of an equal call already under way; its CoderError likewise."""
        while True:
            running = self._running.get(key)
            if running is None:
                break
            event, outcome = running
            await event.wait()
            # Empty when the one who asked was cancelled: then it is our turn.
            if outcome:
                if isinstance(outcome[0], CoderError):
                    raise outcome[0]
                return outcome[0]
        event, outcome = self._running[key] = (anyio.Event(), [])
        try:
            result = await ask()
            outcome.append(result)
            return result
        except CoderError as error:
            outcome.append(error)
            raise
        finally:
            del self._running[key]
            event.set()


class Lookup:
    """Facts of packages, from the registries or from what was cached of them."""

    def __init__(
        self,
        cache: ResearchCache,
        http: Http,
        run_client: ClientRunner,
        *,
        ttl: float,
        concurrency: int,
    ) -> None:
        self._concurrency = concurrency
        self._limiter: anyio.CapacityLimiter | None = None
        self._cache = cache
        self._http = http
        self._run_client = run_client
        self._ttl = ttl
        self._endpoints: dict[str, Endpoint] = {}
        self._locating: SingleFlight[Endpoint] = SingleFlight()
        self._asking: SingleFlight[Fact] = SingleFlight()

    async def endpoint(self, ecosystem: str) -> Endpoint:
        """Where the user's client looks; found once per process."""
        if ecosystem not in self._endpoints:
            self._endpoints[ecosystem] = await self._locating.run(
                ecosystem, lambda: self._locate(ecosystem)
            )
        return self._endpoints[ecosystem]

    async def _locate(self, ecosystem: str) -> Endpoint:
        registry = REGISTRIES[ecosystem]
        if ecosystem not in SLOW_CLIENTS:
            return await registry.locate(self._run_client)
        # Starting these clients takes longer than all questions together, so what they print
        # by themselves (never what holds credentials) is remembered like any other fact.
        key = f"client:{ecosystem}"

        async def remembered(argv: Sequence[str]) -> str:
            entry = await self._cache.cache_get(key)
            if entry and 0 <= time.time() - entry.stored_at < self._ttl:
                return entry.value.decode("utf-8", "replace")
            answer = await self._run_client(argv)
            if "@" not in answer:
                await self._cache.cache_put(key, answer.encode())
            return answer

        return await registry.locate(remembered)

    async def get(self, ecosystem: str, name: str, *, depth: Depth, offline: bool = False) -> Fact:
        """One package.

        Raises:
            NetworkUnavailableError: offline or unreachable, and nothing is cached.
            RegistryError: the answer cannot be read, and nothing is cached.
            EnvironmentLacksError: no address is configured and there is no client to ask.
        """
        endpoint = await self.endpoint(ecosystem)
        key = f"{self.key(endpoint, ecosystem)}:{depth}:{name}"
        return await self._asking.run(
            f"{key}:{offline}", lambda: self._get(ecosystem, name, endpoint, key, depth, offline)
        )

    @staticmethod
    def key(endpoint: Endpoint, ecosystem: str) -> str:
        """The cache key's prefix for an endpoint: answers of different indexes never mix."""
        digest = hashlib.blake2b(endpoint.url.encode(), digest_size=8).hexdigest()
        return f"registry:{ecosystem}:{digest}"

    async def _get(
        self,
        ecosystem: str,
        name: str,
        endpoint: Endpoint,
        key: str,
        depth: Depth,
        offline: bool,
    ) -> Fact:
        entry = await self._cache.cache_get(key)
        cached = self._decode(entry)
        if depth is Depth.VERSIONS and (cached is None or cached.origin is Origin.STALE):
            fuller = await self._cache.cache_get(key.replace(":versions:", ":full:", 1))
            other = self._decode(fuller)
            if other and (cached is None or other.origin is Origin.CACHED):
                cached, entry = other, None
        if cached and (cached.origin is Origin.CACHED or offline):
            return cached
        if offline:
            raise NetworkUnavailableError(
                f"Nothing is cached about {ecosystem}:{name}.",
                hint="Ask again with network access.",
            )
        etag = entry.etag if entry and cached and cached.record else ""
        try:
            async with self._slots():
                answer = await REGISTRIES[ecosystem].fetch(
                    name, endpoint, self._http, depth=depth, etag=etag
                )
        except (NetworkUnavailableError, RegistryError) as error:
            if cached is None:
                raise
            return Fact(cached.record, Origin.STALE, cached.fetched_at, error.message)
        now = datetime.now(UTC)
        if answer.not_modified and entry and cached:
            await self._cache.cache_put(key, entry.value, etag=answer.etag)
            return Fact(cached.record, Origin.LIVE, now)
        value = answer.record.to_json() if answer.record else MISSING
        await self._cache.cache_put(key, value, etag=answer.etag)
        return Fact(answer.record, Origin.LIVE, now)

    def _slots(self) -> anyio.CapacityLimiter:
        """Bounds how many answers are held in memory at once."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._concurrency)
        return self._limiter

    def _decode(self, entry: CacheEntry | None) -> Fact | None:
        if entry is None:
            return None
        try:
            record = None if entry.value == MISSING else PackageRecord.from_json(entry.value)
        except (ValueError, TypeError, KeyError):
            return None
        ttl = self._ttl if record else min(self._ttl, NEGATIVE_TTL_S)
        fresh = 0 <= time.time() - entry.stored_at < ttl
        origin = Origin.CACHED if fresh else Origin.STALE
        return Fact(record, origin, datetime.fromtimestamp(entry.stored_at, UTC))
