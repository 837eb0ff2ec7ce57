"""Newest versions that do not pass: older ones are tried, and what was done is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomous_coder import AutonomousCoder
from autonomous_coder.engines.research.resolving.stepping import Step
from autonomous_coder.errors import ResolutionError
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)
from autonomous_coder.orchestrator.ladder import step_back

LAYER = """
name = "own"
archetypes = ["dated"]
"""
DATED = """
name = "own/dated"
provides = ["archetype:dated"]
start = "uv run python -c 'import old_ways'"

[[dependencies]]
name = "marshmallow"
tested = "3.26.1"

[[files]]
path = "README.md"
template = "readme.md.j2"

[[files]]
path = "old_ways.py"
template = "old_ways.py.j2"

[[files]]
path = "tests/test_old_ways.py"
template = "test_old_ways.py.j2"
"""
OLD_WAYS = '''"""What marshmallow is here."""

from importlib.metadata import version

import marshmallow


class Line(marshmallow.Schema):
    """Something made with it."""


def line() -> str:
    """The first number of its version."""
    return version("marshmallow").partition(".")[0]
'''
TEST = '''"""Old ways."""

from old_ways import line


{{ proves("archetype:dated") }}
def test_only_the_third_line_will_do() -> None:
    assert line() == "3", "marshmallow is too new"
'''


def step(package: str) -> Step:
    return Step(package, "4.0.0", "3.2.1", "<4.0.0", "==3.2.1")


def report(failed: str = "", message: str = "") -> ValidationReport:
    findings = [Diagnostic(tool="t", code="c", severity=Severity.ERROR, path="a", message=message)]
    status = CheckStatus.FAILED if failed else CheckStatus.PASSED
    return ValidationReport(
        path="/p",
        tree_hash="0",
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
        passed=not failed,
        complete=True,
        level=SandboxLevel.L3,
        checks=[CheckResult(name=failed or "tests", status=status, diagnostics=findings)],
    )


class Attempts:
    """Notes what is tried; what holds all of `cure` passes."""

    def __init__(self, cure: dict[str, str], *, refuses: str = "") -> None:
        self.tried: list[dict[str, str]] = []
        self._cure, self._refuses = cure, refuses

    async def __call__(self, spec: ProjectSpec) -> ValidationReport:
        self.tried.append(dict(spec.holds))
        if list(spec.holds) == [self._refuses]:
            raise ResolutionError("Nothing fits.", hint="Ask for less.")
        assert len(spec.assumptions) == (len(spec.holds) or 1)
        return report("" if self._cure.items() <= spec.holds.items() and spec.holds else "tests")


SPEC = ProjectSpec(name="shop")


@pytest.mark.anyio
async def test_what_the_findings_name_is_taken_back_first_and_no_more_than_needed() -> None:
    attempts = Attempts({"pear": "<4.0.0"})
    steps = [step("apple"), step("pear")]
    found, told = await step_back(SPEC, report("types", "Pear has no stem"), steps, attempts)
    assert found.passed
    assert attempts.tried == [{"pear": "<4.0.0"}]
    assert told == "stepped back to pear <4.0.0"


@pytest.mark.anyio
async def test_all_are_taken_back_to_the_tested_versions_when_none_alone_helps() -> None:
    attempts = Attempts({"apple": "==3.2.1", "pear": "==3.2.1"}, refuses="apple")
    found, _ = await step_back(SPEC, report("tests"), [step("apple"), step("pear")], attempts)
    assert found.passed
    assert attempts.tried[-1] == {"apple": "==3.2.1", "pear": "==3.2.1"}


@pytest.mark.anyio
async def test_the_newest_are_put_back_when_versions_are_not_what_is_wrong() -> None:
    attempts = Attempts({"nothing": "helps"})
    found, told = await step_back(SPEC, report("tests"), [step("apple")], attempts)
    assert not found.passed
    assert attempts.tried[-1] == {}
    assert told == "older versions did not help"


@pytest.mark.anyio
async def test_what_the_user_holds_is_left_alone() -> None:
    attempts = Attempts({})
    spec = SPEC.model_copy(update={"holds": {"apple": "<9"}})
    found, told = await step_back(spec, report("tests"), [step("apple")], attempts)
    assert (told, attempts.tried) == ("", [])
    assert not found.passed


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
def test_a_build_that_fails_with_the_newest_passes_with_what_was_tested_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_templates(tmp_path, monkeypatch)
    result = AutonomousCoder().build("", output_path=tmp_path / "out", spec=OLD)
    assert result.success, [f"{c.name}: {c.status} {c.summary}" for c in result.checks]
    [told] = [note for note in result.assumptions if "marshmallow" in note]
    assert told.startswith("marshmallow is kept at <4.0.0 (spec.holds): with 4.")
    assert "3.26.1 is what this was last seen working with" in told
    manifest = (tmp_path / "out" / "pyproject.toml").read_text()
    assert '"marshmallow>=3.26.' in manifest
    assert ",<4.0.0" in manifest


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
def test_a_build_killed_while_it_tries_older_versions_keeps_none_that_did_not_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_templates(tmp_path, monkeypatch, line="2")
    killed = subprocess.run(
        [sys.executable, "-c", DIES, json.dumps(OLD), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert ",<4.0.0" in (tmp_path / "out" / "pyproject.toml").read_text()
    result = AutonomousCoder().build("", output_path=tmp_path / "out", spec=OLD)
    assert not result.success
    assert [note for note in result.assumptions if "did not help" in note]
    assert not [note for note in result.assumptions if "is kept at" in note]
    assert "<4.0.0" not in (tmp_path / "out" / "pyproject.toml").read_text()


OLD = {"name": "old-ways", "archetype": "dated", "language": "python"}
DIES = """
import asyncio, json, os, signal, sys
from autonomous_coder import AutonomousCoder

async def main(spec, output):
    trials = 0
    async for step in AutonomousCoder().build_with_progress("", output_path=output, spec=spec):
        if trials and "older versions" not in step.current_task:
            os.kill(os.getpid(), signal.SIGKILL)
        trials += "older versions" in step.current_task

asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2]))
"""


def write_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str = "3") -> None:
    """Templates of a user's own, whose project works with one line of marshmallow."""
    own = tmp_path / "templates" / "python"
    (own / "dated").mkdir(parents=True)
    (own / "layer.toml").write_text(LAYER)
    (own / "dated" / "layer.toml").write_text(DATED)
    (own / "dated" / "readme.md.j2").write_text("# Old ways\n")
    (own / "dated" / "old_ways.py.j2").write_text(OLD_WAYS)
    test = TEST.replace('"3"', f'"{line}"')
    (own / "dated" / "test_old_ways.py.j2").write_text(test)
    monkeypatch.setenv("AUTONOMOUS_CODER_GENERATION__TEMPLATES_DIR", str(tmp_path / "templates"))
    monkeypatch.setenv("AUTONOMOUS_CODER_DATA_DIR", str(tmp_path / "data"))
