"""Start-up: a web service starts without network, answers, and stops when told to."""

from __future__ import annotations

import re

from autonomous_coder.languages.base import (
    CONFIG_DIR,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.common.start import NAME, REPORT, TITLE, start_result
from autonomous_coder.languages.python.dependencies import installed_modules
from autonomous_coder.languages.python.facts import Facts, is_test_path, module_name
from autonomous_coder.languages.python.metadata import INSTALLED_DIR, Metadata, installed_record
from autonomous_coder.languages.python.syntax import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import OUTPUT_DIR, Command
from autonomous_coder.models.validation import CheckResult

_ENTRY = re.compile(r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
_NAMES = ("main", "app", "api", "asgi", "server", "wsgi", "__init__")


def start_plan(
    project: ProjectView,
    metadata: Metadata,
    facts: Facts,
    environment: Environment,
    toolbox: Toolbox,
) -> CheckPlan | NotApplicable:
    """For projects with an ASGI application that can be found without running anything."""
    target = find_service(metadata, facts)
    if target is None:
        return NotApplicable(NAME, TITLE, "The project is no web service that could be found.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    if "uvicorn" not in installed_modules(environment.directory):
        reason = "No server that could be started is among the dependencies; add 'uvicorn'."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    name, factory = target
    record = installed_record(metadata)

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                toolbox.interpreter.executable, "-I", "-S", "-X", "utf8", f"{INSIDE_DIR}/smoke.py",
                f"{OUTPUT_DIR}/{REPORT}",
                environment.executable, name, "1" if factory else "0",
                f"{CONFIG_DIR}/{INSTALLED_DIR}",
            ),
            tree=project.root,
            mounts=(*toolbox.interpreter.mounts, *environment.mounts, INSIDE_MOUNT),
            limits=toolbox.limits,
        )  # fmt: skip
        return start_result(project, name, outcome, language="python", tool="uvicorn")

    return CheckPlan(NAME, TITLE, steps, cost=6.0, needs_environment=True, config=record)


def find_service(metadata: Metadata, facts: Facts) -> tuple[str, bool] | None:
    """`module:name` of the application and whether it is a factory; None when there is none."""
    if _ENTRY.match(metadata.entrypoint):
        return metadata.entrypoint, False
    found: list[tuple[int, int, str, bool]] = []
    for fact in facts.files.values():
        if is_test_path(fact.path) or not fact.path.endswith(".py"):
            continue
        stem = fact.path.rsplit("/", 1)[-1].removesuffix(".py")
        rank = _NAMES.index(stem) if stem in _NAMES else len(_NAMES)
        module = module_name(fact.path)
        found += [(rank, len(module), f"{module}:{name}", False) for name in fact.apps]
        found += [(rank + 20, len(module), f"{module}:{name}", True) for name in fact.factories]
    return min(found)[2:] if found else None
