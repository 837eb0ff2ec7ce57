"""Cross-process file locks that can be waited for without blocking the loop or a cancellation."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio

POLL_SECONDS = 0.1


class FileLock:
    """A lock held until `close`; `share` lets others hold it shared as well."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def attempt(self, *, shared: bool = False) -> bool:
        """Take it now or not at all."""
        try:
            fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    async def wait(self, *, shared: bool = False) -> None:
        """Take it as soon as it is free; the caller sets the deadline."""
        while not self.attempt(shared=shared):  # noqa: ASYNC110  (other processes hold it)
            await anyio.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Give it back."""
        os.close(self._fd)


@contextlib.asynccontextmanager
async def locked(path: Path, *, shared: bool = False) -> AsyncIterator[FileLock]:
    """Hold the lock at `path` for the block."""
    lock = FileLock(path)
    try:
        await lock.wait(shared=shared)
        yield lock
    finally:
        lock.close()
