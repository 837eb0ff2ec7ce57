"""What a project's files settle for plans to come."""

from __future__ import annotations

from autonomous_coder.models.runs import Project
from autonomous_coder.store.store import Store


async def settled_language(store: Store, project: Project | None) -> str:
    """The language the project was written in; empty before anything was."""
    if project is None or await store.load_state(project.project_id, "baseline") is None:
        return ""
    plan = await store.load_state(project.project_id, "plan")
    return str(plan["spec"]["language"]) if plan else ""
