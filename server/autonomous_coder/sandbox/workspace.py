"""Private directories for runs: made under the temporary directory, swept when their owner died."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import secrets
import stat
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
from anyio import to_thread

from autonomous_coder.errors import SandboxUnavailableError

LOCK_NAME = "owner.lock"
MAX_BASE_BYTES = 64
SHORT_BASE = "/tmp"  # noqa: S108


class Workspaces:
    """One directory a server process, held by a file lock for as long as the process lives."""

    def __init__(self) -> None:
        self._home: Path | None = None
        self._lock: int | None = None
        self._pid = 0
        self._mutex = threading.Lock()

    @property
    def home(self) -> Path | None:
        """This process's directory, once there is one."""
        return self._home

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Path]:
        """A fresh private directory, removed afterwards with whatever it then holds."""
        home = await to_thread.run_sync(self._owned)
        path = home / secrets.token_hex(4)
        path.mkdir(mode=0o700)
        try:
            yield path
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(remove_tree, path)

    def _owned(self) -> Path:
        with self._mutex:
            return self._made()

    def _made(self) -> Path:
        if self._home is not None and self._pid == os.getpid() and self._home.is_dir():
            return self._home
        base = _base()
        with _exclusive(base / "sweep.lock"):
            sweep(base)
            home = base / secrets.token_hex(4)
            home.mkdir(mode=0o700)
            # Held open until this process ends, however it ends; then anyone may sweep.
            self._lock = os.open(home / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._home, self._pid = home, os.getpid()
        atexit.register(self.close)
        return home

    def close(self) -> None:
        """Remove the directory; the next `open` makes a new one."""
        if self._home is not None and self._pid == os.getpid():
            remove_tree(self._home)
        if self._lock is not None:
            os.close(self._lock)
        self._home = self._lock = None


WORKSPACES = Workspaces()


def sweep(base: Path) -> int:
    """Remove directories whose owner no longer lives; returns how many."""
    removed = 0
    for entry in base.iterdir():
        if entry.is_symlink() or not entry.is_dir():
            continue
        try:
            lock = os.open(entry / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            remove_tree(entry)
            removed += 1
            continue
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(entry)
            removed += 1
        except OSError:
            continue
        finally:
            os.close(lock)
    return removed


def _base() -> Path:
    """The user's own directory; short, since socket paths may not exceed 107 bytes."""
    name = f"ac-sandbox-{os.getuid()}"
    base = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(base)) > MAX_BASE_BYTES and Path(SHORT_BASE).is_dir():
        base = Path(SHORT_BASE) / name
    with contextlib.suppress(FileExistsError):
        base.mkdir(mode=0o700)
    info = base.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
        raise SandboxUnavailableError(
            f"{base} belongs to somebody else.",
            hint="Remove it, or set TMPDIR to a directory of your own.",
        )
    if stat.S_IMODE(info.st_mode) & 0o077:
        base.chmod(0o700)
    return base


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def remove_tree(path: Path) -> None:
    """Remove a tree of any depth and with any modes; never leaves it through a link or a move."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, flags)
    except OSError:
        return
    stack = [(_identity(fd), b"")]
    try:
        while stack:
            inner = _empty(fd)
            if inner is not None:
                deeper = os.open(inner, flags, dir_fd=fd)
                os.close(fd)
                fd = deeper
                stack.append((_identity(fd), inner))
                continue
            _own, name = stack.pop()
            if not stack:
                break
            parent = os.open("..", flags, dir_fd=fd)
            os.close(fd)
            fd = parent
            if _identity(fd) != stack[-1][0]:
                return
            os.rmdir(name, dir_fd=fd)
    except OSError:
        return
    finally:
        os.close(fd)
    with contextlib.suppress(OSError):
        path.rmdir()


def _empty(fd: int) -> bytes | None:
    """Unlink all but directories; the first directory that is not empty, opened up, or None."""
    for text in os.listdir(fd):
        name = os.fsencode(text)
        info = os.stat(name, dir_fd=fd, follow_symlinks=False)
        if not stat.S_ISDIR(info.st_mode):
            os.unlink(name, dir_fd=fd)
            continue
        try:
            os.rmdir(name, dir_fd=fd)
        except OSError:
            with contextlib.suppress(OSError):
                os.chmod(name, 0o700, dir_fd=fd)
            return name
    return None


def _identity(fd: int) -> tuple[int, int]:
    info = os.fstat(fd)
    return info.st_dev, info.st_ino
