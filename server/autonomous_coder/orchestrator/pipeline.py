"""The six phases of a build. Each leaves its outcome in the store: a killed run goes on there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from autonomous_coder.errors import StateError
from autonomous_coder.models.adoption import Adoption
from autonomous_coder.models.generation import GenerationResult
from autonomous_coder.models.planning import PHASES, Phase, Plan
from autonomous_coder.models.runs import BuildRequest, BuildResult, Project, RunStatus
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Origin, Resolution
from autonomous_coder.models.validation import CheckStatus, FixReport, ValidationReport
from autonomous_coder.orchestrator.adopting import Adopting, without_switch
from autonomous_coder.orchestrator.ladder import step_back
from autonomous_coder.orchestrator.outcome import build_result
from autonomous_coder.orchestrator.places import is_empty
from autonomous_coder.orchestrator.runs import Reporter
from autonomous_coder.orchestrator.settled import settled
from autonomous_coder.orchestrator.steps import (
    Engines,
    judge,
    make_plan,
    mark_done,
    run_fix,
    write_project,
)
from autonomous_coder.orchestrator.written import checkpoint_state

T = TypeVar("T")
REPORT = "build_report"
"""Where a build notes which report is its own."""
NEWEST = "before_stepping_back"
"""Where a build that tries older versions notes what it began with; empty when it tries none."""

SPANS: Mapping[Phase, tuple[float, float]] = {
    Phase.UNDERSTANDING: (0, 3),
    Phase.RESEARCH: (3, 15),
    Phase.PLANNING: (15, 18),
    Phase.IMPLEMENTATION: (18, 30),
    Phase.VALIDATION: (30, 90),
    Phase.REFINEMENT: (90, 100),
}
"""Share of a run's percentage, by where the time goes as measured."""


@dataclass
class Build:
    """One build in flight: what is known so far. Filled phase by phase, or from the store."""

    request: BuildRequest
    project: Project
    output: Path
    spec: ProjectSpec | None = None
    resolution: Resolution | None = None
    plan: Plan | None = None
    adoption: Adoption | None = None
    """What was found where an existing project is added to."""
    generation: GenerationResult | None = None
    first_report: ValidationReport | None = None
    fixes: list[FixReport] = field(default_factory=list)
    put_back: bool = False
    """Whether an earlier attempt ended while it tried older versions."""
    report: ValidationReport | None = None


