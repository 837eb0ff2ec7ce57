"""What can be looked at: projects, the server itself, the knowledge base."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from autonomous_coder.errors import CoderError, NotFoundError
from autonomous_coder.models.execution import SandboxStatus
from autonomous_coder.models.planning import Plan
from autonomous_coder.models.results import KnowledgeResult, ProjectStatus, ServerStatus
from autonomous_coder.models.runs import Project
from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.orchestrator.places import Places
from autonomous_coder.orchestrator.steps import Engines
from autonomous_coder.version import VERSION


class Views:
    """Answers questions; changes nothing."""

    def __init__(
        self,
        engines: Engines,
        places: Places,
        sandbox_status: Callable[[], Awaitable[SandboxStatus]],
    ) -> None:
        self._e = engines
        self._places = places
        self._sandbox_status = sandbox_status

    async def project_status(self, project_id: str) -> ProjectStatus:
        """Everything known of one project; a report that no longer fits the files is stale."""
        project = await self._e.store.project(project_id)
        state = await self._e.store.load_state(project_id, "plan")
        report = await self._e.store.latest_report(project_id=project_id)
        metrics = await self._e.store.collect_metrics(project_id)
        if report is not None:
            report.stale = await self._is_stale(report)
        return ProjectStatus(
            project=project,
            progress=self._e.planner.track_progress(Plan.model_validate(state)) if state else None,
            runs=await self._e.store.runs(project_id=project_id, limit=10),
            report=report,
            metrics={k: v for k, v in metrics.items() if k not in ("projects", "documents")},
        )

    async def report(self, report_id: str) -> ValidationReport:
        """One stored report, `stale` when the files are not those it speaks of any more.

        Raises:
            NotFoundError: the id is unknown, or the report is no longer kept.
        """
        report = await self._e.store.report(report_id)
        report.stale = await self._is_stale(report)
        return report

    async def _is_stale(self, report: ValidationReport) -> bool:
        try:
            return await self._e.validator.is_stale(report)
        except CoderError:
            # The directory is gone or cannot be read: in any case it is not what it was.
            return True

    async def server_status(self, *, limit: int = 10, offset: int = 0) -> ServerStatus:
        """What this server is and has been doing."""
        store = self._e.store
        return ServerStatus(
            version=VERSION,
            data_dir=str(store.data_dir),
            sqlite_version=store.sqlite_version,
            allowed_roots=[str(root) for root in self._places.guard.roots],
            sandbox=await self._sandbox_status(),
            projects=await store.projects(limit=limit, offset=offset),
            runs=await store.runs(limit=limit, offset=offset),
            metrics=await store.collect_metrics(),
            notices=list(store.notices),
        )

    async def project_plan(self, project_id: str) -> Plan:
        """The plan of a project. NotFoundError when there is none."""
        await self._e.store.project(project_id)
        state = await self._e.store.load_state(project_id, "plan")
        if state is None:
            raise NotFoundError(f"Project {project_id} has no plan yet.", hint="Call plan first.")
        return Plan.model_validate(state)

    async def projects(self, *, limit: int = 50, offset: int = 0) -> list[Project]:
        """The projects this server knows, newest first."""
        return await self._e.store.projects(limit=limit, offset=offset)

    async def knowledge(
        self, query: str = "", *, document_id: str = "", limit: int = 5, ecosystem: str = ""
    ) -> KnowledgeResult:
        """Search the knowledge base, or read one document; with neither, its topics. What was
        reported and not verified comes after what is curated, and says so."""
        research = self._e.research
        if document_id:
            return KnowledgeResult(document=await research.read_knowledge(document_id))
        if query.strip():
            hits = await research.search_knowledge(query, limit=limit, ecosystem=ecosystem)
            return KnowledgeResult(hits=hits)
        curated = await anyio.to_thread.run_sync(research.knowledge.documents)
        topics = [f"{d.id}: {d.title}" for d in curated]
        topics += [f"{d.id}: {d.title} (reported)" for d in await research.reported()]
        return KnowledgeResult(topics=topics)
