"""The `status` tool: runs, projects and the server itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mcp.types as t
from mcp.server.mcpserver import Context

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.services import Services
from autonomous_coder_tools.parameters import Limit, Offset, ProjectId, RunId, WaitSeconds
from autonomous_coder_tools.reply import PageNote, View, reply
from autonomous_coder_tools.show.report import report_view
from autonomous_coder_tools.show.runs import run_facts
from autonomous_coder_tools.spec import Hints, ToolSpec
from autonomous_coder_tools.waiting import wait_and_reply

if TYPE_CHECKING:
    from autonomous_coder.models.results import ProjectStatus, ServerStatus
    from autonomous_coder.models.runs import Project, Run


async def status(
    ctx: Context[Services],
    run_id: RunId = "",
    project_id: ProjectId = "",
    wait_seconds: WaitSeconds = 0,
    limit: Limit = 20,
    offset: Offset = 0,
) -> t.CallToolResult:
    """Tell where a run, a project or the server stands."""
    if run_id and project_id:
        raise InvalidInputError(
            "Pass run_id or project_id, not both.", hint="Leave one away and call again."
        )
    orchestrator = await ctx.request_context.lifespan_context.orchestrator()
    if run_id:
        answer = await wait_and_reply(
            ctx, orchestrator, run_id, wait_seconds, offset=offset, limit=limit
        )
        answer.is_error = False
        return answer
    if project_id:
        found = await orchestrator.views.project_status(project_id)
        return reply(_project_view(found, offset=offset, limit=limit))
    return reply(
        _server_view(
            await orchestrator.views.server_status(limit=limit + 1, offset=offset),
            offset=offset,
            limit=limit,
        )
    )


def _run_line(run: Run) -> str:
    reason = f": {run.error}" if run.error else ""
    return f"- {run.run_id} {run.kind.value} {run.status.value} {run.percentage:.0f} %{reason}"


def _run_dict(run: Run) -> dict[str, Any]:
    return {**run_facts(run), "updated_at": run.updated_at.isoformat(), "error": run.error}


def _project_view(found: ProjectStatus, *, offset: int, limit: int) -> View:
    project = found.project
    target = f"project_id='{project.project_id}'"
    lines = [f"Project {project.project_id}: {project.name}", f"Directory: {project.path or '-'}"]
    data: dict[str, Any] = {
        "project": project.model_dump(mode="json"),
        "project_id": project.project_id,
        "runs": [_run_dict(run) for run in found.runs],
        "metrics": found.metrics,
    }
    if found.progress is not None:
        progress = found.progress
        lines.append(
            f"Plan: {progress.done} of {progress.total} tasks done, {progress.failed} failed "
            f"({progress.percentage:.0f} %)"
            + (f"; next: {', '.join(progress.next_tasks[:5])}" if progress.next_tasks else "")
        )
        data["progress"] = progress.model_dump(mode="json")
    lines += [_run_line(run) for run in found.runs]
    notes: list[PageNote] = []
    step = f"Call generate({target}, output_path=…) to write it."
    if project.path:
        step = f"Call validate({target})."
    if found.report is not None:
        view = report_view(found.report, offset=offset, limit=limit)
        lines += view.lines
        data["report"] = view.data
        notes = [replace(note, path=f"report.{note.path}") for note in view.truncated]
        step = view.next_step
    return View(lines, data, step, notes)


def _server_view(found: ServerStatus, *, offset: int, limit: int) -> View:
    projects, runs = found.projects[:limit], found.runs[:limit]
    sandbox = found.sandbox
    lines = [
        f"autonomous-coder {found.version}; state in {found.data_dir} (SQLite "
        f"{found.sqlite_version})",
        f"Projects may live under: {', '.join(found.allowed_roots)}",
        f"Sandbox level: {sandbox.level.value} ({', '.join(sandbox.layers) or 'no layers'})",
    ]
    lines += [f"- missing {m.layer}: {m.reason} {m.remedy}".rstrip() for m in sandbox.missing]
    lines += [f"Notice: {notice}" for notice in found.notices]
    lines.append(f"Projects ({len(projects)} shown):")
    lines += [_project_line(project) for project in projects]
    lines.append(f"Runs ({len(runs)} shown):")
    lines += [_run_line(run) for run in runs]
    data = found.model_dump(mode="json", exclude={"projects", "runs"})
    data["projects"] = [p.model_dump(mode="json") for p in projects]
    data["runs"] = [_run_dict(run) for run in runs]
    notes = [
        PageNote("projects", offset, len(projects), offset + len(found.projects), open_ended=True),
        PageNote("runs", offset, len(runs), offset + len(found.runs), open_ended=True),
    ]
    return View(lines, data, "Call status with a run_id or project_id for one of them.", notes)


def _project_line(project: Project) -> str:
    return f"- {project.project_id} {project.name} {project.path or '(not written yet)'}"


STATUS = ToolSpec(
    name="status",
    title="Status",
    description=(
        "Where a run or a project stands, or with neither an overview of this server: sandbox, "
        "projects, runs. After a long call returned a run_id, call this with run_id and "
        "wait_seconds=45 until status is no longer 'running'; it then holds the full result. Page "
        "long lists with offset and limit."
    ),
    toolset="state",
    hints=Hints(read_only=True, destructive=False, idempotent=True, open_world=False),
    function=status,
    output={
        "run_id": "string",
        "status": "string",
        "percentage": "number",
        "project": "object",
        "report": "object",
        "projects": "array",
        "runs": "array",
    },
)
