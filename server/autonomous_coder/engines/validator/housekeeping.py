"""The size of what is kept between validations, bounded; what was used longest ago goes first."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.validator.locking import FileLock

INTERVAL_SECONDS = 3_600.0
MAX_LOCKS = 2_000
BLOCK = 512
DOOMED = ".doomed-"
STAMP = "housekeeping"


@dataclass(frozen=True, slots=True)
class _Kept:
    """One directory that is kept or removed as a whole. `lock` is held by whoever uses it."""

    used_at: float
    size: int
    place: Path
    lock: Path


def remove_directory(place: Path) -> None:
    """Remove a kept directory so that nobody ever meets half of it, however this ends. The caller
    holds its lock alone. Blocking."""
    doomed = place.with_name(f"{DOOMED}{secrets.token_hex(6)}")
    with contextlib.suppress(OSError):
        place.rename(doomed)
        _remove_tree(doomed)


def lock_of(place: Path) -> Path:
    """The lock of a kept directory, beside it."""
    return place.with_name(f"{place.name}.lock")


def trim_when_due(cache: Path, max_bytes: int, *, interval_s: float = INTERVAL_SECONDS) -> None:
    """Trim, at most once in `interval_s` over all processes. Blocking; raises nothing."""
    stamp = cache / STAMP
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileNotFoundError):
            if 0 <= time.time() - stamp.stat().st_mtime < interval_s:
                return
        lock = FileLock(lock_of(stamp))
        try:
            if lock.attempt():
                stamp.touch()
                trim(cache, max_bytes)
        finally:
            lock.close()


def trim(cache: Path, max_bytes: int) -> int:
    """Remove what was used longest ago until at most `max_bytes` are kept. What is in use stays,
    even beyond the bound. Returns the bytes that are kept. Blocking."""
    _trim_locks(cache / "locks")
    kept = list(_kept(cache))
    total = sum(item.size for item in kept)
    for item in sorted(kept, key=lambda item: item.used_at):
        if total <= max_bytes:
            break
        lock = FileLock(item.lock)
        try:
            if lock.attempt():
                remove_directory(item.place)
                total -= item.size
        finally:
            lock.close()
    return total


def _kept(cache: Path) -> Iterator[_Kept]:
    for room in ("envs", "state", "downloads", "toolchains"):
        with contextlib.suppress(FileNotFoundError):
            for place in (cache / room).iterdir():
                if place.name.startswith(DOOMED):
                    # A process was killed while it removed this.
                    _remove_tree(place)
                elif place.is_dir() and not place.is_symlink():
                    yield _Kept(place.stat().st_mtime, _size(place), place, lock_of(place))


def _size(place: Path) -> int:
    """Bytes on disk below a directory; hard links count each time."""
    total = 0
    stack = [str(place)]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        total += entry.stat(follow_symlinks=False).st_blocks * BLOCK
                        if entry.is_dir(follow_symlinks=False):
                            stack.append(entry.path)
        except OSError:
            continue
    return total


def _remove_tree(place: Path) -> None:
    """Remove everything, read-only directories (as some package clients leave them) too."""
    for directory, names, _ in os.walk(place):
        with contextlib.suppress(OSError):
            Path(directory).chmod(0o700)
        for name in names:
            below = Path(directory, name)
            if not below.is_symlink():
                with contextlib.suppress(OSError):
                    below.chmod(0o700)
    shutil.rmtree(place, ignore_errors=True)


def _trim_locks(directory: Path) -> None:
    """Kept locks are small and know no use but their age."""
    with contextlib.suppress(OSError):
        places = sorted(directory.iterdir(), key=lambda p: p.stat().st_mtime)
        for place in places[: max(0, len(places) - MAX_LOCKS)]:
            place.unlink(missing_ok=True)
