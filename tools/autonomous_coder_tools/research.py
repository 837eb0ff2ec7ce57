"""The `research` tool: current facts about packages."""

from __future__ import annotations

from typing import Annotated

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Limit, Offline, Offset, WaitSeconds
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def research(
    ctx: Context[Services],
    packages: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(
            max_length=100,
            description="1-100 references: ecosystem:name[@range], e.g. pypi:fastapi, "
            "npm:react@^19, crates:serde, go:github.com/gin-gonic/gin, maven:group:artifact.",
        ),
    ],
    joint: Annotated[
        bool,
        Field(description="Also find the newest versions that install together (pypi only)."),
    ] = False,
    runtime: Annotated[
        str, Field(max_length=100, description="With joint: Python range, e.g. '>=3.11'.")
    ] = "",
    offline: Offline = False,
    limit: Limit = 50,
    offset: Offset = 0,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Look packages up."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    run_id = await orchestrator.start_research(
        packages, joint=joint, runtime=runtime, offline=offline
    )
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds, offset=offset, limit=limit)


RESEARCH = ToolSpec(
    name="research",
    title="Research packages",
    description=(
        "Look up current facts about packages live: newest stable version, release date, runtime, "
        "deprecations, each with source and age. Use it before naming any version; do not rely on "
        "memory. Not needed before plan or build, which look versions up themselves."
    ),
    toolset="facts",
    hints=Hints(read_only=True, destructive=False, idempotent=True, open_world=True),
    function=research,
    output={
        "packages": "array",
        "resolutions": "array",
    },
)
