"""The `validate` tool: check a project in the sandbox."""

from __future__ import annotations

from typing import Annotated

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Offline, ProjectId, ProjectPath, WaitSeconds
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def validate(
    ctx: Context[Services],
    *,
    path: ProjectPath = "",
    project_id: ProjectId = "",
    checks: Annotated[
        list[Annotated[str, Field(max_length=60)]],
        Field(
            default_factory=list,
            max_length=50,
            description="Only these checks, e.g. ['types', 'tests']; empty for all.",
        ),
    ],
    offline: Offline = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Validate a project."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    run_id = await orchestrator.start_validate(path, project_id, checks, offline=offline)
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds)


VALIDATE = ToolSpec(
    name="validate",
    title="Validate a project",
    description=(
        "Check a project on a copy, in a sandbox: syntax, format, lint, types, security, "
        "dependencies, build, tests, start-up. Pass path or project_id; any project directory "
        "works. Use it after every change and before calling work done. "
        "Its files are not touched; to mend findings use fix."
    ),
    toolset="quality",
    hints=Hints(read_only=False, destructive=False, idempotent=True, open_world=True),
    function=validate,
    output={
        "run_id": "string",
        "status": "string",
        "passed": "boolean",
        "complete": "boolean",
        "checks": "array",
        "diagnostics": "array",
    },
)
