"""Lint, format and performance: ruff with our configuration and nothing of the project's."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from autonomous_coder.languages.base import CONFIG_DIR, CheckPlan, ProjectView, Steps, Toolbox
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.python import own
from autonomous_coder.languages.python.facts import Facts, is_python
from autonomous_coder.languages.python.metadata import Metadata
from autonomous_coder.languages.python.reading import files_read
from autonomous_coder.models.execution import SOURCE_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Edit, Severity

LINT_RULES = ("E", "F", "W", "I", "B", "UP", "C4", "PIE", "ASYNC", "PLE", "T10", "RUF100", "S307")
LINT_IGNORED = ("E501", "ISC001")
"""Line length is the formatter's; what it cannot break is no fault."""
PERFORMANCE_RULES = ("C901", "PERF", "PLR0912", "PLR0915", "B019", "ASYNC210", "ASYNC230")
PARAMETERS = ("Body", "Cookie", "Depends", "File", "Form", "Header", "Path", "Query", "Security")
IMMUTABLE_CALLS = (
    *(f"{module}.{name}" for module in ("fastapi", "fastapi.params") for name in PARAMETERS),
    "typer.Option",
    "typer.Argument",
)
NEWEST_TARGET = 14
_CHECKED = re.compile(rb"Checked (\d+) files? in")
_COUNTED = re.compile(rb"(\d+) files? (?:would be reformatted|already formatted|failed to format)")
_WOULD = re.compile(r"^(?:Would reformat: |unformatted: )(.+)$", re.M)


def lint_plan(
    project: ProjectView, metadata: Metadata, facts: Facts, toolbox: Toolbox
) -> CheckPlan:
    """Errors for what is broken, warnings for the rest."""
    name, title = "lint", "Linted with ruff"

    def steps() -> Steps[CheckResult]:
        files = _files(project)
        outcome = yield _command(
            project, toolbox, ("check", "--verbose", "--output-format", "json"), metadata,
            ("--select", ",".join(LINT_RULES), "--ignore", ",".join(LINT_IGNORED)),
        )  # fmt: skip
        about: dict[str, Any] = {"tool": "ruff", "tool_version": toolbox.versions.get("ruff", "")}
        read = _read(outcome, len(files))
        if isinstance(read, str):
            return stopped(name, title, outcome, **about) or unreadable(
                name, title, outcome, read, **about
            )
        found = [*_suppressions(facts), *(_diagnostic(project, item) for item in read)]
        result = verdict(
            name, title, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )
        if result.status is CheckStatus.FAILED and own.has_ruff_config(project):
            asked = yield own.ruff_command(project, toolbox, "check", "--output-format", "json")
            told = own.count_json(asked)
            result = own.beside(result, "ruff", told, strict=project.strict)
        return result

    return CheckPlan(
        name, title, steps, cost=0.3, config=_listing(project), reads=files_read(project)
    )


def performance_plan(project: ProjectView, metadata: Metadata, toolbox: Toolbox) -> CheckPlan:
    """Complexity and known slow constructs, as information."""
    name, title = "performance", "Complexity and slow constructs"

    def steps() -> Steps[CheckResult]:
        files = _files(project)
        outcome = yield _command(
            project, toolbox, ("check", "--verbose", "--output-format", "json"), metadata,
            ("--select", ",".join(PERFORMANCE_RULES)),
        )  # fmt: skip
        about: dict[str, Any] = {"tool": "ruff", "tool_version": toolbox.versions.get("ruff", "")}
        read = _read(outcome, len(files))
        if isinstance(read, str):
            return unreadable(name, title, outcome, read, informational=True, **about)
        found = [
            _diagnostic(project, item, Severity.INFO)
            for item in read
            if item.get("code") != "invalid-syntax"
        ]
        return verdict(
            name, title, found, strict=False, outcome=outcome, informational=True,
            files=len(files), **about,
        )  # fmt: skip

    return CheckPlan(
        name, title, steps, cost=0.3, informational=True, config=_listing(project),
        reads=files_read(project),
    )  # fmt: skip


def format_plan(project: ProjectView, metadata: Metadata, toolbox: Toolbox) -> CheckPlan:
    """Whether the formatter would change anything."""
    name, title = "format", "Formatted with ruff"

    def steps() -> Steps[CheckResult]:
        files = _files(project)
        outcome = yield _command(project, toolbox, ("format", "--check"), metadata)
        about: dict[str, Any] = {"tool": "ruff", "tool_version": toolbox.versions.get("ruff", "")}
        if ended := stopped(name, title, outcome, **about):
            return ended
        seen = sum(int(n) for n in _COUNTED.findall(outcome.stdout + outcome.stderr))
        if outcome.exit_code not in (0, 1, 2) or seen != len(files):
            what = f"ruff saw {seen} of {len(files)} files"
            return unreadable(name, title, outcome, what, **about)
        text = clean(outcome.stdout.decode("utf-8", "replace"), project.root, 10**7)
        found = []
        for path in _unformatted(text, files):
            found.append(
                finding(
                    "python", "ruff", "unformatted", Severity.WARNING,
                    "the formatter would change this file", path=path,
                )
            )  # fmt: skip
        if outcome.exit_code == 2:
            message = "a file could not be formatted, because it does not parse"
            found.append(finding("python", "ruff", "unparsable", Severity.ERROR, message))
        elif outcome.exit_code == 1 and not found:
            return unreadable(name, title, outcome, "ruff named no file", **about)
        result = verdict(
            name, title, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )
        if result.status is CheckStatus.FAILED and own.has_ruff_config(project):
            asked = yield own.ruff_command(project, toolbox, "format", "--check")
            told = own.count_unformatted(asked)
            result = own.beside(result, "ruff", told, strict=project.strict)
        return result

    return CheckPlan(
        name, title, steps, cost=0.2, config=_listing(project), reads=files_read(project)
    )


