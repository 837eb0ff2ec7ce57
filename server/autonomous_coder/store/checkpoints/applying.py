"""Carrying a restore out: prepared beside the project's files, then moved into place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from autonomous_coder.store.checkpoints.beneath import Beneath
from autonomous_coder.store.checkpoints.planning import Current, Plan, Target
from autonomous_coder.treewalk import STAGING, TreeItem


class Stage:
    """New files and links, complete with their modes, in a directory inside the project (so that
    moving them is one step each). Blocking."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._directory = root / STAGING
        self._names: dict[str, str] = {}

    def open(self) -> None:
        """Start empty; what a killed restore left is removed."""
        self.clear()
        self._directory.mkdir(mode=0o700)

    def add(self, paths: Iterable[str], target: Target, contents: Mapping[bytes, bytes]) -> None:
        """Prepare the given paths."""
        for path in paths:
            item = target[path]
            name = f"{len(self._names):06d}"
            self._prepare(self._directory / name, item, contents[item.digest])
            self._names[path] = f"{STAGING}/{name}"

    def _prepare(self, place: Path, item: TreeItem, content: bytes) -> None:
        if item.kind == "link":
            place.symlink_to(os.fsdecode(content))
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(place, flags, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as stream:
            view = memoryview(content)
            while view:
                view = view[stream.write(view) :]
            os.fchmod(descriptor, item.mode)

    def apply(self, plan: Plan, current: Current, target: Target) -> None:
        """Change the project. What is already there is only replaced by something complete."""
        with Beneath(self._root) as beneath:
            opened = _open_parents(beneath, plan, current)
            for path in plan.deletes:
                beneath.remove(path)
            for path in plan.old_directories:
                # It stays when it holds something that no checkpoint covers.
                with suppress(OSError):
                    beneath.remove_directory(path)
            for path in plan.new_directories:
                beneath.make_directory(path)
            for path in plan.writes:
                beneath.move(self._names[path], path)
            modes = {path: target[path].mode for path in (*plan.modes, *plan.new_directories)}
            closing = {path: mode for path, mode in opened.items() if path not in modes}
            for path in sorted(modes | closing, key=lambda path: -path.count("/")):
                directory = path in closing or target[path].kind == "dir"
                with suppress(FileNotFoundError):
                    beneath.change_mode(path, (modes | closing)[path], directory=directory)

    def clear(self) -> None:
        """Remove the directory and what is in it."""
        if self._directory.is_symlink() or self._directory.is_file():
            self._directory.unlink()
        else:
            shutil.rmtree(self._directory, ignore_errors=True)


def _open_parents(beneath: Beneath, plan: Plan, current: Current) -> dict[str, int]:
    """Make directories writable that are not; path -> mode to set again afterwards."""
    opened: dict[str, int] = {}
    touched = (*plan.writes, *plan.deletes, *plan.new_directories, *plan.old_directories)
    parents = {path.rpartition("/")[0] for path in (*touched, *plan.modes)}
    for path in sorted(parents, key=lambda path: path.count("/")):
        entry = current[path][0] if path in current else None
        if entry is not None and entry.kind == "dir" and entry.mode & 0o300 != 0o300:
            beneath.change_mode(path, entry.mode | 0o700, directory=True)
            opened[path] = entry.mode
    return opened
