"""The Python API: `AutonomousCoder`, as synchronous calls and as coroutines.

coder = AutonomousCoder(config="custom_config.yaml")
result = coder.build("Create a REST API for a todo app with authentication")
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from pydantic import BaseModel, ValidationError

from autonomous_coder.errors import (
    BusyError,
    CoderError,
    InternalError,
    InvalidInputError,
    UsageError,
    error_from_code,
)
from autonomous_coder.models.questions import ResearchQuestion
from autonomous_coder.models.results import ResearchResult
from autonomous_coder.models.runs import BuildRequest, BuildResult, Progress, Run, RunStatus
from autonomous_coder.models.validation import FixReport, ValidationReport
from autonomous_coder.settings import Settings, describe, load_settings

if TYPE_CHECKING:
    from autonomous_coder.orchestrator.orchestrator import Orchestrator

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

OnProgress = Callable[[Progress], Awaitable[None]]

CANCEL_PATIENCE_S = 20.0
"""How long a cancelled run may take to stop and record where it stands."""


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


def research_question(packages: Sequence[str], question: Mapping[str, Any]) -> ResearchQuestion:
    """The question in these words.

    Raises:
        InvalidInputError: it has a field that questions do not have, or an unusable value.
    """
    from autonomous_coder.orchestrator.researching import check_question

    try:
        asked = ResearchQuestion(packages=list(packages), **question)
    except (ValidationError, TypeError) as error:
        raise InvalidInputError(
            f"The question cannot be read: {str(error)[:400]}",
            hint=f"It has {', '.join(ResearchQuestion.model_fields)}.",
        ) from error
    check_question(asked)
    return asked


def build_request(
    description: str | BuildRequest,
    output_path: str | Path | None = None,
    constraints: Mapping[str, str] | None = None,
    preferences: Mapping[str, str] | None = None,
    spec: Mapping[str, Any] | None = None,
    deadline: datetime | str | None = None,
    offline: bool = False,
) -> BuildRequest:
    """One request from the parts; a ready `BuildRequest` is taken as it is.

    Raises:
        InvalidInputError: a part has the wrong type, or the deadline is past.
    """
    if isinstance(description, BuildRequest):
        return description
    try:
        return BuildRequest(
            description=description,
            output_path="" if output_path is None else str(Path(output_path).expanduser()),
            spec=dict(spec or {}),
            constraints=dict(constraints or {}),
            preferences=dict(preferences or {}),
            deadline=_moment(deadline),
            offline=offline,
        )
    except ValidationError as error:
        raise InvalidInputError(
            f"The request is not usable: {describe(error)}.", hint="Correct it and try again."
        ) from error


def _moment(deadline: datetime | str | None) -> datetime | None:
    from autonomous_coder.orchestrator.deadline import parse_deadline

    if isinstance(deadline, datetime):
        deadline = deadline.astimezone(UTC).isoformat()
    return parse_deadline(deadline or "")


async def with_output(orchestrator: Orchestrator, request: BuildRequest) -> BuildRequest:
    """The request with an absolute output path: `./<project name>` when it names none."""
    named = request.output_path or (await orchestrator.builds.understand(request)).name
    return request.model_copy(update={"output_path": str(Path(named).expanduser().absolute())})


async def use_services(
    settings: Settings, work: Callable[[Orchestrator], Coroutine[Any, Any, T]]
) -> T:
    """Open everything, carry out `work`, close everything; errors arrive unwrapped."""
    from autonomous_coder.dataroots import data_roots
    from autonomous_coder.services import open_services

    failure: Exception | None = None
    async with open_services(settings, data_roots()) as services:
        try:
            result = await work(await services.orchestrator())
        except Exception as error:
            failure = error  # raised outside the task group, which would wrap it
    if failure is not None:
        raise failure
    return result


async def follow(orchestrator: Orchestrator, run_id: str, on_progress: OnProgress) -> Run:
    """Pass on a run's progress until it has ended. Being cancelled cancels the run."""
    try:
        async for progress in orchestrator.builds.report_progress(run_id):
            await on_progress(progress)
        return await orchestrator.runs.wait(run_id, float("inf"))
    except anyio.get_cancelled_exc_class():
        with anyio.move_on_after(CANCEL_PATIENCE_S, shield=True), suppress(BusyError):
            await orchestrator.runs.cancel(run_id)
        raise


def result_of(run: Run, kind: type[M]) -> M:
    """The result of a run that has ended.

    Raises:
        CoderError: it failed or was stopped; of the class its record names.
    """
    if run.status is RunStatus.SUCCEEDED and run.result is not None:
        return kind.model_validate(run.result)
    if run.error_code:
        raise error_from_code(run.error_code, run.error, run.hint)
    raise InternalError(
        f"Run {run.run_id} ended as {run.status.value} without a result.",
        hint=f"Look at it with `autonomous-coder status {run.run_id}`.",
    )


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
