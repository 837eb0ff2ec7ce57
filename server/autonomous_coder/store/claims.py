"""Who carries a run out: one lock file for each run, held by the process at work.

A run whose lock nobody holds is not being worked on, whatever its record says.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio

from autonomous_coder.errors import BusyError
from autonomous_coder.store import text
from autonomous_coder.store.filesystem import private_directory
from autonomous_coder.store.locks import open_lock, try_lock

HOW_TO_LIST = "Ask for the list of runs (status without an id) and use one of its ids."
PATIENCE_S = 3.0
"""Who looks whether a run is alive holds its lock for a moment: that is no owner."""


class Claims:
    """The lock files below `directory`, and which of them this process holds."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reserved: dict[str, int] = {}
        self._owned: set[str] = set()

    def reserve(self, run_id: str) -> None:
        """Hold a new run's lock until it is claimed, so that nobody takes it for interrupted."""
        descriptor = self._try(run_id)
        if descriptor is not None:
            self._reserved[run_id] = descriptor

    def drop(self, run_id: str) -> None:
        """Give up what `reserve` took, if it was never claimed."""
        descriptor = self._reserved.pop(run_id, None)
        if descriptor is not None:
            self._release(run_id, descriptor)

    def close(self) -> None:
        """Give up everything reserved."""
        for run_id in list(self._reserved):
            self.drop(run_id)

    @asynccontextmanager
    async def claim(self, run_id: str) -> AsyncIterator[None]:
        """Own the run for the length of the block.

        Raises:
            BusyError: another live process, or another task of this one, owns it.
        """
        text.known_id(run_id, "run", "run", HOW_TO_LIST)
        async with self._hold(run_id):
            yield

    @asynccontextmanager
    async def work_on(self, project_id: str) -> AsyncIterator[None]:
        """Own a project's directory for the length of the block.

        Raises:
            BusyError: another live process, or another task of this one, works on it.
        """
        text.known_id(project_id, "prj", "project", HOW_TO_LIST)
        async with self._hold(project_id):
            yield

    @asynccontextmanager
    async def _hold(self, run_id: str) -> AsyncIterator[None]:
        if run_id in self._owned:
            raise _busy(run_id)
        self._owned.add(run_id)
        try:
            descriptor = self._reserved.pop(run_id, None)
            if descriptor is None:
                descriptor = await self._wait(run_id)
            try:
                yield
            finally:
                self._release(run_id, descriptor)
        finally:
            self._owned.discard(run_id)

    def probe(self, run_id: str) -> AbandonedRun | None:
        """The lock of a run nobody owns, held until `release` is called; None when it is owned."""
        if run_id in self._owned or run_id in self._reserved:
            return None
        descriptor = self._try(run_id)
        return None if descriptor is None else AbandonedRun(self, run_id, descriptor)

    async def _wait(self, run_id: str) -> int:
        deadline = anyio.current_time() + PATIENCE_S
        while (descriptor := self._try(run_id)) is None:
            if anyio.current_time() >= deadline:
                raise _busy(run_id)
            await anyio.sleep(0.02)
        return descriptor

    def _path(self, run_id: str) -> Path:
        return self._directory / f"{run_id}.lock"

    def _try(self, run_id: str) -> int | None:
        private_directory(self._directory)
        path = self._path(run_id)
        while True:
            descriptor = open_lock(path)
            if not try_lock(descriptor):
                os.close(descriptor)
                return None
            with suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(descriptor).st_ino:
                    return descriptor
            # Its last holder removed the file between our opening and locking it.
            os.close(descriptor)

    def _release(self, run_id: str, descriptor: int) -> None:
        # Removed while it is still held: see `_try`.
        with suppress(OSError):
            self._path(run_id).unlink()
        os.close(descriptor)


class AbandonedRun:
    """The lock of a run without an owner."""

    def __init__(self, claims: Claims, run_id: str, descriptor: int) -> None:
        self._claims = claims
        self._run_id = run_id
        self._descriptor = descriptor

    def release(self) -> None:
        """Let others have it."""
        self._claims._release(self._run_id, self._descriptor)


def _busy(run_id: str) -> BusyError:
    if run_id.startswith("prj_"):
        return BusyError(
            f"The project {run_id} is being worked on by another run.",
            hint="Wait for that run, or cancel it; status lists the runs.",
        )
    return BusyError(
        f"The run {run_id} is being carried out by a live process.",
        hint="Ask for its status and wait, or cancel it there.",
    )
