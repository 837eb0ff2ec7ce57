"""The steps that operations and builds share: plan, write, fix."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import to_thread

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.planning import READ_ONLY
from autonomous_coder.engines.planner import Planner
from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.generation import GenerationResult, Render
from autonomous_coder.models.planning import PHASES, Phase, Plan, TaskStatus
from autonomous_coder.models.runs import Project
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import (
    Origin,
    PackageRef,
    Resolution,
    StackChoice,
    TechStack,
)
from autonomous_coder.models.validation import CheckStatus, FixReport, ValidationReport
from autonomous_coder.orchestrator.baselines import Baseline
from autonomous_coder.orchestrator.places import is_empty
from autonomous_coder.orchestrator.requirements import assess
from autonomous_coder.orchestrator.written import BASELINE, GENERATION, PENDING, last_written
from autonomous_coder.settings import Settings
from autonomous_coder.store.store import Store
from autonomous_coder.treecopy import private_directory

if TYPE_CHECKING:
    from autonomous_coder.engines.intelligence import IntelligenceCore

LEVELS = (SandboxLevel.L2.value, SandboxLevel.L3.value)
OVERLAY = "overlay"
"""The layer of files that the host handed in."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines and stores that operations combine. Those that only understanding and writing
    need are made when they are first asked for."""

    settings: Settings
    store: Store
    research: ResearchEngine
    intelligence: Callable[[], Awaitable[IntelligenceCore]]
    planner: Planner
    generator: Callable[[], GeneratorEngine]
    validator: ValidatorEngine
    recovery: RecoveryEngine


def work_dir(engines: Engines) -> Path:
    """Where private copies of projects are made."""
    return engines.settings.cache_dir() / "work"


def demanded_level(level: str) -> SandboxLevel | None:
    """The sandbox level that is asked for; None when any will do.

    Raises:
        InvalidInputError: it is none that can be demanded.
    """
    if not level:
        return None
    if level not in LEVELS:
        raise InvalidInputError(
            f"There is no sandbox level {level[:20]!r} to demand.",
            hint=f"Levels are: {', '.join(LEVELS)}.",
        )
    return SandboxLevel(level)


def mark_done(plan: Plan, phase: Phase) -> None:
    """Mark the tasks of a phase and of those before it as done."""
    reached = PHASES[: PHASES.index(phase) + 1]
    for task in plan.tasks:
        if task.phase in reached:
            task.status = TaskStatus.DONE


def make_plan(
    intelligence: IntelligenceCore,
    planner: Planner,
    spec: ProjectSpec,
    resolution: Resolution | None,
) -> Plan:
    """Stack, architecture, complexity, risks and tasks for a spec."""
    try:
        stack = intelligence.select_tech_stack(spec, resolution)
    except UnsupportedError:
        # It can be generated, or its packages would not be known: from templates of the user's.
        stack = _plain_stack(spec, resolution)
    return planner.create_implementation_plan(
        spec,
        stack,
        intelligence.determine_architecture(spec),
        intelligence.estimate_complexity(spec),
        intelligence.assess_risks(spec, stack),
    )


def _plain_stack(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    """What is known of an archetype of the user's own: its language and packages."""
    reason = "named by your own templates"
    pins = [pin for pin in resolution.pins if pin.direct] if resolution else []
    runtime = resolution.runtime if resolution else ""
    choices = [StackChoice(part="language", choice=spec.language, version=runtime, reason=reason)]
    choices += [
        StackChoice(part=f"package {pin.name}", choice=pin.name, version=pin.version, reason=reason)
        for pin in pins
    ]
    return TechStack(
        language=spec.language, runtime=runtime, choices=choices, resolution=resolution
    )


async def judge(store: Store, project: Project | None, report: ValidationReport) -> None:
    """Note on a report what it shows of the project's requirements, when its tests were run."""
    ran = [c for c in report.checks if c.base == "tests" and c.status is not CheckStatus.NOT_RUN]
    if project is None or not ran:
        return
    plan = await store.load_state(project.project_id, "plan")
    generation = await store.load_state(project.project_id, "generation")
    if plan is not None and generation is not None:
        requirements = Plan.model_validate(plan).spec.requirements
        report.requirements = assess(requirements, generation["provides"], report)


