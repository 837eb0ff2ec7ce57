"""The `generate` tool: from a plan to files."""

from __future__ import annotations

from typing import Annotated

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Offline, OutputPath, WaitSeconds
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, MAX_ID, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def generate(
    ctx: Context[Services],
    project_id: Annotated[
        str, Field(min_length=1, max_length=MAX_ID, description="The id that plan returned.")
    ],
    output_path: OutputPath = "",
    preview: Annotated[
        bool, Field(description="Only show what would change; writes nothing.")
    ] = False,
    offline: Offline = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Write a planned project."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    run_id = await orchestrator.start_generate(
        project_id, output_path, preview=preview, offline=offline
    )
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds)


GENERATE = ToolSpec(
    name="generate",
    title="Generate files",
    description=(
        "Write the files of a planned project to disk. Needs plan first, output_path the first "
        "time or after a move. Into a project generated before, changes are merged three-way: "
        "edits made by hand are kept, conflicts shown, a checkpoint taken first. Follow with "
        "validate. Not for editing single files: do that yourself."
    ),
    toolset="creation",
    hints=Hints(read_only=False, destructive=True, idempotent=True, open_world=True),
    function=generate,
    output={
        "run_id": "string",
        "status": "string",
        "project_id": "string",
        "path": "string",
        "changes": "array",
        "conflicts": "integer",
    },
)
