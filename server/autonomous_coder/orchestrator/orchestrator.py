"""The operations every face offers (MCP tools, command line, Python API), over the engines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from autonomous_coder.engines.knowledge import KnowledgeBase
from autonomous_coder.engines.research import parse_ref
from autonomous_coder.errors import (
    InvalidInputError,
    NotFoundError,
    PathOccupiedError,
)
from autonomous_coder.models.checkpoints import Checkpoint, CheckpointDiff, RestoreResult
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.planning import Phase, Plan
from autonomous_coder.models.results import (
    GeneratedProject,
    KnowledgeResult,
    PlanResult,
    ProjectStatus,
    ResearchResult,
    ServerStatus,
)
from autonomous_coder.models.runs import (
    BuildRequest,
    BuildResult,
    Progress,
    Project,
    Run,
    RunKind,
    RunStatus,
)
from autonomous_coder.models.spec import MAX_DESCRIPTION_CHARS, ProjectSpec
from autonomous_coder.models.technology import PackageRef, Resolution
from autonomous_coder.models.validation import FixReport, ValidationReport
from autonomous_coder.orchestrator.pipeline import (
    Build,
    BuildPipeline,
    Engines,
    make_plan,
    mark_done,
    run_fix,
    write_project,
)
from autonomous_coder.orchestrator.runs import Reporter, RunManager
from autonomous_coder.pathguard import PathGuard
from autonomous_coder.version import VERSION

MAX_REFS = 100


class Orchestrator:
    """Combines the engines. Every write is audited; every long operation is a run."""

    def __init__(
        self,
        engines: Engines,
        guard: PathGuard,
        runs: RunManager,
        knowledge: KnowledgeBase,
        sandbox_status: Callable[[], Awaitable[Any]],
    ) -> None:
        self._e = engines
        self._guard = guard
        self._knowledge = knowledge
        self._sandbox_status = sandbox_status
        self._pipeline = BuildPipeline(engines)
        self.runs = runs

    @property
    def guard(self) -> PathGuard:
        """Which paths may be used."""
        return self._guard

    # research -----------------------------------------------------------------------------

    async def research(
        self,
        packages: Sequence[str] = (),
        *,
        joint: bool = False,
        runtime: str = "",
        offline: bool = False,
    ) -> ResearchResult:
        """Current facts about packages; with `joint`, the set of Python packages that installs
        together on `runtime` (a Python range such as `>=3.11`).

        Raises:
            InvalidInputError: no reference, too many, or a malformed one.
        """
        refs = _parsed(packages)
        offline = offline or self._e.settings.research.offline
        found = await self._e.research.research(refs, offline=offline)
        result = ResearchResult(packages=found)
        if joint:
            python = [r for r in refs if r.ecosystem == "pypi"]
            if len(python) != len(refs):
                others = sorted({r.ecosystem for r in refs} - {"pypi"})
                result.notes.append(f"Joint resolution covers pypi only; not: {', '.join(others)}.")
            if python:
                names = [f"{r.name}{r.range}" for r in python]
                dependencies = Dependencies(
                    ecosystem="pypi", runtime=runtime or ">=3.11", packages=names
                )
                result.resolution = await self._e.research.resolve(dependencies, offline=offline)
                result.compatible = True
        return result

    # planning and generation --------------------------------------------------------------

    def understand(self, request: BuildRequest) -> ProjectSpec:
        """The spec as rules and the host's fields make it; nothing is kept.

        Raises:
            InvalidInputError: the description or a field of the spec is not usable.
        """
        return self._e.intelligence.analyze_requirements(
            request.description,
            host_spec=request.spec,
            constraints=request.constraints,
            preferences=request.preferences,
        )

    async def plan(
        self,
        description: str = "",
        *,
        spec: Mapping[str, Any] | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        project_id: str = "",
        offline: bool = False,
    ) -> PlanResult:
        """Understand a request and plan it; with `project_id`, plan that project anew."""
        project = await self._e.store.project(project_id) if project_id else None
        analysed = self._e.intelligence.analyze_requirements(
            description or (project.description if project else ""),
            host_spec=dict(spec or {}),
            constraints=dict(constraints or {}),
            preferences=dict(preferences or {}),
        )
        resolution = await self._resolve(analysed, offline=offline)
        plan = make_plan(self._e.intelligence, self._e.planner, analysed, resolution)
        if project is None:
            project = await self._e.store.create_project(
                analysed.name, description=description[:MAX_DESCRIPTION_CHARS]
            )
        await self._e.store.save_state(project.project_id, "plan", plan.model_dump(mode="json"))
        await self._e.store.save_state(
            project.project_id, "resolution", resolution.model_dump(mode="json")
        )
        await self._e.store.audit("plan", project.project_id, name=project.name)
        return PlanResult(project_id=project.project_id, plan=plan)

    async def generate(
        self,
        project_id: str,
        output_path: str = "",
        *,
        preview: bool = False,
        offline: bool = False,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> GeneratedProject:
        """Write a planned project to disk (or show what would be written).

        Raises:
            NotFoundError: unknown project, or one without a plan.
            PathOccupiedError: the directory is not empty and not this project's.
        """
        project = await self._e.store.project(project_id)
        output = self._output_of(project, output_path)
        state = await self._e.store.load_state(project_id, "plan")
        if state is None:
            raise NotFoundError(f"Project {project_id} has no plan yet.", hint="Call plan first.")
        plan = Plan.model_validate(state)
        if not preview:
            await self._bind(project, output)
        checkpoint_id = ""
        if not preview and output.exists():
            before = await self._e.store.checkpoints.create(
                output, label="before generating", project_id=project_id
            )
            checkpoint_id = before.checkpoint_id
        result = await write_project(
            self._e,
            project,
            plan.spec,
            plan.stack.resolution,
            output,
            offline=offline or self._e.settings.research.offline,
            preview=preview,
            on_progress=on_progress,
        )
        if not preview:
            after = await self._e.store.checkpoints.create(
                output, label="generated", project_id=project_id
            )
            checkpoint_id = after.checkpoint_id
            mark_done(plan, Phase.IMPLEMENTATION)
            await self._e.store.save_state(project_id, "plan", plan.model_dump(mode="json"))
            await self._e.store.audit("generate", project_id, path=str(output))
        return GeneratedProject(project_id=project_id, result=result, checkpoint_id=checkpoint_id)

    # validation and fixing ----------------------------------------------------------------

    async def validate(
        self,
        path: str = "",
        *,
        project_id: str = "",
        checks: Sequence[str] = (),
        offline: bool = False,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> ValidationReport:
        """Check a project in the sandbox; by path or by project."""
        where, project = await self.locate(path, project_id)
        expected: list[str] = []
        if project is not None:
            state = await self._e.store.load_state(project.project_id, "generation")
            provides = state["provides"] if state else {}
            expected = sorted({t for tests in provides.values() for t in tests})
        report = await self._e.validator.validate(
            where,
            checks=list(checks),
            offline=offline or self._e.settings.research.offline,
            project_id=project.project_id if project else "",
            expected_tests=expected,
            on_progress=on_progress,
        )
        await self._e.store.audit("validate", str(where), passed=report.passed)
        return await self._e.store.save_report(report)

    async def fix(
        self,
        path: str = "",
        *,
        project_id: str = "",
        offline: bool = False,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> FixReport:
        """Validate, mend what rules can mend, and say what is left."""
        where, project = await self.locate(path, project_id)
        offline = offline or self._e.settings.research.offline
        report = await self.validate(
            str(where), offline=offline, on_progress=_share(on_progress, 0, 45)
        )
        result = await run_fix(
            self._e, where, report, project, offline, _share(on_progress, 45, 100)
        )
        await self._e.store.save_report(result.after)
        await self._e.store.audit(
            "fix", str(where), before=result.errors_before, after=result.errors_after
        )
        return result

    async def locate(self, path: str, project_id: str) -> tuple[Path, Project | None]:
        """The directory meant by a path or a project id, and the project known there.

        Raises:
            InvalidInputError: neither or both were given.
            NotFoundError: unknown id, no such directory, or a project that is not written yet.
        """
        if bool(path) == bool(project_id):
            raise InvalidInputError(
                "Pass either a path or a project_id.", hint="A path must be absolute."
            )
        if project_id:
            project = await self._e.store.project(project_id)
            if not project.path:
                raise NotFoundError(
                    f"Project {project_id} has no files yet.", hint="Call generate first."
                )
            return self._guard.existing(project.path), project
        where = self._guard.existing(path)
        return where, await self._e.store.project_at(where)

    # checkpoints --------------------------------------------------------------------------

    async def create_checkpoint(
        self, path: str = "", *, project_id: str = "", label: str = ""
    ) -> Checkpoint:
        """Keep the files of a project as they are now."""
        where, project = await self.locate(path, project_id)
        known = project.project_id if project else ""
        checkpoint = await self._e.store.checkpoints.create(where, label=label, project_id=known)
        await self._e.store.audit("checkpoint.create", checkpoint.checkpoint_id, path=str(where))
        return checkpoint

    async def list_checkpoints(
        self, path: str = "", *, project_id: str = "", limit: int = 20, offset: int = 0
    ) -> list[Checkpoint]:
        """Checkpoints of a directory or project, newest first; of all when neither is named."""
        where = self._guard.output(path) if path else None
        if project_id:
            await self._e.store.project(project_id)
        return await self._e.store.checkpoints.list(
            path=where, project_id=project_id, limit=limit, offset=offset
        )

    async def diff_checkpoints(self, checkpoint_id: str, other_id: str = "") -> CheckpointDiff:
        """What changed since a checkpoint, up to another one or to the files as they are."""
        return await self._e.store.checkpoints.diff(checkpoint_id, other_id)

    async def restore_checkpoint(
        self, checkpoint_id: str, paths: Sequence[str] = ()
    ) -> RestoreResult:
        """Bring back the files of a checkpoint; what is there now is kept as a checkpoint."""
        checkpoint = await self._e.store.checkpoints.get(checkpoint_id)
        self._guard.output(checkpoint.path)
        result = await self._e.store.checkpoints.restore(checkpoint_id, paths=tuple(paths))
        await self._e.store.audit("checkpoint.restore", checkpoint_id, path=checkpoint.path)
        return result

    async def delete_checkpoint(self, checkpoint_id: str) -> int:
        """Forget a checkpoint. Returns the bytes freed."""
        freed = await self._e.store.checkpoints.delete(checkpoint_id)
        await self._e.store.audit("checkpoint.delete", checkpoint_id, bytes=freed)
        return freed

    # building -----------------------------------------------------------------------------

    async def start_build(self, request: BuildRequest) -> str:
        """Start a build in the background, or take up an interrupted one of the same request.

        Returns the run's id.

        Raises:
            UsageError: the request or the output path is not usable; nothing was started.
        """
        output = self._guard.output(request.output_path)
        request = request.model_copy(update={"output_path": str(output)})
        self.understand(request)
        project = await self._e.store.project_at(output)
        if project is not None:
            return await self._build_again(project, request)
        _demand_empty(output)
        name = output.name
        project = await self._e.store.create_project(
            name, description=request.description[:MAX_DESCRIPTION_CHARS], path=str(output)
        )
        return await self._new_build(project, request)

    async def resume_build(self, run_id: str) -> str:
        """Take up a stopped build where it stopped. Returns its run id."""
        run = await self.runs.resumable(run_id, RunKind.BUILD)
        return await self._start(run)

    async def _build_again(self, project: Project, request: BuildRequest) -> str:
        runs = await self._e.store.runs(project_id=project.project_id, limit=20)
        same = [
            r
            for r in runs
            if r.kind is RunKind.BUILD and _same_request(BuildRequest(**r.request), request)
        ]
        if not same:
            raise PathOccupiedError(
                f"{project.path} holds project {project.project_id}, built from another request.",
                hint="Name an empty directory, or change that project with plan(project_id=…) and "
                "generate.",
            )
        newest = same[0]
        if newest.status is RunStatus.RUNNING:
            return newest.run_id
        if newest.status is RunStatus.SUCCEEDED:
            return await self._new_build(project, request)
        return await self._start(newest, deadline=request.deadline)

    async def _new_build(self, project: Project, request: BuildRequest) -> str:
        run = await self._e.store.create_run(
            RunKind.BUILD, request.model_dump(mode="json"), project_id=project.project_id
        )
        await self._e.store.audit("build", project.project_id, path=project.path)
        return await self._start(run, fresh=True, deadline=request.deadline)

    async def _start(
        self, run: Run, *, fresh: bool = False, deadline: datetime | None = None
    ) -> str:
        project = await self._e.store.project(run.project_id)
        request = BuildRequest.model_validate(run.request)
        output = self._guard.output(request.output_path)
        offline = request.offline or self._e.settings.research.offline
        build = Build(request.model_copy(update={"offline": offline}), project, output)
        if not fresh:
            run.attempts += 1

        async def work(reporter: Reporter) -> BuildResult:
            return await self._pipeline.run(build, reporter)

        return await self.runs.start(run, work, deadline=deadline)

    async def execute_pipeline(self, request: BuildRequest) -> Run:
        """The seed's entry: build and wait for the end."""
        run_id = await self.start_build(request)
        return await self.runs.wait(run_id, self._e.settings.orchestration.max_runtime)

    def report_progress(self, run_id: str) -> AsyncIterator[Progress]:
        """Progress of a run that is carried out here, until it is done."""
        return self.runs.watch(run_id)

    # long operations as runs --------------------------------------------------------------

    async def start_validate(
        self, path: str, project_id: str, checks: Sequence[str], *, offline: bool = False
    ) -> str:
        """Validate in the background. Returns the run's id."""
        where, project = await self.locate(path, project_id)
        unknown = sorted(set(checks) - set(self._e.validator.check_names()))
        if unknown:
            raise InvalidInputError(
                f"Unknown checks: {', '.join(unknown)}.",
                hint=f"Checks are: {', '.join(self._e.validator.check_names())}.",
            )
        request = {"path": str(where), "checks": list(checks), "offline": offline}
        run = await self._e.store.create_run(
            RunKind.VALIDATE, request, project_id=project.project_id if project else ""
        )

        async def work(reporter: Reporter) -> ValidationReport:
            return await self.validate(
                str(where), checks=checks, offline=offline, on_progress=reporter.progress
            )

        return await self.runs.start(run, work)

    async def start_fix(self, path: str, project_id: str, *, offline: bool = False) -> str:
        """Fix in the background. Returns the run's id."""
        where, project = await self.locate(path, project_id)
        run = await self._e.store.create_run(
            RunKind.FIX,
            {"path": str(where), "offline": offline},
            project_id=project.project_id if project else "",
        )

        async def work(reporter: Reporter) -> FixReport:
            return await self.fix(str(where), offline=offline, on_progress=reporter.progress)

        return await self.runs.start(run, work)

    async def start_generate(
        self, project_id: str, output_path: str, *, preview: bool, offline: bool = False
    ) -> str:
        """Generate in the background. Returns the run's id."""
        project = await self._e.store.project(project_id)
        output = self._output_of(project, output_path)
        request = {"output_path": str(output), "preview": preview, "offline": offline}
        run = await self._e.store.create_run(RunKind.GENERATE, request, project_id=project_id)

        async def work(reporter: Reporter) -> GeneratedProject:
            return await self.generate(
                project_id,
                str(output),
                preview=preview,
                offline=offline,
                on_progress=reporter.progress,
            )

        return await self.runs.start(run, work)

    async def start_research(
        self, packages: Sequence[str], *, joint: bool, runtime: str, offline: bool = False
    ) -> str:
        """Look packages up in the background. Returns the run's id."""
        _parsed(packages)
        request = {"packages": list(packages), "joint": joint, "runtime": runtime}
        run = await self._e.store.create_run(RunKind.RESEARCH, {**request, "offline": offline})

        async def work(_: Reporter) -> ResearchResult:
            return await self.research(packages, joint=joint, runtime=runtime, offline=offline)

        return await self.runs.start(run, work)

    async def start_plan(
        self,
        description: str,
        *,
        spec: Mapping[str, Any],
        constraints: Mapping[str, str],
        preferences: Mapping[str, str],
        project_id: str = "",
        offline: bool = False,
        deadline: datetime | None = None,
    ) -> str:
        """Plan in the background, until the deadline at most. Returns the run's id."""
        request = {"description": description, "spec": dict(spec), "offline": offline}
        run = await self._e.store.create_run(RunKind.PLAN, request, project_id=project_id)

        async def work(_: Reporter) -> PlanResult:
            planned = await self.plan(
                description,
                spec=spec,
                constraints=constraints,
                preferences=preferences,
                project_id=project_id,
                offline=offline,
            )
            run.project_id = planned.project_id
            return planned

        return await self.runs.start(run, work, deadline=deadline)

    # looking ------------------------------------------------------------------------------

    async def project_status(self, project_id: str) -> ProjectStatus:
        """Everything known of one project; a report that no longer fits the files is stale."""
        project = await self._e.store.project(project_id)
        state = await self._e.store.load_state(project_id, "plan")
        report = await self._e.store.latest_report(project_id=project_id)
        if report is not None:
            report.stale = await self._e.validator.is_stale(report)
        return ProjectStatus(
            project=project,
            progress=self._e.planner.track_progress(Plan.model_validate(state)) if state else None,
            runs=await self._e.store.runs(project_id=project_id, limit=10),
            report=report,
            metrics=await self._e.store.collect_metrics(project_id),
        )

    async def server_status(self, *, limit: int = 10, offset: int = 0) -> ServerStatus:
        """What this server is and has been doing."""
        store = self._e.store
        return ServerStatus(
            version=VERSION,
            data_dir=str(store.data_dir),
            sqlite_version=store.sqlite_version,
            allowed_roots=[str(root) for root in self._guard.roots],
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

    def knowledge(
        self, query: str = "", *, document_id: str = "", limit: int = 5, ecosystem: str = ""
    ) -> KnowledgeResult:
        """Search the knowledge base, or read one document; with neither, its topics."""
        if document_id:
            return KnowledgeResult(document=self._knowledge.read(document_id))
        if query.strip():
            hits = self._knowledge.search(query, limit=limit, ecosystem=ecosystem)
            return KnowledgeResult(hits=hits)
        return KnowledgeResult(topics=[f"{d.id}: {d.title}" for d in self._knowledge.documents()])

    # helpers ------------------------------------------------------------------------------

    async def _resolve(self, spec: ProjectSpec, *, offline: bool) -> Resolution:
        dependencies = self._e.generator.dependencies(spec)
        return await self._e.research.resolve(
            dependencies, offline=offline or self._e.settings.research.offline
        )

    def _output_of(self, project: Project, output_path: str) -> Path:
        if not output_path and not project.path:
            raise InvalidInputError("The project has no directory yet.", hint="Pass output_path.")
        return self._guard.output(output_path or project.path)

    async def new_output(self, output_path: str) -> Path:
        """A directory in which a new project may be written; nothing is kept or created.

        Raises:
            PathOccupiedError: it is another project's, or not empty.
            UsageError: it is not usable at all.
        """
        output = self._guard.output(output_path)
        owner = await self._e.store.project_at(output)
        if owner is not None:
            raise PathOccupiedError(
                f"{output} holds project {owner.project_id}.",
                hint=f"Name another directory, or generate {owner.project_id} anew.",
            )
        _demand_empty(output)
        return output

    async def _bind(self, project: Project, output: Path) -> None:
        """Make the directory the project's own; refuse one that is another's or not empty."""
        owner = await self._e.store.project_at(output)
        if owner is not None and owner.project_id != project.project_id:
            raise PathOccupiedError(
                f"{output} holds project {owner.project_id}.", hint="Name another output_path."
            )
        if owner is None:
            _demand_empty(output)
            await self._e.store.set_project_path(project.project_id, str(output))


def _parsed(packages: Sequence[str]) -> list[PackageRef]:
    if not packages or len(packages) > MAX_REFS:
        raise InvalidInputError(
            f"Name 1 to {MAX_REFS} packages.",
            hint="For example pypi:fastapi, npm:react@^19, crates:serde, maven:group:artifact.",
        )
    return [parse_ref(text) for text in packages]


def _demand_empty(output: Path) -> None:
    if output.exists() and any(output.iterdir()):
        raise PathOccupiedError(
            f"{output} exists and is not empty.",
            hint="Name a new or empty directory; nothing was changed.",
        )


def _same_request(old: BuildRequest, new: BuildRequest) -> bool:
    ignored = {"deadline", "offline"}
    return old.model_dump(exclude=ignored) == new.model_dump(exclude=ignored)


def _share(
    on_progress: Callable[[float, str], Awaitable[None]] | None, low: float, high: float
) -> Callable[[float, str], Awaitable[None]] | None:
    if on_progress is None:
        return None

    async def report(percentage: float, task: str) -> None:
        await on_progress(low + (high - low) * percentage / 100, task)

    return report
