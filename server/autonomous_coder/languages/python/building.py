"""Build: a library's wheel is built by its own backend, without network, and looked into.

The backend is installed by the fetch phase beside the dependencies. Backends may run the
project's code (setup.py, hooks), so the build is contained like a test.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from autonomous_coder.languages.base import (
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.python.metadata import normalise, strings, table
from autonomous_coder.languages.python.syntax import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import OUTPUT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "build", "The wheel builds and holds the package"
REPORT = "build.json"
MAX_REQUIREMENTS = 20
BACKEND_PLACE = ".backend"
UNWANTED = frozenset({"tests", "test", "docs", "examples", "benchmarks"})


def backend_requirements(text: str) -> tuple[str, ...]:
    """What `[build-system]` asks for, as plain requirements of the index; empty when pyproject.toml
    names no backend, keeps it in its own tree, or asks for something from elsewhere."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        system = table(tomllib.loads(text), "build-system")
    except (ValueError, RecursionError):
        return ()
    named = strings(system.get("requires"))
    if not isinstance(system.get("build-backend"), str) or system.get("backend-path"):
        return ()
    try:
        parsed = [Requirement(item) for item in named[:MAX_REQUIREMENTS]]
    except InvalidRequirement:
        return ()
    return tuple(str(item) for item in parsed) if not any(r.url for r in parsed) else ()


def build_plan(
    project: ProjectView, environment: Environment, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """For projects with a build backend; applications without one have nothing to build."""
    text = project.read("pyproject.toml")
    requirements = backend_requirements(text)
    if not requirements:
        return NotApplicable(NAME, TITLE, "The project names no build backend from the index.")
    values = tomllib.loads(text)
    if table(values, "tool", "uv").get("package") is False:
        return NotApplicable(NAME, TITLE, "The project says that it is no package.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    if environment.directory is None or not (environment.directory / BACKEND_PLACE).is_dir():
        reason = f"The build backend ({', '.join(requirements)[:200]}) could not be installed."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    backend = str(table(values, "build-system")["build-backend"])
    name = str(table(values, "project").get("name", ""))

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                environment.executable, "-I", "-X", "utf8", f"{INSIDE_DIR}/build_wheel.py",
                f"{OUTPUT_DIR}/{REPORT}", _backend_directory(environment), backend,
            ),
            tree=project.root,
            env={"PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "1600000000"},
            mounts=(*environment.mounts, INSIDE_MOUNT),
            limits=toolbox.limits,
        )  # fmt: skip
        return _result(project, name, backend, outcome)

    return CheckPlan(NAME, TITLE, steps, cost=3.0, needs_environment=True)


def _backend_directory(environment: Environment) -> str:
    """Inside the sandbox: the environment's own place, two above its interpreter."""
    return f"{environment.executable.rsplit('/', 2)[0]}/{BACKEND_PLACE}"


def _result(project: ProjectView, name: str, backend: str, outcome: Outcome) -> CheckResult:
    about: dict[str, Any] = {"tool": backend.split(".", 1)[0].split(":", 1)[0]}
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    report = parse_json(outcome.files.get(REPORT, b""))
    if not isinstance(report, dict):
        return unreadable(NAME, TITLE, outcome, "The build ended without a report", **about)
    if missing := strings(report.get("missing")):
        return CheckResult(
            name=NAME,
            title=TITLE,
            status=CheckStatus.INFRASTRUCTURE,
            reason=f"The backend also needs {', '.join(missing)[:200]}, which is not installed.",
            level=outcome.level,
            **about,
        )
    if error := report.get("error"):
        said = clean(str(error), project.root, 600)
        found = [_finding("build-failed", Severity.ERROR, f"the wheel does not build: {said}")]
        return verdict(NAME, TITLE, found, strict=project.strict, outcome=outcome, **about)
    found = _contents(project, name, report)
    reason = f"{clean(str(report.get('wheel', '')), limit=200)} with {len(_files(report))} files."
    seconds = report.get("import_seconds")
    if isinstance(seconds, int | float) and seconds > 0 and not _failures(report):
        reason += f" Importing it takes {seconds:.2f} s."
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=reason,
        files=len(_files(report)), **about,
    )  # fmt: skip


def _files(report: dict[str, Any]) -> list[str]:
    return strings(report.get("files"))


def _contents(project: ProjectView, name: str, report: dict[str, Any]) -> list[Diagnostic]:
    files = [f for f in _files(report) if ".dist-info/" not in f]
    modules = [f for f in files if f.endswith((".py", ".pyi", ".so", ".pyd"))]
    found = []
    if not modules:
        found.append(
            _finding("empty-wheel", Severity.ERROR, "the wheel holds no module; name the packages")
        )
    tops = {f.split("/", 1)[0] for f in files}
    for top in sorted(tops & UNWANTED):
        message = f"the wheel would install a top-level '{top}' that clashes with other projects"
        found.append(_finding("unwanted-package", Severity.WARNING, message))
    missed = [m for m in _sources(project) if f"{m}/__init__.py" not in files]
    if modules and missed:
        found += [
            _finding("package-left-out", Severity.WARNING, f"the wheel leaves out 'src/{m}'")
            for m in missed
        ]
    told = str(report.get("name", ""))
    if told and name and normalise(told) != normalise(name):
        message = f"the wheel calls itself '{told}', the project '{name}'"
        found.append(_finding("name-differs", Severity.ERROR, message))
    for module, why in _failures(report):
        message = f"'import {module}' fails from the installed wheel: {why}"
        found.append(_finding("import-fails", Severity.ERROR, message))
    return found


def _sources(project: ProjectView) -> list[str]:
    """Packages below `src`."""
    return sorted(
        f.split("/")[1]
        for f in project.files
        if f.startswith("src/") and f.count("/") == 2 and f.endswith("/__init__.py")
    )


def _failures(report: dict[str, Any]) -> Sequence[tuple[str, str]]:
    value = report.get("imports")
    pairs = value.items() if isinstance(value, dict) else ()
    return [(clean(str(m), limit=100), clean(str(why), limit=400)) for m, why in pairs][:20]


def _finding(code: str, severity: Severity, message: str) -> Diagnostic:
    return finding("python", "build", code, severity, message, path="pyproject.toml")
