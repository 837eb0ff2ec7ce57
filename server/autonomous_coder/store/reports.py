"""Validation reports, by project and by path."""

from __future__ import annotations

from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.store import projects, text
from autonomous_coder.store.connection import Database
from autonomous_coder.store.filesystem import canonical

KEPT_BY_PATH = 50
KEPT = 2_000
HOW_TO_GET = "Validate the project again; its report id is in the answer."


class Reports:
    """Rows of the table `reports`; the whole report is its JSON body."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, report: ValidationReport) -> ValidationReport:
        saved = report.model_copy(update={"report_id": report.report_id or text.new_id("rep")})
        text.known_id(saved.report_id, "rep", "report", HOW_TO_GET)
        path = canonical(saved.path)
        body = text.dump_model(saved, "report")
        async with self._database.write() as transaction:
            await transaction.execute(
                "INSERT OR REPLACE INTO reports "
                "(report_id, project_id, path, tree_hash, passed, created_at, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    saved.report_id,
                    saved.project_id,
                    path,
                    saved.tree_hash,
                    int(saved.passed),
                    saved.created_at.isoformat(),
                    body,
                ),
            )
            await transaction.execute(
                "DELETE FROM reports WHERE path = ? AND id NOT IN ("
                "SELECT id FROM reports WHERE path = ? ORDER BY id DESC LIMIT ?)",
                (path, path, KEPT_BY_PATH),
            )
            await transaction.execute(
                "DELETE FROM reports WHERE id <= (SELECT max(id) FROM reports) - ?", (KEPT,)
            )
        return saved

    async def get(self, report_id: str) -> ValidationReport:
        text.known_id(report_id, "rep", "report", HOW_TO_GET)
        rows = await self._database.read(
            "SELECT body FROM reports WHERE report_id = ?", (report_id,)
        )
        if not rows:
            raise text.unknown(report_id, "report", HOW_TO_GET)
        return text.load_model(ValidationReport, rows[0]["body"], "report")

    async def latest(self, *, project_id: str, path: str) -> ValidationReport | None:
        if project_id:
            projects.known(project_id)
        place = canonical(path) if path else ""
        rows = await self._database.read(
            "SELECT body FROM reports WHERE (? = '' OR project_id = ?) AND (? = '' OR path = ?) "
            "ORDER BY id DESC LIMIT 1",
            (project_id, project_id, place, place),
        )
        return text.load_model(ValidationReport, rows[0]["body"], "report") if rows else None
