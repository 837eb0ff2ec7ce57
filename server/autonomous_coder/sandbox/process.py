"""One process on the host: started, fed, read within bounds, watched and surely ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import anyio
import anyio.abc
from anyio import to_thread

from autonomous_coder.models.execution import KilledBy

CHUNK = 1 << 16
WATCH_INTERVAL_S = 0.1
DRAIN_S = 5.0


class Guard:
    """Looks after a running command; asked about every 100 ms, in a worker thread."""

    peak_memory_bytes: int = 0

    def started(self, process: subprocess.Popen[bytes]) -> None:
        """Told once, right after the start."""

    def check(self) -> KilledBy:
        """The bound that was broken, or the empty string."""
        return ""

    def verdict_after(self) -> KilledBy:
        """Asked once after the end, for what happened faster than the checks."""
        return ""

    def kill_tree(self, process: subprocess.Popen[bytes]) -> None:
        """End the process and everything it started; called again until all is gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def gone(self) -> None:
        """Wait until nothing of the tree is left."""

    def close(self) -> None:
        """Release what was opened for watching."""


@dataclass(slots=True)
class Spawn:
    """What to start. `readers` are further pipe ends of ours with what takes their bytes; a
    reader returns False when it has had too much. `pass_fds` are closed here after the start."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path | None = None
    stdin: bytes = b""
    output_bytes: int = 1 << 20
    timeout_s: float = 60.0
    guard: Guard = field(default_factory=Guard)
    pass_fds: tuple[int, ...] = ()
    readers: Mapping[int, Callable[[bytes], bool]] = field(default_factory=dict)


@dataclass(slots=True)
class Finished:
    """How it ended. `returncode` is negative for a signal."""

    returncode: int
    stdout: bytes
    stderr: bytes
    killed_by: KilledBy
    duration_s: float


class _Supervision:
    def __init__(self, spawn: Spawn, process: subprocess.Popen[bytes]) -> None:
        self.spawn = spawn
        self.process = process
        self.killed_by: KilledBy = ""
        self.ended = False
        self.room = spawn.output_bytes
        self.buffers = {"stdout": bytearray(), "stderr": bytearray()}

    def kill(self, reason: KilledBy) -> None:
        # Output may be read only after the end; too much of it is too much all the same.
        if not self.killed_by and (not self.ended or reason == "output"):
            self.killed_by = reason
        self.spawn.guard.kill_tree(self.process)

    async def feed(self, stdin: IO[bytes], data: bytes) -> None:
        view = memoryview(data)
        fd = stdin.fileno()
        os.set_blocking(fd, False)
        try:
            while view:
                await anyio.wait_writable(fd)
                view = view[os.write(fd, view[:CHUNK]) :]
        except (BrokenPipeError, ConnectionError):
            return
        finally:
            stdin.close()

    async def pump(self, fd: int, take: Callable[[bytes], bool]) -> None:
        while True:
            await anyio.wait_readable(fd)
            try:
                data = os.read(fd, CHUNK)
            except BlockingIOError:
                continue
            if not data:
                return
            if not take(data):
                self.kill("output")

    def keep(self, name: str) -> Callable[[bytes], bool]:
        def take(data: bytes) -> bool:
            kept = data[: self.room]
            self.buffers[name] += kept
            self.room -= len(kept)
            return len(kept) == len(data)

        return take

    async def watch(self, started: float) -> None:
        while True:
            await anyio.sleep(WATCH_INTERVAL_S)
            if anyio.current_time() - started > self.spawn.timeout_s:
                self.kill("timeout")
            elif reason := await to_thread.run_sync(self.spawn.guard.check):
                self.kill(reason)


async def run_process(spawn: Spawn) -> Finished:
    """Run to the end; on cancellation the whole tree is killed before the cancellation goes on.

    Raises:
        OSError: the program cannot be started.
    """
    started = anyio.current_time()
    try:
        # Started in this thread on purpose: the kernel sends a parent-death signal when the
        # *thread* that started the process ends, and worker threads end at any time.
        process = subprocess.Popen(  # noqa: ASYNC220
            list(spawn.argv),
            stdin=subprocess.PIPE if spawn.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(spawn.env),
            cwd=spawn.cwd,
            pass_fds=spawn.pass_fds,
            start_new_session=True,
            bufsize=0,
        )
    except BaseException:
        for fd in spawn.readers:
            os.close(fd)
        raise
    finally:
        for fd in spawn.pass_fds:
            os.close(fd)
    spawn.guard.started(process)
    run = _Supervision(spawn, process)
    try:
        await _supervise(run, started)
    finally:
        with anyio.CancelScope(shield=True):
            run.kill("cancelled")
            with anyio.move_on_after(DRAIN_S):
                await _reaped(process)
                await spawn.guard.gone()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        for fd in spawn.readers:
            os.close(fd)
        spawn.guard.close()
    return Finished(
        returncode=-signal.SIGKILL if process.returncode is None else process.returncode,
        stdout=bytes(run.buffers["stdout"]),
        stderr=bytes(run.buffers["stderr"]),
        killed_by=run.killed_by,
        duration_s=anyio.current_time() - started,
    )


async def _supervise(run: _Supervision, started: float) -> None:
    process, spawn = run.process, run.spawn
    assert process.stdout is not None
    assert process.stderr is not None
    readers = {
        process.stdout.fileno(): run.keep("stdout"),
        process.stderr.fileno(): run.keep("stderr"),
        **spawn.readers,
    }
    async with anyio.create_task_group() as outer:
        outer.start_soon(run.watch, started)
        if process.stdin is not None:
            outer.start_soon(run.feed, process.stdin, spawn.stdin)
        async with anyio.create_task_group() as pumps:
            for fd, take in readers.items():
                os.set_blocking(fd, False)
                pumps.start_soon(run.pump, fd, take)
            await _reaped(process)
            last = await to_thread.run_sync(spawn.guard.verdict_after)
            run.killed_by = run.killed_by or last
            run.ended = True
            # Whoever still holds the pipes is a survivor; nothing may outlive the command.
            spawn.guard.kill_tree(process)
            pumps.cancel_scope.deadline = anyio.current_time() + DRAIN_S
        outer.cancel_scope.cancel()


async def _reaped(process: subprocess.Popen[bytes]) -> None:
    """Wait for the process without blocking the loop."""
    if process.poll() is not None:
        return
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):
            await _readable_once(os.pidfd_open(process.pid))
            process.wait()
            return
    while process.poll() is None:  # noqa: ASYNC110
        await anyio.sleep(0.01)


async def _readable_once(fd: int) -> None:
    try:
        await anyio.wait_readable(fd)
    finally:
        os.close(fd)


async def process_gone(pidfd: int) -> None:
    """Wait until the process behind a pidfd (kept open by the caller) has ended."""
    await anyio.wait_readable(pidfd)
