"""Damaged databases: set aside, and replaced by the newest good backup or by an empty one.

Everything here is called under the database's file lock, with no connection of ours open to the
file that is moved.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from autonomous_coder.store.filesystem import private_directory, sync_file

if TYPE_CHECKING:
    import aiosqlite

BACKUPS_KEPT = 3
DAMAGED_KEPT = 3
BACKUP_EVERY_S = 86_400
COMPANIONS = ("-wal", "-shm", "-journal")


def _marker(path: Path) -> Path:
    return path.with_name(path.name + ".suspect")


def suspect(path: Path) -> None:
    """Note that damage was met, so that the file is checked when it is opened next."""
    with suppress(OSError):
        _marker(path).touch(mode=0o600)


def is_suspect(path: Path) -> bool:
    """Whether damage was met since the file was checked."""
    return _marker(path).exists()


def clear_suspicion(path: Path) -> None:
    """The file was checked and is good."""
    with suppress(OSError):
        _marker(path).unlink()


def backups_of(path: Path, directory: Path) -> list[Path]:
    """The backups of a database, newest first."""
    return sorted(directory.glob(f"{path.stem}-*.db"), reverse=True)


async def back_up(connection: aiosqlite.Connection, path: Path, directory: Path) -> Path | None:
    """Copy the database into `directory` unless a copy of the last day is there; old copies go.

    Raises:
        sqlite3.Error: the copy failed (no space, damage); nothing is left of it.
    """
    private_directory(directory)
    known = backups_of(path, directory)
    if known and time.time() - known[0].stat().st_mtime < BACKUP_EVERY_S:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = directory / f"{path.stem}-{stamp}.db"
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    try:
        await connection.execute_fetchall("VACUUM INTO ?", (str(partial),))
        await anyio.to_thread.run_sync(sync_file, partial)
        partial.chmod(0o600)
        partial.rename(target)
    except (sqlite3.Error, OSError):
        partial.unlink(missing_ok=True)
        raise
    for old in backups_of(path, directory)[BACKUPS_KEPT:]:
        old.unlink(missing_ok=True)
    return target


def replace(path: Path, backups: Path | None) -> str:
    """Set the damaged file aside and put the newest good backup in its place (nothing when there
    is none); what was done, for people. Blocking."""
    aside = _set_aside(path)
    clear_suspicion(path)
    told = f"The database {path.name} was damaged and has been set aside as {aside.name}"
    for backup in backups_of(path, backups) if backups is not None else ():
        if _is_good(backup):
            copy = path.with_name(path.name + ".restored")
            shutil.copyfile(backup, copy)
            copy.chmod(0o600)
            sync_file(copy)
            copy.rename(path)
            when = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
            return f"{told}; the backup of {when:%Y-%m-%d %H:%M} UTC has been restored."
    return f"{told}; there is no good backup, so it starts empty."


def _set_aside(path: Path) -> Path:
    number = 0
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    while (aside := path.with_name(f"{path.name}.damaged-{stamp}-{number}")).exists():
        number += 1
    # The companions first: a log must never meet a database that it does not belong to.
    for suffix in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    with suppress(FileNotFoundError):
        path.rename(aside)
    damaged = sorted(
        (p for p in path.parent.glob(f"{path.name}.damaged-*") if not p.name.endswith(COMPANIONS)),
        reverse=True,
    )
    for old in damaged[DAMAGED_KEPT:]:
        for suffix in ("", *COMPANIONS):
            with suppress(OSError):
                old.with_name(old.name + suffix).unlink()
    return aside


def _is_good(backup: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{_quoted(backup)}?mode=ro&immutable=1", uri=True)) as c:
            return bool(c.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(os.fspath(path))
