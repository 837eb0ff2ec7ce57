"""The directories, locks and space under the databases."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from autonomous_coder.errors import DiskFullError, InvalidInputError, StateError
from autonomous_coder.treewalk import DATA_MARKER

NETWORK_TYPES = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "gpfs",
        "beegfs", "ocfs2", "gfs2", "vboxsf", "prl_fs", "virtiofs", "drvfs", "davfs", "ncpfs",
    }
)  # fmt: skip
"""File systems where processes may not see each other's shared memory, which WAL relies on."""

RESERVE_BYTES = 1024**2
MAX_PATH_CHARS = 4_096
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_network(path: Path, mountinfo: str | None = None) -> bool:
    """Whether `path` lies on a network (or otherwise shared) file system.

    `mountinfo` is the text of Linux's table of mounts; where there is none the answer is no.
    """
    if mountinfo is None:
        try:
            mountinfo = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        except OSError:
            return False
    target = os.path.realpath(path)
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, separator, right = line.partition(" - ")
        fields = left.split(" ")
        if not separator or len(fields) < 5:
            continue
        mount = fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = mount == "/" or target == mount or target.startswith(mount + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, right.split(" ", 1)[0]
    return kind in NETWORK_TYPES or kind.startswith("fuse.")


def private_directory(path: Path) -> None:
    """Create a directory, and what is missing above it, for this user only.

    Raises:
        StateError: it cannot be created. DiskFullError: there is no space.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(path) from error
        raise StateError(
            f"The directory {path} cannot be created: {error.strerror}.",
            hint="Name another data directory (setting paths.data_dir).",
        ) from error


def mark_data(path: Path) -> None:
    """Mark our data directory, so that no walk over a project enters it. Never fails: a directory
    that cannot be written to is told when a database is opened."""
    with suppress(OSError):
        (path / DATA_MARKER).touch(mode=0o600)


def disk_full(path: Path) -> DiskFullError:
    """The error for writing below `path`."""
    return DiskFullError(
        f"There is no space left for {path} (disk full, quota or file size limit). "
        "What was being written has been rolled back.",
        hint="Free some space and try again.",
    )


def canonical(path: Path | str) -> str:
    """An absolute path without symbolic links, fit for the database.

    Raises:
        InvalidInputError: it is too long, holds a NUL or is not UTF-8.
    """
    text = os.fspath(path)
    if len(text) > MAX_PATH_CHARS or "\0" in text:
        raise InvalidInputError(
            "The path is too long or holds a NUL character.", hint="Name another directory."
        )
    try:
        resolved = os.path.realpath(text)
        resolved.encode("utf-8")
    except (OSError, UnicodeEncodeError) as error:
        raise InvalidInputError(
            "The path is not valid UTF-8 or cannot be resolved.", hint="Name another directory."
        ) from error
    return resolved


class Reserve:
    """A file that only takes up room, to be given up when the disk is full: without it not even
    deleting rows, nor recording that a run failed, would work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._released = False

    def hold(self) -> None:
        """Take up the room when there is plenty of it. Never fails."""
        with suppress(OSError):
            if self._path.exists() or self._free() < 16 * RESERVE_BYTES:
                return
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Random bytes, so that a compressing file system really sets the room aside.
                os.write(descriptor, os.urandom(RESERVE_BYTES))
            finally:
                os.close(descriptor)

    def release(self) -> bool:
        """Give the room up; whether there was any."""
        self._released = True
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def renew(self) -> None:
        """Take the room up again after it was released, once there is plenty. Never fails."""
        if self._released:
            self.hold()
            self._released = not self._path.exists()

    def _free(self) -> int:
        return shutil.disk_usage(self._path.parent).free


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at `path` now, without opening it (closing it would drop SQLite's locks).
    None when there is no regular file."""
    try:
        info = path.stat()
    except OSError:
        return None
    return (info.st_dev, info.st_ino) if stat.S_ISREG(info.st_mode) else None


def sync_file(path: Path) -> None:
    """Make a file that is no open database durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
