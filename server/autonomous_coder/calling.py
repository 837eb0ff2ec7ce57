"""What the command line and the Python API do around an operation: make its request, open the
services, follow its run, read the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from pydantic import BaseModel, ValidationError

from autonomous_coder.errors import (
    BusyError,
    InternalError,
    InvalidInputError,
    NotFoundError,
    error_from_code,
)
from autonomous_coder.models.questions import ResearchQuestion
from autonomous_coder.models.runs import BuildRequest, Progress, Run, RunStatus
from autonomous_coder.settings import Settings, describe

if TYPE_CHECKING:
    from autonomous_coder.orchestrator.orchestrator import Orchestrator
    from autonomous_coder.orchestrator.planning import Asked

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

OnProgress = Callable[[Progress], Awaitable[None]]

PROJECT_PREFIX = "prj_"
CANCEL_PATIENCE_S = 20.0
"""How long a cancelled run may take to stop and record where it stands."""


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
        return BuildRequest.model_validate(
            {
                "description": description,
                "output_path": "" if output_path is None else str(Path(output_path).expanduser()),
                "spec": {} if spec is None else spec,
                "constraints": {} if constraints is None else constraints,
                "preferences": {} if preferences is None else preferences,
                "deadline": _moment(deadline),
                "offline": offline,
            }
        )
    except (ValidationError, TypeError) as error:
        why = describe(error) if isinstance(error, ValidationError) else str(error)
        raise InvalidInputError(
            f"The request is not usable: {why}.", hint="Correct it and try again."
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


async def project_named(orchestrator: Orchestrator, named: str | Path) -> str:
    """The id of a project that is named by its id or by the path of its directory.

    Raises:
        NotFoundError: there is no such directory, or it holds no project of ours.
    """
    if isinstance(named, str) and named.startswith(PROJECT_PREFIX):
        return named
    how = "Name a project by its id or by its directory; `status` without an id lists both."
    try:
        where, project = await orchestrator.places.locate(
            str(_absolute(named)) if named else "", ""
        )
    except NotFoundError as error:
        raise NotFoundError(error.message, hint=how) from error
    if project is None:
        raise NotFoundError(
            f"{where} holds no project that was planned here.",
            hint=f"{how} If you moved it there, name its id, and this directory as the output.",
        )
    return project.project_id


def asked_of(
    description: str,
    spec: Mapping[str, Any] | None = None,
    constraints: Mapping[str, str] | None = None,
    preferences: Mapping[str, str] | None = None,
) -> Asked:
    """What is to be planned, in these words.

    Raises:
        InvalidInputError: a part has the wrong type.
    """
    from autonomous_coder.orchestrator.planning import Asked

    request = build_request(description, None, constraints, preferences, spec)
    return Asked(request.description, request.spec, request.constraints, request.preferences)


def _absolute(path: str | Path) -> Path:
    return Path(path).expanduser().absolute()


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
