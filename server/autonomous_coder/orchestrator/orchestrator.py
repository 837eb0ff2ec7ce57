"""The operations every face offers (MCP tools, command line, Python API), over the engines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import SandboxStatus
from autonomous_coder.models.planning import Phase
from autonomous_coder.models.results import GeneratedProject, PlanResult
from autonomous_coder.models.runs import RunKind
from autonomous_coder.models.validation import FixReport, ValidationReport
from autonomous_coder.orchestrator.adopting import Adopting
from autonomous_coder.orchestrator.baselines import Baselines
from autonomous_coder.orchestrator.builds import Builds
from autonomous_coder.orchestrator.checkpointing import Checkpoints
from autonomous_coder.orchestrator.places import Places
from autonomous_coder.orchestrator.planning import Asked, Planned, Planning
from autonomous_coder.orchestrator.researching import Researching
from autonomous_coder.orchestrator.runs import Reporter, RunManager
from autonomous_coder.orchestrator.steps import (
    Engines,
    demanded_level,
    judge,
    mark_done,
    run_fix,
    work_dir,
    write_project,
)
from autonomous_coder.orchestrator.views import Views
from autonomous_coder.orchestrator.written import checkpoint_state
from autonomous_coder.pathguard import PathGuard


class Orchestrator:
    """Combines the engines. Every write is audited; every long operation is a run."""

    def __init__(
        self,
        engines: Engines,
        guard: PathGuard,
        runs: RunManager,
        sandbox_status: Callable[[], Awaitable[SandboxStatus]],
    ) -> None:
        self._e = engines
        self.runs = runs
        self.places = Places(engines.store, guard)
        self._adopting = Adopting(engines, self.places)
        self.builds = Builds(engines, self.places, runs, self._adopting)
        self.checkpoints = Checkpoints(engines.store, self.places)
        self.researching = Researching(engines, runs)
        self._baselines = Baselines(engines.store, engines.validator, work_dir(engines))
        self._planning = Planning(engines, self._adopting)
        self.views = Views(engines, self.places, sandbox_status)

    # planning and generation --------------------------------------------------------------

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
        """Understand a request and plan it. With `project_id` that project is planned anew: a new
        description replaces the old one and all that was decided on it; without one, everything
        stays but what `spec`, `constraints` and `preferences` name."""
        project = await self._e.store.project(project_id) if project_id else None
        asked = Asked(description, spec or {}, constraints or {}, preferences or {})
        planned = await self._planning.make(project, asked, offline=offline)
        return await self._planning.keep(project, planned)

    async def generate(
        self,
        project_id: str,
        output_path: str = "",
        *,
        preview: bool = False,
        offline: bool = False,
        planned: Planned | None = None,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> GeneratedProject:
        """Write a planned project to disk (or show what would be written), by the plan it has or
        by the one handed in, which is kept once it is written.

        Raises:
            NotFoundError: unknown project, or one without a plan.
            PathOccupiedError: the directory is not empty and not this project's. A place that the
                user moved the project to is.
        """
        project = await self._e.store.project(project_id)
        output = await self._adopting.output_of(project, output_path)
        changed, planned = planned, planned or await self._planning.kept(project)
        plan, adoption = planned.plan, planned.adoption
        told: list[str] = []
        if adoption is not None:
            await self._adopting.demand_place(project, adoption, output, preview=preview)
        else:
            told = await self.places.bind(project, output, keep=not preview)
        checkpoint_id = ""
        async with self.places.back_on_failure(project, output):
            if not preview and output.exists():
                before = await self._e.store.checkpoints.create(
                    output, label="before generating", project_id=project_id
                )
                checkpoint_id = before.checkpoint_id
            if adoption is not None:
                result = await self._adopting.write(
                    project, plan.spec, adoption, output, preview=preview, on_progress=on_progress
                )
            else:
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
        result.notes = [*told, *result.notes]
        if not preview:
            if changed is not None:
                await self._planning.keep(project, changed)
            after = await self._e.store.checkpoints.create(
                output,
                label="generated",
                project_id=project_id,
                state=await checkpoint_state(self._e.store, project_id),
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
        paths: Sequence[str] = (),
        changed: bool = False,
        level: str = "",
        use_cache: bool = True,
        offline: bool = False,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> ValidationReport:
        """Check a project in the sandbox; by path or by project. `paths` and `changed` narrow the
        checks of single files; `level` ("L2", "L3") is the containment that is demanded. Tests are
        compared with those of the last checkpoint, where there is one.

        Raises:
            InvalidInputError: an unknown check or level, or unusable paths.
        """
        where, project = await self.places.locate(path, project_id)
        expected: list[str] = []
        if project is not None:
            state = await self._e.store.load_state(project.project_id, "generation")
            provides = state["provides"] if state else {}
            expected = sorted({t for tests in provides.values() for t in tests})
        baseline = await self._baselines.of(where)
        report = await self._e.validator.validate(
            where,
            checks=list(checks),
            paths=list(paths),
            changed=changed,
            level=demanded_level(level),
            baseline_tests=baseline.tests if baseline else None,
            use_cache=use_cache,
            offline=offline or self._e.settings.research.offline,
            project_id=project.project_id if project else "",
            expected_tests=expected,
            on_progress=on_progress,
        )
        report.baseline = baseline.checkpoint_id if baseline else ""
        await judge(self._e.store, project, report)
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
        where, project = await self.places.locate(path, project_id)
        offline = offline or self._e.settings.research.offline
        report = await self.validate(
            str(where), offline=offline, on_progress=_share(on_progress, 0, 45)
        )
        baseline = await self._baselines.get(report.baseline)
        result = await run_fix(
            self._e, where, report, project, offline, _share(on_progress, 45, 100), baseline
        )
        await judge(self._e.store, project, result.after)
        await self._e.store.save_report(result.after)
        await self._e.store.audit(
            "fix", str(where), before=result.errors_before, after=result.errors_after
        )
        return result

    # long operations as runs --------------------------------------------------------------

    async def start_validate(
        self,
        path: str,
        project_id: str,
        checks: Sequence[str],
        *,
        paths: Sequence[str] = (),
        changed: bool = False,
        level: str = "",
        use_cache: bool = True,
        offline: bool = False,
    ) -> str:
        """Validate in the background, see `validate`. Returns the run's id."""
        where, project = await self.places.locate(path, project_id)
        demanded_level(level)
        known = self._e.validator.check_names()
        unknown = sorted({name for name in checks if name.partition("@")[0] not in known})
        if unknown:
            raise InvalidInputError(
                f"Unknown checks: {', '.join(unknown)}.", hint=f"Checks are: {', '.join(known)}."
            )
        asked: dict[str, Any] = {
            "checks": list(checks),
            "paths": list(paths),
            "changed": changed,
            "level": level,
            "use_cache": use_cache,
            "offline": offline,
        }
        run = await self._e.store.create_run(
            RunKind.VALIDATE,
            {"path": str(where), **asked},
            project_id=project.project_id if project else "",
        )

        async def work(reporter: Reporter) -> ValidationReport:
            return await self.validate(str(where), on_progress=reporter.progress, **asked)

        return await self.runs.start(run, work)

    async def start_fix(self, path: str, project_id: str, *, offline: bool = False) -> str:
        """Fix in the background. Returns the run's id."""
        where, project = await self.places.locate(path, project_id)
        run = await self._e.store.create_run(
            RunKind.FIX,
            {"path": str(where), "offline": offline},
            project_id=project.project_id if project else "",
        )

        async def work(reporter: Reporter) -> FixReport:
            async with self.places.alone(project):
                return await self.fix(str(where), offline=offline, on_progress=reporter.progress)

        return await self.runs.start(run, work)

    async def start_generate(
        self,
        project_id: str,
        output_path: str,
        *,
        preview: bool,
        offline: bool = False,
        change: Asked | None = None,
    ) -> str:
        """Generate in the background; with `change` the project is planned anew before. That plan
        is kept when it is to be written and can be: not in a preview, and not when it is refused.
        Returns the run's id."""
        project = await self._e.store.project(project_id)
        output = await self._adopting.output_of(project, output_path)
        request: dict[str, Any] = {
            "output_path": str(output),
            "preview": preview,
            "offline": offline,
        }
        if change is not None:
            request["change"] = change.as_state()
        run = await self._e.store.create_run(RunKind.GENERATE, request, project_id=project_id)

        async def work(reporter: Reporter) -> GeneratedProject:
            async with self.places.alone(None if preview else project):
                planned = None
                if change is not None:
                    await reporter.progress(1, "planning")
                    planned = await self._planning.make(project, change, offline=offline)
                return await self.generate(
                    project_id,
                    str(output),
                    preview=preview,
                    offline=offline,
                    planned=planned,
                    on_progress=reporter.progress,
                )

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


def _share(
    on_progress: Callable[[float, str], Awaitable[None]] | None, low: float, high: float
) -> Callable[[float, str], Awaitable[None]] | None:
    if on_progress is None:
        return None

    async def report(percentage: float, task: str) -> None:
        await on_progress(low + (high - low) * percentage / 100, task)

    return report
