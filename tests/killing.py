"""What a killed server may have left: processes, mounts, held locks."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WAIT_S = 10.0

KILL_AT = """
import os, signal, sys
seen = 0

def count(event, arguments):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

if last:
    sys.addaudithook(count)
"""
"""Lines of a program that kills itself with its `last`-th audited operation (a file opened, a
directory made or removed, a process started, a signal sent, a socket bound)."""


@contextmanager
def short_directory() -> Iterator[Path]:
    """A directory with a short path (a longer one would not be used for sockets)."""
    root = Path(tempfile.mkdtemp(prefix="ackill"))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def moments(total: int, rounds: int, seed: int) -> list[int]:
    """Operations to die with: evenly over the whole run, and anywhere within each part."""
    chosen = random.Random(seed)
    return [
        chosen.randint(part * total // rounds + 1, (part + 1) * total // rounds)
        for part in range(rounds)
    ]


def left_alive(place: Path) -> list[str]:
    """What still lives after a while: processes that name the place in their command line, stand
    in it, or have mounts of it."""
    deadline = time.monotonic() + WAIT_S
    while (left := _alive(place)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _alive(place: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        for source in ("cmdline", "mountinfo", "cwd"):
            with contextlib.suppress(OSError):
                file = entry / source
                text = os.fsencode(file.readlink()) if source == "cwd" else file.read_bytes()
                if place.name.encode() in text:
                    found.append(f"{entry.name} {source} {text[:200]!r}")
    return found


def held(locks: Sequence[Path]) -> list[Path]:
    """Those of the lock files that somebody holds."""
    found = []
    for path in locks:
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                found.append(path)
    return found
