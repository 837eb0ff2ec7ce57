"""`report://`: a stored validation report as JSON, SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

import json

from mcp.server.mcpserver import MCPServer

from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.services import Services
from autonomous_coder_resources.access import CURRENT, told_plainly

JSON = "report://{report_id}/json"
SARIF = "report://{report_id}/sarif"
JUNIT = "report://{report_id}/junit"


def register(server: MCPServer[Services]) -> None:
    """Offer every report that is still kept, in three formats."""
    for template, name, title, description, mime_type, function in (
        (JSON, "report", "Report", "All of it.", "application/json", read_json),
        (SARIF, "report-sarif", "Report: SARIF", "As SARIF.", "application/sarif+json", read_sarif),
        (JUNIT, "report-junit", "Report: JUnit", "As JUnit.", "application/xml", read_junit),
    ):
        server.resource(
            template,
            name=name,
            title=title,
            description=f"A validation report. {description} Ids come from validate.",
            mime_type=mime_type,
        )(function)


async def read_json(report_id: str) -> str:
    """The whole report as JSON, every finding included."""
    return (await _report(report_id)).model_dump_json(indent=1)


async def read_sarif(report_id: str) -> str:
    """The findings as SARIF 2.1.0."""
    from autonomous_coder.engines.validator import to_sarif

    return json.dumps(to_sarif(await _report(report_id)), indent=1)


async def read_junit(report_id: str) -> str:
    """The checks as JUnit XML."""
    from autonomous_coder.engines.validator import to_junit

    return to_junit(await _report(report_id))


async def _report(report_id: str) -> ValidationReport:
    with told_plainly():
        orchestrator = await CURRENT.get().orchestrator()
        return await orchestrator.views.report(report_id)
