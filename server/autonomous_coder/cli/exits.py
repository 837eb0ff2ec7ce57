"""Exit codes: the one map from errors and verdicts to what a script sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from autonomous_coder.errors import CoderError, EnvironmentLacksError, UsageError

if TYPE_CHECKING:
    from autonomous_coder.models.runs import CheckSummary
    from autonomous_coder.models.validation import CheckResult

GREEN = 0
FAILED = 1
"""Done, but something failed; also an error of this program's own."""
USAGE = UsageError.exit_code
LACKS = EnvironmentLacksError.exit_code
BROKEN_PIPE = 141
"""The reader of our output went away (128 + SIGPIPE, as other tools end)."""


def of_error(error: CoderError) -> int:
    """The exit code of an error: 2 for a wrong request, 3 for a lacking machine, otherwise 1."""
    return error.exit_code


def of_signal(number: int) -> int:
    """128 + the signal, as shells count: 130 after Ctrl-C."""
    return 128 + number


def of_checks(passed: bool, checks: Iterable[CheckResult | CheckSummary]) -> int:
    """0 when passed; 3 when nothing failed but required checks could not be carried out here."""
    if passed:
        return GREEN
    statuses = {str(check.status) for check in checks if not check.informational}
    could_not_run = statuses & {"not_run", "infrastructure"}
    return LACKS if could_not_run and "failed" not in statuses else FAILED
