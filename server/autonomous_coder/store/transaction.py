"""What may be done inside one write transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite

Value = str | bytes | int | float | None


class Transaction:
    """Statements of one transaction that is already open; it is committed by who opened it."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Run one statement; its rows."""
        return list(await self._connection.execute_fetchall(sql, values))

    async def execute_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""
        cursor = await self._connection.executemany(sql, values)
        await cursor.close()

    async def changed(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; how many rows it changed."""
        await self.execute(sql, values)
        rows = await self.execute("SELECT changes()")
        return int(rows[0][0])
