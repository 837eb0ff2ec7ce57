"""Tests: the project's runner without network, started by us and reporting to a file of ours.

The runner is the project's own process, so a project that wants to can forge what it says; the
result states that. What is refused: a run without a complete report, and tests that exist in the
files and were not reported as run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    TestFact,
    Toolbox,
)
from autonomous_coder.languages.findings import clean, finding, stopped, unreadable, verdict
from autonomous_coder.languages.node.homing import at_home
from autonomous_coder.languages.node.installed import version
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace
from autonomous_coder.languages.node.reports import Report, Result, place_in
from autonomous_coder.languages.node.runners import Run, command, find_runs
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "tests", "Tests pass (no network)"
MAX_PASSED = 5_000
FORGEABLE = "Outcomes come from the project's own process, which could forge them."
_ONLY = re.compile(r"\b(?:describe|suite|context|it|test)\.only\b|\b(?:fit|fdescribe)\s*\(")
_CONDITIONAL = re.compile(r"\bskipIf\b|\brunIf\b|\.skip\(|\bskip\s*:|\bskip\(\)|\btodo\b")
_ESCAPE = re.compile(
    r"\\(?:(?P<code>u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|(?P<other>.))"
)
_HOLE = re.compile(r"%[a-zA-Z#%$]|\$\{[^}]*\}|\$[\w.#]+")


def tests_plan(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    layout: Layout,
    environment: Environment,
    options: CheckOptions,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """Every test the files define must be reported, every expected one must pass."""
    runs, other = find_runs(workspace, facts, layout)
    # Tests that lie where builds write are not run.
    untaken = [path for path, f in facts.files.items() if f.tests and not layout.is_source(path)]
    hidden = [layout.note] if untaken else []
    if not runs and not options.expected_tests:
        reason = f"No runner of ours runs these tests: {other}." if other else ""
        reason = reason or " ".join(["The project has no tests.", *hidden])
        return NotApplicable(NAME, TITLE, reason, wanted=bool(other))
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    commands = []
    for run in runs:
        made = command(run, project, workspace, environment, toolbox)
        if isinstance(made, str):
            return NotApplicable(NAME, TITLE, made, wanted=True)
        commands.append((run, made))

    def steps() -> Steps[CheckResult]:
        total = Report(complete=True)
        found: list[Diagnostic] = []
        outcome: Outcome | None = None
        for run, made in commands:
            about = _about(run, environment, toolbox)
            outcome = at_home((yield made), project)
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            report = run.read(outcome.files.get(run.report, b""), project)
            if not report.complete:
                what = f"The run ended without a report ({run.runner})"
                return unreadable(NAME, TITLE, outcome, what, **about)
            found += _findings(project, facts, run, report, outcome, language)
            total.update(report)
        found += _expected(options.expected_tests, total, language)
        found += _only(project, [f for run in runs for f in run.files], language)
        return _verdict(
            project,
            total,
            found,
            outcome,
            " ".join([FORGEABLE, *([f"Not run here: {other}."] if other else []), *hidden]),
            _about(runs[0], environment, toolbox) if runs else {},
        )

    return CheckPlan(
        NAME, TITLE, steps, cost=10.0, needs_environment=True,
    )  # fmt: skip


def _about(run: Run, environment: Environment, toolbox: Toolbox) -> dict[str, Any]:
    number = version(environment, run.runner)
    if run.runner == "node":
        number = toolbox.toolchains["node"].version
    return {"tool": run.runner, "tool_version": clean(number, limit=40)}


def _verdict(
    project: ProjectView,
    total: Report,
    found: Sequence[Diagnostic],
    outcome: Outcome | None,
    reason: str,
    about: Mapping[str, Any],
) -> CheckResult:
    by = {
        kind: sorted(i for i, r in total.results.items() if r.outcome == kind)
        for kind in ("passed", "failed", "skipped")
    }
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=reason,
        files=len(total.files), tests_passed=total.tally["passed"],
        tests_failed=total.tally["failed"], tests_skipped=total.tally["skipped"],
        passed_tests=by["passed"][:MAX_PASSED],
        failed_tests=by["failed"][:MAX_PASSED], skipped_tests=by["skipped"][:MAX_PASSED], **about,
    )  # fmt: skip


def _findings(
    project: ProjectView,
    facts: SourceFacts,
    run: Run,
    report: Report,
    outcome: Outcome,
    language: str,
) -> list[Diagnostic]:
    found = [
        _failure(project, run, r, language)
        for r in report.results.values()
        if r.outcome == "failed"
    ]
    for path, (message, text) in report.broken.items():
        place = place_in(f"{text}\n{message}", project, path)
        where = place if place[0] else _import_in(facts, path, message)
        found.append(
            finding(
                language, run.runner, "collection-error", Severity.ERROR, message,
                root=project.root, path=where[0], line=where[1], column=where[2],
            )
        )  # fmt: skip
    for path in run.files:
        if path in report.broken:
            continue
        text = project.read(path)
        for test in facts.files[path].tests if path in facts.files else ():
            found += _unrun(run, test, report, text, language)
    if not report.results and not report.broken:
        message = "no tests were run, although there are test files"
        found.append(finding(language, run.runner, "no-tests", Severity.ERROR, message))
    if outcome.exit_code != 0 and not any(d.severity is Severity.ERROR for d in found):
        said = clean(outcome.stderr.decode("utf-8", "replace")[-3_000:], project.root, 3_000)
        place = place_in(said, project)
        message = f"{run.runner} ended with exit code {outcome.exit_code}. {_gist(said)}"
        found.append(
            finding(
                language, run.runner, "exit-code", Severity.ERROR, message, root=project.root,
                path=place[0], line=place[1], column=place[2],
            )
        )  # fmt: skip
    return found


def _import_in(facts: SourceFacts, path: str, message: str) -> tuple[str, int, int]:
    """The import of a test file that its failure to load names, else the file."""
    fact = facts.files.get(path)
    if fact is None:
        return "", 0, 0
    for item in fact.imports:
        if (name := item.module.rsplit("/", 1)[-1]) and name in message:
            return path, item.line, item.column
    return path, 0, 0


def _gist(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"error|unhandled|refused", line, re.I)]
    return " ".join(errors[:3] or lines[-3:])[:400]


def _failure(project: ProjectView, run: Run, result: Result, language: str) -> Diagnostic:
    path = result.id.split("::", 1)[0]
    place = place_in(result.text, project)
    if not place[0] and path in project.files:
        place = (path, result.line, 0)
    return finding(
        language, run.runner, "test-failed", Severity.ERROR,
        f"{result.id}: {result.message or 'it failed'}", root=project.root,
        path=place[0], line=place[1], column=place[2],
    )  # fmt: skip


def _unrun(run: Run, test: TestFact, report: Report, text: str, language: str) -> list[Diagnostic]:
    """What a test's file promises and the run did not keep."""
    results = matching(test.id, report)
    if not results:
        if test.skipped:
            return []
        message = f"the test '{test.id}' was not reported"
        return [_missing(run, test, "test-not-reported", message, language)]
    not_run = all(r.outcome == "skipped" for r in results)
    if not_run and not test.skipped and not _CONDITIONAL.search(text):
        message = f"the test '{test.id}' was not run, and nothing in its file says why"
        return [_missing(run, test, "test-not-run", message, language)]
    return []


