"""Runs: one execution with steps, progress and result; the seed's build request and result."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from autonomous_coder.models.base import Model
from autonomous_coder.models.planning import Phase
from autonomous_coder.models.spec import Requirement
from autonomous_coder.models.validation import Diagnostic, Excerpt


class RunKind(StrEnum):
    BUILD = "build"
    GENERATE = "generate"
    VALIDATE = "validate"
    FIX = "fix"
    PLAN = "plan"
    RESEARCH = "research"


class RunStatus(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    """The work was carried out; a validation that found errors has succeeded, too."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Its process ended before the run did; it can be resumed."""


class Step(Model):
    """One phase of a run, as recorded."""

    name: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None = None
    duration_s: float = 0.0
    summary: str = ""
    checkpoint_id: str = ""


class Progress(Model):
    """Where a run stands. `percentage` never goes down within a run."""

    run_id: str
    percentage: float = Field(ge=0, le=100)
    current_task: str
    phase: Phase | None = None


class Run(Model):
    """The record of one execution; `result` is the tool's result once it is done."""

    run_id: str
    kind: RunKind
    status: RunStatus
    project_id: str = ""
    created_at: datetime
    updated_at: datetime
    percentage: float = 0.0
    current_task: str = ""
    steps: list[Step] = Field(default_factory=list)
    request: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: str = ""
    error_code: str = ""
    hint: str = ""
    attempts: int = 1


class Project(Model):
    """A project this server knows: a handle for a path and everything decided about it."""

    project_id: str
    name: str
    path: str = ""
    created_at: datetime
    updated_at: datetime
    description: str = ""


class BuildRequest(Model):
    """The seed's BuildRequest, plus the parts of a spec the caller already knows."""

    description: str = ""
    output_path: str = ""
    spec: dict[str, Any] = Field(default_factory=dict)
    constraints: dict[str, str] = Field(default_factory=dict)
    preferences: dict[str, str] = Field(default_factory=dict)
    deadline: datetime | None = None
    offline: bool = False


class CheckSummary(Model):
    """One line of a build's verdict."""

    name: str
    status: str
    level: str = ""
    duration_s: float = 0.0
    summary: str = ""
    informational: bool = False
    """Reported, but does not decide the verdict."""


class SandboxSummary(Model):
    """How project code was contained during a build."""

    level: str
    layers: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    network: str = "none"


class Metrics(Model):
    """What a build cost. Seconds per phase, counts of what was made."""

    duration_s: float = 0.0
    phases: dict[str, float] = Field(default_factory=dict)
    files: int = 0
    lines: int = 0
    tests: int = 0
    dependencies: int = 0
    dependencies_current: int = 0
    fixes: int = 0
    attempts: int = 1


class BuildResult(Model):
    """The seed's BuildResult, plus the requirement table and what stands behind the verdict."""

    success: bool
    project_path: str
    project_id: str
    run_id: str
    tech_stack: dict[str, str] = Field(default_factory=dict)
    requirements: list[Requirement] = Field(default_factory=list)
    checks: list[CheckSummary] = Field(default_factory=list)
    sandbox: SandboxSummary
    metrics: Metrics = Field(default_factory=Metrics)
    errors: list[Diagnostic] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    remaining: list[Excerpt] = Field(default_factory=list)
    assumptions: list[str] = Field(default_factory=list)
    questions: list[str] = Field(default_factory=list)
    tree_hash: str = ""
    start: str = ""
    test: str = ""
