"""Projects on Node: correct ones pass, faults are found at their lines, tricks are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import CheckStatus, Severity, ValidationReport
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from live_validating import live_validator
from node_projects import (
    EXPRESS_SERVICE,
    FAULTY_JAVASCRIPT,
    FAULTY_TYPESCRIPT,
    HIDDEN,
    HONO_SERVICE,
    OWN_LINTER,
    SILENCED,
    TRICKS_IN_MODULES,
    TRICKS_IN_SETTINGS,
    UNCHECKED,
)
from validating import build_file_tree, codes, result_of

pytestmark = [
    pytest.mark.anyio, pytest.mark.live, pytest.mark.slow, pytest.mark.sandbox,
]  # fmt: skip
LANGUAGES = {"typescript": TYPESCRIPT, "javascript": JAVASCRIPT}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Downloads and environments of all tests of this module."""
    return tmp_path_factory.mktemp("node")


async def _validate(shared: Path, project: Path) -> ValidationReport:
    async with live_validator(shared, languages=LANGUAGES) as validator:
        return await validator.validate(project)


def _blamed(report: ValidationReport, name: str) -> set[tuple[str, str, int]]:
    """(code, path, line) of what counts."""
    found = [d for d in result_of(report, name).diagnostics if d.severity is not Severity.INFO]
    return {(d.code, d.path, d.line) for d in found}


@pytest.mark.thorough
async def test_an_express_service_in_javascript_passes(shared: Path, tmp_path: Path) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "express", EXPRESS_SERVICE))
    assert report.language == "javascript"
    assert [c.name for c in report.checks if c.status is CheckStatus.FAILED] == []
    assert report.passed
    assert _blamed(report, "dependencies") == {("no-lock", "", 0)}
    tests = result_of(report, "tests")
    assert (tests.tests_passed, tests.tests_failed, tests.tool) == (4, 0, "node")
    assert "test/app.test.js::notes > stores eggs" in tests.passed_tests
    assert result_of(report, "start").status is CheckStatus.PASSED
    assert result_of(report, "types").status is CheckStatus.NOT_RUN


@pytest.mark.thorough
async def test_a_hono_service_in_typescript_passes(shared: Path, tmp_path: Path) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "hono", HONO_SERVICE))
    assert report.language == "typescript"
    assert report.passed
    for name in ("syntax", "dependencies", "build", "lint", "types", "tests", "start", "format"):
        result = result_of(report, name)
        assert result.status is CheckStatus.PASSED, (name, result)
    assert result_of(report, "tests").tests_passed == 3
    assert result_of(report, "types").tool_version.startswith("5.9")


@pytest.mark.thorough
async def test_faults_in_typescript_are_found_at_their_lines(shared: Path, tmp_path: Path) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "faulty", FAULTY_TYPESCRIPT))
    assert not report.passed
    assert ("TS2322", "src/index.ts", 4) in codes(result_of(report, "types"))
    assert ("TS2322", "src/index.ts", 4) in codes(result_of(report, "build"))
    assert ("undeclared-import", "src/index.ts", 1) in codes(result_of(report, "dependencies"))
    assert ("no-debugger", "src/index.ts", 7) in codes(result_of(report, "lint"))
    assert ("unformatted", "src/index.ts", 0) in codes(result_of(report, "format"))
    found = codes(result_of(report, "tests"))
    assert ("test-failed", "tests/index.test.ts", 5) in found
    assert ("collection-error", "tests/broken.test.ts", 2) in found
    assert ("focused-test", "tests/index.test.ts", 7) not in found


@pytest.mark.thorough
async def test_faults_in_javascript_are_found_at_their_lines(shared: Path, tmp_path: Path) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "faulty", FAULTY_JAVASCRIPT))
    assert not report.passed
    dependencies = codes(result_of(report, "dependencies"))
    assert ("undeclared-import", "src/index.js", 2) in dependencies
    assert ("unresolved-import", "test/broken.test.js", 2) in dependencies
    assert ("unused-dependency", "package.json", 0) in dependencies
    assert ("engine", "package.json", 0) in dependencies
    lint = codes(result_of(report, "lint"))
    assert {("no-undef", "src/index.js", 8), ("no-cond-assign", "src/index.js", 7)} <= lint
    assert ("build-failed", "build.js", 2) in codes(result_of(report, "build"))
    assert codes(result_of(report, "tests")) == {
        ("test-failed", "test/fail.test.js", 5),
        ("collection-error", "test/broken.test.js", 2),
        # It left before its test was run: nothing was reported, which is no pass.
        ("test-not-reported", "test/exit.test.js", 2),
    }
    start = result_of(report, "start")
    assert start.status is CheckStatus.FAILED


