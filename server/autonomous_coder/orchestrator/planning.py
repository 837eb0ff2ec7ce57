"""From a request to a plan, of a new project or of one that is there, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.errors import NotFoundError
from autonomous_coder.models.adoption import Adoption
from autonomous_coder.models.planning import Plan
from autonomous_coder.models.results import PlanResult
from autonomous_coder.models.runs import Project
from autonomous_coder.models.spec import MAX_DESCRIPTION_CHARS, ProjectSpec
from autonomous_coder.models.technology import Resolution
from autonomous_coder.orchestrator.adopting import Adopting, without_switch
from autonomous_coder.orchestrator.replanning import carried_over, without_doubles
from autonomous_coder.orchestrator.settled import settled
from autonomous_coder.orchestrator.steps import Engines, make_plan


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is made from, in the caller's words."""

    description: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    constraints: Mapping[str, str] = field(default_factory=dict)
    preferences: Mapping[str, str] = field(default_factory=dict)

    def as_state(self) -> dict[str, Any]:
        """The same as JSON can say it."""
        return {
            "description": self.description,
            "spec": dict(self.spec),
            "constraints": dict(self.constraints),
            "preferences": dict(self.preferences),
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that is not kept yet, with what it was made from."""

    asked: Asked
    plan: Plan
    adoption: Adoption | None


class Planning:
    """Makes plans, and keeps them with their projects."""

    def __init__(self, engines: Engines, adopting: Adopting) -> None:
        self._e = engines
        self._adopting = adopting

    async def kept(self, project: Project) -> Planned:
        """The plan that a project has.

        Raises:
            NotFoundError: it has none.
        """
        state = await self._e.store.load_state(project.project_id, "plan")
        if state is None:
            raise NotFoundError(
                f"Project {project.project_id} has no plan yet.", hint="Call plan first."
            )
        return Planned(Asked(), Plan.model_validate(state), await self._adopting.of(project))

    async def make(self, project: Project | None, asked: Asked, *, offline: bool) -> Planned:
        """Understand a request and plan it; nothing is kept. With a project what was asked and
        decided before stays, but for what is asked now."""
        if project is not None:
            asked = await self._carried_over(project, asked)
        adoption = await self._adopting.look(asked.spec, project)
        if adoption is not None:
            spec = await self._adopting.understand(adoption, asked.as_state())
            return Planned(asked, self._adopting.plan(without_doubles(spec), adoption), adoption)
        asked = Asked(
            asked.description, without_switch(asked.spec), asked.constraints, asked.preferences
        )
        intelligence = await self._e.intelligence()
        analysed = intelligence.analyze_requirements(
            asked.description,
            host_spec=asked.spec,
            constraints=asked.constraints,
            preferences=asked.preferences,
            **await settled(self._e.store, project),
        )
        analysed = self._e.generator().bound(without_doubles(analysed))
        resolution = await self._resolve(analysed, offline=offline)
        return Planned(asked, make_plan(intelligence, self._e.planner, analysed, resolution), None)

    async def keep(self, project: Project | None, planned: Planned) -> PlanResult:
        """Keep what was planned; a project that is not there yet is made."""
        store, plan = self._e.store, planned.plan
        if project is None:
            told = planned.asked.description[:MAX_DESCRIPTION_CHARS]
            project = await store.create_project(plan.spec.name, description=told)
        await self._adopting.keep(project, planned.adoption)
        await store.save_state(project.project_id, "request", planned.asked.as_state())
        await store.save_state(project.project_id, "plan", plan.model_dump(mode="json"))
        if plan.stack.resolution is not None:
            resolved = plan.stack.resolution.model_dump(mode="json")
            await store.save_state(project.project_id, "resolution", resolved)
        await store.audit("plan", project.project_id, name=project.name)
        return PlanResult(project_id=project.project_id, plan=plan)

    async def _carried_over(self, project: Project, asked: Asked) -> Asked:
        """What is asked now over what was asked and decided before."""
        before = await self._e.store.load_state(project.project_id, "request") or {}
        told = before.get("description") or project.description
        if asked.description not in ("", told):
            return asked
        state = await self._e.store.load_state(project.project_id, "plan")
        if state is None:
            return Asked(told, asked.spec, asked.constraints, asked.preferences)
        decided = Plan.model_validate(state).spec
        return Asked(
            told,
            carried_over(before.get("spec", {}), decided, asked.spec),
            {**before.get("constraints", {}), **asked.constraints},
            {**before.get("preferences", {}), **asked.preferences},
        )

    async def _resolve(self, spec: ProjectSpec, *, offline: bool) -> Resolution:
        dependencies = self._e.generator().dependencies(spec)
        return await self._e.research.resolve(
            dependencies, offline=offline or self._e.settings.research.offline
        )