class BuildPipeline:
    """Carries out the phases in order, skipping those an earlier attempt finished."""

    def __init__(self, engines: Engines, adopting: Adopting) -> None:
        self._e = engines
        self._adopting = adopting
        self._phases: Mapping[Phase, Callable[[Build, Reporter], Awaitable[str]]] = {
            Phase.UNDERSTANDING: self._understand,
            Phase.RESEARCH: self._research,
            Phase.PLANNING: self._plan,
            Phase.IMPLEMENTATION: self._implement,
            Phase.VALIDATION: self._validate,
            Phase.REFINEMENT: self._refine,
        }

    async def run(self, build: Build, reporter: Reporter) -> BuildResult:
        """Carry out what is left of a build and say what came of it."""
        done = {s.name for s in reporter.run.steps if s.status is RunStatus.SUCCEEDED}
        if Phase.IMPLEMENTATION.value in done and is_empty(build.output):
            # What was written has been taken away since: it is written and looked at again.
            done -= {Phase.IMPLEMENTATION.value, Phase.VALIDATION.value, Phase.REFINEMENT.value}
        for phase in PHASES:
            if phase.value in done:
                await self._recall(phase, build)
                continue
            low, high = SPANS[phase]
            await reporter.progress(low, f"{phase.value}: starting")
            step = await reporter.begin(phase.value)
            summary = await self._phases[phase](build, reporter)
            checkpoint = await self._e.store.checkpoints.create(
                build.output,
                label=f"build: after {phase.value}",
                project_id=build.project.project_id,
                state={
                    "run_id": reporter.run.run_id,
                    "phase": phase.value,
                    **(await self._wrote(build) if phase is Phase.IMPLEMENTATION else {}),
                },
            )
            await reporter.end(step, summary, checkpoint_id=checkpoint.checkpoint_id)
            await self._mark_tasks(build, phase)
            await reporter.progress(high, f"{phase.value}: {summary}")
        if await self._e.validator.is_stale(_known(build.report)):
            build.report = await self._check(build, _within(reporter, Phase.REFINEMENT))
        result = build_result(
            build.project,
            reporter.run,
            spec=_known(build.spec),
            plan=_known(build.plan),
            resolution=build.resolution,
            generation=_known(build.generation),
            report=_known(build.report),
            fixes=build.fixes,
        )
        await self._save(build, "build_result", result.model_dump(mode="json"))
        return result

    async def _understand(self, build: Build, _: Reporter) -> str:
        request = build.request
        build.adoption = await self._adopting.look(request.spec, build.project, build.output)
        if build.adoption is not None:
            return await self._understand_adopted(build, build.adoption)
        intelligence = await self._e.intelligence()
        spec = intelligence.analyze_requirements(
            request.description,
            host_spec=without_switch(request.spec),
            constraints=request.constraints,
            preferences=request.preferences,
            **await settled(self._e.store, build.project),
        )
        spec = self._e.generator().bound(spec)
        await self._understood(build, spec)
        entities = ", ".join(e.name for e in spec.entities) or "no entities"
        return f"{spec.archetype} in {spec.language}: {entities}"

    async def _understand_adopted(self, build: Build, adoption: Adoption) -> str:
        spec = await self._adopting.understand(adoption, build.request.model_dump())
        await self._adopting.keep(build.project, adoption)
        await self._understood(build, spec)
        return f"additions to a project in {spec.language}: {', '.join(spec.features) or 'files'}"

    async def _understood(self, build: Build, spec: ProjectSpec) -> None:
        build.spec = spec
        asked = {"description", "spec", "constraints", "preferences"}
        await self._save(build, "request", build.request.model_dump(mode="json", include=asked))
        await self._save(build, "spec", spec.model_dump(mode="json"))

    async def _research(self, build: Build, reporter: Reporter) -> str:
        if build.adoption is not None:
            return "nothing to look up: what the project declares stays as it is"
        dependencies = self._e.generator().dependencies(_known(build.spec))
        await reporter.progress(4, f"looking up {dependencies.count} packages together")
        build.resolution = await self._e.research.resolve(
            dependencies, offline=build.request.offline
        )
        await self._save(build, "resolution", build.resolution.model_dump(mode="json"))
        held = [p for p in build.resolution.pins if p.direct and p.held_by]
        count = len(build.resolution.versions())
        facts = f"{count} packages, {build.resolution.origin.value}"
        return f"{facts}, {len(held)} held back" if held else facts

    async def _plan(self, build: Build, _: Reporter) -> str:
        spec = _known(build.spec)
        if build.adoption is not None:
            build.plan = self._adopting.plan(spec, build.adoption)
        else:
            intelligence = await self._e.intelligence()
            build.plan = make_plan(intelligence, self._e.planner, spec, build.resolution)
        await self._save(build, "plan", build.plan.model_dump(mode="json"))
        return f"{len(build.plan.tasks)} tasks, {build.plan.complexity.level}"

    async def _implement(self, build: Build, reporter: Reporter) -> str:
        progress = _within(reporter, Phase.IMPLEMENTATION)
        spec = _known(build.spec)
        if build.adoption is not None:
            build.generation = await self._adopting.write(
                build.project, spec, build.adoption, build.output, on_progress=progress
            )
        else:
            build.generation = await write_project(
                self._e,
                build.project,
                spec,
                build.resolution,
                build.output,
                offline=build.request.offline,
                on_progress=progress,
            )
        untouched = {"unchanged", "kept"} if build.adoption is not None else {"unchanged"}
        written = [c for c in build.generation.changes if c.action not in untouched]
        return f"{len(written)} files written"

    async def _validate(self, build: Build, reporter: Reporter) -> str:
        report = await self._check(build, _within(reporter, Phase.VALIDATION))
        build.first_report = build.report = report
        return _verdict(report)

    async def _refine(self, build: Build, reporter: Reporter) -> str:
        report = _known(build.report)
        if await self._e.validator.is_stale(report):
            report = await self._check(build, _within(reporter, Phase.REFINEMENT))
        progress = _within(reporter, Phase.REFINEMENT)
        if build.adoption is not None:
            build.report = report
            return f"{_verdict(report)}; nothing is mended in a project that was there before"
        report = await self._put_back(build, report, progress)
        report, stepped = await self._step_back(build, report, progress)
        if _failed(report):
            fix = await run_fix(
                self._e, build.output, report, build.project, build.request.offline, progress
            )
            build.fixes.append(fix)
            if fix.changed_files:
                report = await self._check(build, progress)
        build.report = report
        kept = sum(a.kept for f in build.fixes for a in f.attempts)
        told = [_verdict(report), stepped, f"{kept} fixes kept" if kept else ""]
        return ", ".join(filter(None, told))

    async def _step_back(
        self,
        build: Build,
        report: ValidationReport,
        progress: Callable[[float, str], Awaitable[None]],
    ) -> tuple[ValidationReport, str]:
        """Take versions back where the newest are newer than what was tested, and do not pass."""
        resolution = build.resolution
        if not _failed(report) or resolution is None or resolution.origin is Origin.CURATED:
            return report, ""
        written = _known(build.generation).changes
        untouched = {"created", "updated", "unchanged"} if build.put_back else {"created"}
        if any(change.action not in untouched for change in written):
            # What a user has changed is not merged back and forth for the sake of a try.
            return report, ""

        first = _known(build.spec)

        async def attempt(spec: ProjectSpec) -> ValidationReport:
            held = ", ".join(f"{name} {range_}" for name, range_ in spec.holds.items())
            await progress(0, f"trying older versions: {held[:300] or 'the newest again'}")
            wanted = self._e.generator().dependencies(spec)
            found = (
                resolution
                if spec.holds == first.holds
                else await self._e.research.resolve(wanted, offline=build.request.offline)
            )
            await self._write_again(build, spec, found)
            return await self._check(build, progress)

        dependencies = self._e.generator().dependencies(first)
        steps = await self._e.research.steps_back(dependencies, resolution)
        if not steps:
            return report, ""
        begun = {
            "spec": first.model_dump(mode="json"),
            "resolution": resolution.model_dump(mode="json"),
        }
        await self._save(build, NEWEST, begun)
        found = await step_back(first, report, steps, attempt)
        await self._save(build, NEWEST, {})
        return found

    async def _put_back(
        self,
        build: Build,
        report: ValidationReport,
        progress: Callable[[float, str], Awaitable[None]],
    ) -> ValidationReport:
        """What stood before a trial of older versions that came to no end: a kill between two
        trials leaves nobody with versions that did not help."""
        begun = await self._e.store.load_state(build.project.project_id, NEWEST)
        if not begun:
            return report
        await self._write_again(
            build,
            ProjectSpec.model_validate(begun["spec"]),
            Resolution.model_validate(begun["resolution"]),
        )
        await self._save(build, NEWEST, {})
        build.put_back = True
        return await self._check(build, progress)

    async def _write_again(self, build: Build, spec: ProjectSpec, resolution: Resolution) -> None:
        """The project as another spec says, in place of what was written."""
        build.spec, build.resolution = spec, resolution
        intelligence = await self._e.intelligence()
        build.plan = make_plan(intelligence, self._e.planner, spec, resolution)
        mark_done(build.plan, Phase.VALIDATION)
        await self._save(build, "spec", spec.model_dump(mode="json"))
        await self._save(build, "resolution", resolution.model_dump(mode="json"))
        await self._save(build, "plan", build.plan.model_dump(mode="json"))
        build.generation = await write_project(
            self._e, build.project, spec, resolution, build.output, offline=build.request.offline
        )

    async def _check(
        self, build: Build, progress: Callable[[float, str], Awaitable[None]]
    ) -> ValidationReport:
        generation = _known(build.generation)
        expected = sorted({t for tests in generation.provides.values() for t in tests})
        report = await self._e.validator.validate(
            build.output,
            offline=build.request.offline,
            project_id=build.project.project_id,
            expected_tests=expected,
            on_progress=progress,
        )
        await judge(self._e.store, build.project, report)
        saved = await self._e.store.save_report(report)
        await self._save(build, REPORT, {"report_id": saved.report_id})
        return saved

    async def _mark_tasks(self, build: Build, phase: Phase) -> None:
        """Tasks of a finished phase are done: observed, not claimed."""
        if build.plan is None:
            return
        mark_done(build.plan, phase)
        await self._save(build, "plan", build.plan.model_dump(mode="json"))

    async def _recall(self, phase: Phase, build: Build) -> None:
        """Take what a finished phase left in the store."""
        if phase is Phase.UNDERSTANDING:
            build.spec = ProjectSpec.model_validate(await self._load(build, "spec"))
            build.adoption = await self._adopting.of(build.project)
        elif phase is Phase.RESEARCH and build.adoption is not None:
            return
        elif phase is Phase.RESEARCH:
            build.resolution = Resolution.model_validate(await self._load(build, "resolution"))
        elif phase is Phase.PLANNING:
            build.plan = Plan.model_validate(await self._load(build, "plan"))
        elif phase is Phase.IMPLEMENTATION:
            state = await self._load(build, "generation")
            build.generation = GenerationResult.model_validate(state)
        else:
            # Not the project's latest: that may be of a few checks that somebody asked for.
            report_id = (await self._load(build, REPORT))["report_id"]
            build.report = build.first_report = await self._e.store.report(report_id)

    async def _wrote(self, build: Build) -> dict[str, Any]:
        return await checkpoint_state(self._e.store, build.project.project_id)

    async def _save(self, build: Build, kind: str, data: dict[str, Any]) -> None:
        await self._e.store.save_state(build.project.project_id, kind, data)

    async def _load(self, build: Build, kind: str) -> dict[str, Any]:
        return _known(await self._e.store.load_state(build.project.project_id, kind))


def _within(reporter: Reporter, phase: Phase) -> Callable[[float, str], Awaitable[None]]:
    """Progress 0..100 of a phase as a share of the run's."""
    low, high = SPANS[phase]

    async def report(percentage: float, task: str) -> None:
        share = max(0.0, min(100.0, percentage)) / 100
        await reporter.progress(low + (high - low) * share, f"{phase.value}: {task}")

    return report


def _failed(report: ValidationReport) -> bool:
    return not report.passed and any(c.status is CheckStatus.FAILED for c in report.checks)


def _verdict(report: ValidationReport) -> str:
    passed = sum(c.status is CheckStatus.PASSED for c in report.checks)
    failed = [c.name for c in report.checks if c.status is CheckStatus.FAILED]
    word = "passed" if report.passed else "not passed"
    return f"{word}: {passed} checks green" + (f", failed: {', '.join(failed)}" if failed else "")


def _known(value: T | None) -> T:
    """What an earlier phase must have left; its absence is our own fault."""
    if value is None:
        raise StateError(
            "The record of an earlier phase is missing.", hint="Start the build again."
        )
    return value
