"""A research engine for tests: a cache in memory whose clock can be turned back, real clients."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.settings import ResearchSettings

KNOWLEDGE = Path(autonomous_coder_resources.__file__).parent / "knowledge"


@dataclass(frozen=True)
class Entry:
    """What the cache protocol asks of an entry."""

    value: bytes
    stored_at: float
    etag: str = ""


class MemoryCache:
    """The cache protocol over a dictionary."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    async def cache_get(self, key: str) -> Entry | None:
        return self.entries.get(key)

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:
        self.entries[key] = Entry(value, time.time(), etag)

    def age(self, seconds: float) -> None:
        """Make everything that is stored older."""
        for key, entry in self.entries.items():
            self.entries[key] = replace(entry, stored_at=entry.stored_at - seconds)


async def run_client(argv: Sequence[str]) -> str:
    """Runs a real client."""
    try:
        process = await anyio.run_process(list(argv), check=False)
    except FileNotFoundError as error:
        raise EnvironmentLacksError(f"{argv[0]} is not installed.", hint="") from error
    return process.stdout.decode()


async def no_client(argv: Sequence[str]) -> str:
    """A machine without that client."""
    raise EnvironmentLacksError(f"{argv[0]} is not installed.", hint="")


async def run_uv(args: Sequence[str], cwd: Path, timeout: float) -> tuple[int, str, str]:
    """Runs the uv of this environment."""
    uv = Path(sys.executable).parent / "uv"
    with anyio.fail_after(timeout):
        process = await anyio.run_process([str(uv), *args], cwd=cwd, check=False)
    return process.returncode, process.stdout.decode(), process.stderr.decode()


@asynccontextmanager
async def engine(
    work_dir: Path, cache: MemoryCache | None = None, **settings: float | bool
) -> AsyncIterator[ResearchEngine]:
    """An engine with quick settings; `settings` override them."""
    values = {"timeout": 5.0, "max_retries": 1, **settings}
    found = ResearchEngine(
        ResearchSettings.model_validate(values),
        cache or MemoryCache(),
        no_client,
        run_uv,
        KNOWLEDGE,
        work_dir,
    )
    async with found:
        yield found
