"""The planner: what is done, in which order, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.engines.planner import graph
from autonomous_coder.engines.planner.tasks import decompose
from autonomous_coder.models.planning import (
    PHASES,
    Architecture,
    Complexity,
    Milestone,
    Phase,
    Plan,
    ProgressReport,
    Risk,
    Schedule,
    Task,
    TaskStatus,
)
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import TechStack

_OVER = {TaskStatus.DONE, TaskStatus.SKIPPED}
_MILESTONES = {
    Phase.UNDERSTANDING: "The request is understood",
    Phase.RESEARCH: "Versions are known",
    Phase.PLANNING: "The plan stands",
    Phase.IMPLEMENTATION: "The project is written",
    Phase.VALIDATION: "Every check was run",
    Phase.REFINEMENT: "What was found is mended",
}


class Planner:
    """Plans are deterministic: the same spec and stack give the same plan."""

    def create_implementation_plan(
        self,
        spec: ProjectSpec,
        stack: TechStack,
        architecture: Architecture,
        complexity: Complexity,
        risks: Sequence[Risk],
    ) -> Plan:
        """The whole plan: tasks, milestones (one a phase) and a schedule for four workers."""
        plan = Plan(
            spec=spec,
            stack=stack,
            architecture=architecture,
            complexity=complexity,
            risks=list(risks),
        )
        tasks = self.decompose_tasks(plan)
        milestones = [
            Milestone(name=_MILESTONES[phase], tasks=[t.id for t in tasks if t.phase is phase])
            for phase in PHASES
        ]
        return plan.model_copy(
            update={
                "tasks": tasks,
                "milestones": [m for m in milestones if m.tasks],
                "schedule": self.schedule_tasks(tasks),
            }
        )

    def decompose_tasks(self, plan: Plan) -> list[Task]:
        """The tasks of all phases, each after those it depends on."""
        return decompose(plan)

    def analyze_dependencies(self, tasks: Sequence[Task]) -> dict[str, list[str]]:
        """Task id -> ids it waits for.

        Raises:
            InvalidInputError: an id is unknown or listed twice, or there is a cycle; it is named.
        """
        return graph.dependencies(tasks)

    def schedule_tasks(self, tasks: Sequence[Task], *, workers: int = 4) -> Schedule:
        """Waves of at most `workers` tasks that can run side by side, and the critical path."""
        return graph.schedule(tasks, workers)

    def track_progress(self, plan: Plan) -> ProgressReport:
        """How far a plan is, weighted by effort; `next_tasks` wait for nothing any more."""
        over = {task.id for task in plan.tasks if task.status in _OVER}
        effort = sum(task.effort for task in plan.tasks)
        done = sum(task.effort for task in plan.tasks if task.id in over)
        return ProgressReport(
            total=len(plan.tasks),
            done=len(over),
            failed=sum(task.status is TaskStatus.FAILED for task in plan.tasks),
            percentage=round(100 * done / effort, 1) if effort else 100.0,
            next_tasks=[
                task.id
                for task in plan.tasks
                if task.status is TaskStatus.PENDING and over.issuperset(task.depends_on)
            ],
        )
