"""What is known of a project, as JSON documents by kind: spec, plan, baseline and the like."""

from __future__ import annotations

import re
from typing import Any

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.store import projects, text
from autonomous_coder.store.connection import Database

KIND = re.compile(r"[a-z][a-z0-9_]{0,62}")
HISTORY = 20
"""How many versions of each document are kept."""


class Documents:
    """Rows of the table `documents`; the newest of a kind counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, project_id: str, kind: str, data: dict[str, Any]) -> None:
        body = text.dump(data, f"document '{_kind(kind)}'")
        moment = text.now().isoformat()
        async with self._database.write() as transaction:
            await projects.require(transaction, project_id)
            await transaction.execute(
                "INSERT INTO documents (project_id, kind, data, created_at) VALUES (?, ?, ?, ?)",
                (project_id, kind, body, moment),
            )
            await transaction.execute(
                "DELETE FROM documents WHERE project_id = ? AND kind = ? AND id NOT IN ("
                "SELECT id FROM documents WHERE project_id = ? AND kind = ? "
                "ORDER BY id DESC LIMIT ?)",
                (project_id, kind, project_id, kind, HISTORY),
            )
            await transaction.execute(
                "UPDATE projects SET updated_at = ? WHERE project_id = ?", (moment, project_id)
            )

    async def load(self, project_id: str, kind: str) -> dict[str, Any] | None:
        projects.known(project_id)
        rows = await self._database.read(
            "SELECT data FROM documents WHERE project_id = ? AND kind = ? ORDER BY id DESC LIMIT 1",
            (project_id, _kind(kind)),
        )
        if rows:
            return text.load(rows[0]["data"], f"document '{kind}'")
        if not await self._database.read(
            "SELECT 1 FROM projects WHERE project_id = ?", (project_id,)
        ):
            raise text.unknown(project_id, "project", projects.HOW_TO_LIST)
        return None


def _kind(kind: str) -> str:
    if not KIND.fullmatch(kind):
        raise InvalidInputError(
            "A document's kind consists of lower-case letters, digits and underscores.",
            hint="Use a name such as 'spec' or 'plan'.",
        )
    return kind
