"""Values for the arguments of prompts: projects this server knows."""

from __future__ import annotations

from autonomous_coder.services import Services

MAX_PROJECTS = 100


async def complete_prompt(services: Services, name: str, argument: str, value: str) -> list[str]:
    """Known project ids or paths that hold what was typed; none for free text."""
    if (name, argument) not in {("add_feature", "project_id"), ("repair_project", "path")}:
        return []
    orchestrator = await services.orchestrator()
    projects = await orchestrator.views.projects(limit=MAX_PROJECTS)
    found = [p.project_id if argument == "project_id" else p.path for p in projects]
    typed = value.lower()
    return [text for text in dict.fromkeys(found) if text and typed in text.lower()]
