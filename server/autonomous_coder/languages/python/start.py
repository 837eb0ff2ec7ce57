"""Start-up: a web service starts without network, answers, and stops when told to."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.python.dependencies import installed_modules
from autonomous_coder.languages.python.facts import Facts, is_test_path, module_name
from autonomous_coder.languages.python.metadata import INSTALLED_DIR, Metadata, installed_record
from autonomous_coder.languages.python.syntax import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import OUTPUT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

REPORT = "start.json"
NAME, TITLE = "start", "The service starts, answers and stops"
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
        return _result(project, name, outcome)

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


def _result(project: ProjectView, target: str, outcome: Outcome) -> CheckResult:
    about: dict[str, Any] = {"tool": "uvicorn"}
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    report = parse_json(outcome.files.get(REPORT, b""))
    if not isinstance(report, dict):
        return unreadable(NAME, TITLE, outcome, "The start-up reported nothing", **about)
    if refusal := report.get("refused"):
        return CheckResult(
            name=NAME,
            title=TITLE,
            status=CheckStatus.NOT_RUN,
            reason=f"A service can listen only at sandbox level L3, not at {outcome.level}: "
            f"{refusal}.",
            level=outcome.level,
        )
    found = _findings(project, target, report)
    answers = report.get("answers") or []
    reason = f"{target}: {len(answers)} routes answered, started in {report.get('seconds')} s."
    if not found and not answers:
        message = "the service answers neither a health route nor any GET without parameters"
        found.append(finding("python", "uvicorn", "no-route", Severity.WARNING, message))
    return verdict(NAME, TITLE, found, strict=False, outcome=outcome, reason=reason, **about)


def _findings(project: ProjectView, target: str, report: dict[str, Any]) -> list[Diagnostic]:
    log = str(report.get("log", ""))
    path, line = _place(project, log)
    said = _last_words(project, log)

    def fault(code: str, message: str) -> Diagnostic:
        return finding(
            "python", "uvicorn", code, Severity.ERROR, message, root=project.root,
            path=path, line=line,
        )  # fmt: skip

    if not report.get("started"):
        return [fault("not-started", f"'{target}' does not start. {said}")]
    found = []
    for route, status, body in _answers(report.get("answers")):
        if status == 0:
            found.append(fault("no-answer", f"GET {route} does not answer. {said}"))
        elif status >= 500:
            found.append(fault("server-error", f"GET {route} answers {status}. {body} {said}"))
    health = report.get("health")
    for route, status, _ in _answers(report.get("answers")):
        if route == health and 400 <= status < 500:
            found.append(fault("unhealthy", f"GET {route} answers {status}"))
    if not report.get("alive"):
        found.append(fault("died", f"the service ended by itself. {said}"))
    elif not report.get("stopped"):
        found.append(fault("not-stopped", "the service does not stop within 15 s of SIGTERM"))
    elif report.get("exit") not in (0, -15, 143):
        found.append(
            fault("exit-code", f"stopping ended with exit code {report.get('exit')}. {said}")
        )
    return found


def _answers(value: Any) -> Sequence[tuple[str, int, str]]:
    return [
        (str(item[0]), item[1], str(item[2]))
        for item in value or ()
        if isinstance(item, list) and len(item) == 3 and isinstance(item[1], int)
    ]


def _last_words(project: ProjectView, log: str) -> str:
    """The last error line of the service's log, else its last line."""
    lines = [line for line in clean(log, project.root, 10_000).splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(?:Error|Exception|Exit)\b", line)]
    return (errors or lines or [""])[-1][:400]


def _place(project: ProjectView, log: str) -> tuple[str, int]:
    """The last place of a traceback that lies in the project."""
    found = "", 0
    for path, line in re.findall(r'File "([^"\n]+)", line (\d+)', log):
        shown = relative(path, project.root)
        if shown in project.files:
            found = shown, int(line)
    return found
