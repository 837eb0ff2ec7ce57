"""Changing files beneath a directory without ever leaving it.

Parents are opened component by component and links among them are refused, so a link that a
project (or somebody else) puts in the way leads to an error instead of outside.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Beneath:
    """Operations on paths relative to `root` (with '/'). Blocking; raises OSError."""

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, _DIRECTORY)
        self._last: tuple[str, int] | None = None

    def __enter__(self) -> Beneath:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._forget()
        os.close(self._root)

    def remove(self, path: str) -> None:
        """Remove a file or link."""
        parent, name = self._parent(path)
        os.unlink(name, dir_fd=parent)

    def remove_directory(self, path: str) -> None:
        """Remove an empty directory."""
        parent, name = self._parent(path)
        self._forget_below(path)
        os.rmdir(name, dir_fd=parent)

    def make_directory(self, path: str) -> None:
        """Create a directory, for its owner only until its mode is set."""
        parent, name = self._parent(path)
        os.mkdir(name, 0o700, dir_fd=parent)

    def move(self, source: str, target: str) -> None:
        """Move a file or link over whatever file or link is there, in one step."""
        source_parent, source_name = self._parent(source)
        source_parent = os.dup(source_parent)
        try:
            parent, name = self._parent(target)
            os.replace(source_name, name, src_dir_fd=source_parent, dst_dir_fd=parent)
        finally:
            os.close(source_parent)

    def change_mode(self, path: str, mode: int, *, directory: bool) -> None:
        """Set the permission bits of a regular file or directory, never through a link."""
        parent, name = self._parent(path)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        try:
            descriptor = os.open(name, flags | (os.O_DIRECTORY if directory else 0), dir_fd=parent)
        except PermissionError:
            _change_unreadable(parent, name, mode)
            return
        try:
            os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)

    def _parent(self, path: str) -> tuple[int, str]:
        parent, _, name = path.rpartition("/")
        if self._last is not None and self._last[0] == parent:
            return self._last[1], name
        self._forget()
        descriptor = os.dup(self._root)
        for part in parent.split("/") if parent else ():
            try:
                below = os.open(part, _DIRECTORY, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        self._last = (parent, descriptor)
        return descriptor, name

    def _forget_below(self, path: str) -> None:
        if self._last is not None and (self._last[0] + "/").startswith(path + "/"):
            self._forget()

    def _forget(self) -> None:
        if self._last is not None:
            os.close(self._last[1])
            self._last = None


def _change_unreadable(parent: int, name: str, mode: int) -> None:
    """Set the mode of something its owner may not read, without following a link."""
    if not hasattr(os, "O_PATH"):
        os.chmod(name, mode, dir_fd=parent, follow_symlinks=False)
        return
    descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        # Linux cannot change modes through such a descriptor, but through its name.
        Path(f"/proc/self/fd/{descriptor}").chmod(mode)
    finally:
        os.close(descriptor)
