"""Fixing never takes anything from the tests, however much greener that would make the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.engines.recovery.judging import lost_tests, worse
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import (
    ProjectView,
    Repair,
    Steps,
    Survey,
    Toolbox,
)
from autonomous_coder.languages.base import (
    TestFact as Fact,
)
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import (
    TEST_DELETED,
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings, SandboxSettings
from validating import InstalledPython, build_file_tree, make_validator

FILE = "tests/test_sum.py"
BEFORE = """
import os


def test_one() -> None:
    assert 1 + 1 == 2
    assert 2 + 2 == 4


def test_two() -> None:
    assert 1
"""
CHANGES = {
    "deletes": BEFORE.replace("import os\n", "").split("def test_two")[0],
    "skips": BEFORE.replace("import os", "import pytest").replace(
        "def test_two", "@pytest.mark.skip\ndef test_two"
    ),
    "asserts less": BEFORE.replace("import os\n", "").replace("    assert 2 + 2 == 4\n", ""),
    "is fine": BEFORE.replace("import os\n\n\n", "\n"),
}


class Careless(InstalledPython):
    """Its repairs end the findings of lint, most of them at the cost of a test."""

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,
    ) -> Steps[list[Repair]]:
        """One repair for each of the changes."""
        yield from ()
        return [Repair(n, n, ("lint",), {FILE: text.lstrip()}) for n, text in CHANGES.items()]


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_repair_that_deletes_skips_or_weakens_a_test_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = Careless()
    monkeypatch.setitem(LANGUAGES, "python", language)
    cache = tmp_path / "cache"
    root = build_file_tree(tmp_path / "p", {FILE: BEFORE})
    validator = make_validator(cache, language=language)
    engine = RecoveryEngine(Sandbox(SandboxSettings(), cache), OrchestrationSettings(), cache)

    async def validate(tree: Path, checks: Sequence[str]) -> ValidationReport:
        return await validator.validate(tree, checks=tuple(checks) or ("lint",))

    async def before_change() -> str:
        return "checkpoint"

    done = await engine.fix(
        root, await validate(root, ()), validate=validate, before_change=before_change
    )
    reasons = {attempt.rule: attempt.reason for attempt in done.attempts}
    assert reasons == {
        "deletes": f"the test '{FILE}::test_two' would be gone",
        "skips": f"the test '{FILE}::test_two' would be skipped",
        "asserts less": f"the test '{FILE}::test_one' would assert less",
        "is fine": "",
    }
    assert (root / FILE).read_text() == CHANGES["is fine"].lstrip()


def test_a_test_may_gain_but_not_lose() -> None:
    def fact(assertions: int, *, skipped: bool = False) -> dict[str, Fact]:
        return {"a::b": Fact("a::b", 1, assertions, skipped, "")}

    assert lost_tests(fact(1), fact(2)) == ""
    assert lost_tests(fact(1, skipped=True), fact(1)) == ""
    assert lost_tests({}, fact(0)) == ""
    assert "gone" in lost_tests(fact(1), {})


def test_another_deleted_test_is_worse_though_its_fingerprint_is_known() -> None:
    def report(*messages: str) -> ValidationReport:
        found = [
            Diagnostic(
                tool="autonomous-coder",
                code=TEST_DELETED if "gone" in message else "test-failed",
                severity=Severity.ERROR,
                message=message,
                fingerprint="same",
            )
            for message in messages
        ]
        gone = [d for d in found if d.code == TEST_DELETED]
        failed = [d for d in found if d.code != TEST_DELETED]
        checks = [
            CheckResult(name="tests", status=CheckStatus.FAILED, diagnostics=failed),
            CheckResult(
                name="tests_kept",
                status=CheckStatus.PASSED,
                informational=True,
                diagnostics=gone,
            ),
        ]
        return ValidationReport(
            path="/p",
            tree_hash="0",
            created_at=datetime.now(UTC),
            passed=False,
            complete=True,
            level=SandboxLevel.L3,
            checks=checks,
        )

    before = report("'a' is gone", "'b' fails", "'c' fails")
    assert "takes from the tests" in worse(before, report("'a' is gone", "'b' is gone"))
    assert worse(before, report("'a' is gone", "'c' fails")) == ""
