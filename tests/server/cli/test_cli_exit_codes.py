"""The one map from errors and verdicts to exit codes."""

from __future__ import annotations

import pytest

from autonomous_coder import errors
from autonomous_coder.cli import exits
from autonomous_coder.models.runs import CheckSummary

EXPECTED = {
    errors.UsageError: 2,
    errors.EnvironmentLacksError: 3,
}


@pytest.mark.parametrize("code", sorted(errors.ERRORS_BY_CODE))
def test_each_branch_of_the_error_tree_has_one_exit_code(code: str) -> None:
    kind = errors.ERRORS_BY_CODE[code]
    branch = next((b for b in EXPECTED if issubclass(kind, b)), None)
    error = errors.error_from_code(code, "what", "next")
    assert type(error) is kind
    assert (error.message, error.hint) == ("what", "next")
    assert exits.of_error(error) == (EXPECTED[branch] if branch else 1)


def test_every_error_class_is_registered_by_its_own_code() -> None:
    classes, found = [errors.CoderError], set()
    while classes:
        kind = classes.pop()
        found.add(kind)
        classes += kind.__subclasses__()
    ours = {kind for kind in found if kind.__module__ == errors.__name__}
    assert set(errors.ERRORS_BY_CODE.values()) == ours
    assert all(kind.code == code for code, kind in errors.ERRORS_BY_CODE.items())


def test_an_unknown_code_is_still_an_error() -> None:
    assert type(errors.error_from_code("from the future", "m")) is errors.CoderError


def _check(status: str, *, informational: bool = False) -> CheckSummary:
    return CheckSummary(name=status, status=status, informational=informational)


@pytest.mark.parametrize(
    ("passed", "checks", "code"),
    [
        (True, [_check("passed")], 0),
        (True, [_check("passed"), _check("not_run"), _check("failed", informational=True)], 0),
        (False, [_check("passed"), _check("failed")], 1),
        (False, [_check("failed"), _check("not_run")], 1),
        (False, [_check("passed"), _check("not_run")], 3),
        (False, [_check("infrastructure"), _check("failed", informational=True)], 3),
        (False, [_check("passed"), _check("not_run", informational=True)], 1),
        (False, [], 1),
    ],
)
def test_a_verdict_has_the_exit_code_of_its_reason(
    passed: bool, checks: list[CheckSummary], code: int
) -> None:
    assert exits.of_checks(passed, checks) == code


def test_a_signal_counts_as_shells_count_it() -> None:
    assert exits.of_signal(2) == 130
