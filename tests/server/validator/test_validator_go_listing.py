"""What `go list` tells is taken with care: places of import cycles are looked for in the project's
own regular files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.languages import base
from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    Interpreter,
    ProjectView,
    Toolbox,
    Toolchain,
)
from autonomous_coder.languages.go import testing
from autonomous_coder.languages.go.listing import LIST_FILE, read_listing
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.languages.sources import SourceFact, SourceFacts
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.models.validation import CheckResult, CheckStatus, Severity


def package(name: str, files: list[Any], **more: Any) -> str:
    place = f"/project/{name.rpartition('/')[2]}"
    return json.dumps({"ImportPath": name, "Dir": place, "GoFiles": files} | more)


def test_an_import_cycle_is_told_without_reading_anything_else(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "a" / "directory.go").mkdir(parents=True)
    (root / "b").mkdir()
    outside = tmp_path / "outside.go"
    outside.write_text('package a\n\nimport "m/b"\n', encoding="utf-8")
    (root / "a" / "link.go").symlink_to(outside)
    (root / "a" / "own.go").write_text('package a\n\n\nimport "m/b"\n', encoding="utf-8")
    (root / "b" / "link.go").symlink_to(outside)
    files = ["link.go", "gone.go", "directory.go", 7, None, "own.go"]
    stack = {"Err": "import cycle not allowed", "ImportStack": ["m/a", "m/b", "m/a"]}
    other = {"Err": "import cycle not allowed", "ImportStack": ["m/b", "m/a"]}
    nothing = {"Err": "import cycle not allowed", "ImportStack": [7]}
    told = package("m/a", files, DepsErrors=[stack, nothing, "x", {"Err": 7}])
    told += "\nnonsense {\n" + package("m/b", ["link.go"], Error=other)
    found = read_listing(told.encode(), root).diagnostics(root)
    assert [(d.code, d.path, d.line) for d in found] == [
        ("import-cycle", "a/own.go", 4),
        ("import-cycle", "", 0),
        ("import-cycle", "", 0),
    ]
    assert "m/a imports m/b imports m/a" in found[0].message
    assert str(tmp_path) not in "".join(d.message for d in found)


def test_a_run_without_tests_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.24\n", encoding="utf-8")
    (tmp_path / "a_test.go").write_text("//go:build integration\n\npackage a\n", encoding="utf-8")
    project = ProjectView(tmp_path, ("a_test.go", "go.mod"))
    test = base.TestFact("a_test.go::TestA", 5, 1, skipped=False, body="x")
    facts = SourceFacts({"a_test.go": SourceFact("a_test.go", "go", tests=(test,))})
    go = Toolchain("go", version="1.26.1", programs={"go": "/go"})
    toolbox = Toolbox(Interpreter("/python", (3, 11, 0)), {}, {}, toolchains={"go": go})
    plan = testing.tests_plan(
        project, facts, Environment(ready=True), Choices(), CheckOptions(), toolbox
    )
    assert isinstance(plan, CheckPlan)
    listed = package("m", ["a.go"], Dir="/project").encode()
    for events, codes in (
        ([{"Action": "output", "Package": "m", "Output": "no test files"}], {"no-tests"}),
        ([{"Action": "skip", "Package": "m", "Test": "TestA"}], {"no-tests"}),
        ([{"Action": "pass", "Package": "m", "Test": "TestB"}], set()),
    ):
        printed = "\n".join(map(json.dumps, events)).encode()
        steps = plan.steps()
        next(steps)
        steps.send(outcome_of(b"", {LIST_FILE: listed}))
        with pytest.raises(StopIteration) as ended:
            steps.send(outcome_of(printed, {}))
        result: CheckResult = ended.value.value
        assert {d.code for d in result.diagnostics if d.severity is Severity.ERROR} == codes
        assert result.status is (CheckStatus.FAILED if codes else CheckStatus.PASSED)
        assert [d.code for d in result.diagnostics if d.severity is Severity.INFO] == [
            "tests-left-out"
        ]


def outcome_of(printed: bytes, files: dict[str, bytes]) -> Outcome:
    """What a sandbox would answer."""
    return Outcome(0, printed, b"", 0.1, SandboxLevel.L3, files=files)
