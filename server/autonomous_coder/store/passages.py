"""Passages of documentation, searchable: full text with bm25, bounded, the oldest go first."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from autonomous_coder.models.passages import FoundPassage, Passage, PassageSource, StoredSource
from autonomous_coder.store import text
from autonomous_coder.store.connection import Database
from autonomous_coder.store.transaction import Transaction

MAX_BYTES = 96 * 1024**2
MAX_PASSAGES = 6_000
MAX_TEXT_CHARS = 8_000
MAX_TITLE_CHARS = 400
MAX_ABOUT_CHARS = 200_000
MAX_TERMS = 24
MAX_SOURCES = 40
OVERHEAD_BYTES = 256
COLUMN_WEIGHTS = (5.0, 1.0, 1.5)
"""Headings, text, parts of joined names."""
_WORD = re.compile(r"\w+")
_JOINED = re.compile(r"\b[A-Za-z]+?[a-z0-9][A-Z]\w*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Passages:
    """Rows of the full-text table `passage_index`, grouped by source."""

    def __init__(self, database: Database, *, max_bytes: int = MAX_BYTES) -> None:
        self._database = database
        self._max_bytes = max_bytes

    async def put(self, source: PassageSource, passages: Sequence[Passage], about: str) -> None:
        """Store what a source holds, in place of what was stored of it before; at most 6,000
        passages are kept."""
        rows = [_row(passage) for passage in passages[:MAX_PASSAGES]]
        size = sum(sum(map(len, row[:4])) + OVERHEAD_BYTES for row in rows) + OVERHEAD_BYTES
        about = text.bounded(about, "note on a source", MAX_ABOUT_CHARS)
        async with self._database.write(durable=False) as transaction:
            await _remove(transaction, _where(source))
            if size > self._max_bytes:
                return
            await self._make_room(transaction, size)
            found = await transaction.execute("SELECT max(last_row) FROM passage_sources")
            first = int(found[0][0] or 0) + 1
            await transaction.execute(
                "INSERT INTO passage_sources (ecosystem, name, version, stored_at, size, "
                "first_row, last_row, about) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*_where(source), time.time(), size, first, first + len(rows) - 1, about),
            )
            ids = await transaction.execute("SELECT last_insert_rowid()")
            scope = f"s{ids[0][0]}"
            await transaction.execute_many(
                "INSERT INTO passage_index "
                "(rowid, scope, title, body, parts, document, weight) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(first + i, scope, *row) for i, row in enumerate(rows)],
            )

    async def about(self, source: PassageSource) -> StoredSource | None:
        """What is stored of a source, however old, or None."""
        rows = await self._database.read(
            "SELECT stored_at, about FROM passage_sources "
            "WHERE ecosystem = ? AND name = ? AND version = ?",
            _where(source),
        )
        return StoredSource(source, rows[0]["stored_at"], rows[0]["about"]) if rows else None

    async def versions(self, ecosystem: str, name: str) -> list[StoredSource]:
        """All that is stored under a name, the latest stored first."""
        rows = await self._database.read(
            "SELECT version, stored_at, about FROM passage_sources "
            "WHERE ecosystem = ? AND name = ? ORDER BY stored_at DESC LIMIT 100",
            (ecosystem, name),
        )
        return [
            StoredSource(PassageSource(ecosystem, name, row[0]), row[1], row[2]) for row in rows
        ]

    async def first(self, source: PassageSource, limit: int) -> list[Passage]:
        """The passages a source begins with."""
        rows = await self._database.read(
            "SELECT i.title, i.body, i.document, i.weight FROM passage_sources AS s "
            "JOIN passage_index AS i ON i.rowid BETWEEN s.first_row AND s.last_row "
            "WHERE s.ecosystem = ? AND s.name = ? AND s.version = ? ORDER BY i.rowid LIMIT ?",
            (*_where(source), max(1, min(limit, 100))),
        )
        return [_passage(row["document"], row["title"], row["body"], row["weight"]) for row in rows]

    async def search(
        self, sources: Sequence[PassageSource], terms: Sequence[str], *, limit: int = 120
    ) -> list[FoundPassage]:
        """Passages of these sources with any of the words, best first by bm25 and weight.

        A word counts for its other forms, too; one that ends in `*` for all that begins with it.
        """
        scopes: dict[str, tuple[PassageSource, int]] = {}
        for source in sources[:MAX_SOURCES]:
            rows = await self._database.read(
                "SELECT id, first_row FROM passage_sources "
                "WHERE ecosystem = ? AND name = ? AND version = ?",
                _where(source),
            )
            if rows:
                scopes[f"s{rows[0]['id']}"] = (source, rows[0]["first_row"])
        wanted = " OR ".join(quoted for term in terms[:MAX_TERMS] if (quoted := _quoted(term)))
        if not scopes or not wanted:
            return []
        within = " OR ".join(f'"{scope}"' for scope in scopes)
        rows = await self._database.read(
            "SELECT rowid, scope, title, body, document, weight, "
            "bm25(passage_index, 0, ?, ?, ?) * weight AS rank "
            "FROM passage_index WHERE passage_index MATCH ? ORDER BY rank LIMIT ?",
            (
                *COLUMN_WEIGHTS,
                f"scope : ({within}) AND {{title body parts}} : ({wanted})",
                max(1, min(limit, 200)),
            ),
        )
        found = []
        for row in rows:
            source, first = scopes[row["scope"]]
            passage = _passage(row["document"], row["title"], row["body"], row["weight"])
            found.append(FoundPassage(source, passage, row["rowid"] - first, -float(row["rank"])))
        return found

    async def _make_room(self, transaction: Transaction, size: int) -> None:
        rows = await transaction.execute("SELECT total(size) FROM passage_sources")
        excess = int(rows[0][0]) + size - self._max_bytes
        if excess <= 0:
            return
        # More room than needed at once, so that not every write has to.
        excess += self._max_bytes // 16
        for row in await transaction.execute(
            "SELECT ecosystem, name, version, size FROM passage_sources ORDER BY stored_at, id"
        ):
            if excess <= 0:
                break
            excess -= row["size"]
            await _remove(transaction, (row["ecosystem"], row["name"], row["version"]))


async def _remove(transaction: Transaction, where: tuple[str, str, str]) -> None:
    for row in await transaction.execute(
        "SELECT id, first_row, last_row FROM passage_sources "
        "WHERE ecosystem = ? AND name = ? AND version = ?",
        where,
    ):
        await transaction.execute(
            "DELETE FROM passage_index WHERE rowid BETWEEN ? AND ?",
            (row["first_row"], row["last_row"]),
        )
        await transaction.execute("DELETE FROM passage_sources WHERE id = ?", (row["id"],))


def _where(source: PassageSource) -> tuple[str, str, str]:
    return (
        text.bounded(source.ecosystem, "ecosystem", 40),
        text.bounded(source.name, "name of a source", 4_000),
        text.bounded(source.version, "version", 200),
    )


def _row(passage: Passage) -> tuple[str, str, str, str, float]:
    title = text.bounded(passage.heading[:MAX_TITLE_CHARS], "heading", MAX_TITLE_CHARS)
    body = text.bounded(passage.text[:MAX_TEXT_CHARS], "passage", MAX_TEXT_CHARS)
    document = text.bounded(passage.document[:MAX_TITLE_CHARS], "name of a file", MAX_TITLE_CHARS)
    return title, body, _parts(f"{title} {body}"), document, passage.weight


def _passage(document: str, title: str, body: str, weight: float) -> Passage:
    return Passage(document, title, body, weight)


def _parts(content: str) -> str:
    """The words inside joined names: `createRemoteJWKSet` is found by "remote", too."""
    joined = dict.fromkeys(_JOINED.findall(content))
    words = dict.fromkeys(part for name in joined for part in _PART.findall(name[:80]))
    return " ".join(words)[:2_000]


def _quoted(term: str) -> str:
    """A term as the full-text query language takes it; nothing in it is an operator."""
    words = " ".join(_WORD.findall(term[:100]))
    if not words:
        return ""
    return f'"{words}"*' if term.endswith("*") else f'"{words}"'
