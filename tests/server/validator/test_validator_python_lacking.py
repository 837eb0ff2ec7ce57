"""A system library that this machine lacks is told as that: all other tests count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    Interpreter,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.python import lacking, testing
from autonomous_coder.languages.python.facts import Facts, FileFacts
from autonomous_coder.languages.python.metadata import Metadata
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.models.validation import CheckResult, CheckStatus

LIBRARY = "libNowhere.so.7"
SAID = f"ImportError: {LIBRARY}: cannot open shared object file: No such file or directory"
LOGIC, WINDOW = "tests/test_logic.py::test_sums", "tests/windows/test_window.py::test_opens"


def tried(tmp_path: Path, *records: dict[str, Any], passing: bool = True) -> CheckResult:
    """What the check says of a run that reports these records."""
    packages = tmp_path / "lib/python3.11/site-packages/pytest-9.0.0.dist-info"
    packages.mkdir(parents=True, exist_ok=True)
    (packages / "RECORD").write_text("pytest/__init__.py,,\n", encoding="utf-8")
    files = [test.partition("::")[0] for test in (LOGIC, WINDOW)]
    facts = Facts({
        path: FileFacts(path=path, tests=(test.partition("::")[2],))
        for path, test in zip(files, (LOGIC, WINDOW), strict=True)
    })  # fmt: skip
    plan = testing.tests_plan(
        ProjectView(tmp_path, tuple(files)),
        Metadata(),
        facts,
        Environment(ready=True, executable="/python", directory=tmp_path),
        CheckOptions(expected_tests=(LOGIC, WINDOW)),
        Toolbox(Interpreter("/python", (3, 11, 0)), {}, {}),
    )
    assert isinstance(plan, CheckPlan)
    logic = {"id": LOGIC, "outcome": "passed" if passing else "failed", "when": "call"}
    told = [
        {"kind": "collected", "ids": [LOGIC]},
        {"kind": "test", **logic},
        *records,
        {"kind": "end", "exit": 1, "version": "9"},
    ]
    steps = plan.steps()
    next(steps)
    report = "\n".join(map(json.dumps, told)).encode()
    with pytest.raises(StopIteration) as ended:
        steps.send(Outcome(1, b"", b"", 0.1, SandboxLevel.L3, files={testing.REPORT: report}))
    result: CheckResult = ended.value.value
    return result


def broken(name: str, said: str = SAID) -> dict[str, Any]:
    return {"kind": "collect", "id": name, "outcome": "failed", "message": said, "text": said}


@pytest.mark.parametrize("name", ["tests/windows", "tests/windows/test_window.py"])
def test_what_cannot_be_loaded_is_the_machines_lack_and_other_tests_count(
    tmp_path: Path, name: str
) -> None:
    result = tried(tmp_path, broken(name))
    assert result.status is CheckStatus.INFRASTRUCTURE
    assert LIBRARY in result.reason
    assert "1 others passed" in result.reason
    assert result.passed_tests == [LOGIC]
    assert result.diagnostics == []


def test_a_test_that_fails_besides_is_still_a_failure(tmp_path: Path) -> None:
    result = tried(tmp_path, broken("tests/windows"), passing=False)
    assert result.status is CheckStatus.FAILED
    assert LIBRARY in result.reason
    assert not [d for d in result.diagnostics if "windows" in d.path]


@pytest.mark.parametrize(
    "said",
    ["ModuleNotFoundError: No module named 'PySide6'", "AssertionError: libNowhere.so.7 is gone"],
)
def test_another_error_is_the_projects(tmp_path: Path, said: str) -> None:
    assert tried(tmp_path, broken("tests/windows", said)).status is CheckStatus.FAILED


def test_a_library_that_is_there_is_not_lacking() -> None:
    records = [broken("tests/windows")]
    assert lacking.lacking(records, b"") == {"tests/windows": LIBRARY}
    known = f"/lib/libother.so.1\0/usr/lib/{LIBRARY}\0".encode()
    assert lacking.lacking(records, known) == {}
    assert "apt-get install libegl1 libgl1" in lacking.told(["libGL.so.1", "libEGL.so.1"], 0)