def _missing(run: Run, test: TestFact, code: str, message: str, language: str) -> Diagnostic:
    path = test.id.split("::", 1)[0]
    return finding(language, run.runner, code, Severity.ERROR, message, path=path, line=test.line)


def matching(name: str, report: Report) -> list[Result]:
    """The results of a test as its file names it; titles may hold places for parameters."""
    for known in (name, clean(_ESCAPE.sub(_unescaped, name), limit=1_000)):
        if known in report.results:
            return [report.results[known]]
    path, _, titles = name.partition("::")
    if not _HOLE.search(titles):
        # A title that is no text in the file (a function's name, say) reads differently when run.
        return []
    parts = [_ESCAPE.sub(_unescaped, part) for part in _HOLE.split(titles)]
    return [
        result
        for known, result in report.results.items()
        if known.startswith(f"{path}::") and _fits(known.partition("::")[2], parts)
    ]


def _fits(title: str, parts: Sequence[str]) -> bool:
    """Whether a title begins with the first part, ends with the last and has the others in between,
    in order. However many there are, each is looked for once."""
    first, *middle, last = parts
    at, end = len(first), len(title) - len(last)
    if at > end or not title.startswith(first) or not title.endswith(last):
        return False
    for part in middle:
        found = title.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _unescaped(match: re.Match[str]) -> str:
    """What an escape in a string stands for."""
    code, other = match["code"], match["other"]
    if code:
        number = int(code.strip("ux{}"), 16)
        return chr(number) if number < 0x110000 else match[0]
    return {"n": "\n", "t": "\t", "r": "\r"}.get(other, other)


def _expected(wanted: Sequence[str], report: Report, language: str) -> list[Diagnostic]:
    found = []
    for test in wanted:
        results = matching(test, report)
        if not results or any(r.outcome != "passed" for r in results):
            message = f"the expected test '{test}' did not pass"
            path = test.split("::", 1)[0]
            found.append(
                finding(language, "tests", "test-expected", Severity.ERROR, message, path=path)
            )
    return found


def _only(project: ProjectView, files: Sequence[str], language: str) -> list[Diagnostic]:
    found = []
    for path in files:
        text = project.read(path)
        if match := _ONLY.search(text):
            message = "`only` keeps the other tests of this file from being run"
            line = text.count("\n", 0, match.start()) + 1
            found.append(
                finding(
                    language, "autonomous-coder", "focused-test", Severity.WARNING, message,
                    path=path, line=line,
                )
            )  # fmt: skip
    return found
