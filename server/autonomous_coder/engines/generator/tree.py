"""Reading and changing a directory's files without ever following a symbolic link out of it.

Every directory on the way is opened from its parent's descriptor and refuses links, so that
nothing swapped in meanwhile can lead elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from autonomous_coder.errors import PathNotAllowedError, UnsupportedError

MAX_FILE_BYTES = 10_000_000
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DiskFile:
    """What is at a path: its text and `permissions` (of `chmod`), or an `obstacle` that keeps us
    from touching it."""

    text: str | None = None
    permissions: int | None = None
    obstacle: str = ""

    @property
    def read_only(self) -> bool:
        return self.permissions is not None and not self.permissions & stat.S_IWUSR


class Tree:
    """An open directory. Use as a context manager."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open(self._root, _DIRECTORY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    def read(self, path: str) -> DiskFile:
        """What is there; PathNotAllowedError when a link leads on the way."""
        try:
            with self._parent(path, create=False) as (parent, name):
                return _read(parent, name)
        except (FileNotFoundError, NotADirectoryError):
            return DiskFile()

    def names(self, folder: str, limit: int) -> list[str]:
        """Paths of what lies directly in a directory, sorted; none when there is none.

        Raises:
            UnsupportedError: it is more than the limit.
        """
        try:
            with self._parent(f"{folder}/_", create=False) as (parent, _):
                found = sorted(os.listdir(parent))  # noqa: PTH208 - of a descriptor
        except (FileNotFoundError, NotADirectoryError):
            return []
        if len(found) > limit:
            raise UnsupportedError(
                f"'{folder}' holds more than {limit} files", hint="Move some of them elsewhere."
            )
        return [f"{folder}/{name}" for name in found]

    def stage(
        self, path: str, text: str, *, executable: bool, permissions: int | None = None
    ) -> str:
        """Write the content beside its place, making directories; the name of what was written.
        It gets the `permissions` of the file that it replaces, or those of a new one; who may read
        an `executable` may run it."""
        with self._parent(path, create=True) as (parent, name):
            staged = f".{name[:100]}.{secrets.token_hex(6)}.new"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            mode = 0o755 if executable else 0o644
            # What is not for everybody must not be so for a moment either.
            fd = os.open(staged, flags, mode if permissions is None else 0o600, dir_fd=parent)
            try:
                with os.fdopen(fd, "wb") as stream:
                    stream.write(text.encode("utf-8"))
                    if permissions is not None:
                        runs = (permissions & 0o444) >> 2 if executable else 0
                        os.fchmod(stream.fileno(), permissions | runs)
            except (OSError, UnicodeEncodeError):
                os.unlink(staged, dir_fd=parent)
                raise
        return str(PurePosixPath(path).with_name(staged))

    def sweep(self, paths: Iterable[str]) -> None:
        """Remove what a killed attempt staged beside these paths and never moved."""
        for path in paths:
            with (
                contextlib.suppress(OSError, PathNotAllowedError),
                self._parent(path, create=False) as (parent, name),
            ):
                staged = re.compile(rf"\.{re.escape(name[:100])}\.[0-9a-f]{{12}}\.new")
                for other in filter(staged.fullmatch, os.listdir(parent)):  # noqa: PTH208 - of a descriptor
                    os.unlink(other, dir_fd=parent)

    def move(self, staged: str, path: str) -> None:
        """Put what was staged in its place, in one step."""
        with self._parent(path, create=False) as (parent, name):
            os.replace(PurePosixPath(staged).name, name, src_dir_fd=parent, dst_dir_fd=parent)

    def delete(self, path: str) -> None:
        """Remove a file, and directories that it leaves empty."""
        with contextlib.suppress(FileNotFoundError), self._parent(path, create=False) as place:
            os.unlink(place[1], dir_fd=place[0])
        self.prune(PurePosixPath(path).parent)

    def prune(self, folder: PurePosixPath) -> None:
        """Remove a directory and those above it as far as they are empty."""
        while folder.parts:
            try:
                with self._parent(str(folder), create=False) as (parent, name):
                    os.rmdir(name, dir_fd=parent)
            except OSError:
                return
            folder = folder.parent

    @contextlib.contextmanager
    def _parent(self, path: str, *, create: bool) -> Iterator[tuple[int, str]]:
        """The open directory that holds `path`, and the last name of it."""
        *folders, name = PurePosixPath(path).parts
        current = os.dup(self._fd)
        try:
            for folder in folders:
                if create:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(folder, 0o755, dir_fd=current)
                deeper = _open_directory(current, folder, path)
                os.close(current)
                current = deeper
            yield current, name
        finally:
            os.close(current)


def _open_directory(parent: int, name: str, path: str) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except NotADirectoryError:
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise PathNotAllowedError(
                f"'{name}' on the way to '{path}' is a symbolic link",
                hint="Replace the link with a directory, or generate into another directory.",
            ) from None
        raise


def _read(parent: int, name: str) -> DiskFile:
    status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return DiskFile(obstacle="A symbolic link is in its place; it was left alone.")
    if not stat.S_ISREG(status.st_mode):
        return DiskFile(obstacle="Something that is no file is in its place; it was left alone.")
    if status.st_size > MAX_FILE_BYTES:
        return DiskFile(obstacle="A very large file is in its place; it was left alone.")
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    with os.fdopen(fd, "rb") as stream:
        raw = stream.read(MAX_FILE_BYTES + 1)
    try:
        return DiskFile(raw.decode("utf-8"), permissions=status.st_mode & 0o777)
    except UnicodeDecodeError:
        return DiskFile(obstacle="A file that is no text is in its place; it was left alone.")


def check_paths(paths: Iterable[str]) -> None:
    """Paths stay inside and none is both a file and a directory; PathNotAllowedError else."""
    known: Sequence[str] = sorted(paths)
    names = set(known)
    for path in known:
        pure = PurePosixPath(path)
        bad = (
            not pure.parts
            or pure.is_absolute()
            or str(pure) != path
            or "\\" in path
            or any(part == ".." or part.casefold() == ".git" for part in pure.parts)
            or any(len(part.encode()) > 200 for part in pure.parts)
            or any(ord(character) < 32 or ord(character) == 127 for character in path)
        )
        if bad:
            raise PathNotAllowedError(
                f"{path!r} is no path inside a project",
                hint="Use a relative path with '/' between names and without '..' or '.git'.",
            )
        for parent in pure.parents:
            if str(parent) in names:
                raise PathNotAllowedError(
                    f"'{parent}' would have to be a file and a directory, because of '{path}'",
                    hint="Rename one of the files.",
                )
