"""What a restore has to do, decided before anything is touched. Blocking, reads only."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autonomous_coder.errors import BusyError, InvalidInputError, NotFoundError
from autonomous_coder.treewalk import STAGING, TreeEntry, TreeItem, shown

Current = Mapping[str, tuple[TreeEntry, bytes]]
Target = Mapping[str, TreeItem]


@dataclass(slots=True)
class Plan:
    """Paths as in `TreeEntry`. `modes` are permission bits to set on what stays."""

    writes: list[str] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)
    new_directories: list[str] = field(default_factory=list)
    old_directories: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    unchanged: int = 0


def scope(paths: Sequence[str], current: Current, target: Target) -> tuple[str, ...]:
    """The paths to restore, normalised; empty means all.

    Raises:
        InvalidInputError: one is absolute or leads out. NotFoundError: neither tree has it.
    """
    if len(paths) > 1_000:
        raise InvalidInputError(
            "At most 1,000 paths can be restored at once.", hint="Name directories instead."
        )
    chosen: list[str] = []
    for path in paths:
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if path.startswith("/") or ".." in parts or "\0" in path:
            raise InvalidInputError(
                f"'{shown(path)}' is not a path inside the project.",
                hint="Name paths relative to the project's directory.",
            )
        name = "/".join(parts)
        if not name:
            return ()
        if name not in current and name not in target:
            raise NotFoundError(
                f"'{shown(name)}' is neither in the checkpoint nor in the project.",
                hint="Use the paths that `checkpoint` with action diff lists.",
            )
        chosen.append(name)
    return tuple(chosen)


def plan(
    root: Path, current: Current, target: Target, kept: Sequence[str], chosen: Sequence[str]
) -> Plan:
    """Compare the trees. `kept` are paths that the checkpoint left out and that stay therefore.

    Raises:
        InvalidInputError: something that no checkpoint covers stands in the way.
    """
    result = Plan()
    places, left_out = frozenset(chosen), frozenset(kept)
    for path, item in target.items():
        if places and not _within(path, places):
            continue
        entry, digest = current.get(path, (None, b""))
        if item.kind == "dir":
            if entry is None or entry.kind != "dir":
                result.new_directories.append(path)
            elif entry.mode != item.mode:
                result.modes.append(path)
        elif entry is None or entry.kind != item.kind or digest != item.digest:
            result.writes.append(path)
        elif entry.mode != item.mode:
            result.modes.append(path)
        else:
            result.unchanged += 1
    for path, (entry, _) in current.items():
        if (places and not _within(path, places)) or _within(path, left_out):
            continue
        item_there = target.get(path)
        if entry.kind == "dir":
            if item_there is None or item_there.kind != "dir":
                result.old_directories.append(path)
        elif item_there is None or item_there.kind == "dir":
            result.deletes.append(path)
    _add_parents(result, current, target)
    result.new_directories.sort(key=lambda path: path.count("/"))
    result.old_directories.sort(key=lambda path: -path.count("/"))
    _refuse_obstacles(root, result, current)
    return result


def refuse_changes(root: Path, done: Plan, current: Current) -> None:
    """Make sure that what will be replaced or removed is still what the backup holds.

    Raises:
        BusyError: somebody is changing the project at the same time.
    """
    made = set(done.new_directories)
    for path in (*done.writes, *done.deletes):
        if path.rpartition("/")[0] in made:
            continue
        entry = current[path][0] if path in current else None
        try:
            info = (root / path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            info = None
        if entry is None and info is None:
            continue
        if entry is not None and entry.kind == "dir":
            continue
        if (
            entry is None
            or info is None
            or (info.st_ino, info.st_mtime_ns, info.st_ctime_ns)
            != (entry.inode, entry.mtime_ns, entry.ctime_ns)
        ):
            raise BusyError(
                f"'{shown(path)}' was changed while the restore was being prepared; "
                "nothing was restored.",
                hint="Stop what is writing there and try again.",
            )


def _within(path: str, places: Collection[str]) -> bool:
    """Whether the path, or a directory above it, is among `places`."""
    while path:
        if path in places:
            return True
        path = path.rpartition("/")[0]
    return False


def _add_parents(result: Plan, current: Current, target: Target) -> None:
    """Directories above chosen paths that are missing now."""
    wanted = set(result.new_directories)
    leaving = set(result.deletes)
    for path in (*result.writes, *tuple(result.new_directories)):
        parent = path.rpartition("/")[0]
        while parent and parent not in wanted:
            entry = current[parent][0] if parent in current else None
            if entry is not None and entry.kind == "dir":
                break
            if entry is not None and parent not in leaving:
                raise _obstacle(parent)
            assert parent in target
            wanted.add(parent)
            result.new_directories.append(parent)
            parent = parent.rpartition("/")[0]


def _refuse_obstacles(root: Path, result: Plan, current: Current) -> None:
    made = set(result.new_directories)
    for path in (*result.writes, *result.new_directories):
        if path.split("/", 1)[0] == STAGING:
            raise _obstacle(path)
        # Below a directory that is yet to be made there is nothing; to look there might lead
        # through a link that stands in its place.
        if path.rpartition("/")[0] in made or path in current:
            continue
        if _exists(root / path):
            raise _obstacle(path)
    replaced = set(result.writes)
    for path in result.old_directories:
        if path in replaced:
            _refuse_strangers(root, path, current)


def _refuse_strangers(root: Path, directory: str, current: Current) -> None:
    with os.scandir(root / directory) as found:
        names = [item.name for item in found]
    for name in names:
        path = f"{directory}/{name}"
        if path not in current:
            raise _obstacle(path)
        if current[path][0].kind == "dir":
            _refuse_strangers(root, path, current)


def _exists(path: Path) -> bool:
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_IFMT(info.st_mode) != 0


def _obstacle(path: str) -> InvalidInputError:
    return InvalidInputError(
        f"'{shown(path)}' stands in the way of the restore and is in no checkpoint "
        "(it is ignored, too large, special, or outside the paths named).",
        hint="Move it away and try again. Nothing was changed.",
    )
