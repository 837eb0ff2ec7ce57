"""Small projects and validators for tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import NetworkUnavailableError
from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    Language,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.python import PythonLanguage
from autonomous_coder.models.execution import FetchAccess
from autonomous_coder.models.validation import CheckResult, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings


def build_file_tree(root: Path, files: Mapping[str, str]) -> Path:
    """Write files (relative path -> text, dedented) below `root`; returns it."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return root


class InstalledPython(PythonLanguage):
    """Python whose dependencies are those of the interpreter that runs the tests."""

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        minor = sys.version_info[1]
        return Environment(
            ready=True,
            executable=sys.executable,
            packages=f"{sys.prefix}/lib/python3.{minor}/site-packages",
            mounts=toolbox.mounts,
            directory=Path(sys.prefix),
            key="test",
        )


async def no_registry(ecosystem: str) -> FetchAccess:
    """A machine without network."""
    raise NetworkUnavailableError(f"The {ecosystem} registry cannot be reached.")


def make_validator(
    cache_dir: Path,
    *,
    language: Language | None = None,
    sandbox: SandboxSettings | None = None,
    settings: ValidationSettings | None = None,
) -> ValidatorEngine:
    """A validator without network; by default with the tests' own environment."""
    return ValidatorEngine(
        Sandbox(sandbox or SandboxSettings(), cache_dir),
        settings or ValidationSettings(),
        {"python": language or InstalledPython()},
        cache_dir,
        no_registry,
    )


def result_of(report: ValidationReport, name: str) -> CheckResult:
    """The result of one check, which must be there."""
    result = report.check(name)
    assert result is not None
    return result


def codes(result: CheckResult) -> set[tuple[str, str, int]]:
    """(code, path, line) of every finding."""
    return {(d.code, d.path, d.line) for d in result.diagnostics}
