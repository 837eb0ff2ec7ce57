"""SQLite's errors in the words of our error tree."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from autonomous_coder.errors import BusyError, CoderError, DatabaseCorruptError, StateError
from autonomous_coder.store.filesystem import disk_full

_NO_SPACE = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,  # a quota or a limit on file size
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_TRUNCATE,
    }
)


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether the file is damaged or no database at all."""
    return _primary(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_full(error: sqlite3.Error) -> bool:
    """Whether the write failed for want of space."""
    return _primary(error) == sqlite3.SQLITE_FULL or _code(error) in _NO_SPACE


def translate(error: sqlite3.Error, path: Path) -> CoderError:
    """The error to raise instead; `path` is the database's."""
    primary = _primary(error)
    if is_full(error):
        return disk_full(path)
    if is_corrupt(error):
        return DatabaseCorruptError(
            f"The database {path} is damaged.",
            hint="Start autonomous-coder again: it sets the file aside and restores a backup.",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(
            f"Another process keeps the database {path} locked.",
            hint="Try again; if it stays so, end the programs that have it open.",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StateError(
            f"The database {path} cannot be opened for writing.",
            hint="Check the permissions of the data directory, or name another one.",
        )
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    return StateError(
        f"The database {path} failed ({name}).", hint="Run `autonomous-coder doctor`."
    )


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0)


def _primary(error: sqlite3.Error) -> int:
    code = _code(error) & 0xFF
    if not code and "not a database" in str(error):
        return sqlite3.SQLITE_NOTADB
    return code
