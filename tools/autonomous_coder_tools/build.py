"""The `build` tool: from a sentence to a validated project, as one run."""

from __future__ import annotations

from typing import Annotated

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import (
    Constraints,
    Deadline,
    Description,
    Offline,
    OutputPath,
    Preferences,
    Spec,
    WaitSeconds,
)
from autonomous_coder_tools.reply import View, reply
from autonomous_coder_tools.show.runs import run_view
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, MAX_ID, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def build(
    ctx: Context[Services],
    *,
    description: Description = "",
    output_path: OutputPath = "",
    spec: Spec,
    constraints: Constraints,
    preferences: Preferences,
    deadline: Deadline = "",
    offline: Offline = False,
    run_id: Annotated[
        str,
        Field(max_length=MAX_ID, description="Resume this stopped build; pass nothing else."),
    ] = "",
    cancel: Annotated[
        bool, Field(description="Stop the run named by run_id instead, of any kind.")
    ] = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Build a project, resume a build or cancel a run."""
    from autonomous_coder.models.runs import BuildRequest
    from autonomous_coder.orchestrator.deadline import parse_deadline

    fresh = bool(description or output_path or spec or constraints or preferences)
    _check_combination(run_id, fresh, cancel, output_path)
    moment = parse_deadline(deadline)
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    if cancel:
        return reply(_cancelled(run_view(await orchestrator.runs.cancel(run_id))))
    if run_id:
        started = await orchestrator.builds.resume(run_id)
    else:
        started = await orchestrator.builds.start(
            BuildRequest(
                description=description,
                output_path=output_path,
                spec=spec,
                constraints=constraints,
                preferences=preferences,
                deadline=moment,
                offline=offline,
            )
        )
    return await wait_and_reply(ctx, orchestrator, started, wait_seconds)


def _check_combination(run_id: str, fresh: bool, cancel: bool, output_path: str) -> None:
    if cancel and not run_id:
        raise InvalidInputError("cancel needs a run_id.", hint="Call status to list the runs.")
    if run_id and fresh:
        raise InvalidInputError(
            "run_id resumes a build as it was asked for.",
            hint="Pass run_id alone, or leave it away to start a new build.",
        )
    if not run_id and not output_path:
        raise InvalidInputError(
            "build needs an output_path.",
            hint="Pass the absolute path of a new or empty directory.",
        )


def _cancelled(view: View) -> View:
    view.failed = False
    return view


BUILD = ToolSpec(
    name="build",
    title="Build a project",
    description=(
        "From a request to a validated project in one run: research, plan, generate, validate, "
        "fix. Use it for new projects. Returns the "
        "result, which says of each requirement whether it is proven, built or not_built, or a "
        "run_id to pass to status. To change a project use plan(project_id) and generate."
    ),
    toolset="creation",
    hints=Hints(read_only=False, destructive=True, idempotent=False, open_world=True),
    function=build,
    output={
        "run_id": "string",
        "status": "string",
        "success": "boolean",
        "project_id": "string",
        "project_path": "string",
        "requirements": "array",
        "checks": "array",
        "errors": "array",
        "start": "string",
    },
)
