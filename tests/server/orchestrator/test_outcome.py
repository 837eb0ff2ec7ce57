"""What a build tells of what failed."""

from __future__ import annotations

from datetime import UTC, datetime

from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)
from autonomous_coder.orchestrator.outcome import MAX_ERRORS, errors_of


def finding(code: str, severity: Severity) -> Diagnostic:
    return Diagnostic(tool="linter", code=code, message=code, severity=severity)


def check(name: str, status: CheckStatus, *found: Diagnostic) -> CheckResult:
    return CheckResult(name=name, status=status, diagnostics=list(found))


def report(*checks: CheckResult) -> ValidationReport:
    return ValidationReport(
        path="somewhere",
        tree_hash="0",
        created_at=datetime.now(UTC),
        passed=False,
        complete=True,
        level=SandboxLevel.L3,
        checks=list(checks),
    )


def test_warnings_that_failed_a_check_are_told_and_others_are_not() -> None:
    told = errors_of(
        report(
            check("lint", CheckStatus.FAILED, finding("unused", Severity.WARNING)),
            check("security", CheckStatus.PASSED, finding("mild", Severity.WARNING)),
        )
    )
    assert [found.code for found in told] == ["unused"]


def test_warnings_crowd_no_error_out() -> None:
    warnings = [finding(f"w{at}", Severity.WARNING) for at in range(MAX_ERRORS + 5)]
    told = errors_of(
        report(
            check("lint", CheckStatus.FAILED, *warnings),
            check("types", CheckStatus.FAILED, finding("broken", Severity.ERROR)),
        )
    )
    assert told[0].code == "broken"
    assert len(told) == MAX_ERRORS
