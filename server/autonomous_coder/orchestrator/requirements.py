"""Whether what was asked for is proven, built or not built.

A requirement needs capabilities. The render says which it provides and which tests prove each;
the report says which tests passed. Nothing else counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autonomous_coder.models.spec import Requirement, RequirementStatus
from autonomous_coder.models.validation import CheckResult, CheckStatus, ValidationReport

TEST_PREFIX = "test:"
"""A need such as `test:tests/test_game.py::test_score` is met by that test itself."""

WITHOUT_PREFIX = "without:"
"""A need such as `without:feature:docker` is met when that capability is not provided."""

CHECK_EVIDENCE = {
    "archetype:rest_api": "start",
    "feature:health": "start",
    "feature:openapi": "start",
}
"""Capabilities that a check of its own proves as well."""

MAX_EVIDENCE = 8
FORGEABLE = "as the project's own process reports"
"""Stands once among evidence that consists of tests: nobody else saw them pass."""


def assess(
    requirements: Sequence[Requirement],
    provides: Mapping[str, Sequence[str]],
    report: ValidationReport | None,
) -> list[Requirement]:
    """The requirements with the status that was observed, and the evidence for it."""
    ran = report.checks if report else []
    passed = _passed(ran)
    # What one component failed at, none of the others proves.
    failed = {check.base for check in ran if check.status is CheckStatus.FAILED}
    checks = {check.base for check in ran if check.status is CheckStatus.PASSED} - failed
    return [_assess_one(r, provides, passed, checks) for r in requirements]


def _passed(ran: Sequence[CheckResult]) -> set[str]:
    """Tests that passed. One that runs with several parameters has done so when every run has:
    `test_x` for `test_x[a]` and `test_x[b]`."""
    tests = [check for check in ran if check.base == "tests"]
    passed = {test for check in tests for test in check.passed_tests}
    others = {t for check in tests for t in (*check.failed_tests, *check.skipped_tests)}
    whole = {test.partition("[")[0] for test in passed if test.endswith("]")}
    return passed | (whole - {test.partition("[")[0] for test in others})


def _assess_one(
    requirement: Requirement,
    provides: Mapping[str, Sequence[str]],
    passed: set[str],
    checks: set[str],
) -> Requirement:
    absent = [n.removeprefix(WITHOUT_PREFIX) for n in requirement.needs if _is_absence(n)]
    needs = [n for n in requirement.needs if not _is_absence(n)]
    present = [name for name in absent if name in provides]
    if present:
        reason = f"was to be left out and is there: {', '.join(present)}"
        return _with(requirement, RequirementStatus.NOT_BUILT, [reason])
    missing = [n for n in needs if not n.startswith(TEST_PREFIX) and n not in provides]
    if missing or not requirement.needs:
        return _with(requirement, RequirementStatus.NOT_BUILT, [_why_missing(missing)])
    evidence = [f"left out, as asked: {name.removeprefix('feature:')}" for name in absent]
    unproven: list[str] = []
    for need in needs:
        ids = [need.removeprefix(TEST_PREFIX)] if need.startswith(TEST_PREFIX) else provides[need]
        check = CHECK_EVIDENCE.get(need, "")
        if ids and all(test in passed for test in ids):
            evidence.extend(ids)
        elif check in checks and not ids:
            evidence.append(f"check '{check}' passed")
        else:
            unproven.append(need)
    if not unproven:
        proven = _with(requirement, RequirementStatus.PROVEN, evidence)
        if any(entry in passed for entry in evidence):
            proven.evidence.append(FORGEABLE)
        return proven
    if any(need.startswith(TEST_PREFIX) for need in unproven):
        reason = f"these tests did not pass: {', '.join(_test_names(unproven))}"
        return _with(requirement, RequirementStatus.NOT_BUILT, [reason])
    reason = f"not proven by a passed test: {', '.join(unproven[:MAX_EVIDENCE])}"
    return _with(requirement, RequirementStatus.BUILT, [*evidence, reason])


def _is_absence(need: str) -> bool:
    return need.startswith(WITHOUT_PREFIX)


def _why_missing(missing: Sequence[str]) -> str:
    if not missing:
        return (
            "nothing says what would prove it: give it needs such as entity:Name or "
            "test:tests/test_x.py::test_y, the test and its code among extra_files"
        )
    words = [m.removeprefix("unknown:").removeprefix("feature:") for m in missing[:MAX_EVIDENCE]]
    return f"no template provides: {', '.join(words)}"


def _test_names(needs: Sequence[str]) -> list[str]:
    return [n.removeprefix(TEST_PREFIX) for n in needs if n.startswith(TEST_PREFIX)]


def _with(
    requirement: Requirement, status: RequirementStatus, evidence: Sequence[str]
) -> Requirement:
    unique = list(dict.fromkeys(evidence))
    shown = unique[:MAX_EVIDENCE]
    if len(unique) > MAX_EVIDENCE:
        shown.append(f"and {len(unique) - MAX_EVIDENCE} more")
    return requirement.model_copy(update={"status": status, "evidence": shown})
