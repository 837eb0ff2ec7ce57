"""The Python API: `AutonomousCoder`, as synchronous calls and as coroutines.

coder = AutonomousCoder(config="custom_config.yaml")
result = coder.build("Create a REST API for a todo app with authentication")
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from autonomous_coder.calling import (
    OnProgress,
    asked_of,
    build_request,
    follow,
    project_named,
    research_question,
    result_of,
    use_services,
    with_output,
)
from autonomous_coder.errors import CoderError, UsageError
from autonomous_coder.models.results import GeneratedProject, PlanResult, ResearchResult
from autonomous_coder.models.runs import BuildRequest, BuildResult, Progress
from autonomous_coder.models.validation import FixReport, ValidationReport
from autonomous_coder.settings import Settings, load_settings

if TYPE_CHECKING:
    from autonomous_coder.orchestrator.orchestrator import Orchestrator

T = TypeVar("T")


class AutonomousCoder:
    """Builds, validates and fixes projects. One object may be used for many calls, one at a time.

    `config` names a YAML file; `overrides` are sections of it as dicts, e.g.
    `AutonomousCoder(research={"offline": True})`. Failures are raised as `CoderError`s.
    """

    def __init__(self, config: str | Path | None = None, **overrides: Any) -> None:
        """Read the settings.

        Raises:
            UsageError: the file is missing, or a key or value is wrong; the message names it.
        """
        self._settings = load_settings(config, **overrides)
        self.last_result: BuildResult | None = None
        """What the latest build came to; None before the first one has ended."""

    @property
    def settings(self) -> Settings:
        """The settings in effect."""
        return self._settings

    # building -----------------------------------------------------------------------------

    def build(
        self,
        description: str | BuildRequest = "",
        *,
        output_path: str | Path | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        spec: Mapping[str, Any] | None = None,
        deadline: datetime | str | None = None,
        offline: bool = False,
    ) -> BuildResult:
        """Build a project and wait for the verdict.

        Without `output_path` the project goes to a directory of its own name in the current
        directory. A build whose checks fail returns normally, with `success` false.

        Raises:
            UsageError: the request is not usable, or this was called inside an event loop.
            CoderError: the build could not be carried out; the class says why.
        """
        return _block(
            "build",
            lambda: self.abuild(
                description,
                output_path=output_path,
                constraints=constraints,
                preferences=preferences,
                spec=spec,
                deadline=deadline,
                offline=offline,
            ),
        )

    async def abuild(
        self,
        description: str | BuildRequest = "",
        *,
        output_path: str | Path | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        spec: Mapping[str, Any] | None = None,
        deadline: datetime | str | None = None,
        offline: bool = False,
    ) -> BuildResult:
        """`build` as a coroutine; cancelling it cancels the build, which can be resumed."""
        request = build_request(
            description, output_path, constraints, preferences, spec, deadline, offline
        )
        return await self._build(request, _ignore)

    async def build_with_progress(
        self,
        description: str | BuildRequest = "",
        *,
        output_path: str | Path | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        spec: Mapping[str, Any] | None = None,
        deadline: datetime | str | None = None,
        offline: bool = False,
    ) -> AsyncGenerator[Progress]:
        """Build, yielding progress; the last has 100 percent, then `last_result` is set.

        Leaving the loop early cancels the build.

        Raises:
            CoderError: as `build`, from the iteration.
        """
        request = build_request(
            description, output_path, constraints, preferences, spec, deadline, offline
        )
        send, receive = anyio.create_memory_object_stream[Progress](1_000)

        async def on_progress(progress: Progress) -> None:
            with suppress(anyio.WouldBlock):
                send.send_nowait(progress)

        async def produce() -> BuildResult:
            with send:
                return await self._build(request, on_progress)

        # A task of its own: a cancel scope must not stay open across the yields of a generator
        # that may be closed from anywhere.
        building = asyncio.ensure_future(produce())
        last: Progress | None = None
        try:
            with receive:
                async for progress in receive:
                    if progress != last:
                        last = progress
                        yield progress
            result = await building
        finally:
            if not building.done():
                building.cancel()
                with suppress(asyncio.CancelledError, CoderError):
                    await building
        if last is None or last.percentage < 100:
            yield Progress(run_id=result.run_id, percentage=100, current_task="done")

    async def _build(self, request: BuildRequest, on_progress: OnProgress) -> BuildResult:
        async def work(orchestrator: Orchestrator) -> BuildResult:
            run_id = await orchestrator.builds.start(await with_output(orchestrator, request))
            run = await follow(orchestrator, run_id, on_progress)
            return result_of(run, BuildResult)

        self.last_result = None
        self.last_result = await use_services(self._settings, work)
        return self.last_result

    # single steps -------------------------------------------------------------------------

    def plan(
        self,
        description: str = "",
        *,
        spec: Mapping[str, Any] | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        project_id: str | Path = "",
        offline: bool = False,
    ) -> PlanResult:
        """Plan a project; no file is written. Raises as `build` does.

        With `project_id` (an id, or the path of a project's directory) that project is planned
        anew: what is not named stays, unless a new `description` replaces all that was decided.
        """
        return _block(
            "plan",
            lambda: self.aplan(
                description,
                spec=spec,
                constraints=constraints,
                preferences=preferences,
                project_id=project_id,
                offline=offline,
            ),
        )

    async def aplan(
        self,
        description: str = "",
        *,
        spec: Mapping[str, Any] | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        project_id: str | Path = "",
        offline: bool = False,
    ) -> PlanResult:
        """`plan` as a coroutine."""
        asked = asked_of(description, spec, constraints, preferences)

        async def work(orchestrator: Orchestrator) -> PlanResult:
            known = await project_named(orchestrator, project_id) if project_id else ""
            return await orchestrator.plan(**asked.as_state(), project_id=known, offline=offline)

        return await use_services(self._settings, work)

    def generate(
        self,
        project_id: str | Path,
        *,
        output_path: str | Path | None = None,
        description: str = "",
        spec: Mapping[str, Any] | None = None,
        preview: bool = False,
        offline: bool = False,
    ) -> GeneratedProject:
        """Write a planned project, merged with the edits that were made in it. Raises as `build`
        does.

        `project_id` is its id, or the path of its directory; `output_path` is needed the first
        time. With `spec` or `description` it is planned anew before, see `plan`. With `preview`
        nothing is written: the result tells what would be, and the plan stays as it is.
        """
        return _block(
            "generate",
            lambda: self.agenerate(
                project_id,
                output_path=output_path,
                description=description,
                spec=spec,
                preview=preview,
                offline=offline,
            ),
        )

    async def agenerate(
        self,
        project_id: str | Path,
        *,
        output_path: str | Path | None = None,
        description: str = "",
        spec: Mapping[str, Any] | None = None,
        preview: bool = False,
        offline: bool = False,
    ) -> GeneratedProject:
        """`generate` as a coroutine."""
        change = asked_of(description, spec) if description or spec else None
        output = str(Path(output_path).expanduser().absolute()) if output_path else ""

        async def work(orchestrator: Orchestrator) -> GeneratedProject:
            known = await project_named(orchestrator, project_id)
            run_id = await orchestrator.start_generate(
                known, output, preview=preview, offline=offline, change=change
            )
            return result_of(await follow(orchestrator, run_id, _ignore), GeneratedProject)

        return await use_services(self._settings, work)

    def validate(
        self,
        path: str | Path,
        *,
        checks: Sequence[str] = (),
        paths: Sequence[str] = (),
        changed: bool = False,
        level: str = "",
        use_cache: bool = True,
        offline: bool = False,
    ) -> ValidationReport:
        """Check a project in the sandbox. Raises as `build` does.

        `checks` names those wanted (all when empty); `paths` (relative) and `changed` (since the
        last validation) narrow those of single files; `level` ("L2", "L3") is the containment
        demanded; without `use_cache` every check is run, whatever is known already.
        """
        return _block(
            "validate",
            lambda: self.avalidate(
                path,
                checks=checks,
                paths=paths,
                changed=changed,
                level=level,
                use_cache=use_cache,
                offline=offline,
            ),
        )

    async def avalidate(
        self,
        path: str | Path,
        *,
        checks: Sequence[str] = (),
        paths: Sequence[str] = (),
        changed: bool = False,
        level: str = "",
        use_cache: bool = True,
        offline: bool = False,
    ) -> ValidationReport:
        """`validate` as a coroutine."""

        async def work(orchestrator: Orchestrator) -> ValidationReport:
            run_id = await orchestrator.start_validate(
                str(Path(path).expanduser().absolute()),
                "",
                checks,
                paths=paths,
                changed=changed,
                level=level,
                use_cache=use_cache,
                offline=offline,
            )
            return result_of(await follow(orchestrator, run_id, _ignore), ValidationReport)

        return await use_services(self._settings, work)

    def fix(self, path: str | Path, *, offline: bool = False) -> FixReport:
        """Mend what rules can mend in a project. Raises as `build` does."""
        return _block("fix", lambda: self.afix(path, offline=offline))

    async def afix(self, path: str | Path, *, offline: bool = False) -> FixReport:
        """`fix` as a coroutine."""

        async def work(orchestrator: Orchestrator) -> FixReport:
            where = str(Path(path).expanduser().absolute())
            run_id = await orchestrator.start_fix(where, "", offline=offline)
            return result_of(await follow(orchestrator, run_id, _ignore), FixReport)

        return await use_services(self._settings, work)

    def research(self, *packages: str, **question: Any) -> ResearchResult:
        """Current facts about packages such as `pypi:fastapi`, and what else a `ResearchQuestion`
        can ask, by its names: topic, url, joint, runtime, known, since, minimum_age_days, offline.
        Raises as `build` does."""
        return _block("research", lambda: self.aresearch(*packages, **question))

    async def aresearch(self, *packages: str, **question: Any) -> ResearchResult:
        """`research` as a coroutine."""
        asked = research_question(packages, question)

        async def work(orchestrator: Orchestrator) -> ResearchResult:
            return await orchestrator.researching.answer(asked)

        return await use_services(self._settings, work)

    def update_knowledge_base(self, findings: Mapping[str, Any]) -> None:
        """Keep findings (topic -> statement, or {statement, source, day}): the newer wins, history
        stays; they are told as reported, not verified. Raises as `build` does."""
        return _block("update_knowledge_base", lambda: self.aupdate_knowledge_base(findings))

    async def aupdate_knowledge_base(self, findings: Mapping[str, Any]) -> None:
        """`update_knowledge_base` as a coroutine."""

        async def work(orchestrator: Orchestrator) -> None:
            await orchestrator.researching.learn(findings)

        return await use_services(self._settings, work)


def _block(name: str, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end from synchronous code."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return anyio.run(call)
    raise UsageError(
        f"{name}() blocks and was called inside a running event loop.",
        hint=f"Use `await coder.a{name}(...)` there.",
    )


async def _ignore(_: Progress) -> None:
    return None
