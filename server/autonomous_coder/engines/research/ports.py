"""What the research engine needs from outside, as protocols."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from autonomous_coder.registries.base import ClientRunner

UvRunner = Callable[[Sequence[str], Path, float], Awaitable[tuple[int, str, str]]]
"""Runs our own uv: (arguments, working directory, seconds) -> (exit code, stdout, stderr)."""

ManagerRunner = Callable[
    [Sequence[str], Path, float, Mapping[str, str]], Awaitable[tuple[int, str, str]]
]
"""Runs a package manager of the user's (npm, cargo, go, mvn, node, rustc, java) in a directory we
wrote: (command, directory, seconds, variables) -> (exit code, stdout, stderr); 124 when the time
ran out. Raises ToolchainMissingError when it is not installed."""


class CacheEntry(Protocol):
    """A stored answer. `stored_at` is seconds since the epoch."""

    @property
    def value(self) -> bytes: ...
    @property
    def stored_at(self) -> float: ...
    @property
    def etag(self) -> str: ...


class ResearchCache(Protocol):
    """Where answers are kept between processes; the store implements it."""

    async def cache_get(self, key: str) -> CacheEntry | None:
        """The entry of a key, however old."""
        ...

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:
        """Store a value now, replacing an older one."""
        ...


class FindingStore(Protocol):
    """Where findings of hosts are kept for good; the store implements it."""

    async def add_findings(self, findings: Sequence[tuple[str, str, str, str]]) -> None:
        """Keep (topic, statement, source, ISO day) rows; those known already stay as they are."""
        ...

    async def findings(self) -> list[tuple[str, str, str, str]]:
        """All rows: by topic, each topic's newest first."""
        ...


__all__ = [
    "CacheEntry",
    "ClientRunner",
    "FindingStore",
    "ManagerRunner",
    "ResearchCache",
    "UvRunner",
]
