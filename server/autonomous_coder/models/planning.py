"""Plans: tasks with dependencies, milestones, complexity and risks."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from autonomous_coder.models.base import Model
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import TechStack


class TaskStatus(StrEnum):
    """What the server observed, never what a caller claims."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Phase(StrEnum):
    """The six phases of a build, in order."""

    UNDERSTANDING = "understanding"
    RESEARCH = "research"
    PLANNING = "planning"
    IMPLEMENTATION = "implementation"
    VALIDATION = "validation"
    REFINEMENT = "refinement"


PHASES: tuple[Phase, ...] = tuple(Phase)


class Task(Model):
    """One unit of work. `effort` is relative (1 = smallest); `files` are what it will touch."""

    id: str
    title: str
    phase: Phase = Phase.IMPLEMENTATION
    depends_on: list[str] = Field(default_factory=list)
    requirements: list[str] = Field(default_factory=list)
    effort: int = Field(default=1, ge=1, le=100)
    priority: int = Field(default=3, ge=1, le=5)
    files: list[str] = Field(default_factory=list)
    status: TaskStatus = TaskStatus.PENDING


class Milestone(Model):
    """A point at which something can be shown."""

    name: str
    tasks: list[str]


class Risk(Model):
    """Something that may go wrong, and what is done about it."""

    title: str
    severity: str
    mitigation: str


class Complexity(Model):
    """`score` 1..100 with the factors that made it; `level` is simple, medium or complex."""

    score: int = Field(ge=1, le=100)
    level: str
    factors: dict[str, int] = Field(default_factory=dict)


class Architecture(Model):
    """The shape of the project: pattern, its layers from the outside in, and why."""

    pattern: str
    layers: list[str]
    reason: str


class Schedule(Model):
    """Waves of tasks that can run side by side, and the longest chain."""

    waves: list[list[str]]
    critical_path: list[str]
    total_effort: int
    critical_effort: int


class Plan(Model):
    """Everything decided before a file is written."""

    spec: ProjectSpec
    stack: TechStack
    architecture: Architecture
    complexity: Complexity
    risks: list[Risk] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    milestones: list[Milestone] = Field(default_factory=list)
    schedule: Schedule | None = None


class ProgressReport(Model):
    """How far a plan is."""

    total: int
    done: int
    failed: int
    percentage: float
    next_tasks: list[str]
