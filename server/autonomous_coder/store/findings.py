"""Findings handed in from outside: each topic's statements with source and day, none ever edited.

They are data that nobody has verified. Durable: they live in the state database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.store import text
from autonomous_coder.store.connection import Database
from autonomous_coder.store.redaction import redact

MAX_TOPICS = 1_000
HISTORY = 10
"""How many statements of each topic are kept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement on a topic. `day` is the ISO date it speaks of."""

    topic: str
    statement: str
    source: str
    day: str


class Findings:
    """Rows of the table `findings`; of each topic the newest day counts, then the last reported."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, findings: Sequence[Finding]) -> None:
        """Keep them beside what is there, in one transaction; what is known already stays as it
        is. The longest untouched topics make room. Secrets are redacted by shape."""
        rows = [
            (
                text.bounded(redact(f.topic), "topic", 300),
                text.bounded(redact(f.statement), "statement", 4_000),
                text.bounded(redact(f.source), "source", 500),
                f.day,
            )
            for f in findings
        ]
        if not rows:
            return
        async with self._database.write() as transaction:
            await transaction.execute_many(
                "INSERT OR IGNORE INTO findings (topic, statement, source, day) "
                "VALUES (?, ?, ?, ?)",
                rows,
            )
            for topic in dict.fromkeys(row[0] for row in rows):
                await transaction.execute(
                    "DELETE FROM findings WHERE topic = ? AND id NOT IN (SELECT id FROM findings "
                    "WHERE topic = ? ORDER BY day DESC, id DESC LIMIT ?)",
                    (topic, topic, HISTORY),
                )
            await transaction.execute(
                "DELETE FROM findings WHERE topic NOT IN (SELECT topic FROM findings "
                "GROUP BY topic ORDER BY max(id) DESC LIMIT ?)",
                (MAX_TOPICS,),
            )

    async def all(self) -> list[Finding]:
        """Everything that is kept: by topic, each topic's newest first."""
        rows = await self._database.read(
            "SELECT topic, statement, source, day FROM findings ORDER BY topic, day DESC, id DESC"
        )
        return [Finding(*(str(value) for value in row)) for row in rows]
