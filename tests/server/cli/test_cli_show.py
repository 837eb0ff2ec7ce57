"""What people read at the end of a build: the order, the words, and nothing that misleads."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.cli import show
from autonomous_coder.models.runs import BuildResult, CheckSummary, Metrics, SandboxSummary
from autonomous_coder.models.spec import Requirement, RequirementStatus
from autonomous_coder.models.validation import Diagnostic, Severity


def a_result(*, success: bool = True, checks: list[CheckSummary] | None = None) -> BuildResult:
    return BuildResult(
        success=success,
        project_path="/home/ann/my project",
        project_id="prj_aaaaaaaaaaaa",
        run_id="run_aaaaaaaaaaaa",
        requirements=[
            Requirement(
                id="R1",
                text="Users can log in",
                status=RequirementStatus.PROVEN,
                evidence=["tests/test_auth.py::test_login", "tests/test_auth.py::test_bad"],
            ),
            Requirement(
                id="R2",
                text="Send invoices",
                status=RequirementStatus.NOT_BUILT,
                evidence=["no template provides: \x1b[31minvoices"],
            ),
        ],
        checks=checks or [CheckSummary(name="tests", status="passed", level="L3")],
        sandbox=SandboxSummary(level="L3", layers=["seccomp"], missing=["cgroup: not delegated"]),
        metrics=Metrics(duration_s=75, tests=12, dependencies=9, dependencies_current=8),
        warnings=[f"warning {number}" for number in range(30)],
        assumptions=["Python is used."],
        start="uv run fastapi dev",
        test="uv run pytest",
    )


def test_what_was_assumed_comes_first_and_what_to_do_next_last(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "uv").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    show.build(a_result())
    out = capsys.readouterr().out
    parts = [
        "Python is used.",
        "warning 0",
        "R1  proven",
        "tests  passed",
        "GREEN, BUT NOT ALL OF IT IS PROVEN: 1",
    ]
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    words = ("sandbox", "missing", "network", "dependencies", "time", "project", "start it")
    last = out.rstrip().splitlines()[-8:]
    assert all(line.startswith(f"  {word} ") for line, word in zip(last, words, strict=False))
    assert "cgroup: not delegated" in out
    assert "1 proven by tests, 0 built but not proven, 1 not built" in out
    assert out.rstrip().endswith("cd '/home/ann/my project' && uv run pytest")
    assert "8 of 9 direct ones" in out
    assert "1 min 15 s" in out


def test_long_lists_are_cut_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    show.build(a_result())
    out = capsys.readouterr().out
    assert out.count("- warning") == 10
    assert "20 more" in out


def test_where_path_has_no_uv_our_own_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    show.build(a_result())
    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    program = last.partition(" && ")[2].split()[0]
    assert Path(program).is_absolute()
    assert Path(program).is_file()


def test_a_failed_build_names_the_checks_and_the_places(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = [
        CheckSummary(name="types", status="failed", level="L3", summary="1 finding"),
        CheckSummary(name="performance", status="failed", informational=True),
    ]
    result = a_result(success=False, checks=checks)
    result.errors = [
        Diagnostic(
            tool="mypy", code="attr-defined", severity=Severity.ERROR, message="no such name",
            path="app/main.py", line=3, column=7,
        )
    ]  # fmt: skip
    show.build(result)
    out = capsys.readouterr().out
    assert "  app/main.py:3:7 attr-defined no such name" in out
    assert "FAILED: 0 of 2 checks passed (failed: types)" in out


def test_a_build_that_nothing_disproved_is_still_not_called_proven(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = [CheckSummary(name="tests", status="not_run", summary="needs sandbox level L2")]
    show.build(a_result(success=False, checks=checks))
    out = capsys.readouterr().out
    assert "NOT PROVEN: 0 of 1 checks passed" in out
    assert "needs sandbox level L2" in out


def test_escape_codes_in_a_request_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.build(a_result())
    assert "\x1b" not in capsys.readouterr().out


def test_only_a_green_build_with_every_requirement_proven_is_called_proven(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = a_result()
    result.requirements = result.requirements[:1]
    show.build(result)
    assert "  PROVEN: 1 of 1 checks passed, 12 tests passed" in capsys.readouterr().out
