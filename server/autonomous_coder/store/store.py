"""The store: everything this server remembers, in one object.

Three databases below the data directory: `state.db` (durable, backed up), `cache.db` (can be lost)
and `checkpoints.db`. Any number of processes may have them open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import anyio

from autonomous_coder.models.runs import Project, Run, RunKind
from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.store import metrics, migrations, projects
from autonomous_coder.store.audit import Audit, AuditEntry
from autonomous_coder.store.cache import Cache, CacheEntry
from autonomous_coder.store.checkpoints.store import CheckpointStore
from autonomous_coder.store.connection import Database
from autonomous_coder.store.documents import Documents
from autonomous_coder.store.filesystem import is_network, mark_data, private_directory
from autonomous_coder.store.findings import Finding, Findings
from autonomous_coder.store.passages import Passages
from autonomous_coder.store.projects import Projects
from autonomous_coder.store.reports import Reports
from autonomous_coder.store.runs import Runs


class Store:
    """Open it with `Store.open`; use it as an asynchronous context manager or `close` it.

    `notices` tells what people should know of: a damaged database set aside, a network file
    system. Every method may raise StateError, BusyError or DiskFullError.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.notices: list[str] = []
        self.sqlite_version = sqlite3.sqlite_version
        self._state = Database(
            data_dir / "state.db",
            migrations.STATE,
            notices=self.notices,
            backups=data_dir / "backups",
        )
        self._cache_file = Database(
            data_dir / "cache.db", migrations.CACHE, notices=self.notices, durable=False
        )
        self._checkpoint_file = Database(
            data_dir / "checkpoints.db", migrations.CHECKPOINTS, notices=self.notices
        )
        self._projects = Projects(self._state)
        self._documents = Documents(self._state)
        self._runs = Runs(self._state, data_dir / "runs")
        self._reports = Reports(self._state)
        self._audit = Audit(self._state)
        self._findings = Findings(self._state)
        self._cache = Cache(self._cache_file)
        self.passages = Passages(self._cache_file)
        self.checkpoints = CheckpointStore(self._checkpoint_file, data_dir / "locks")

    @classmethod
    async def open(cls, data_dir: Path) -> Store:
        """Open (or create) the state below `data_dir`; the other databases open on first use.

        Raises:
            StateError: made by a newer version, or not writable.
            DiskFullError, BusyError: no space; another process keeps it locked.
        """
        store = cls(data_dir)
        private_directory(data_dir)
        mark_data(data_dir)
        if await anyio.to_thread.run_sync(is_network, data_dir):
            store.notices.append(
                f"The data directory {data_dir} is on a network file system: SQLite's write-ahead "
                "log is not used there. A local directory is faster and safer (paths.data_dir)."
            )
        try:
            await store._state.ensure_open()
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Checkpoint the logs, back up when due, close. Never fails."""
        self._runs.close()
        for database in (self._checkpoint_file, self._cache_file, self._state):
            await database.close()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def create_project(self, name: str, *, description: str = "", path: str = "") -> Project:
        """Record a new project. `path` may be empty or not exist yet.

        Raises:
            PathOccupiedError: the directory is another project's.
        """
        return await self._projects.create(name, description=description, path=path)

    async def project(self, project_id: str) -> Project:
        """One project.

        Raises:
            NotFoundError: the id is unknown.
        """
        return await self._projects.get(project_id)

    async def project_at(self, path: Path) -> Project | None:
        """The newest project whose directory is `path`, or None."""
        return await self._projects.at(path)

    async def set_project_path(self, project_id: str, path: str) -> Project:
        """Record where a project lives.

        Raises:
            NotFoundError: the id is unknown. PathOccupiedError: the directory is another project's.
        """
        return await self._projects.set_path(project_id, path)

    async def projects(self, *, limit: int = 50, offset: int = 0) -> list[Project]:
        """Projects, newest first."""
        return await self._projects.page(limit, offset)

    async def save_state(self, project_id: str, kind: str, data: dict[str, Any]) -> None:
        """Record a document of a project (`spec`, `plan`, `baseline`...); the last versions stay.

        Raises:
            NotFoundError: the project is unknown. InvalidInputError: `data` is no JSON object.
        """
        await self._documents.save(project_id, kind, data)

    async def load_state(self, project_id: str, kind: str) -> dict[str, Any] | None:
        """The newest document of that kind, or None.

        Raises:
            NotFoundError: the project is unknown.
        """
        return await self._documents.load(project_id, kind)

    async def create_run(
        self, kind: RunKind, request: dict[str, Any], *, project_id: str = ""
    ) -> Run:
        """Record a new run, RUNNING; this process owns it until it is saved in another status.
        Enter `claim` for the work itself.

        Raises:
            NotFoundError: the project is unknown. InvalidInputError: `request` is no JSON object.
        """
        return await self._runs.create(kind, request, project_id=project_id)

    async def create_project_with_run(
        self, name: str, kind: RunKind, request: dict[str, Any], *, description: str, path: str
    ) -> tuple[Project, Run]:
        """Record a new project and its first run as one: nobody ever sees it without the run.

        Raises:
            PathOccupiedError: the directory is another project's.
        """
        project = projects.new(name, description=description, path=path)
        run = await self._runs.create(kind, request, project_id=project.project_id, project=project)
        return project, run

    async def save_run(self, run: Run) -> None:
        """Record a run as it is now (sets `updated_at`).

        Raises:
            NotFoundError: it was not made by `create_run`.
        """
        await self._runs.save(run)

    async def run(self, run_id: str) -> Run:
        """One run. One recorded as running that no live process owns becomes INTERRUPTED.

        Raises:
            NotFoundError: the id is unknown.
        """
        return await self._runs.get(run_id)

    async def runs(self, *, project_id: str = "", limit: int = 20, offset: int = 0) -> list[Run]:
        """Runs, newest first; statuses as `run` gives them."""
        return await self._runs.page(project_id, limit, offset)

    def claim(self, run_id: str) -> AbstractAsyncContextManager[None]:
        """Own a run for the length of the block; ends with the process, however it ends.

        Raises (on entering):
            BusyError: a live process or another task owns it. NotFoundError: not a run's id.
        """
        return self._runs.claim(run_id)

    def work_on(self, project_id: str) -> AbstractAsyncContextManager[None]:
        """Own a project's directory for the length of the block, as `claim` owns a run."""
        return self._runs.work_on(project_id)

    async def save_report(self, report: ValidationReport) -> ValidationReport:
        """Record a report; the same with its `report_id`."""
        return await self._reports.save(report)

    async def report(self, report_id: str) -> ValidationReport:
        """One report.

        Raises:
            NotFoundError: the id is unknown.
        """
        return await self._reports.get(report_id)

    async def latest_report(
        self, *, project_id: str = "", path: str = ""
    ) -> ValidationReport | None:
        """The newest report of that project or path (of both when both are given)."""
        return await self._reports.latest(project_id=project_id, path=path)

    async def cache_get(self, key: str) -> CacheEntry | None:
        """What is cached under `key`, however old, or None."""
        return await self._cache.get(key)

    async def cache_get_many(self, keys: Sequence[str]) -> dict[str, CacheEntry]:
        """What is cached under each of `keys`, however old; those with nothing are left out."""
        return await self._cache.get_many(keys)

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:
        """Cache `value`; the longest stored entries make room. Survives a crash of the process, not
        necessarily a power cut."""
        await self._cache.put(key, value, etag=etag)

    async def add_findings(self, findings: Sequence[tuple[str, str, str, str]]) -> None:
        """Keep findings of hosts (topic, statement, source, ISO day); older ones stay as history.

        Raises:
            InvalidInputError: one is too long or not valid text.
        """
        await self._findings.add([Finding(*finding) for finding in findings])

    async def findings(self) -> list[tuple[str, str, str, str]]:
        """All findings (topic, statement, source, ISO day): by topic, each topic's newest first."""
        return [(f.topic, f.statement, f.source, f.day) for f in await self._findings.all()]

    async def audit(self, action: str, subject: str, **detail: str | int | float | bool) -> None:
        """Note what was done to what. Secrets are redacted by name and by shape."""
        await self._audit.add(action, subject, detail)

    async def audit_log(self, *, limit: int = 50, offset: int = 0) -> list[AuditEntry]:
        """The audit log, newest first."""
        return await self._audit.page(limit, offset)

    async def collect_metrics(self, project_id: str = "") -> dict[str, float]:
        """Counts and durations of one project or of all; keys as in `metrics.collect`."""
        return await metrics.collect(self._state, project_id)
