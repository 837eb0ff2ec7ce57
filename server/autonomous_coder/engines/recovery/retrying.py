"""Trying again what fails for reasons that pass."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from autonomous_coder.errors import BusyError, NetworkUnavailableError

T = TypeVar("T")


async def retry_with_backoff(
    operation: Callable[[], Awaitable[T]],
    attempts: int = 3,
    *,
    first_delay_s: float = 0.5,
    longest_delay_s: float = 30.0,
    retry_on: tuple[type[Exception], ...] = (NetworkUnavailableError, BusyError),
) -> T:
    """Call until it succeeds, at most `attempts` times, waiting twice as long each time.

    Up to half of each wait is random, so that many callers do not come back together. The last
    error is raised as it is; errors of other kinds at once.
    """
    delay = first_delay_s
    for left in range(max(1, attempts) - 1, -1, -1):
        try:
            return await operation()
        except retry_on:
            if not left:
                raise
        await anyio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311
        delay = min(longest_delay_s, delay * 2)
    raise AssertionError("unreachable")
