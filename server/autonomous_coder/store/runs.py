"""Runs: recorded durably at every step, and never shown as running when nobody carries them out."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from autonomous_coder.models.runs import Project, Run, RunKind, RunStatus
from autonomous_coder.store import projects, text
from autonomous_coder.store.claims import HOW_TO_LIST, Claims
from autonomous_coder.store.connection import Database
from autonomous_coder.store.transaction import Transaction


class Runs:
    """Rows of the table `runs`; the whole run, steps included, is its JSON body."""

    def __init__(self, database: Database, directory: Path) -> None:
        self._database = database
        self._claims = Claims(directory)

    async def create(
        self,
        kind: RunKind,
        request: dict[str, Any],
        *,
        project_id: str,
        project: Project | None = None,
    ) -> Run:
        """Record a run; with `project`, record that new project in the same moment."""
        moment = text.now()
        run = Run(
            run_id=text.new_id("run"),
            kind=kind,
            status=RunStatus.RUNNING,
            project_id=project_id,
            created_at=moment,
            updated_at=moment,
            request=request,
        )
        body = text.dump_model(run, "run")
        self._claims.reserve(run.run_id)
        try:
            async with self._database.write() as transaction:
                if project is not None:
                    await projects.insert(transaction, project)
                elif project_id:
                    await projects.require(transaction, project_id)
                await transaction.execute(
                    "INSERT INTO runs "
                    "(run_id, kind, status, project_id, created_at, updated_at, body) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        run.run_id,
                        kind.value,
                        run.status.value,
                        project_id,
                        moment.isoformat(),
                        moment.isoformat(),
                        body,
                    ),
                )
        except BaseException:
            self._claims.drop(run.run_id)
            raise
        return run

    async def save(self, run: Run) -> None:
        text.known_id(run.run_id, "run", "run", HOW_TO_LIST)
        run.updated_at = text.now()
        async with self._database.write() as transaction:
            if not await _update(transaction, run):
                raise text.unknown(run.run_id, "run", HOW_TO_LIST)
        if run.status is not RunStatus.RUNNING:
            self._claims.drop(run.run_id)

    async def get(self, run_id: str) -> Run:
        text.known_id(run_id, "run", "run", HOW_TO_LIST)
        rows = await self._database.read("SELECT body FROM runs WHERE run_id = ?", (run_id,))
        if not rows:
            raise text.unknown(run_id, "run", HOW_TO_LIST)
        return await self._as_it_is(text.load_model(Run, rows[0]["body"], "run"))

    async def page(self, project_id: str, limit: int, offset: int) -> list[Run]:
        if project_id:
            projects.known(project_id)
        rows = await self._database.read(
            "SELECT body FROM runs WHERE (? = '' OR project_id = ?) "
            "ORDER BY id DESC LIMIT ? OFFSET ?",
            (project_id, project_id, *text.page(limit, offset)),
        )
        return [await self._as_it_is(text.load_model(Run, row["body"], "run")) for row in rows]

    def claim(self, run_id: str) -> AbstractAsyncContextManager[None]:
        return self._claims.claim(run_id)

    def work_on(self, project_id: str) -> AbstractAsyncContextManager[None]:
        return self._claims.work_on(project_id)

    def close(self) -> None:
        """Give up runs that were created here and never claimed."""
        self._claims.close()

    async def _as_it_is(self, run: Run) -> Run:
        if run.status is not RunStatus.RUNNING:
            return run
        # Looked at first without the database's lock: asking after a live run is frequent.
        abandoned = self._claims.probe(run.run_id)
        if abandoned is None:
            return run
        abandoned.release()
        async with self._database.write() as transaction:
            abandoned = self._claims.probe(run.run_id)
            if abandoned is None:
                return run
            try:
                # It may have been finished or resumed since it was read.
                rows = await transaction.execute(
                    "SELECT body FROM runs WHERE run_id = ?", (run.run_id,)
                )
                current = text.load_model(Run, rows[0]["body"], "run")
                if current.status is RunStatus.RUNNING:
                    _interrupt(current)
                    await _update(transaction, current)
                return current
            finally:
                abandoned.release()


def _interrupt(run: Run) -> None:
    moment = text.now()
    run.status = RunStatus.INTERRUPTED
    run.updated_at = moment
    for step in run.steps:
        if step.status is RunStatus.RUNNING:
            step.status = RunStatus.INTERRUPTED
            step.finished_at = moment


async def _update(transaction: Transaction, run: Run) -> bool:
    return (
        await transaction.changed(
            "UPDATE runs SET status = ?, project_id = ?, updated_at = ?, body = ? WHERE run_id = ?",
            (
                run.status.value,
                run.project_id,
                run.updated_at.isoformat(),
                text.dump_model(run, "run"),
                run.run_id,
            ),
        )
        > 0
    )
