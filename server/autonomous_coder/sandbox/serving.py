"""A trusted program of the user's own that stays and is talked to over its pipes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import anyio.abc

from autonomous_coder.errors import InvalidInputError, ToolchainMissingError

INHERITED = ("HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "SYSTEMROOT")
GRACE_S = 1.5
"""How long it has to end by itself after its input closed, and again after SIGTERM."""
POLL_S = 0.02


class ServedProcess:
    """Its pipes, in bytes."""

    def __init__(self, process: anyio.abc.Process) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout

    async def send(self, data: bytes) -> None:
        """Write to its input; an anyio stream error when it takes nothing any more."""
        await self._stdin.send(data)

    async def receive(self) -> bytes:
        """Some of its output; anyio.EndOfStream at the end."""
        return await self._stdout.receive()


@asynccontextmanager
async def serve(argv: Sequence[str], names: Sequence[str]) -> AsyncIterator[ServedProcess]:
    """Start it with the variables that are named and the few that any program needs; at the end of
    the block it and all it started in its group are gone.

    Raises:
        ToolchainMissingError: it cannot be started.
        InvalidInputError: no program is named.
    """
    if not argv or not argv[0] or any("\0" in word for word in argv):
        raise InvalidInputError("No program was named.", hint="Name one.")
    env = _environment(names)
    try:
        process = await anyio.open_process(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        name = Path(argv[0]).name
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ToolchainMissingError(
            f"{name} cannot be started: {reason}.", hint=f"Install {name}, or name its full path."
        ) from error
    try:
        yield ServedProcess(process)
    finally:
        # Whoever gives up must not leave it behind; every wait in here is bounded.
        with anyio.CancelScope(shield=True):
            await _end(process)


def _environment(names: Sequence[str]) -> Mapping[str, str]:
    return {
        name: value for name in (*INHERITED, *names) if (value := os.environ.get(name)) is not None
    }


async def _end(process: anyio.abc.Process) -> None:
    if process.stdin is not None:
        with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            await process.stdin.aclose()
    if not await _gone(process, GRACE_S):
        _signal(process, signal.SIGTERM)
        await _gone(process, GRACE_S)
    # Its children, or itself when it does not listen.
    _signal(process, signal.SIGKILL)
    with anyio.move_on_after(GRACE_S):
        await process.aclose()


async def _gone(process: anyio.abc.Process, seconds: float) -> bool:
    """Whether it ends in time. `wait` would wait for its pipes, too, which a child may hold."""
    with anyio.move_on_after(seconds):
        while process.returncode is None:  # noqa: ASYNC110
            await anyio.sleep(POLL_S)
    return process.returncode is not None


def _signal(process: anyio.abc.Process, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
