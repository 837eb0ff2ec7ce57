"""Start-up: a web service starts without network, answers, and stops when told to."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from autonomous_coder.languages.base import CheckPlan, ProjectView, Steps, Toolbox
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.common.survey import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.models.execution import OUTPUT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

REPORT = "start.json"
NAME, TITLE = "start", "The service starts, answers and stops"
PATIENCE_S = 60.0
"""How long a service may take until it answers."""
GRACE_S = 15.0
"""How long it may take to end after SIGTERM."""
ENDINGS = (0, -15, 143)
_ERROR_LINE = re.compile(
    r"^\s*(?:(?:Caused by: |Uncaught |panic: |fatal |Exception in thread \S+ )?[\w.$]*"
    r"(?:Error|Exception|Exit)\b|panic:|thread .* panicked at|error(?:\[\w+\])?: |Error: )"
)
_PYTHON_PLACE = re.compile(r'File "([^"\n]+)", line (\d+)')
_JAVA_PLACE = re.compile(r"\bat ([\w.$]+)\.[\w$<>]+\((\w+\.java):(\d+)\)")
_OTHER_PLACE = re.compile(r"(?:file://)?([\w./@\\-]+\.[a-z]{1,5}):(\d+)(?::\d+)?")


def service_plan(
    project: ProjectView,
    service: Service,
    toolbox: Toolbox,
    *,
    language: str,
    tool: str,
    patience_s: float = PATIENCE_S,
    grace_s: float = GRACE_S,
) -> CheckPlan:
    """Starts the service, asks its health route and the GET routes of its OpenAPI, stops it."""
    wish = {
        "prepare": service.prepare, "argv": service.argv, "env": dict(service.env),
        "patience": patience_s, "grace": grace_s,
    }  # fmt: skip

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                *(toolbox.interpreter.executable, "-I", "-S", "-X", "utf8"),
                *(f"{INSIDE_DIR}/start_service.py", f"{OUTPUT_DIR}/{REPORT}"),
            ),
            tree=project.root,
            cwd=service.cwd,
            mounts=(*toolbox.interpreter.mounts, *service.mounts, INSIDE_MOUNT),
            limits=toolbox.limits,
            stdin=json.dumps(wish).encode(),
        )
        return start_result(project, service.label, outcome, language=language, tool=tool)

    return CheckPlan(NAME, TITLE, steps, cost=6.0, needs_environment=True)


def start_result(
    project: ProjectView, label: str, outcome: Outcome, *, language: str, tool: str
) -> CheckResult:
    """What the report in `/output` says; `label` names the service to people."""
    about: dict[str, Any] = {"tool": tool}
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
            f"{clean(str(refusal), limit=200)}.",
            level=outcome.level,
        )
    found = _findings(project, label, report, language=language, tool=tool)
    answers = _answers(report.get("answers"))
    seconds = report.get("seconds")
    reason = f"{label}: {len(answers)} routes answered, started in {seconds} s."
    if not report.get("started"):
        reason = f"{label} did not start."
    if unasked := report.get("unasked"):
        reason += f" {unasked} more were not asked, for want of time."
    if not found and not answers:
        message = "the service answers neither a health route nor any GET without parameters"
        found.append(finding(language, tool, "no-route", Severity.WARNING, message))
    return verdict(NAME, TITLE, found, strict=False, outcome=outcome, reason=clean(reason), **about)


def _findings(
    project: ProjectView, label: str, report: dict[str, Any], *, language: str, tool: str
) -> list[Diagnostic]:
    log = str(report.get("log", ""))
    path, line = log_place(project, log)
    said = last_words(project, log)

    def fault(code: str, message: str) -> Diagnostic:
        return finding(
            language, tool, code, Severity.ERROR, message.strip(), root=project.root,
            path=path, line=line,
        )  # fmt: skip

    if report.get("prepared") is False:
        return [fault("not-built", f"'{label}' cannot be built. {said}")]
    if not report.get("started"):
        if report.get("listens"):
            return [fault("no-answer", f"'{label}' listens but does not answer HTTP. {said}")]
        ended = report.get("exit")
        how = f"ended with exit code {ended}" if ended is not None else "listens on no port"
        if "listens" not in report:
            how = "does not start"
        return [fault("not-started", f"'{label}' {how}. {said}")]
    found = []
    answers = _answers(report.get("answers"))
    for route, status, body in answers:
        if status == 0:
            found.append(fault("no-answer", f"GET {route} does not answer. {said}"))
        elif status >= 500:
            found.append(fault("server-error", f"GET {route} answers {status}. {body} {said}"))
    health = report.get("health")
    for route, status, _ in answers:
        if route == health and 400 <= status < 500:
            found.append(fault("unhealthy", f"GET {route} answers {status}"))
    if not report.get("alive"):
        found.append(fault("died", f"the service ended by itself. {said}"))
    elif not report.get("stopped"):
        left = report.get("left")
        if report.get("exit") is not None and isinstance(left, int) and left > 0:
            message = f"{left} processes that the service started outlive it"
            found.append(fault("not-stopped", message))
        else:
            found.append(fault("not-stopped", "the service does not stop within 15 s of SIGTERM"))
    elif report.get("exit") not in ENDINGS:
        found.append(
            fault("exit-code", f"stopping ended with exit code {report.get('exit')}. {said}")
        )
    return found


def _answers(value: Any) -> Sequence[tuple[str, int, str]]:
    return [
        (str(item[0]), item[1], str(item[2]))
        for item in (value if isinstance(value, list) else ())
        if isinstance(item, list) and len(item) == 3 and isinstance(item[1], int)
    ]


def last_words(project: ProjectView, log: str) -> str:
    """The last error line of a service's log, else its last line."""
    lines = [line for line in clean(log, project.root, 10_000).splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR_LINE.match(line)]
    return (errors or lines or [""])[-1].strip()[:400]


def log_place(project: ProjectView, log: str) -> tuple[str, int]:
    """The place of a stack trace that lies in the project: the last one of Python's, whose traces
    end with the cause, the first one of others'."""
    for path, line in reversed(_PYTHON_PLACE.findall(log)):
        if (shown := relative(path, project.root)) in project.files:
            return shown, int(line)
    for name, file, line in _JAVA_PLACE.findall(log):
        end = "/".join([*name.split("$")[0].split(".")[:-1], file])
        for path in project.files:
            if path == end or path.endswith(f"/{end}"):
                return path, int(line)
    for path, line in _OTHER_PLACE.findall(log):
        if (shown := relative(path, project.root)) in project.files:
            return shown, int(line[:9])
    return "", 0
