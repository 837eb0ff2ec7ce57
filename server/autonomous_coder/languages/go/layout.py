"""Format: gofmt, which has no configuration."""

from __future__ import annotations

import re
from typing import Any

from autonomous_coder.languages.base import (
    CheckPlan,
    NotApplicable,
    ProjectView,
    Steps,
    Survey,
    Toolbox,
)
from autonomous_coder.languages.common.survey import judged
from autonomous_coder.languages.findings import finding, relative, stopped, unreadable, verdict
from autonomous_coder.languages.go import listing, modfile, toolchain
from autonomous_coder.languages.sources import SyntaxFault
from autonomous_coder.models.execution import SOURCE_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "format", "Code is formatted (gofmt)"
BATCH = 400
_FILE = re.compile(r"^diff (?P<path>.+)\.orig .+$")
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_GENERATED = re.compile(r"^// Code generated .* DO NOT EDIT\.$", re.M)


def format_plan(project: ProjectView, toolbox: Toolbox) -> CheckPlan | NotApplicable:
    """Every file of the project's own is named; each that differs is one finding."""
    go = toolchain.found(toolbox)
    if "gofmt" not in go.programs:
        reason = go.why_missing or "gofmt is not installed beside go."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    files = modfile.sources(project)

    def steps() -> Steps[CheckResult]:
        about: dict[str, Any] = {"tool": "gofmt", "tool_version": go.version}
        found: list[Diagnostic] = []
        seconds = 0.0
        outcome: Outcome | None = None
        for start in range(0, len(files), BATCH):
            outcome = yield _gofmt(project, toolbox, "-d", *files[start : start + BATCH])
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            seconds += outcome.duration_s
            batch = differing(project, outcome.stdout.decode("utf-8", "replace"))
            errors = outcome.stderr.decode("utf-8", "replace")
            unread = listing.compiled(errors, project.root, tool="gofmt", code="unparsed")
            if outcome.exit_code != 0 and not (batch or unread):
                return unreadable(NAME, TITLE, outcome, "gofmt ended without a report", **about)
            found += [*batch, *_once(unread)]
        result = verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )
        result.duration_s = seconds
        return result

    return CheckPlan(NAME, TITLE, steps, cost=1.0, reads=tuple(files))


def parsed(project: ProjectView, survey: Survey, toolbox: Toolbox) -> Steps[Survey]:
    """The survey with gofmt's word on which files are Go, where there is a gofmt."""
    files = modfile.sources(project)
    if "gofmt" not in toolchain.found(toolbox).programs:
        return survey
    refused: dict[str, list[SyntaxFault]] = {}
    for start in range(0, len(files), BATCH):
        outcome = yield _gofmt(project, toolbox, "-l", *files[start : start + BATCH])
        if outcome.killed_by or outcome.exit_code not in (0, 2):
            return survey
        errors = outcome.stderr.decode("utf-8", "replace")
        for item in listing.compiled(errors, project.root, tool="gofmt", code="unparsed"):
            fault = SyntaxFault(item.line, item.column, item.message)
            refused.setdefault(item.path, []).append(fault)
    first = {path: faults[:1] for path, faults in refused.items()}
    return judged(survey, project, "go", set(files) - set(refused), first)


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """One finding a file: the rest of what cannot be parsed follows from the first."""
    return list({d.path: d for d in reversed(found)}.values())[::-1]


def _gofmt(project: ProjectView, toolbox: Toolbox, *arguments: str) -> Command:
    go = toolchain.found(toolbox)
    return Command(
        argv=(go.programs["gofmt"], *(a if a in ("-d", "-l") else f"./{a}" for a in arguments)),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=go.mounts,
        limits=toolbox.limits,
        runs_project_code=False,
    )


def differing(project: ProjectView, text: str) -> list[Diagnostic]:
    """One finding for each file of a diff, at its first line that would change."""
    found: list[Diagnostic] = []
    path, line = "", 0
    for row in text.splitlines():
        if match := _FILE.match(row):
            path, line = relative(match["path"], project.root), 0
        elif match := _HUNK.match(row):
            line = int(match[1][:9])
        elif row.startswith((" ", "\t")) and line:
            line += 1
        elif row.startswith(("-", "+")) and not row.startswith(("---", "+++")) and path and line:
            generated = bool(_GENERATED.search(project.read(path)[:4_000]))
            found.append(
                finding(
                    "go", "gofmt", "unformatted", Severity.INFO if generated else Severity.WARNING,
                    "gofmt would change this file; run `gofmt -w` on it", path=path, line=line,
                )
            )  # fmt: skip
            path = ""
    return found


def formatted(toolbox: Toolbox, text: str) -> Steps[str]:
    """A text as gofmt would have it; as it is when gofmt cannot parse it."""
    go = toolchain.found(toolbox)
    if "gofmt" not in go.programs:
        return text
    outcome = yield Command(
        argv=(go.programs["gofmt"],),
        cwd="/tmp",  # noqa: S108
        stdin=text.encode("utf-8", "replace"),
        mounts=go.mounts,
        limits=toolbox.limits,
        runs_project_code=False,
    )
    after = outcome.stdout.decode("utf-8", "replace")
    return after if outcome.exit_code == 0 and after.strip() else text
