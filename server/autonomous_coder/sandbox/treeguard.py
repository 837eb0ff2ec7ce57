"""Watches a command without namespaces: its process tree in the host's /proc, its directories."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from autonomous_coder.models.execution import KilledBy, Limits
from autonomous_coder.sandbox.process import Guard
from autonomous_coder.sandbox.watchdog import PAGE, THREADS_PER_PROCESS, measure, proportional

KILL_S = 0.25
"""How long a tree is fought from here at a time; in between its launcher goes on alone."""
KILLS = 60
"""After so many times the command is given up: its launcher is ended, whatever is below it."""
MEASURE_SHARE = 10
MEASURE_WAIT_S = 1.0
"""Measuring directories may take a tenth of the time, but is not put off longer than this."""


class TreeGuard(Guard):
    """The tree hangs below our launcher, which adopts orphans; it is ended last."""

    def __init__(
        self, limits: Limits, directories: Sequence[Path], caches: Sequence[Path] = ()
    ) -> None:
        self.limits = limits
        self.directories = directories
        self.caches = caches
        self.copied = (0, 0)
        self.peak_memory_bytes = 0
        self.launcher = 0
        self._kills = 0
        self._due = 0.0
        self._base: tuple[int, int] | None = None

    def started(self, process: subprocess.Popen[bytes]) -> None:
        self.launcher = process.pid

    def set_copied(self, used: int, inodes: int) -> None:
        """Told when the private directories have been copied."""
        self.copied = (used, inodes)

    def check(self) -> KilledBy:
        tree = list(_descendants(self.launcher))
        most = self.limits.processes
        if len(tree) > most or sum(entry[2] for entry in tree) > most * THREADS_PER_PROCESS:
            return "processes"
        resident = sum(entry[1] for entry in tree)
        if resident > self.limits.memory_bytes:
            pids = [f"/proc/{entry[0]}" for entry in tree]
            resident = min(resident, proportional(pids, None))
        self.peak_memory_bytes = max(self.peak_memory_bytes, resident)
        if resident > self.limits.memory_bytes:
            return "memory"
        begun = time.monotonic()
        if begun < self._due:
            return ""
        verdict = self.verdict_after()
        now = time.monotonic()
        self._due = now + min((now - begun) * MEASURE_SHARE, MEASURE_WAIT_S)
        return verdict

    def verdict_after(self) -> KilledBy:
        """The work directories began empty, but for copies; of the caches the growth counts."""
        most = (self.limits.disk_bytes + self.copied[0], self.limits.inodes + self.copied[1])
        used, files = measure(self.directories, most)
        used, files = used - self.copied[0], files - self.copied[1]
        cached = measure(self.caches) if self.caches else (0, 0)
        self._base = self._base or cached
        if used + cached[0] - self._base[0] > self.limits.disk_bytes:
            return "disk"
        return "inodes" if files + cached[1] - self._base[1] > self.limits.inodes else ""

    def kill_tree(self, process: subprocess.Popen[bytes]) -> None:
        """All below the launcher, again until none is left, then the launcher itself.

        A program that forks faster than it can be found keeps its launcher: that adopts orphans and
        hunts on. Without it they would be nobody's.
        """
        until = time.monotonic() + KILL_S
        before: list[int] = []
        self._kills += 1
        while time.monotonic() < until:
            pids = _children(process.pid)
            if not pids or pids == before:
                pids = [entry[0] for entry in _descendants(process.pid)]
            if not pids:
                super().kill_tree(process)
                return
            before = pids
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        if self._kills > KILLS:
            super().kill_tree(process)
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()


def _children(pid: int) -> list[int]:
    """The children of a process of one thread, where the kernel lists them: much faster than a look
    at all of /proc."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split()]
    except OSError:
        return []


def _descendants(root: int) -> Iterable[tuple[int, int, int]]:
    """(process id, resident bytes, threads) of everything alive below `root`."""
    children: dict[int, list[tuple[int, int, int]]] = {}
    try:
        names = os.listdir("/proc")  # noqa: PTH208
    except OSError:
        return
    for name in names:
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
            # Zombies hold nothing, and only their parent can remove them.
            alive = fields[0] not in (b"Z", b"X")
            entry = (int(name), int(fields[21]) * PAGE if alive else 0, int(fields[17]))
            children.setdefault(int(fields[1]), []).append(entry if alive else (-1, 0, 0))
    queue = [root]
    seen = {root}
    while queue:
        for entry in children.get(queue.pop(), []):
            if entry[0] > 0 and entry[0] not in seen:
                seen.add(entry[0])
                queue.append(entry[0])
                yield entry
