"""A project's own linters are told beside our verdict, and believed no further than they answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.languages.base import (
    Environment,
    Interpreter,
    ProjectView,
    Toolbox,
    Toolchain,
)
from autonomous_coder.languages.node.manifest import read_workspace
from autonomous_coder.languages.node.own import Linter, beside, linters
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.models.validation import CheckResult, CheckStatus
from validating import build_file_tree

NODE = Toolchain("node", "20.0.0", {"node": "/usr/bin/node"})
TOOLBOX = Toolbox(Interpreter(sys.executable, (3, 11, 0)), {}, {}, toolchains={"node": NODE})
PACKAGES = {"eslint": "eslint", "@biomejs/biome": "biome", "oxlint": "oxlint"}


def _linters(root: Path, *files: str, installed: tuple[str, ...] = tuple(PACKAGES)) -> list[Linter]:
    texts = {"package.json": "{}\n", **dict.fromkeys(files, "{}\n")}
    build_file_tree(root / "project", texts)
    for name in installed:
        program = {"version": "9.1.0", "bin": {PACKAGES[name]: "run.js"}}
        place = f"env/node_modules/{name}"
        build_file_tree(
            root, {f"{place}/package.json": json.dumps(program), f"{place}/run.js": "0;\n"}
        )
    project = ProjectView(root / "project", tuple(sorted(texts)))
    environment = Environment(ready=True, directory=root / "env")
    return linters(project, read_workspace(project), environment, TOOLBOX)


def _told(
    chosen: list[Linter], *answers: Outcome | SandboxUnavailableError, strict: bool = True
) -> CheckResult:
    ours = CheckResult(name="lint", status=CheckStatus.FAILED, reason="Ours.")
    steps = beside(ours, chosen, strict=strict)
    next(steps)
    try:
        for answer in answers:
            if isinstance(answer, Outcome):
                steps.send(answer)
            else:
                steps.throw(answer)
    except StopIteration as end:
        result: CheckResult = end.value
        return result
    raise AssertionError("more was asked")


def _said(value: object, code: int = 0) -> Outcome:
    return Outcome(code, json.dumps(value).encode(), b"", 1.0, SandboxLevel.L3)


def test_those_that_are_configured_and_installed_are_asked(tmp_path: Path) -> None:
    every = _linters(tmp_path / "a", "eslint.config.ts", "biome.json", ".oxlintrc.json")
    assert [linter.name for linter in every] == ["ESLint", "Biome", "oxlint"]
    assert all(linter.command.runs_project_code for linter in every)
    assert _linters(tmp_path / "b", "eslint.config.js", installed=("oxlint",)) == []
    assert _linters(tmp_path / "c", "index.js") == []
    assert [x.name for x in _linters(tmp_path / "d", ".eslintrc.cjs")] == ["ESLint"]


def test_what_they_find_is_told_and_ours_decides(tmp_path: Path) -> None:
    chosen = _linters(tmp_path, "eslint.config.js", "biome.json", ".oxlintrc.json")
    result = _told(
        chosen,
        _said([{"errorCount": 2, "warningCount": 1}, {"errorCount": 0}], 1),
        _said({"summary": {"errors": 1}}, 1),
        _said({"diagnostics": [{"severity": "warning"}]}),
    )
    assert result.status is CheckStatus.FAILED
    assert result.reason == (
        "Ours. With the project's own configuration ESLint 9.1.0 finds 2 errors."
        " With the project's own configuration Biome 9.1.0 finds 1 error."
        " With the project's own configuration oxlint 9.1.0 finds no error."
        " It is the project's code, which could forge that."
    )


def test_it_decides_without_strict_mode_only_with_an_answer(tmp_path: Path) -> None:
    chosen = _linters(tmp_path, "eslint.config.js")
    passed = _told(chosen, _said([{"errorCount": 0}]), strict=False)
    assert passed.status is CheckStatus.PASSED
    assert "It decides" in passed.reason
    for answer in (
        _said([{"errorCount": 0}], 1),
        _said([{"errorCount": 1}], 0),
        _said([{"errorCount": "none"}]),
        _said([]),
        _said([7]),
        _said({}),
        Outcome(0, b"nonsense", b"", 1.0, SandboxLevel.L3),
        Outcome(2, b"[]", b"", 1.0, SandboxLevel.L3),
        Outcome(0, b"[]", b"", 1.0, SandboxLevel.L3, killed_by="timeout"),
        SandboxUnavailableError("no", hint="none"),
    ):
        assert _told(chosen, answer, strict=False).status is CheckStatus.FAILED, answer


@pytest.mark.parametrize("said", [None, [], {"errors": -1}, {"summary": 1}, {"summary": {}}])
def test_nonsense_is_no_answer(tmp_path: Path, said: object) -> None:
    (biome,) = _linters(tmp_path, "biome.json")
    assert biome.errors(said) is None
