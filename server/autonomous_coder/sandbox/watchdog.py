"""Watches a sandbox with namespaces from outside: memory, processes, disk and inodes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from autonomous_coder.models.execution import KilledBy, Limits
from autonomous_coder.sandbox.process import Guard, process_gone

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
THREADS_PER_PROCESS = 4
SPARE_FRACTION = 50
"""The command also ends when less than 1/50 of the machine's memory is left: what no account
shows (pipe and socket buffers) must not take the machine down either."""
CACHE_CHECK_INTERVAL_S = 2.0


class NamespaceGuard(Guard):
    """Reads the sandbox's own /proc and file systems through its first process.

    `attach` is called once the namespaces are complete; before that only time is watched.
    `copied` are the bytes and inodes that copies of private directories take: not counted.
    """

    def __init__(self, limits: Limits, volumes: Sequence[str], caches: Sequence[Path] = ()) -> None:
        self.limits = limits
        self.volumes = volumes
        self.caches = caches
        self.copied = (0, 0)
        self.peak_memory_bytes = 0
        self._first: int | None = None
        self._proc: int | None = None
        self._disks: list[int] = []
        self._pidfd: int | None = None
        self._cache_base = (0, 0)
        self._cache_due = 0.0

    def remember_caches(self) -> None:
        """What the writable mounts hold before the command starts: it may write at once."""
        if self.caches:
            self._cache_base = measure(self.caches)
            self._cache_due = time.monotonic() + CACHE_CHECK_INTERVAL_S

    def first_process(self, pid: int) -> None:
        """The host's id of the sandbox's process 1."""
        self._first = pid
        with contextlib.suppress(OSError):
            self._pidfd = os.pidfd_open(pid)

    def attach(self) -> None:
        """Open the sandbox's /proc and volumes."""
        if self._first is None or self._proc is not None:
            return
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        root = f"/proc/{self._first}/root"
        with contextlib.suppress(OSError):
            self._proc = os.open(f"{root}/proc", flags)
            for volume in self.volumes:
                self._disks.append(os.open(root + volume, flags))

    def set_copied(self, used: int, inodes: int) -> None:
        """Told when the private directories have been copied."""
        self.copied = (used, inodes)

    def check(self) -> KilledBy:
        return self._tree() or self._volumes() or self._caches() or _machine()

    def _tree(self) -> KilledBy:
        if self._proc is None:
            return ""
        try:
            pids = [name for name in os.listdir(self._proc) if name.isdigit()]  # noqa: PTH208
        except OSError:
            return ""
        most = self.limits.processes
        if len(pids) - 1 > most:
            # At once: in the middle of a fork storm every further look is expensive.
            return "processes"
        resident = threads = 0
        for pid in pids:
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = _read(f"{pid}/stat", self._proc).rpartition(b")")[2].split()
                threads += int(fields[17])
                # Process 1 is our launcher, not the command's.
                resident += int(fields[21]) * PAGE if pid != "1" else 0
        if resident > self.limits.memory_bytes:
            # Shared pages count many times in RSS; PSS is exact but costly, so only now.
            resident = min(resident, proportional([pid for pid in pids if pid != "1"], self._proc))
        self.peak_memory_bytes = max(self.peak_memory_bytes, resident)
        if resident > self.limits.memory_bytes:
            return "memory"
        return "processes" if threads > most * THREADS_PER_PROCESS else ""

    def _volumes(self) -> KilledBy:
        used = inodes = 0
        for fd in self._disks:
            with contextlib.suppress(OSError):
                info = os.fstatvfs(fd)
                used += (info.f_blocks - info.f_bfree) * info.f_frsize
                inodes += info.f_files - info.f_ffree
        if used - self.copied[0] > self.limits.disk_bytes:
            return "disk"
        return "inodes" if inodes - self.copied[1] > self.limits.inodes else ""

    def verdict_after(self) -> KilledBy:
        """Asked once more after the end: a volume that was filled faster than we look."""
        return self._volumes()

    def _caches(self) -> KilledBy:
        """Growth of the writable mounts, which lie on the host's disk."""
        if not self.caches or time.monotonic() < self._cache_due:
            return ""
        used, files = measure(self.caches)
        self._cache_due = time.monotonic() + CACHE_CHECK_INTERVAL_S
        if used - self._cache_base[0] > self.limits.disk_bytes:
            return "disk"
        return "inodes" if files - self._cache_base[1] > self.limits.inodes else ""

    def kill_tree(self, process: subprocess.Popen[bytes]) -> None:
        """Ending bwrap or the sandbox's first process ends all of it; both, to be sure."""
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    async def gone(self) -> None:
        if self._pidfd is not None:
            await process_gone(self._pidfd)

    def close(self) -> None:
        for fd in (self._proc, self._pidfd, *self._disks):
            if fd is not None:
                os.close(fd)
        self._proc = self._pidfd = None
        self._disks = []


def proportional(pids: Iterable[str], directory: int | None) -> int:
    """Memory of processes in bytes, shared pages divided among those that share them."""
    total = 0
    for pid in pids:
        try:
            text = _read(f"{pid}/smaps_rollup", directory)
            total += next(
                int(line.split()[1]) * 1024
                for line in text.splitlines()
                if line.startswith(b"Pss:")
            )
        except (OSError, StopIteration, ValueError):
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = _read(f"{pid}/stat", directory).rpartition(b")")[2].split()
                total += int(fields[21]) * PAGE
    return total


def measure(roots: Sequence[Path], enough: tuple[int, int] | None = None) -> tuple[int, int]:
    """Bytes on disk and number of entries below directories; symbolic links are not followed.
    More than `enough` of either is not counted to the end."""
    used = files = 0
    queue = [str(root) for root in roots]
    while queue and (enough is None or (used <= enough[0] and files <= enough[1])):
        with contextlib.suppress(OSError), os.scandir(queue.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    used += entry.stat(follow_symlinks=False).st_blocks * 512
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        queue.append(entry.path)
    return used, files


def _machine() -> KilledBy:
    try:
        values = {
            line.partition(b":")[0]: int(line.split()[1])
            for line in Path("/proc/meminfo").read_bytes().splitlines()[:5]
        }
    except (OSError, IndexError, ValueError):
        return ""
    available, total = values.get(b"MemAvailable"), values.get(b"MemTotal", 0)
    return "memory" if available is not None and available * SPARE_FRACTION < total else ""


def _read(path: str, directory: int | None) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.read(fd, 1 << 16)
    finally:
        os.close(fd)
