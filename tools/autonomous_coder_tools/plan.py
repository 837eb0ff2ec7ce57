"""The `plan` tool: from a request to spec, stack and tasks."""

from __future__ import annotations

import mcp.types as t
from mcp.server.mcpserver import Context

from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import (
    Constraints,
    Deadline,
    Description,
    Offline,
    Preferences,
    ProjectId,
    Spec,
    WaitSeconds,
)
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def plan(
    ctx: Context[Services],
    *,
    description: Description = "",
    spec: Spec,
    constraints: Constraints,
    preferences: Preferences,
    deadline: Deadline = "",
    project_id: ProjectId = "",
    offline: Offline = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Plan a project."""
    from autonomous_coder.orchestrator.deadline import parse_deadline

    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    run_id = await orchestrator.start_plan(
        description,
        spec=spec,
        constraints=constraints,
        preferences=preferences,
        project_id=project_id,
        offline=offline,
        deadline=parse_deadline(deadline),
    )
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds)


PLAN = ToolSpec(
    name="plan",
    title="Plan a project",
    description=(
        "Turn a request into a spec (entities, features, requirements), a stack of current "
        "versions with reasons, architecture, risks, tasks and open questions; returns a "
        "project_id and writes no files. Use it first when working step by step; follow with "
        "generate. Pass project_id to change a plan: what spec does not name stays. "
        "build does everything in one call."
    ),
    toolset="creation",
    hints=Hints(read_only=False, destructive=False, idempotent=False, open_world=True),
    function=plan,
    output={
        "run_id": "string",
        "project_id": "string",
        "spec": "object",
        "tech_stack": "object",
        "tasks": "array",
    },
)