async def write_project(
    engines: Engines,
    project: Project,
    spec: ProjectSpec,
    resolution: Resolution | None,
    output: Path,
    *,
    offline: bool = False,
    preview: bool = False,
    on_progress: Callable[[float, str], Awaitable[None]] | None = None,
) -> GenerationResult:
    """Render, lock and write a project.

    What is to be written is recorded before the files move into place, beside the baseline until
    they have: whichever moment a kill hits, the next attempt knows which files are ours.
    """
    progress = on_progress or _silent
    store, project_id = engines.store, project.project_id
    await progress(5, "rendering templates")
    last = await last_written(store, project_id)
    there = not is_empty(output)
    earlier = last.earlier(output) if there else None
    render = await engines.generator().render(spec, resolution, earlier)
    tried = last.tried if output.exists() else []
    # The first time all files come into place at once.
    old = last.files if last.files is not None else next(reversed(tried), None)
    given = sorted({*last.given, *_given(render)})
    if preview:
        locked = _locked(render)
        newest = {**(old or {}), **next(iter(tried), {})}
        extra = {path: text for path, text in newest.items() if path in locked}
    else:
        extra = await _lock_files(engines, render, offline, progress)
        files = {**{f.path: f.content for f in render.files}, **extra}
        left = {path: text for texts in reversed(tried) for path, text in texts.items()}
        await store.save_state(project_id, PENDING, {"files": files, "left": left})
    await progress(70, "writing files")
    result = await engines.generator().write(
        render, output, baseline=old, preview=preview, extra=extra, given=given, tried=tried
    )
    told = last.notes if there else []
    if resolution is not None and resolution.origin is Origin.CURATED:
        told = [*told, *resolution.notes]
    result.notes = [*told, *result.notes]
    if not preview:
        for path in (change.path for change in result.changes if change.reason == READ_ONLY):
            # It still is what was generated before: nothing of it is the user's.
            files.pop(path, None)
            files |= {path: old[path]} if old and path in old else {}
        await store.save_state(project_id, GENERATION, result.model_dump(mode="json"))
        await store.save_state(
            project_id,
            BASELINE,
            {"files": files, "given": given, "spec": spec.model_dump(mode="json")},
        )
        await store.save_state(project_id, PENDING, {"files": {}})
    return result


def _given(render: Render) -> list[str]:
    """Files that are handed to the user for good."""
    return [file.path for file in render.files if file.mode == "user"]


def _locked(render: Render) -> set[str]:
    """What managers write; go writes into its manifest, too."""
    own = {render.lockfile, *([render.manifest] if render.manifest == "go.mod" else [])}
    of_parts = (f"{under}/{p}" for under, part in render.parts.items() for p in _locked(part))
    return {*own, *of_parts} - {""}


async def _lock_files(
    engines: Engines,
    render: Render,
    offline: bool,
    progress: Callable[[float, str], Awaitable[None]],
) -> dict[str, str]:
    """Locks by path, as the managers make them; those of its parts where it has any."""
    locks: dict[str, str] = {}
    for under, part in render.parts.items():
        found = await _lock_files(engines, part, offline, progress)
        locks |= {f"{under}/{path}": text for path, text in found.items()}
    return locks or await _lock_one(engines, render, offline, progress)


async def _lock_one(
    engines: Engines,
    render: Render,
    offline: bool,
    progress: Callable[[float, str], Awaitable[None]],
) -> dict[str, str]:
    manifest = next((f for f in render.files if f.path == render.manifest), None)
    if manifest is None or render.dependencies is None or not render.lockfile:
        return {}
    await progress(30, "locking dependencies")
    if manifest.layer != OVERLAY:
        return await engines.research.lock_project(
            render.dependencies.ecosystem, _declaring(render), offline=offline
        )
    # The host's own words may make a manager run code: they are only ever locked in the sandbox.
    with private_directory(work_dir(engines) / "locking") as scratch:
        tree = scratch / "tree"
        await to_thread.run_sync(_lay_out, render, tree)
        return {render.lockfile: await engines.validator.lock(tree, offline=offline)}


def _declaring(render: Render) -> dict[str, str]:
    """What a manager locks from: the manifest, and for Go the sources, whose imports it reads."""
    sources = (".go",) if render.manifest == "go.mod" else ()
    return {
        file.path: file.content
        for file in render.files
        if file.path == render.manifest or file.path.endswith(sources)
    }


def _lay_out(render: Render, tree: Path) -> None:
    for file in render.files:
        place = tree / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.content, encoding="utf-8", errors="surrogatepass")


async def run_fix(
    engines: Engines,
    path: Path,
    report: ValidationReport,
    project: Project | None,
    offline: bool,
    on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    baseline: Baseline | None = None,
) -> FixReport:
    """Fix what the report found, with a checkpoint before the first change. With a baseline, what
    is kept takes nothing more from its tests."""
    project_id = project.project_id if project else ""

    async def validate(tree: Path, checks: Sequence[str]) -> ValidationReport:
        report = await engines.validator.validate(
            tree,
            checks=checks,
            baseline_tests=baseline.tests if baseline else None,
            offline=offline,
        )
        report.baseline = baseline.checkpoint_id if baseline else ""
        return report

    async def before_change() -> str:
        checkpoint = await engines.store.checkpoints.create(
            path, label="before fixing", project_id=project_id
        )
        return checkpoint.checkpoint_id

    async def resolve_package(name: str) -> str:
        return await confirmed_version(engines.research, name)

    async def relock(tree: Path) -> str:
        return await engines.validator.lock(tree, offline=offline)

    return await engines.recovery.fix(
        path,
        report,
        validate=validate,
        before_change=before_change,
        resolve_package=resolve_package,
        relock=relock,
        on_progress=on_progress,
    )


async def confirmed_version(research: ResearchEngine, name: str) -> str:
    """The newest version of a Python package that a program wants to declare by itself; empty when
    there is no such package.

    Raises:
        UnsupportedError: it exists, but may not be what was meant: a person has to decide.
    """
    [found] = await research.check_names([PackageRef(ecosystem="pypi", name=name)])
    if found.suspicious:
        raise UnsupportedError(
            f"{name} was not declared, look twice at it: {'; '.join(found.suspicious)}.",
            hint="Declare it yourself if it is what you mean.",
        )
    versions = await research.get_current_versions([name])
    return versions.get(name, "")


async def _silent(_: float, __: str) -> None:
    return None
