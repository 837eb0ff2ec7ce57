"""`project://`: the plan, report and metrics of a project."""

from __future__ import annotations

import json

from mcp.server.mcpserver import MCPServer

from autonomous_coder.errors import NotFoundError
from autonomous_coder.services import Services
from autonomous_coder_resources.access import CURRENT, matching, told_plainly

PLAN = "project://{project_id}/plan"
REPORT = "project://{project_id}/report"
METRICS = "project://{project_id}/metrics"
MAX_PROJECTS = 200


def register(server: MCPServer[Services]) -> None:
    """Offer plan, report and metrics of every project."""
    for template, name, title, description, function in (
        (PLAN, "project-plan", "Project: plan", "Spec, stack and tasks as decided.", read_plan),
        (REPORT, "project-report", "Project: report", "The latest validation.", read_report),
        (METRICS, "project-metrics", "Project: metrics", "Times and counts.", read_metrics),
    ):
        server.resource(
            template,
            name=name,
            title=title,
            description=f"{description} Ids come from plan, build and status.",
            mime_type="application/json",
        )(function)


async def read_plan(project_id: str) -> str:
    """The whole plan as JSON."""
    with told_plainly():
        orchestrator = await CURRENT.get().orchestrator()
        plan = await orchestrator.views.project_plan(project_id)
    return plan.model_dump_json(indent=1)


async def read_report(project_id: str) -> str:
    """The latest validation report as JSON, every finding included."""
    with told_plainly():
        orchestrator = await CURRENT.get().orchestrator()
        found = await orchestrator.views.project_status(project_id)
        if found.report is None:
            raise NotFoundError(
                f"Project {project_id} has not been validated yet.", hint="Call validate first."
            )
    return found.report.model_dump_json(indent=1)


async def read_metrics(project_id: str) -> str:
    """Numbers by name as JSON."""
    with told_plainly():
        orchestrator = await CURRENT.get().orchestrator()
        found = await orchestrator.views.project_status(project_id)
    return json.dumps(found.metrics, indent=1)


async def complete(argument: str, value: str) -> list[str]:
    """Ids of known projects, newest first."""
    if argument != "project_id":
        return []
    orchestrator = await CURRENT.get().orchestrator()
    projects = await orchestrator.views.projects(limit=MAX_PROJECTS)
    return matching([project.project_id for project in projects], value)
