"""Locks between processes. The kernel drops them when their process ends, however it ends."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import anyio

from autonomous_coder.errors import BusyError, StateError
from autonomous_coder.store.filesystem import FULL, disk_full

WAIT_S = 30.0
FIRST_PAUSE_S = 0.001
LONGEST_PAUSE_S = 0.010
POLITENESS_S = 0.003
"""How long who has just come lets those go first who are waiting; more than `FIRST_PAUSE_S`."""


def open_lock(path: Path) -> int:
    """Open (or create) a lock file, inherited by no child; the descriptor is the caller's.

    Raises:
        StateError: it cannot be opened. DiskFullError: there is no space for it.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(path) from error
        raise StateError(
            f"The lock file {path} cannot be opened: {error.strerror}.",
            hint="The data directory must be writable (setting paths.data_dir).",
        ) from error


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if it is free. The lock belongs to the descriptor, not to the process."""
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
            return False
        raise StateError(
            f"Files cannot be locked in the data directory: {error.strerror}.",
            hint="Name a data directory on a local file system (setting paths.data_dir).",
        ) from error
    return True


def unlock(descriptor: int) -> None:
    """Give the lock up; the file stays."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


class FileLock:
    """A lock shared by tasks and processes, waited for without blocking the event loop.

    Who waits shows it by a shared lock on a second file; who finds others waiting lets them go
    first once. That keeps one busy process from starving the rest.
    """

    def __init__(self, path: Path, *, what: str) -> None:
        self._path = path
        self._queue = path.with_name(path.name + ".queue")
        self._what = what
        self._tasks = anyio.Lock()

    @asynccontextmanager
    async def held(self, *, wait_s: float = WAIT_S) -> AsyncIterator[None]:
        """Hold the lock alone.

        Raises:
            BusyError: others held it for `wait_s` seconds.
        """
        deadline = anyio.current_time() + wait_s
        try:
            with anyio.fail_after(wait_s):
                await self._tasks.acquire()
        except TimeoutError:
            raise self._busy(wait_s) from None
        try:
            descriptor = open_lock(self._path)
            try:
                await self._take(descriptor, deadline, wait_s)
                yield
            finally:
                os.close(descriptor)
        finally:
            self._tasks.release()

    @asynccontextmanager
    async def shared(self, *, wait_s: float = WAIT_S) -> AsyncIterator[None]:
        """Hold the lock together with others that share it.

        Raises:
            BusyError: somebody held it alone for `wait_s` seconds.
        """
        deadline = anyio.current_time() + wait_s
        descriptor = open_lock(self._path)
        try:
            pause = FIRST_PAUSE_S
            while not try_lock(descriptor, shared=True):
                pause = await self._pause(pause, deadline, wait_s)
            yield
        finally:
            os.close(descriptor)

    async def _take(self, descriptor: int, deadline: float, wait_s: float) -> None:
        with _waiting(self._queue) as others:
            if others:
                await anyio.sleep(POLITENESS_S)
            pause = FIRST_PAUSE_S
            while not try_lock(descriptor):
                pause = await self._pause(pause, deadline, wait_s)

    async def _pause(self, pause: float, deadline: float, wait_s: float) -> float:
        if anyio.current_time() >= deadline:
            raise self._busy(wait_s)
        await anyio.sleep(pause * (0.5 + random.random()))  # noqa: S311
        return min(pause * 1.05, LONGEST_PAUSE_S)

    def _busy(self, wait_s: float) -> BusyError:
        return BusyError(
            f"Another process has held {self._what} for more than {wait_s:g} seconds.",
            hint="Try again; if it stays so, end the other autonomous-coder processes.",
        )


@contextmanager
def _waiting(path: Path) -> Iterator[bool]:
    """Be counted as waiting; yields whether somebody else already is."""
    descriptor = open_lock(path)
    try:
        others = not try_lock(descriptor)
        with suppress(StateError):
            # From alone to shared (or from nothing to shared): others may now join.
            try_lock(descriptor, shared=True)
        yield others
    finally:
        os.close(descriptor)
