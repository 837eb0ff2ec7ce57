"""Long calls: wait for a run for a while, telling the client how it goes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import anyio
import mcp.types as t
from mcp.server.mcpserver import Context

from autonomous_coder.services import Services
from autonomous_coder_tools.reply import reply
from autonomous_coder_tools.show.runs import run_view

if TYPE_CHECKING:
    from autonomous_coder.models.runs import Progress, Run
    from autonomous_coder.orchestrator.orchestrator import Orchestrator

_STEP = 0.01


async def wait_and_reply(
    ctx: Context[Services],
    orchestrator: Orchestrator,
    run_id: str,
    wait_seconds: float,
    *,
    offset: int = 0,
    limit: int = 50,
) -> t.CallToolResult:
    """The run's result, or after `wait_seconds` where it stands. A failed run is an error."""
    live = run_id in orchestrator.runs.live_ids()
    run = await wait_for_run(ctx, orchestrator, run_id, wait_seconds)
    view = run_view(run, offset=offset, limit=limit)
    if live and run.status.value == "succeeded":
        await announce(ctx, run.project_id, run.kind.value)
    return reply(view)


async def wait_for_run(
    ctx: Context[Services], orchestrator: Orchestrator, run_id: str, seconds: float
) -> Run:
    """The run's record once it is done, or after `seconds`; progress is reported meanwhile.

    Raises:
        NotFoundError: unknown id.
    """
    started = anyio.current_time()
    with anyio.move_on_after(seconds):
        await _report(ctx, orchestrator, run_id)
    left = max(0.0, seconds - (anyio.current_time() - started))
    return await orchestrator.runs.wait(run_id, left)


async def _report(ctx: Context[Services], orchestrator: Orchestrator, run_id: str) -> None:
    """Progress must rise with each notification, so equal percentages are told a little apart."""
    told = -1.0
    watching = cast("AsyncGenerator[Progress]", orchestrator.runs.watch(run_id))
    async with aclosing(watching) as progresses:
        async for progress in progresses:
            value = max(progress.percentage, told + _STEP)
            if value <= 100:
                await ctx.report_progress(value, 100, progress.current_task)
                told = value


_RESOURCES = {
    "plan": ("plan",),
    "generate": ("plan",),
    "validate": ("report", "metrics"),
    "fix": ("report", "metrics"),
    "build": ("plan", "report", "metrics"),
}


async def announce(ctx: Context[Services], project_id: str, kind: str) -> None:
    """Tell subscribers, in both protocol eras, which resources of the project have changed."""
    for part in _RESOURCES.get(kind, ()) if project_id else ():
        uri = f"project://{project_id}/{part}"
        await ctx.notify_resource_updated(uri)
        await ctx.session.send_resource_updated(uri)
