"""Results of the operations that have no model of their own elsewhere."""

from __future__ import annotations

from pydantic import Field

from autonomous_coder.models.base import Model
from autonomous_coder.models.execution import SandboxStatus
from autonomous_coder.models.generation import GenerationResult
from autonomous_coder.models.knowledge import DocPassage, KnowledgeDocument, KnowledgeHit
from autonomous_coder.models.planning import Plan, ProgressReport
from autonomous_coder.models.runs import Project, Run
from autonomous_coder.models.technology import Change, Resolution, TechInfo
from autonomous_coder.models.validation import ValidationReport


class ResearchResult(Model):
    """Facts about packages; with a joint question the sets that install together, one for each
    ecosystem; passages of documentation; what changed since what is remembered."""

    packages: list[TechInfo] = Field(default_factory=list)
    resolutions: list[Resolution] = Field(default_factory=list)
    compatible: bool | None = None
    conflict: list[str] = Field(default_factory=list)
    """A smallest set of what was asked for that cannot be had together."""
    nearest: list[Resolution] = Field(default_factory=list)
    """With a conflict: sets close to what was asked for that do install together."""
    passages: list[DocPassage] = Field(default_factory=list)
    changes: list[Change] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)


class PlanResult(Model):
    """A plan and the handle under which it is kept."""

    project_id: str
    plan: Plan


class GeneratedProject(Model):
    """What generation did, and where."""

    project_id: str
    result: GenerationResult
    checkpoint_id: str = ""


class ProjectStatus(Model):
    """What is known of one project."""

    project: Project
    progress: ProgressReport | None = None
    runs: list[Run] = Field(default_factory=list)
    report: ValidationReport | None = None
    metrics: dict[str, float] = Field(default_factory=dict)


class ServerStatus(Model):
    """What this server is, where its state lives, and what it has been doing."""

    version: str
    data_dir: str
    sqlite_version: str
    allowed_roots: list[str]
    sandbox: SandboxStatus
    projects: list[Project] = Field(default_factory=list)
    runs: list[Run] = Field(default_factory=list)
    metrics: dict[str, float] = Field(default_factory=dict)
    notices: list[str] = Field(default_factory=list)


class KnowledgeResult(Model):
    """Hits of a search, or one document."""

    hits: list[KnowledgeHit] = Field(default_factory=list)
    document: KnowledgeDocument | None = None
    topics: list[str] = Field(default_factory=list)


class DoctorItem(Model):
    """One thing this machine has or lacks. `remedy` is a command or a sentence."""

    name: str
    ok: bool
    required: bool
    detail: str
    remedy: str = ""


class DoctorReport(Model):
    """What is there, and what to do about what is missing."""

    ok: bool
    items: list[DoctorItem]
