"""The cache of answers from outside. Losing it costs time, nothing else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.store import text
from autonomous_coder.store.connection import Database

MAX_BYTES = 64 * 1024**2
MAX_ENTRY_BYTES = 16 * 1024**2
MAX_ENTRIES = 20_000
OVERHEAD_BYTES = 128
KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """`stored_at` in seconds since 1970."""

    value: bytes
    stored_at: float
    etag: str


class Cache:
    """Rows of the table `cache`; the longest stored go first."""

    def __init__(self, database: Database, *, max_bytes: int = MAX_BYTES) -> None:
        self._database = database
        self._max_bytes = max_bytes

    async def get(self, key: str) -> CacheEntry | None:
        rows = await self._database.read(
            "SELECT value, stored_at, etag FROM cache WHERE key = ?", (_key(key),)
        )
        if not rows:
            return None
        return CacheEntry(bytes(rows[0]["value"]), rows[0]["stored_at"], rows[0]["etag"])

    async def get_many(self, keys: Sequence[str]) -> dict[str, CacheEntry]:
        """The entries of those keys that have one, in few queries."""
        found: dict[str, CacheEntry] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = [_key(key) for key in keys[start : start + KEYS_AT_ONCE]]
            marks = ",".join("?" * len(some))
            rows = await self._database.read(
                f"SELECT key, value, stored_at, etag FROM cache WHERE key IN ({marks})",  # noqa: S608
                some,
            )
            for key, value, stored_at, etag in rows:
                found[key] = CacheEntry(bytes(value), stored_at, etag)
        return found

    async def put(self, key: str, value: bytes, *, etag: str) -> None:
        """An entry too large to be kept is left out (and an older one of its key removed)."""
        size = len(value) + len(key) + OVERHEAD_BYTES
        fits = size <= min(MAX_ENTRY_BYTES, self._max_bytes)
        async with self._database.write(durable=False) as transaction:
            await transaction.execute("DELETE FROM cache WHERE key = ?", (_key(key),))
            if not fits:
                return
            await transaction.execute(
                "INSERT INTO cache (key, stored_at, size, etag, value) VALUES (?, ?, ?, ?, ?)",
                (key, time.time(), size, text.bounded(etag, "entity tag", 1_000), value),
            )
            rows = await transaction.execute("SELECT total(size), count(*) FROM cache")
            excess, surplus = int(rows[0][0]) - self._max_bytes, int(rows[0][1]) - MAX_ENTRIES
            if excess <= 0 and surplus <= 0:
                return
            # Make more room than needed at once, so that not every write has to.
            excess += self._max_bytes // 16
            doomed: list[tuple[int]] = []
            for row in await transaction.execute(
                "SELECT id, size FROM cache WHERE key <> ? ORDER BY stored_at, id", (key,)
            ):
                if excess <= 0 and surplus <= 0:
                    break
                excess -= row["size"]
                surplus -= 1
                doomed.append((row["id"],))
            await transaction.execute_many("DELETE FROM cache WHERE id = ?", doomed)


def _key(key: str) -> str:
    return text.bounded(key, "cache key", 4_000)
