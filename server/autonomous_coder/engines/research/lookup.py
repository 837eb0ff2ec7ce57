"""Asking registries through the cache: time to live, single flight, stale when unreachable."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar, runtime_checkable

import anyio

from autonomous_coder.engines.research.background import Background
from autonomous_coder.engines.research.ports import CacheEntry, ClientRunner, ResearchCache
from autonomous_coder.errors import (
    CoderError,
    NetworkUnavailableError,
    RegistryError,
)
from autonomous_coder.models.technology import Origin
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, Endpoint, PackageRecord
from autonomous_coder.registries.summary import brief
from autonomous_coder.registries.transport import Http

NEGATIVE_TTL_S = 600
GRACE_S = 3_600.0
GRACE_SHARE = 0.25
"""An answer past its time to live by at most an hour, or a quarter of that time, may be given while
it is asked for again. Whoever wants what is current never gets one older than that unasked."""
REFRESHING = "being asked for again"
FORMAT = 2
"""Of what is kept; another number leaves older entries unread."""
MISSING = b"missing"
SLOW_CLIENTS = frozenset({"npm", "maven", "gems", "packagist", "nuget"})
SECRETIVE = re.compile(r"@|token|password|secret", re.I)
"""What a client printed is not kept when it could hold a credential."""
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


@runtime_checkable
class BatchCache(Protocol):
    """A cache that answers many keys at once."""

    async def cache_get_many(self, keys: Sequence[str]) -> Mapping[str, CacheEntry]:
        """The entries of those keys that have one."""
        ...


class Lookup:
    """Facts of packages, from the registries or from what was cached of them.

    Of each package two things are kept: its brief (the newest of each line, enough for most
    questions, read by the hundred) and, where that leaves something out, the whole record.
    """

    def __init__(
        self,
        cache: ResearchCache,
        http: Http,
        run_client: ClientRunner,
        *,
        ttl: float,
        concurrency: int,
        background: Background | None = None,
    ) -> None:
        self._concurrency = concurrency
        self._limiter: anyio.CapacityLimiter | None = None
        self._cache = cache
        self._http = http
        self._run_client = run_client
        self._ttl = ttl
        self._grace = min(GRACE_S, ttl * GRACE_SHARE)
        self._background = background
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
            if not SECRETIVE.search(answer):
                await self._cache.cache_put(key, answer.encode())
            return answer

        return await registry.locate(remembered)

    async def get(
        self,
        ecosystem: str,
        name: str,
        *,
        depth: Depth,
        offline: bool = False,
        version: str = "",
        whole: bool = True,
        patient: bool = True,
    ) -> Fact:
        """One package, described as of `version` (empty: its newest).

        Without `whole` the record may be trimmed. Without `patient` an answer just past its time
        to live is given at once, marked stale, while it is asked for again in the background.

        Raises:
            NetworkUnavailableError: offline or unreachable, and nothing is cached.
            RegistryError: the answer cannot be read, and nothing is cached.
            EnvironmentLacksError: no address is configured and there is no client to ask.
            UnsupportedError: the user's settings keep the name away from registries.
        """
        question = await self._question(ecosystem, name, depth, version)
        entries = await self._entries(question.briefs())
        cached = await self._kept(question, entries, whole=whole)
        return await self._get(question, cached, whole=whole, offline=offline, patient=patient)

    async def cached(
        self, packages: Iterable[tuple[str, str]], *, depth: Depth
    ) -> dict[tuple[str, str], Fact]:
        """The briefs of those packages whose cached answer is fresh; one read for all of them.
        Ecosystems that cannot be located are left out."""
        questions: dict[tuple[str, str], _Question] = {}
        for ecosystem, name in packages:
            try:
                questions[ecosystem, name] = await self._question(ecosystem, name, depth, "")
            except CoderError:
                continue
        keys = [key for question in questions.values() for key in question.briefs()]
        entries = await self._entries(keys)
        found: dict[tuple[str, str], Fact] = {}
        for pair, question in questions.items():
            fact = self._newest_kept(question, entries)
            if fact and fact[0].origin is Origin.CACHED:
                found[pair] = fact[0]
        return found

    async def search(self, ecosystem: str, words: str) -> list[str]:
        """What the registry's own search finds; empty where it has none."""
        endpoint = await self.endpoint(ecosystem)
        async with self._slots():
            return await REGISTRIES[ecosystem].search(words, endpoint, self._http)

    @staticmethod
    def key(endpoint: Endpoint, ecosystem: str, name: str = "") -> str:
        """The cache key's prefix for an endpoint: answers of different indexes never mix."""
        digest = hashlib.blake2b(endpoint.identity(name).encode(), digest_size=8).hexdigest()
        return f"registry{FORMAT}:{ecosystem}:{digest}"

    async def _question(self, ecosystem: str, name: str, depth: Depth, version: str) -> _Question:
        endpoint = await self.endpoint(ecosystem)
        prefix = self.key(endpoint, ecosystem, name)
        return _Question(ecosystem, name, depth, version, endpoint, prefix)

    async def _entries(self, keys: Sequence[str]) -> Mapping[str, CacheEntry]:
        if isinstance(self._cache, BatchCache):
            return await self._cache.cache_get_many(keys)
        found = {key: await self._cache.cache_get(key) for key in keys}
        return {key: entry for key, entry in found.items() if entry}

    def _newest_kept(
        self, question: _Question, entries: Mapping[str, CacheEntry]
    ) -> tuple[Fact, CacheEntry, str] | None:
        """The freshest brief at hand: (what it says, its entry, its key). A fuller answer serves a
        cheaper question too, but has another ETag."""
        best: tuple[Fact, CacheEntry, str] | None = None
        for key in question.briefs():
            entry = entries.get(key)
            fact = self._decode(entry)
            if entry and fact and (best is None or fact.fetched_at > best[0].fetched_at):
                best = (fact, entry, key)
                if fact.origin is Origin.CACHED:
                    break
        return best

    async def _kept(
        self, question: _Question, entries: Mapping[str, CacheEntry], *, whole: bool
    ) -> _Kept | None:
        best = self._newest_kept(question, entries)
        if best is None:
            return None
        fact, entry, key = best
        full: CacheEntry | None = None
        if fact.record and fact.record.trimmed and whole:
            full = await self._cache.cache_get(question.whole_of(key))
            record = _read(full.value) if full else None
            if record is None:
                return None
            fact = replace(fact, record=record)
        etag = entry.etag if key == question.brief and fact.record else ""
        return _Kept(fact, etag, entry.value, full.value if full else b"")

    async def _get(
        self,
        question: _Question,
        cached: _Kept | None,
        *,
        whole: bool,
        offline: bool,
        patient: bool,
    ) -> Fact:
        if cached and (cached.fact.origin is Origin.CACHED or offline):
            return cached.fact
        if offline:
            raise NetworkUnavailableError(
                f"Nothing is cached about {question.ecosystem}:{question.name}.",
                hint="Ask again with network access.",
            )

        async def ask() -> Fact:
            return await self._asking.run(
                f"{question.brief}:{whole}", lambda: self._ask(question, cached)
            )

        background = self._background
        if (
            cached
            and not patient
            and background
            and self._in_grace(cached.fact)
            and background.start(f"{question.brief}:{whole}", ask)
        ):
            return replace(cached.fact, note=REFRESHING)
        return await ask()

    def _in_grace(self, fact: Fact) -> bool:
        if fact.record is None:
            return False
        age = (datetime.now(UTC) - fact.fetched_at).total_seconds()
        return 0 <= age < self._ttl + self._grace

    async def _ask(self, question: _Question, cached: _Kept | None) -> Fact:
        """The registry's answer, kept for later; what is cached when it does not answer."""
        try:
            async with self._slots():
                answer = await REGISTRIES[question.ecosystem].fetch(
                    question.name,
                    question.endpoint,
                    self._http,
                    depth=question.depth,
                    etag=cached.etag if cached else "",
                    version=question.version,
                )
        except (NetworkUnavailableError, RegistryError) as error:
            if cached is None:
                raise
            return replace(cached.fact, origin=Origin.STALE, note=error.message)
        now = datetime.now(UTC)
        if answer.not_modified and cached:
            await self._cache.cache_put(question.brief, cached.brief, etag=answer.etag)
            if cached.whole:
                await self._cache.cache_put(question.whole, cached.whole)
            return Fact(cached.fact.record, Origin.LIVE, now)
        if answer.not_modified:
            raise RegistryError(
                f"The registry answers about {question.ecosystem}:{question.name} that nothing "
                "changed, and nothing was known.",
                hint="Try again later.",
            )
        if answer.record is None:
            await self._cache.cache_put(question.brief, MISSING)
            return Fact(None, Origin.LIVE, now)
        short = brief(answer.record)
        if short.trimmed:
            await self._cache.cache_put(question.whole, answer.record.to_json())
        await self._cache.cache_put(question.brief, short.to_json(), etag=answer.etag)
        return Fact(answer.record, Origin.LIVE, now)

    def _slots(self) -> anyio.CapacityLimiter:
        """Bounds how many answers are held in memory at once."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._concurrency)
        return self._limiter

    def _decode(self, entry: CacheEntry | None) -> Fact | None:
        if entry is None:
            return None
        record = None if entry.value == MISSING else _read(entry.value)
        if record is None and entry.value != MISSING:
            return None
        ttl = self._ttl if record else min(self._ttl, NEGATIVE_TTL_S)
        fresh = 0 <= time.time() - entry.stored_at < ttl
        origin = Origin.CACHED if fresh else Origin.STALE
        return Fact(record, origin, datetime.fromtimestamp(entry.stored_at, UTC))


@dataclass(frozen=True, slots=True)
class _Question:
    """One package at one depth, and where its answers are kept."""

    ecosystem: str
    name: str
    depth: Depth
    version: str
    endpoint: Endpoint
    prefix: str

    @property
    def whole(self) -> str:
        return self._key(self.depth, "")

    @property
    def brief(self) -> str:
        return self._key(self.depth, "~")

    def briefs(self) -> list[str]:
        """The keys that may hold an answer, the one of this very question first."""
        if self.depth is Depth.FULL or self.version:
            return [self.brief]
        return [self.brief, self._key(Depth.FULL, "~")]

    def whole_of(self, key: str) -> str:
        return self.whole if key == self.brief else self._key(Depth.FULL, "")

    def _key(self, depth: Depth, mark: str) -> str:
        at = f"@{self.version}" if self.version else ""
        return f"{self.prefix}:{depth}{mark}{at}:{self.name}"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cached answer: what it says, its ETag, and the stored values."""

    fact: Fact
    etag: str
    brief: bytes
    whole: bytes


def _read(value: bytes) -> PackageRecord | None:
    try:
        return PackageRecord.from_json(value)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
