"""Work that goes on after the answer was given; it ends with its owner."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

logger = logging.getLogger(__name__)
MAX_RUNNING = 200


class Background:
    """Tasks in a task group of somebody else's, cancelled by `stop`; a failure is only logged."""

    def __init__(self) -> None:
        self._group: TaskGroup | None = None
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._done: anyio.Event | None = None

    def open(self, group: TaskGroup) -> None:
        """Use this group from now on."""
        self._group = group

    @property
    def running(self) -> int:
        return len(self._scopes)

    def start(self, key: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Start the work unless the same is under way; False when there is nowhere to run it."""
        if self._group is None or len(self._scopes) >= MAX_RUNNING:
            return False
        if key not in self._scopes:
            self._scopes[key] = anyio.CancelScope()
            self._group.start_soon(self._run, key, work)
        return True

    async def _run(self, key: str, work: Callable[[], Awaitable[object]]) -> None:
        try:
            with self._scopes[key]:
                await work()
        except Exception as error:
            logger.debug("refreshing a cached answer failed: %s", type(error).__name__)
        finally:
            self._scopes.pop(key, None)
            if not self._scopes and self._done:
                self._done.set()

    async def wait(self) -> None:
        """Until nothing is under way."""
        if self._scopes:
            self._done = anyio.Event()
            await self._done.wait()

    async def stop(self) -> None:
        """Cancel everything and wait for its end; nothing is started afterwards."""
        self._group = None
        for scope in list(self._scopes.values()):
            scope.cancel()
        with anyio.CancelScope(shield=True):
            await self.wait()
