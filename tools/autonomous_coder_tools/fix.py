"""The `fix` tool: mend what rules can mend, and say what is left."""

from __future__ import annotations

import mcp.types as t
from mcp.server.mcpserver import Context

from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Offline, ProjectId, ProjectPath, WaitSeconds
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def fix(
    ctx: Context[Services],
    path: ProjectPath = "",
    project_id: ProjectId = "",
    offline: Offline = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Fix a project."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    run_id = await orchestrator.start_fix(path, project_id, offline=offline)
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds)


FIX = ToolSpec(
    name="fix",
    title="Fix a project",
    description=(
        "Validate a project, try known repairs on a copy, keep only those that make the report "
        "strictly better, and return each remaining error with the source lines you need to mend "
        "it yourself. Use it when validate found errors. It weakens no test, adds no feature "
        "and takes a checkpoint first. After your own edits call validate."
    ),
    toolset="quality",
    hints=Hints(read_only=False, destructive=True, idempotent=False, open_world=True),
    function=fix,
    output={
        "run_id": "string",
        "status": "string",
        "passed": "boolean",
        "errors_before": "integer",
        "errors_after": "integer",
        "remaining": "array",
        "checkpoint_id": "string",
    },
)
