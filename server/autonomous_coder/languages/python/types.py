"""Types: mypy strict with our configuration against the project's installed dependencies.

mypy asks an interpreter where packages are installed, and would start the project's for that. It
is told by a two-line script of ours instead, so that nothing of the environment is executed.
"""

from __future__ import annotations

import json
import re
from typing import Any

from autonomous_coder.languages.base import (
    CONFIG_DIR,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import finding, relative, stopped, unreadable, verdict
from autonomous_coder.languages.python import own
from autonomous_coder.languages.python.facts import (
    TEST_DIRS,
    is_python,
    is_test_path,
    module_name,
)
from autonomous_coder.languages.python.metadata import Metadata
from autonomous_coder.languages.python.reading import files_read
from autonomous_coder.models.execution import SOURCE_DIR, Command
from autonomous_coder.models.validation import CheckResult, CheckStatus, Severity

NAME, TITLE = "types", "Types are sound (mypy strict)"
STATE_DIR = "/state"
LOCATIONS = """#!/bin/sh
echo "([${PACKAGES:+'$PACKAGES'}], [${PACKAGES:+'$PACKAGES'}])"
"""
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
OLDEST_MINOR = 10
SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFO}
URL = "https://mypy.readthedocs.io/en/stable/_refs.html#code-"


def types_plan(
    project: ProjectView, metadata: Metadata, environment: Environment, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """Tests are checked too, but need not be annotated."""
    files = [f for f in project.files if is_python(f) and f.isprintable()]
    if not files:
        return NotApplicable(NAME, TITLE, "There is no Python code.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    # A stub beside its module describes the same module.
    hidden = [f for f in files if f.endswith(".py") and f"{f}i" in files]
    files = [f for f in files if f not in hidden]

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                toolbox.interpreter.executable, "-I", "-m", "mypy",
                "--config-file", f"{CONFIG_DIR}/mypy.ini",
                "--python-executable", f"{CONFIG_DIR}/python",
                "--cache-dir", STATE_DIR, "--output", "json", f"@{CONFIG_DIR}/files",
            ),
            tree=project.root,
            copy_tree=False,
            cwd=SOURCE_DIR,
            env={"PACKAGES": environment.packages} if environment.packages else {},
            mounts=(*toolbox.mounts, *environment.mounts),
            limits=toolbox.limits,
            runs_project_code=False,
        )  # fmt: skip
        about: dict[str, Any] = {"tool": "mypy", "tool_version": toolbox.versions.get("mypy", "")}
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        items = _items(outcome.stdout)
        if outcome.exit_code not in (0, 1, 2) or (outcome.exit_code != 0) != bool(items):
            what = "mypy reported nothing that can be read"
            return unreadable(NAME, TITLE, outcome, what, **about)
        found = [_diagnostic(project, item) for item in items]
        found += [
            finding(
                "python", "autonomous-coder", "hidden-by-stub", Severity.WARNING,
                "the stub beside this module hides it from the type checker", path=path,
            )
            for path in hidden
        ]  # fmt: skip
        result = verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )
        if config.get("own.ini") and result.status is CheckStatus.FAILED:
            asked = yield own.mypy_command(project, environment, toolbox, f"{STATE_DIR}/own")
            told = own.count_lines(asked)
            result = own.beside(result, "mypy", told, strict=project.strict)
        return result

    config = {
        "mypy.ini": _config(project, metadata),
        "python": LOCATIONS,
        "files": "".join(f"./{f}\n" for f in files),
        "own.ini": own.own_mypy_config(project),
        "own-files": own.own_mypy_files(project, [f for f in files if not is_test_path(f)]),
    }
    return CheckPlan(
        NAME, TITLE, steps, cost=10.0, needs_environment=True, config=config,
        state=f"{environment.key}-mypy-{toolbox.versions.get('mypy', '')}",
        state_target=STATE_DIR, reads=files_read(project),
    )  # fmt: skip


def _config(project: ProjectView, metadata: Metadata) -> str:
    # Relative to the current directory, which is the project's.
    roots = (["src"] if any(f.startswith("src/") for f in project.files) else []) + ["."]
    declared = metadata.dependencies | metadata.optional | metadata.development
    lines = [
        "[mypy]",
        f"strict = {project.strict}",
        "check_untyped_defs = True",
        f"python_version = 3.{max(metadata.minor, OLDEST_MINOR)}",
        f"mypy_path = {':'.join(roots)}",
        "explicit_package_bases = True",
        "namespace_packages = True",
        # A library without stubs is not the project's fault.
        "disable_error_code = import-untyped",
        "show_traceback = False",
    ]
    if "pydantic" in declared or any(d.startswith(("pydantic-", "fastapi")) for d in declared):
        lines += ["plugins = pydantic.mypy", "[pydantic-mypy]", "init_typed = True"]
    relaxed = (
        "disallow_untyped_defs = False",
        "disallow_incomplete_defs = False",
        "disallow_untyped_calls = False",
        "disallow_untyped_decorators = False",
        "disallow_any_generics = False",
    )
    for directory in sorted(TEST_DIRS):
        lines += [f"[mypy-{directory}.*]", *relaxed]
    apart = [module_name(f) for f in project.files if is_python(f) and is_test_path(f)]
    for module in sorted({m for m in apart if m.split(".", 1)[0] not in TEST_DIRS}):
        if _MODULE.fullmatch(module):
            lines += [f"[mypy-{module}]", *relaxed]
    return "\n".join(lines) + "\n"


def _items(output: bytes) -> list[dict[str, Any]]:
    items = []
    for line in output.decode("utf-8", "replace").splitlines():
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(item, dict) and "message" in item:
            items.append(item)
    return items


def _diagnostic(project: ProjectView, item: dict[str, Any]) -> Any:
    code = str(item.get("code") or "mypy")
    hint = item.get("hint")
    message = str(item.get("message", "")) + (f" ({hint})" if hint else "")
    return finding(
        "python",
        "mypy",
        code,
        SEVERITIES.get(str(item.get("severity")), Severity.ERROR),
        message,
        root=project.root,
        path=relative(str(item.get("file", "")), project.root),
        line=int(item.get("line") or 0),
        column=max(0, int(item.get("column") or 0)) + 1,
        url=URL + code,
    )
