"""Whether one report is strictly better than another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from autonomous_coder.languages.base import TestFact
from autonomous_coder.models.validation import (
    TEST_DELETED,
    TEST_SKIPPED,
    TEST_WEAKENED,
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)

LOST = (TEST_DELETED, TEST_SKIPPED, TEST_WEAKENED)
RAN = (CheckStatus.PASSED, CheckStatus.FAILED)


def problems(report: ValidationReport) -> list[Diagnostic]:
    """Errors and warnings of the checks that decide."""
    return [
        d
        for check in report.checks
        if not check.informational
        for d in check.diagnostics
        if d.severity is not Severity.INFO
    ]


def errors(report: ValidationReport) -> int:
    """How many findings have to be mended."""
    return len(problems(report))


def worse(before: ValidationReport, after: ValidationReport) -> str:
    """Why `after` is not strictly better where both looked; empty when it is.

    A check that could not run before and can now is no loss, whatever it finds.
    """
    if reason := _newly_lost(before, after):
        return reason
    fewer = False
    for new in after.checks:
        old = before.check(new.name)
        if old is None or new.informational:
            continue
        if old.status in RAN and new.status not in RAN:
            return f"the check '{new.name}' does not run any more"
        if old.status not in RAN:
            fewer = fewer or new.status is CheckStatus.PASSED
            continue
        if reason := _check_worse(old, new):
            return reason
        fewer = fewer or _size(new) < _size(old) or (
            old.status is CheckStatus.FAILED and new.status is CheckStatus.PASSED
        )  # fmt: skip
    return "" if fewer else "nothing is better"


def _size(check: CheckResult) -> int:
    return sum(d.severity is not Severity.INFO for d in check.diagnostics)


def _check_worse(old: CheckResult, new: CheckResult) -> str:
    if old.status is CheckStatus.PASSED and new.status is not CheckStatus.PASSED:
        return f"the check '{new.name}' passed before and fails now"
    known = Counter(d.fingerprint for d in old.diagnostics)
    for diagnostic in new.diagnostics:
        if diagnostic.severity is Severity.INFO:
            continue
        if diagnostic.fingerprint not in known:
            return f"a new finding: {diagnostic.code} in {diagnostic.path}:{diagnostic.line}"
    if _size(new) > _size(old):
        return f"the check '{new.name}' finds more than before"
    lost = set(old.passed_tests) - set(new.passed_tests)
    if old.passed_tests and lost:
        return f"{len(lost)} tests that passed do not pass any more"
    if new.tests_passed < old.tests_passed:
        return "fewer tests pass than before"
    return ""


def _newly_lost(before: ValidationReport, after: ValidationReport) -> str:
    """Whether tests went or were weakened; by name, for fingerprints leave names out."""
    known = {(d.code, d.path, d.message) for d in before.diagnostics()}
    for d in after.diagnostics():
        if d.code in LOST and (d.code, d.path, d.message) not in known:
            return f"it takes from the tests: {d.message}"
    return ""


def lost_tests(before: Mapping[str, TestFact], after: Mapping[str, TestFact]) -> str:
    """Which test is gone, skipped or asserts less than before; empty when none does."""
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            return f"the test '{name}' would be gone"
        if new.skipped and not old.skipped:
            return f"the test '{name}' would be skipped"
        if new.assertions < old.assertions:
            return f"the test '{name}' would assert less"
    return ""
