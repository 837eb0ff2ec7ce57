"""Which resources there are, and how their arguments are completed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mcp.server.mcpserver import MCPServer

from autonomous_coder.services import Services
from autonomous_coder_resources import knowledge_base, projects, reports, templates_index

RESOURCES: tuple[Callable[[MCPServer[Services]], None], ...] = (
    knowledge_base.register,
    templates_index.register,
    projects.register,
    reports.register,
)
"""One entry a URI family."""


async def complete_resource(
    template: str, argument: str, value: str, resolved: Mapping[str, str]
) -> list[str]:
    """Values for an argument of a resource template; none for an unknown one."""
    if template.startswith("kb://"):
        return await knowledge_base.complete(argument, value)
    if template.startswith("template://"):
        return await templates_index.complete(argument, value, resolved)
    if template.startswith("project://"):
        return await projects.complete(argument, value)
    return []
