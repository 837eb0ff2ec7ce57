"""Who may use the cores when: validations in the order they came, their longest work first."""

from __future__ import annotations

import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import anyio


@dataclass(order=True)
class _Waiter:
    """Ordered by turn, then by how long its work is expected to take, then by arrival."""

    turn: int
    urgency: float
    number: int
    event: anyio.Event = field(compare=False)
    granted: bool = field(default=False, compare=False)
    gone: bool = field(default=False, compare=False)


class Slots:
    """At most `count` holders at once. A free slot goes to the lowest turn that waits for one, so
    a later validation uses what an earlier one leaves idle and never overtakes it."""

    def __init__(self, count: int) -> None:
        self._free = max(1, count)
        self._waiting: list[_Waiter] = []
        self._turns = itertools.count()
        self._numbers = itertools.count()

    def turn(self) -> int:
        """A place in the order, for everything that one validation does."""
        return next(self._turns)

    @contextlib.asynccontextmanager
    async def hold(self, turn: int, expected: float = 0.0) -> AsyncIterator[None]:
        """Hold a slot for the block; `expected` are seconds."""
        await self._acquire(turn, expected)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, turn: int, expected: float) -> None:
        if self._free:
            self._free -= 1
            return
        waiter = _Waiter(turn, -expected, next(self._numbers), anyio.Event())
        heapq.heappush(self._waiting, waiter)
        try:
            await waiter.event.wait()
        except BaseException:
            # Cancelled: what was granted in the same moment goes to the next.
            waiter.gone = True
            if waiter.granted:
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            waiter = heapq.heappop(self._waiting)
            if not waiter.gone:
                waiter.granted = True
                waiter.event.set()
                return
        self._free += 1
