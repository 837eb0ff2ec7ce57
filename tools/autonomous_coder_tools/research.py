"""The `research` tool: current facts about packages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.questions import MAX_PACKAGES, MAX_TOPIC_CHARS, ResearchQuestion
from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Limit, Offline, Offset, WaitSeconds
from autonomous_coder_tools.spec import DEFAULT_WAIT_SECONDS, Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply


async def research(
    ctx: Context[Services],
    packages: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(
            default_factory=list,
            max_length=MAX_PACKAGES,
            description="ecosystem:name[@range], e.g. pypi:fastapi, npm:react@^19, crates:serde, "
            "go:github.com/gin-gonic/gin, maven:group:artifact.",
        ),
    ],
    known: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            max_length=MAX_PACKAGES,
            description="Versions you remember, e.g. {'pypi:pydantic': '1.10'}.",
        ),
    ],
    topic: Annotated[
        str,
        Field(
            max_length=MAX_TOPIC_CHARS,
            description="A question; with packages, asked of their documentation.",
        ),
    ] = "",
    url: Annotated[str, Field(max_length=2_000, description="A page to read.")] = "",
    joint: Annotated[
        bool,
        Field(
            description="Also find the newest versions that install together, and what holds back."
        ),
    ] = False,
    runtime: Annotated[
        str,
        Field(max_length=200, description="With joint, e.g. '>=3.11' or 'python >=3.11, node 20'."),
    ] = "",
    since: Annotated[
        str,
        Field(
            max_length=10,
            description="Or the day your knowledge ends, e.g. 2025-01-31.",
        ),
    ] = "",
    offline: Offline = False,
    limit: Limit = 50,
    offset: Offset = 0,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Look packages up."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    question = ResearchQuestion(
        packages=packages,
        topic=topic,
        url=url,
        joint=joint,
        runtime=runtime,
        known=known,
        since=a_day(since),
        offline=offline,
    )
    run_id = await orchestrator.researching.start(question)
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds, offset=offset, limit=limit)


def a_day(text: str) -> date | None:
    """The day an ISO date names, or None for an empty text.

    Raises:
        InvalidInputError: there is no such day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInputError(
            f"There is no day '{text}'.", hint="Write it like 2025-01-31."
        ) from error


RESEARCH = ToolSpec(
    name="research",
    title="Research packages",
    description=(
        "Current facts, live, each with source and age: newest versions and deprecations "
        "(packages), sets that install together (joint), what changed since your memory (known or "
        "since), documentation (topic, url). Use it before naming a version or an API you are "
        "unsure of. plan and build look versions up themselves."
    ),
    toolset="facts",
    hints=Hints(read_only=True, destructive=False, idempotent=True, open_world=True),
    function=research,
    output={
        "packages": "array",
        "resolutions": "array",
        "passages": "array",
        "changes": "array",
    },
)
