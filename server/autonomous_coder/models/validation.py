"""Diagnostics, checks and reports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from autonomous_coder.models.base import Model
from autonomous_coder.models.execution import MissingLayer, SandboxLevel
from autonomous_coder.models.spec import Requirement


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Edit(Model):
    """Replace the text between two positions (1-based line and column, end exclusive)."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


class Diagnostic(Model):
    """One finding. `path` is relative to the project with '/'; line and column are 1-based, 0 when
    the finding has no place. `fingerprint` is equal for equal mistakes in other places."""

    tool: str
    code: str
    severity: Severity
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    fingerprint: str = ""
    url: str = ""
    edits: list[Edit] = Field(default_factory=list)
    safe: bool = False
    """Whether the tool calls its own `edits` safe."""


TEST_DELETED = "deleted-test"
TEST_SKIPPED = "skipped-test"
TEST_WEAKENED = "weakened-test"
"""Codes of findings on tests that are less than they were at the last checkpoint: gone, skipped
now, or asserting less."""


class CheckStatus(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    """Not asked for, not applicable, or a tool or sandbox level is missing: never a pass."""
    INFRASTRUCTURE = "infrastructure"
    """Could not be carried out, for a reason that is not the project's (no network, say)."""


class CheckResult(Model):
    """What one check found. `reason` says why it was not run or what stopped it."""

    name: str
    """Such as `types`; that of a component but the first has a suffix: `types@web`."""
    title: str = ""
    status: CheckStatus
    reason: str = ""
    tool: str = ""
    tool_version: str = ""
    level: SandboxLevel | None = None
    duration_s: float = 0.0
    files: int = 0
    tests_passed: int = 0
    tests_failed: int = 0
    tests_skipped: int = 0
    passed_tests: list[str] = Field(default_factory=list)
    """Test ids that passed, e.g. `tests/test_auth.py::test_login`."""
    failed_tests: list[str] = Field(default_factory=list)
    skipped_tests: list[str] = Field(default_factory=list)
    diagnostics: list[Diagnostic] = Field(default_factory=list)
    informational: bool = False
    """Reported, but does not decide the verdict."""
    cached: bool = False

    @property
    def base(self) -> str:
        """The name without the component."""
        return self.name.partition("@")[0]


class Component(Model):
    """A part of a project in one language: `path` is its directory ('' for the project's top)."""

    path: str = ""
    language: str


class ValidationReport(Model):
    """The verdict on one tree: it speaks of the files hashed into `tree_hash`, of nothing else."""

    report_id: str = ""
    project_id: str = ""
    path: str
    language: str = ""
    """Of the first component."""
    components: list[Component] = Field(default_factory=list)
    paths: list[str] = Field(default_factory=list)
    """What the checks of single files were narrowed to; empty when they saw every file."""
    tree_hash: str
    files: int = 0
    created_at: datetime
    duration_s: float = 0.0
    passed: bool
    """True only when at least one check ran and every check that was required passed."""
    complete: bool
    """True when nothing that applies was left out."""
    level: SandboxLevel
    layers: list[str] = Field(default_factory=list)
    missing: list[MissingLayer] = Field(default_factory=list)
    network: str = "none"
    checks: list[CheckResult] = Field(default_factory=list)
    stale: bool = False
    requirements: list[Requirement] = Field(default_factory=list)
    """Of a project planned here, as the tests of this report show them; empty without tests."""
    baseline: str = ""
    """The checkpoint whose tests were compared with those of now; empty when none was."""
    imports: dict[str, list[str]] = Field(default_factory=dict)
    """Files with failed tests -> broken files they import, directly or not; from names alone."""

    def check(self, name: str) -> CheckResult | None:
        """The result of one check, or None."""
        return next((c for c in self.checks if c.name == name), None)

    def tests_lost(self) -> tuple[int, int]:
        """How many tests were (deleted, skipped or weakened) since the checkpoint `baseline`."""
        codes = [d.code for check in self.checks for d in check.diagnostics]
        weakened = codes.count(TEST_SKIPPED) + codes.count(TEST_WEAKENED)
        return codes.count(TEST_DELETED), weakened

    def diagnostics(self, *severities: Severity) -> list[Diagnostic]:
        """All findings of the given severities (all when none is given), in the checks' order."""
        return [
            d
            for check in self.checks
            for d in check.diagnostics
            if not severities or d.severity in severities
        ]


class FixAttempt(Model):
    """One change that was tried on a copy, and what became of it."""

    rule: str
    description: str
    paths: list[str] = Field(default_factory=list)
    kept: bool
    reason: str = ""


class Excerpt(Model):
    """What a host needs to mend a remaining error by hand."""

    diagnostic: Diagnostic
    text: str
    """Numbered source lines around the place."""
    start_line: int = 1
    symbols: list[str] = Field(default_factory=list)
    """Nearest known names, or the callee's real signature."""
    tried: list[str] = Field(default_factory=list)
    recheck: str = ""
    """The call or command that checks again."""


class FixReport(Model):
    """What fixing achieved. Nothing is kept that did not make the report strictly better."""

    path: str
    errors_before: int
    errors_after: int
    attempts: list[FixAttempt] = Field(default_factory=list)
    changed_files: list[str] = Field(default_factory=list)
    diff: str = ""
    remaining: list[Excerpt] = Field(default_factory=list)
    before: ValidationReport
    after: ValidationReport
    checkpoint_id: str = ""
    """The checkpoint taken before the first change, when anything was changed."""
