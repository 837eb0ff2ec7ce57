"""What counts as proven, built and not built."""

from __future__ import annotations

from datetime import UTC, datetime

from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.spec import Requirement, RequirementStatus
from autonomous_coder.models.validation import CheckResult, CheckStatus, ValidationReport
from autonomous_coder.orchestrator.requirements import assess

PROVIDES = {
    "entity:Todo": ["tests/test_todos.py::test_create", "tests/test_todos.py::test_delete"],
    "feature:docker": [],
    "feature:health": [],
}


def report(*passed: str, start: CheckStatus = CheckStatus.NOT_RUN) -> ValidationReport:
    return ValidationReport(
        path="somewhere",
        tree_hash="0",
        created_at=datetime.now(UTC),
        passed=True,
        complete=True,
        level=SandboxLevel.L3,
        checks=[
            CheckResult(name="tests", status=CheckStatus.PASSED, passed_tests=list(passed)),
            CheckResult(name="start", status=start),
        ],
    )


def status_of(needs: list[str], the_report: ValidationReport | None) -> RequirementStatus:
    (assessed,) = assess([Requirement(id="R1", text="x", needs=needs)], PROVIDES, the_report)
    assert assessed.evidence
    return assessed.status


def test_a_requirement_is_proven_when_every_test_of_every_need_passed() -> None:
    both = report(*PROVIDES["entity:Todo"])
    assert status_of(["entity:Todo"], both) is RequirementStatus.PROVEN


def test_a_requirement_is_only_built_when_one_of_its_tests_did_not_pass() -> None:
    one = report("tests/test_todos.py::test_create")
    assert status_of(["entity:Todo"], one) is RequirementStatus.BUILT


def test_a_test_with_parameters_has_passed_when_every_run_of_it_has() -> None:
    create, delete = PROVIDES["entity:Todo"]
    both = report(f"{create}[a]", f"{create}[b-1]", delete)
    assert status_of(["entity:Todo"], both) is RequirementStatus.PROVEN
    both.checks[0].failed_tests = [f"{create}[c]"]
    assert status_of(["entity:Todo"], both) is RequirementStatus.BUILT


def test_a_requirement_is_only_built_when_nothing_was_validated() -> None:
    assert status_of(["entity:Todo"], None) is RequirementStatus.BUILT


def test_a_need_without_tests_is_built_and_never_proven_by_other_tests() -> None:
    both = report(*PROVIDES["entity:Todo"])
    assert status_of(["entity:Todo", "feature:docker"], both) is RequirementStatus.BUILT


def test_a_capability_that_a_check_proves_needs_that_check_to_pass() -> None:
    passed = report(start=CheckStatus.PASSED)
    assert status_of(["feature:health"], passed) is RequirementStatus.PROVEN
    assert status_of(["feature:health"], report()) is RequirementStatus.BUILT


def test_an_unknown_need_means_not_built_and_is_named() -> None:
    (assessed,) = assess(
        [Requirement(id="R1", text="x", needs=["entity:Todo", "unknown:stripe payments"])],
        PROVIDES,
        report(*PROVIDES["entity:Todo"]),
    )
    assert assessed.status is RequirementStatus.NOT_BUILT
    assert assessed.evidence == ["no template provides: stripe payments"]


def test_a_requirement_nobody_bound_to_anything_is_not_built() -> None:
    assert status_of([], report()) is RequirementStatus.NOT_BUILT


def test_a_host_binds_a_requirement_to_its_own_test() -> None:
    need = ["test:tests/test_rules.py::test_score"]
    passed = report("tests/test_rules.py::test_score")
    assert status_of(need, passed) is RequirementStatus.PROVEN
    assert status_of(need, report()) is RequirementStatus.NOT_BUILT


def test_leaving_something_out_is_proven_by_its_absence() -> None:
    assert status_of(["without:feature:accounts"], report()) is RequirementStatus.PROVEN
    assert status_of(["without:feature:docker"], report()) is RequirementStatus.NOT_BUILT


def test_evidence_of_tests_says_once_whose_word_it_is() -> None:
    both = report(*PROVIDES["entity:Todo"], start=CheckStatus.PASSED)
    needs = [["entity:Todo"], ["feature:health"], ["without:feature:accounts"]]
    asked = [Requirement(id=f"R{n}", text="x", needs=need) for n, need in enumerate(needs, 1)]
    tests, check, absence = assess(asked, PROVIDES, both)
    assert tests.evidence == [*PROVIDES["entity:Todo"], "as the project's own process reports"]
    assert check.evidence == ["check 'start' passed"]
    assert len(absence.evidence) == 1
