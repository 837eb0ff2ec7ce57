"""The `validate` tool: check a project in the sandbox, or read on in a report."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import mcp.types as t
from mcp.server.mcpserver import Context
from pydantic import Field

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Offline, ProjectId, ProjectPath, WaitSeconds
from autonomous_coder_tools.reply import reply
from autonomous_coder_tools.show.report import page_view
from autonomous_coder_tools.spec import (
    DEFAULT_WAIT_SECONDS,
    MAX_ID,
    MAX_PATH,
    Hints,
    ToolSpec,
)
from autonomous_coder_tools.waiting import wait_and_reply

_CURSOR = re.compile(r"(rep_[A-Za-z0-9_-]{1,80}):([0-9]{1,7})")


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
            description="Only these, e.g. ['types', 'tests']; empty for all.",
        ),
    ],
    paths: Annotated[
        list[Annotated[str, Field(max_length=MAX_PATH)]],
        Field(
            default_factory=list,
            max_length=500,
            description="Check only these files or directories of it.",
        ),
    ],
    changed: Annotated[
        bool, Field(description="Check only files changed since the last validation.")
    ] = False,
    level: Annotated[Literal["", "L2", "L3"], Field(description="Sandbox level demanded.")] = "",
    cursor: Annotated[
        str, Field(max_length=MAX_ID, description="From a result: read on, validate nothing.")
    ] = "",
    offline: Offline = False,
    wait_seconds: WaitSeconds = DEFAULT_WAIT_SECONDS,
) -> t.CallToolResult:
    """Validate a project, or read on in a report."""
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    if cursor:
        report_id, offset = _position(cursor, other=bool(path or project_id))
        return reply(page_view(await orchestrator.views.report(report_id), offset))
    run_id = await orchestrator.start_validate(
        path, project_id, checks, paths=paths, changed=changed, level=level, offline=offline
    )
    return await wait_and_reply(ctx, orchestrator, run_id, wait_seconds)


def _position(cursor: str, *, other: bool) -> tuple[str, int]:
    """The report and the finding at which to read on."""
    found = _CURSOR.fullmatch(cursor)
    if found is None or other:
        raise InvalidInputError(
            "A cursor stands alone: it names the report itself."
            if found
            else "This cursor is none that validate gave.",
            hint="Pass only a cursor, as the result of validate names it, or only a project.",
        )
    return found[1], int(found[2])


VALIDATE = ToolSpec(
    name="validate",
    title="Validate a project",
    description=(
        "Check a project on a copy, in a sandbox: syntax, dependencies, build, lint, types, tests, "
        "start-up, security, format; says what to mend first. Any project directory works; its "
        "files are not touched (use fix for that). Use it after every change and before calling "
        "work done."
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
