"""Several languages in one tree, and looking at a part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.engines.validator.components import find_parts
from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.languages.go import GO
from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.languages.python import PYTHON
from autonomous_coder.languages.rust import RUST
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import CheckResult, CheckStatus
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from validating import (
    InstalledPython,
    build_file_tree,
    codes,
    make_validator,
    no_registry,
    result_of,
)

pytestmark = pytest.mark.anyio
LANGUAGES = {lang.name: lang for lang in (PYTHON, TYPESCRIPT, JAVASCRIPT, GO, RUST)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a.py"], [("", "python", "")]),
        (["pyproject.toml"], [("", "python", "")]),
        (["a.py", "web/x.js", "web/y.js"], [("", "javascript", "")]),
        (
            ["pyproject.toml", "a.py", "web/package.json", "web/a.ts", "web/b.ts", "web/c.ts"],
            [("", "python", ""), ("web", "typescript", "web")],
        ),
        (
            ["api/go.mod", "api/a.go", "web/package.json", "web/a.js", "web/b.js"],
            [("web", "javascript", ""), ("api", "go", "api")],
        ),
        (
            ["pyproject.toml", "a.py", "b.py", "Cargo.toml", "src/lib.rs"],
            [("", "python", ""), ("", "rust", "rust")],
        ),
        (
            ["package.json", "tsconfig.json", "a.js", "b.js", "p/one/package.json", "p/one/a.ts"],
            [("", "typescript", "")],
        ),
        (
            [
                "go.mod", "a.go", "vendor/x/go.mod", "node_modules/p/package.json",
                "dist/package.json", "dist/a.js", "a/b/c/d/Cargo.toml", "a/b/c/d/x.rs",
                "tests/fixtures/p/pyproject.toml", "tests/fixtures/p/x.py", "tool/package.json",
            ],
            [("", "go", "")],
        ),
        (
            ["go.mod", "a.go", "b/Cargo.toml", "b/x.rs", "b/pyproject.toml", "b/x.py", "b/y.py"],
            [("", "go", ""), ("b", "python", "b"), ("b", "rust", "b/rust")],
        ),
    ],
)  # fmt: skip
def test_components_are_found_by_their_project_files(
    files: list[str], expected: list[tuple[str, str, str]]
) -> None:
    found = find_parts(LANGUAGES, sorted(files))
    assert [(p.path, p.language.name, p.label) for p in found] == expected


def test_a_component_holds_what_is_below_it_and_no_other_component(tmp_path: Path) -> None:
    files = ["a.py", "pyproject.toml", "web/gen.py", "web/package.json", "web/a.ts", "web/.env"]
    python, web = find_parts(LANGUAGES, sorted(files))
    assert python.files == ("a.py", "pyproject.toml", "web/gen.py")
    assert web.files == (".env", "a.ts", "gen.py", "package.json")
    assert (web.name("types"), web.whole("a.ts")) == ("types@web", "web/a.ts")


async def test_each_component_is_checked_under_its_name_with_paths_of_the_project(
    tmp_path: Path,
) -> None:
    engine = ValidatorEngine(
        Sandbox(SandboxSettings(), tmp_path / "cache"),
        ValidationSettings(),
        {"python": InstalledPython(), "go": GO},
        tmp_path / "cache",
        no_registry,
    )
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": '[project]\nname = "p"\nversion = "1"\n',
            "a.py": "print(missing)\n",
            "svc/go.mod": "module svc\n\ngo 1.22\n",
            "svc/a.go": "package svc\n\nfunc F() {\n\treturn )\n}\n",
        },
    )
    report = await engine.validate(root, checks=("syntax", "secrets@svc"))
    assert [(c.path, c.language) for c in report.components] == [("", "python"), ("svc", "go")]
    assert report.language == "python"
    assert result_of(report, "syntax").status is CheckStatus.PASSED
    assert result_of(report, "secrets").reason == "Not asked for."
    assert result_of(report, "secrets@svc").status is CheckStatus.PASSED
    assert {path for _, path, _ in codes(result_of(report, "syntax@svc"))} == {"svc/a.go"}
    assert not report.passed
    names = [check.name for check in report.checks]
    assert names[0] == "syntax"
    assert names.count("advisories") == 1
    python = await engine.validate(root, paths=["a.py"], checks=("syntax@svc", "secrets"))
    assert result_of(python, "syntax@svc").status is CheckStatus.PASSED
    assert result_of(python, "secrets").status is CheckStatus.PASSED
    with pytest.raises(InvalidInputError, match="Components are: svc"):
        await engine.validate(root, checks=("lint@web",))


async def test_checks_of_single_files_keep_to_the_named_paths(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(
        tmp_path / "p",
        {
            "app/a.py": "print(one)\n",
            "app/b.py": "print(two)\n",
            "lib/c.py": "print(three)\n",
            "lib/d.py": "x = (\n",
        },
    )
    report = await validator.validate(root, checks=("syntax", "lint"), paths=["./app/", "app/a.py"])
    assert (report.paths, report.complete) == (["app"], False)
    assert result_of(report, "syntax").status is CheckStatus.PASSED
    found = codes(result_of(report, "lint"))
    assert found == {("F821", "app/a.py", 1), ("F821", "app/b.py", 1)}
    whole = await validator.validate(root, checks=("syntax", "lint"), paths=["."])
    assert whole.paths == []
    assert result_of(whole, "syntax").status is CheckStatus.FAILED
    for outside in ("../x", "/etc/passwd", "app/../../x"):
        with pytest.raises(InvalidInputError, match="inside the project"):
            await validator.validate(root, paths=[outside])
    with pytest.raises(NotFoundError):
        await validator.validate(root, paths=["app/none.py"])
    with pytest.raises(InvalidInputError):
        await validator.validate(root, paths=["app"], changed=True)


async def test_below_the_level_asked_for_no_code_of_the_project_runs(tmp_path: Path) -> None:
    validator = make_validator(
        tmp_path / "cache", sandbox=SandboxSettings(bwrap=str(tmp_path / "no-bwrap"))
    )
    root = build_file_tree(tmp_path / "p", {"test_a.py": "def test_a() -> None:\n    assert 1\n"})
    report = await validator.validate(root, checks=("lint", "tests"), level=SandboxLevel.L3)
    assert result_of(report, "lint").status is CheckStatus.PASSED
    assert result_of(report, "tests").status is CheckStatus.NOT_RUN
    assert "L3 was asked for" in result_of(report, "tests").reason
    assert not report.passed


async def test_what_is_known_against_packages_is_asked_once_a_validation(tmp_path: Path) -> None:
    asked: list[list[tuple[str, str]]] = []

    async def advisories(packages: object) -> CheckResult:
        assert isinstance(packages, list)
        asked.append([(p.name, p.version) for p in packages])
        return CheckResult(name="advisories", status=CheckStatus.PASSED)

    engine = ValidatorEngine(
        Sandbox(SandboxSettings(), tmp_path / "cache"),
        ValidationSettings(),
        {"python": InstalledPython()},
        tmp_path / "cache",
        no_registry,
        advisories=advisories,
    )
    lock = (
        '[[package]]\nname = "{0}"\nversion = "1.0"\nsource = {{ registry = "https://i.test" }}\n'
    )
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": '[project]\nname = "p"\nversion = "1"\ndependencies = ["six"]\n',
            "uv.lock": f"version = 1\n\n{lock.format('six')}",
            "a.py": "",
        },
    )
    assert engine.check_names().count("advisories") == 1
    for _ in range(2):
        report = await engine.validate(root, checks=("syntax", "advisories"))
        assert report.passed
        assert result_of(report, "advisories").status is CheckStatus.PASSED
    assert asked == [[("six", "1.0")]] * 2
    offline = await engine.validate(root, checks=("syntax", "advisories"), offline=True)
    assert result_of(offline, "advisories").reason == "not checked"
    assert (len(asked), offline.passed) == (2, True)