@pytest.mark.thorough
async def test_a_project_brings_no_tools_and_no_install_scripts_of_its_own(
    shared: Path, tmp_path: Path
) -> None:
    project = build_file_tree(tmp_path / "tricks", TRICKS_IN_MODULES)
    (project / "evil.sh").chmod(0o755)
    report = await _validate(shared, project)
    assert not report.passed
    assert result_of(report, "dependencies").status is CheckStatus.PASSED
    assert ("TS2322", "src/good.ts", 1) in codes(result_of(report, "types"))
    assert "could forge" in result_of(report, "types").reason
    assert {
        ("ts-nocheck", "src/bad.ts", 1),
        ("not-type-checked", "src/bad.ts", 0),
        ("tsconfig-option", "tsconfig.json", 1),
    } <= codes(result_of(report, "types"))
    assert {
        ("file-wide-suppression", "src/bad.ts", 2),
        ("no-debugger", "src/bad.ts", 4),
        ("use-isnan", "src/bad.ts", 5),
    } <= codes(result_of(report, "lint"))
    tests = result_of(report, "tests")
    assert (tests.status, tests.tests_passed) == (CheckStatus.FAILED, 0)
    assert ("test-not-reported", "tests/a.test.ts", 2) in codes(tests)
    assert not (project / "evil.txt").exists()


@pytest.mark.thorough
async def test_settings_that_leave_everything_out_are_no_pass(shared: Path, tmp_path: Path) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "tricks", TRICKS_IN_SETTINGS))
    assert not report.passed
    types = codes(result_of(report, "types"))
    assert {("TS18002", "tsconfig.json", 1), ("not-type-checked", "src/x.ts", 0)} <= types
    tests = result_of(report, "tests")
    assert tests.tests_passed == 0
    assert {
        ("test-not-run", "tests/exits.test.ts", 2),
        ("test-not-run", "tests/filtered.test.ts", 2),
    } <= codes(tests)


@pytest.mark.thorough
async def test_no_code_is_hidden_by_where_it_lies_or_by_a_comment(
    shared: Path, tmp_path: Path
) -> None:
    report = await _validate(shared, build_file_tree(tmp_path / "hidden", HIDDEN))
    lint = result_of(report, "lint")
    assert ("no-debugger", "src/build/app.ts", 2) in codes(lint)
    for name, text in SILENCED.items():
        path = f"src/silent/{name}.ts"
        assert ("no-debugger", path, text.count("\n") + 3) in codes(lint), name
        assert any(d.path == path for d in lint.diagnostics if "suppression" in d.code), name
    assert not any(d.path.startswith("dist/") for d in lint.diagnostics)
    assert "not judged: dist (1 files)" in lint.reason
    types = _blamed(report, "types")
    assert {
        ("TS2322", "build/kept.ts", 1),
        ("TS2322", "scripts/helper.ts", 1),
        ("TS2322", "src/build/app.ts", 5),
        ("TS2345", "tests/sum.ts", 6),
    } <= types
    for number, text in enumerate(UNCHECKED):
        line = text.count("\n") + 1
        assert ("ts-nocheck", f"src/unchecked/{number}.ts", line) in types, text
    # No options were made for tests: rigour and missing type packages are not held against them.
    assert {place for _, path, place in types if path.startswith("tests/")} == {6}
    assert not any(path == "vite.config.ts" for _, path, _ in types)
    assert ("test-failed", "src/build/app.test.js", 5) in codes(result_of(report, "tests"))


@pytest.mark.thorough
async def test_what_a_project_chose_is_told_beside_what_ours_says(
    shared: Path, tmp_path: Path
) -> None:
    project = build_file_tree(tmp_path / "own", OWN_LINTER)
    checks = ("lint", "types")
    async with live_validator(shared, languages=LANGUAGES) as validator:
        report = await validator.validate(project, checks=checks)
    lint = result_of(report, "lint")
    assert lint.status is CheckStatus.FAILED
    assert "With the project's own configuration oxlint 1.94.0 finds no error." in lint.reason
    assert "could forge" in lint.reason
    # Ours stands for a compiler of the same line: that verdict is not forgeable.
    types = result_of(report, "types")
    assert (types.status, types.tool_version, types.reason) == (CheckStatus.PASSED, "7.0.2", "")
    lenient = ValidationSettings(strict_mode=False)
    async with live_validator(shared, languages=LANGUAGES, settings=lenient) as validator:
        report = await validator.validate(project, checks=checks)
    lint = result_of(report, "lint")
    assert lint.status is CheckStatus.PASSED
    assert "It decides, since strict_mode is off." in lint.reason
    unboxed = SandboxSettings(bwrap=str(tmp_path / "no-bwrap"))
    async with live_validator(shared, languages=LANGUAGES, sandbox=unboxed) as validator:
        report = await validator.validate(project, checks=("lint",), level=SandboxLevel.L3)
    lint = result_of(report, "lint")
    assert lint.status is CheckStatus.FAILED
    assert "may not run at this sandbox level" in lint.reason
