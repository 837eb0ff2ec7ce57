"""One database file: opened, migrated, read, written and closed so that processes can share it.

Every write is an immediate transaction under a cross-process file lock, and so is everything that
makes SQLite checkpoint or recover its log (opening, closing): SQLite's WAL mode has a bug up to
3.51.2 that can corrupt the file when two connections do that at once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from autonomous_coder.errors import CoderError, DatabaseCorruptError, StateError
from autonomous_coder.store import recovery
from autonomous_coder.store.faults import is_corrupt, is_full, translate
from autonomous_coder.store.filesystem import Reserve, identity, private_directory
from autonomous_coder.store.locks import FileLock
from autonomous_coder.store.migrations import Migration, apply_pending
from autonomous_coder.store.opening import connect, create_private
from autonomous_coder.store.transaction import Transaction, Value

if TYPE_CHECKING:
    import aiosqlite

logger = logging.getLogger(__name__)

CHECKED_WHEN_OPENED_BYTES = 8 * 1024**2
"""Up to this size a database is checked whenever it is opened (milliseconds); larger ones after
damage was met."""


class Database:
    """A database file, opened on first use.

    `durable` is what `write` does unless told otherwise: True means that a committed write
    survives a power cut, False that it survives a crash of the process. `backups` is where copies
    are kept (None: none). What happened to the file is told in `notices`.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        notices: list[str],
        durable: bool = True,
        backups: Path | None = None,
    ) -> None:
        self.path = path
        self.notices = notices
        self._migrations = migrations
        self._durable = durable
        self._backups = backups
        self._reserve = Reserve(path.parent / "reserve.bin")
        self._lock = FileLock(path.with_name(path.name + ".lock"), what=f"the database {path.name}")
        self._opening = anyio.Lock()
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._synchronous = ""
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether connections are open."""
        return self._writer is not None

    async def ensure_open(self) -> None:
        """Open, recover and migrate unless that has been done.

        Raises:
            StateError, DiskFullError, BusyError: as `write`.
        """
        if self._writer is not None and identity(self.path) == self._file:
            return
        async with self._opening:
            if self._closed:
                raise StateError("The store has been closed.", hint="Open it again.")
            if self._writer is not None and identity(self.path) == self._file:
                return
            private_directory(self.path.parent)
            self._reserve.hold()
            async with self._lock.held():
                await self._replace_connections()

    async def read(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """The rows of one query; sees committed data only."""
        while True:
            await self.ensure_open()
            reader = self._reader
            assert reader is not None
            try:
                return list(await reader.execute_fetchall(sql, values))
            except sqlite3.Error as error:
                raise self._fault(error) from error
            except ValueError:
                if reader is self._reader:
                    raise
                # Another task has replaced the connections in the meantime: ask the new one.

    @asynccontextmanager
    async def write(self, *, durable: bool | None = None) -> AsyncIterator[Transaction]:
        """One immediate transaction: committed at the end of the block, rolled back when the block
        raises or is cancelled.

        Raises:
            DiskFullError: no space; rolled back. BusyError: another process held the database too
            long. DatabaseCorruptError, StateError: the file is in trouble.
        """
        await self.ensure_open()
        async with self._lock.held():
            if identity(self.path) != self._file:
                # Another process has set the file aside in the meantime.
                await self._replace_connections()
            assert self._writer is not None
            try:
                async with self._transaction(
                    self._writer, durable=self._durable if durable is None else durable
                ) as transaction:
                    yield transaction
            except sqlite3.Error as error:
                fault = self._fault(error)
                if is_full(error):
                    await self._shrink_log()
                raise fault from error
            self._reserve.renew()

    async def compact(self) -> None:
        """Give free pages back to the file system. Never fails for want of space."""
        await self.ensure_open()
        with suppress(sqlite3.Error):
            async with self._lock.held():
                if self._writer is not None and identity(self.path) == self._file:
                    # As a script, for `execute` takes one step only: that would free one page.
                    cursor = await self._writer.executescript("PRAGMA incremental_vacuum")
                    await cursor.close()
                    await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Checkpoint the log, back up when that is due, and close. Never fails."""
        async with self._opening:
            self._closed = True
            if self._writer is None:
                return
            with anyio.CancelScope(shield=True):
                try:
                    async with self._lock.held(wait_s=5.0):
                        await self._finish()
                        await self._disconnect()
                except CoderError:
                    await self._disconnect()

    async def _shrink_log(self) -> None:
        # What was rolled back still takes up room in the log.
        with anyio.CancelScope(shield=True), suppress(sqlite3.Error):
            if self._writer is not None:
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _finish(self) -> None:
        if self._writer is None or identity(self.path) != self._file:
            return
        with suppress(sqlite3.Error):
            await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if self._backups is not None:
                await recovery.back_up(self._writer, self.path, self._backups)

    @asynccontextmanager
    async def _transaction(
        self, connection: aiosqlite.Connection, *, durable: bool
    ) -> AsyncIterator[Transaction]:
        wanted = "FULL" if durable else "NORMAL"
        if wanted != self._synchronous:
            await connection.execute_fetchall(f"PRAGMA synchronous = {wanted}")
            self._synchronous = wanted
        try:
            await connection.execute_fetchall("BEGIN IMMEDIATE")
            yield Transaction(connection)
            with anyio.CancelScope(shield=True):
                await connection.execute_fetchall("COMMIT")
        except BaseException:
            # Statements queue up in the connection's thread: this one comes after any that was
            # under way when we were cancelled. After some errors SQLite has rolled back already.
            with anyio.CancelScope(shield=True), suppress(sqlite3.Error):
                await connection.execute_fetchall("ROLLBACK")
            raise

    async def _replace_connections(self) -> None:
        await self._disconnect()
        try:
            try:
                await self._connect()
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
                await self._disconnect()
                notice = await anyio.to_thread.run_sync(recovery.replace, self.path, self._backups)
                self.notices.append(notice)
                logger.warning("%s", notice)
                await self._connect()
        except sqlite3.Error as error:
            await self._disconnect()
            raise self._fault(error) from error
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._disconnect()
            raise

    async def _connect(self) -> None:
        create_private(self.path)
        self._writer = await connect(self.path)
        self._synchronous = ""
        await self._check(self._writer)
        try:
            async with self._transaction(self._writer, durable=True) as transaction:
                await apply_pending(transaction, self._migrations, str(self.path))
        except CoderError:
            await self._disconnect()
            raise
        self._reader = await connect(self.path)
        await self._reader.execute_fetchall("PRAGMA query_only = ON")
        self._file = identity(self.path)

    async def _check(self, connection: aiosqlite.Connection) -> None:
        suspect = recovery.is_suspect(self.path)
        if not suspect and self.path.stat().st_size > CHECKED_WHEN_OPENED_BYTES:
            return
        rows = list(await connection.execute_fetchall("PRAGMA quick_check(1)"))
        if [row[0] for row in rows] != ["ok"]:
            error = sqlite3.DatabaseError("quick_check found damage")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
        recovery.clear_suspicion(self.path)

    async def _disconnect(self) -> None:
        connections = (self._reader, self._writer)
        self._reader = self._writer = self._file = None
        for connection in connections:
            if connection is not None:
                with suppress(sqlite3.Error, ValueError):
                    await connection.close()

    def _fault(self, error: sqlite3.Error) -> CoderError:
        if is_full(error):
            self._reserve.release()
        fault = translate(error, self.path)
        if isinstance(fault, DatabaseCorruptError):
            recovery.suspect(self.path)
        return fault