def _unformatted(text: str, files: Sequence[str]) -> list[str]:
    """Paths from `--> path:line:column` and `Would reformat: path` lines."""
    known = set(files)
    found = [m.removeprefix("./") for m in re.findall(r"^\s*--> (.+?):\d+:\d+$", text, re.M)]
    found += [m.removeprefix("./") for m in _WOULD.findall(text)]
    return [f for f in dict.fromkeys(found) if f in known]


def _files(project: ProjectView) -> list[str]:
    return [f for f in project.files if is_python(f) and f.isprintable()]


def _listing(project: ProjectView) -> dict[str, str]:
    return {"files": "".join(f"./{f}\n" for f in _files(project))}


def fix_command(
    project: ProjectView,
    metadata: Metadata,
    toolbox: Toolbox,
    path: str,
    text: str,
    rules: tuple[str, ...],
    left_out: tuple[str, ...],
) -> Command:
    """Prints one file with ruff's safe fixes of some rules applied."""
    verb = ("check", "--fix-only", "--exit-zero", "--quiet")
    chosen = ("--select", ",".join(rules), "--ignore", ",".join((*LINT_IGNORED, *left_out)))
    return _command(project, toolbox, verb, metadata, chosen, stdin=(path, text))


def layout_command(
    project: ProjectView, metadata: Metadata, toolbox: Toolbox, path: str, text: str
) -> Command:
    """Prints one file formatted."""
    return _command(project, toolbox, ("format", "--quiet"), metadata, stdin=(path, text))


def _command(
    project: ProjectView,
    toolbox: Toolbox,
    verb: tuple[str, ...],
    metadata: Metadata,
    more: tuple[str, ...] = (),
    stdin: tuple[str, str] | None = None,
) -> Command:
    """On all files, or on the one whose path and text are given."""
    config: dict[str, Any] = {
        "line-length": metadata.line_length,
        "target-version": f"py3{min(metadata.minor, NEWEST_TARGET)}",
        "src": ["src", "."],
        "exclude": [],
    }
    if verb[0] == "check":
        config["lint.isort.known-first-party"] = list(metadata.first_party)
        config["lint.flake8-bugbear.extend-immutable-calls"] = list(IMMUTABLE_CALLS)
    targets: tuple[str, ...] = (f"@{CONFIG_DIR}/files",)
    if stdin is not None:
        targets = ("--stdin-filename", stdin[0], "-")
    settings = [part for k, v in config.items() for part in ("--config", f"{k}={json.dumps(v)}")]
    return Command(
        argv=(
            toolbox.tools["ruff"], *verb, "--isolated", "--no-cache", "--no-respect-gitignore",
            "--color", "never", *settings, *more, *targets,
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=toolbox.mounts,
        limits=toolbox.limits,
        stdin=stdin[1].encode() if stdin else b"",
        runs_project_code=False,
    )  # fmt: skip


def _read(outcome: Outcome, expected: int) -> list[dict[str, Any]] | str:
    """Ruff's findings, or why they cannot be trusted."""
    items = parse_json(outcome.stdout)
    counted = _CHECKED.search(outcome.stderr)
    seen = int(counted[1]) if counted else 0
    if outcome.exit_code not in (0, 1) or not isinstance(items, list):
        return "ruff reported nothing that can be read"
    if seen != expected:
        return f"ruff saw {seen} of {expected} files"
    return [item for item in items if isinstance(item, dict)]


def severity(code: str) -> Severity:
    """Errors are what breaks at run time; style is a warning."""
    broken = ("invalid-syntax", "E9", "F5", "F6", "F7", "F82", "PLE", "S307")
    return Severity.ERROR if code.startswith(broken) else Severity.WARNING


def _diagnostic(
    project: ProjectView, item: dict[str, Any], level: Severity | None = None
) -> Diagnostic:
    code = str(item.get("code") or "invalid-syntax")
    path = relative(str(item.get("filename", "")), project.root)
    start, end = item.get("location") or {}, item.get("end_location") or {}
    fix = item.get("fix") or {}
    return finding(
        "python",
        "ruff",
        code,
        level or severity(code),
        str(item.get("message", "")),
        root=project.root,
        path=path,
        line=int(start.get("row", 0)),
        column=int(start.get("column", 0)),
        end_line=int(end.get("row", 0)),
        end_column=int(end.get("column", 0)),
        url=str(item.get("url") or ""),
        edits=[
            Edit(
                path=path,
                start_line=edit["location"]["row"],
                start_column=edit["location"]["column"],
                end_line=edit["end_location"]["row"],
                end_column=edit["end_location"]["column"],
                text=edit.get("content") or "",
            )
            for edit in fix.get("edits", [])
        ],
        safe=fix.get("applicability") == "safe",
    )


def _suppressions(facts: Facts) -> list[Diagnostic]:
    """Comments that switch checks off for a whole file: the project's own say on its verdict."""
    return [
        finding(
            "python", "autonomous-coder", "file-wide-suppression", Severity.WARNING,
            "this comment switches checks off for the whole file; suppress single lines instead",
            path=fact.path, line=line,
        )
        for fact in facts.files.values()
        for line in fact.suppress
    ]  # fmt: skip
