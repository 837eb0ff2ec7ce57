"""Numbers about what has been done, from what is recorded."""

from __future__ import annotations

from datetime import datetime

from autonomous_coder.models.runs import RunKind, RunStatus
from autonomous_coder.store import projects
from autonomous_coder.store.connection import Database


async def collect(database: Database, project_id: str) -> dict[str, float]:
    """Counts of runs (all and by status), reports, the mean seconds of builds that succeeded.

    Keys: `projects`, `runs`, `runs_<status>`, `build_seconds_mean` (when a build succeeded),
    `reports`, `reports_passed`, `documents`.
    """
    if project_id:
        projects.known(project_id)
    both = (project_id, project_id)
    where = "(? = '' OR project_id = ?)"
    numbers: dict[str, float] = {}
    for key, table in (("projects", "projects"), ("documents", "documents")):
        rows = await database.read(f"SELECT count(*) FROM {table} WHERE {where}", both)  # noqa: S608
        numbers[key] = float(rows[0][0])
    numbers["runs"] = 0.0
    for status in RunStatus:
        numbers[f"runs_{status.value}"] = 0.0
    for row in await database.read(
        f"SELECT status, count(*) AS n FROM runs WHERE {where} GROUP BY status",  # noqa: S608
        both,
    ):
        numbers[f"runs_{row['status']}"] = float(row["n"])
        numbers["runs"] += row["n"]
    rows = await database.read(
        f"SELECT created_at, updated_at FROM runs WHERE {where} AND kind = ? AND status = ? "  # noqa: S608
        "ORDER BY id DESC LIMIT 1000",
        (*both, RunKind.BUILD.value, RunStatus.SUCCEEDED.value),
    )
    if rows:
        seconds = [
            (
                datetime.fromisoformat(row["updated_at"])
                - datetime.fromisoformat(row["created_at"])
            ).total_seconds()
            for row in rows
        ]
        numbers["build_seconds_mean"] = sum(seconds) / len(seconds)
    rows = await database.read(
        f"SELECT count(*), total(passed) FROM reports WHERE {where}",  # noqa: S608
        both,
    )
    numbers["reports"], numbers["reports_passed"] = float(rows[0][0]), float(rows[0][1])
    return numbers
