"""The audit log: what was done to what, without secrets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from autonomous_coder.store import text
from autonomous_coder.store.connection import Database
from autonomous_coder.store.redaction import REDACTED, SECRET_NAME, redact

KEPT = 10_000
MAX_TEXT = 2_000
MAX_DETAILS = 50

Detail = str | int | float | bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the log, newest first when listed."""

    at: datetime
    action: str
    subject: str
    detail: dict[str, Detail]


class Audit:
    """Rows of the table `audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, action: str, subject: str, detail: dict[str, Detail]) -> None:
        clean = {
            _short(key): _clean(key, value) for key, value in list(detail.items())[:MAX_DETAILS]
        }
        async with self._database.write(durable=False) as transaction:
            await transaction.execute(
                "INSERT INTO audit (at, action, subject, detail) VALUES (?, ?, ?, ?)",
                (text.now().isoformat(), _short(action), _short(subject), json.dumps(clean)),
            )
            await transaction.execute(
                "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", (KEPT,)
            )

    async def page(self, limit: int, offset: int) -> list[AuditEntry]:
        rows = await self._database.read(
            "SELECT at, action, subject, detail FROM audit ORDER BY id DESC LIMIT ? OFFSET ?",
            text.page(limit, offset),
        )
        return [
            AuditEntry(
                at=datetime.fromisoformat(row["at"]),
                action=row["action"],
                subject=row["subject"],
                detail=text.load(row["detail"], "audit detail"),
            )
            for row in rows
        ]


def _clean(key: str, value: Detail) -> Detail:
    # A number or a truth value under such a name is a count or a flag, not a secret.
    if not isinstance(value, str):
        return value
    return REDACTED if SECRET_NAME.search(key) else _short(value)


def _short(value: str) -> str:
    # Redacted before it is cut: half a token would no longer look like one.
    clean = redact(value[: MAX_TEXT * 10]).encode("utf-8", "backslashreplace").decode("utf-8")
    return clean if len(clean) <= MAX_TEXT else clean[: MAX_TEXT - 1] + "…"
