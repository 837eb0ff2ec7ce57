"""Opening a connection to a database file, with the settings that all of them share."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autonomous_coder.errors import StateError
from autonomous_coder.store.filesystem import FULL, disk_full, is_network

if TYPE_CHECKING:
    import aiosqlite

BUSY_TIMEOUT_MS = 30_000
LOG_LIMIT_BYTES = 64 * 1024**2


def create_private(path: Path) -> None:
    """Create the database file, for this user only, where no file is.

    Raises:
        StateError: it cannot be created. DiskFullError: there is no space.
    """
    # Where no file is, no connection of this process can have it open: closing does no harm.
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(path) from error
        raise StateError(
            f"The database {path} cannot be created: {error.strerror}.",
            hint="The data directory must be writable (setting paths.data_dir).",
        ) from error


async def connect(path: Path) -> aiosqlite.Connection:
    """An open, configured connection; call it under the database's file lock.

    Raises:
        sqlite3.Error: the file is damaged, locked or cannot be opened.
    """
    import aiosqlite

    pending = aiosqlite.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
    # A store that was never closed must not keep the process from ending: what is committed is
    # safe, and the kernel drops the locks. (Up to 0.21 the connection was the thread itself.)
    thread: Any = getattr(pending, "_thread", pending)
    thread.daemon = True
    connection = await pending
    try:
        await _configure(connection, path)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _configure(connection: aiosqlite.Connection, path: Path) -> None:
    connection.row_factory = sqlite3.Row
    pages = list(await connection.execute_fetchall("PRAGMA page_count"))
    if pages[0][0] == 0:
        # Must come first; on an existing database it would only write for nothing.
        await connection.execute_fetchall("PRAGMA auto_vacuum = INCREMENTAL")
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        f"journal_mode = {'DELETE' if is_network(path.parent) else 'WAL'}",
        f"journal_size_limit = {LOG_LIMIT_BYTES}",
        "foreign_keys = ON",
        # Some builds overwrite all that is deleted: then deleting needs as much room in the
        # log as what is deleted, which is not there when it is needed most.
        "secure_delete = FAST",
        "trusted_schema = OFF",
    ):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
