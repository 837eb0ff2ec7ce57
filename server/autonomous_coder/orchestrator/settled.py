"""What a project's files settle for plans to come."""

from __future__ import annotations

from autonomous_coder.models.runs import Project
from autonomous_coder.orchestrator.written import GENERATION, record_of
from autonomous_coder.store.store import Store


async def settled(store: Store, project: Project | None) -> dict[str, str]:
    """The language the project was written in, with which framework, and the kind of software that
    it is, as `analyze_requirements` takes them; empty before anything was written."""
    if project is None:
        return {}
    record = await record_of(store, project.project_id)
    if record is None and await store.load_state(project.project_id, GENERATION) is None:
        return {}
    plan = await store.load_state(project.project_id, "plan")
    spec = (record and record.spec) or (plan["spec"] if plan else {})
    return {
        "settled_language": str(spec.get("language", "")),
        "settled_kind": str(spec.get("archetype", "")),
        "settled_framework": str(spec.get("framework", "")),
    }
