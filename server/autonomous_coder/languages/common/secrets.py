"""Secrets: no credential stands in the project's files.

Formats of known makers come from Kingfisher's rules (which include Betterleaks'), what has no
format from our own. Neither comments nor allowlists of the project switch anything off. The
credential itself is never repeated: only its kind, its place and at most three characters.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from autonomous_coder.languages.base import CheckPlan, ProjectView, Steps, Toolbox
from autonomous_coder.languages.common.survey import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.languages.findings import (
    finding,
    parse_json,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.models.execution import SOURCE_DIR, Command
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "secrets", "No credentials in the files"
TOOL, DISTRIBUTION = "kingfisher", "kingfisher-secret-scanner"
STATE_DIR = "/rules"
ADVICE = "take it from the environment, and revoke this one if it was ever shared"
KINDS = {
    "npmjsaccesstoken": "npm access token",
    "github-pat": "GitHub personal access token",
    "github-fine-grained-pat": "GitHub personal access token",
    "gitlab-pat": "GitLab personal access token",
    "gcp-api-key": "Google API key",
    "aws-access-token": "AWS access key with its secret",
    "jwt": "JSON Web Token",
}
GUESSED = {
    "hard-coded-secret": "'{name}' is given a literal",
    "signing-secret": "{name} is a literal",
    "credential-url": "an address ({name}) holds a password",
}


def secrets_plan(project: ProjectView, toolbox: Toolbox, language: str) -> CheckPlan:
    """Known formats are errors, likely credentials warnings, those in tests and samples less."""
    files = [f for f in project.files if f.isprintable()]
    installed = _version()

    def steps() -> Steps[CheckResult]:
        about: dict[str, Any] = {"tool": TOOL, "tool_version": installed}
        if not files:
            return verdict(NAME, TITLE, [], strict=project.strict, **about)
        outcome = yield Command(
            argv=(
                *(toolbox.interpreter.executable, "-I", "-X", "utf8"),
                *(f"{INSIDE_DIR}/scan_secrets.py", STATE_DIR),
            ),
            tree=project.root,
            copy_tree=False,
            cwd=SOURCE_DIR,
            mounts=(*toolbox.mounts, INSIDE_MOUNT),
            limits=toolbox.limits,
            stdin=json.dumps(files).encode(),
            runs_project_code=False,
        )
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        reports, failure = _reports(outcome.stdout, files)
        missed = [f for f in files if f not in reports]
        if outcome.exit_code != 0 or missed or failure is None:
            # Not what the tool said: it might repeat what it found.
            what = f"{len(missed)} of {len(files)} files were not reported"
            quiet = replace(outcome, stdout=b"", stderr=b"")
            return unreadable(NAME, TITLE, quiet, what, **about)
        if failure:
            return CheckResult(
                name=NAME, title=TITLE, status=CheckStatus.NOT_RUN, level=outcome.level,
                reason=f"The scanner cannot be used here: {failure}.", **about,
            )  # fmt: skip
        found = [d for r in reports.values() for d in _diagnostics(project, language, r)]
        odd = len(project.files) - len(files)
        if odd:
            message = f"{odd} files with unprintable names were not scanned; rename them"
            found.append(finding(language, TOOL, "file-name", Severity.ERROR, message))
        read = sum(not r.get("binary") for r in reports.values())
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=read, **about
        )

    return CheckPlan(
        NAME, TITLE, steps, cost=1.0, state=f"secrets-{installed or 0}", state_target=STATE_DIR
    )


def _reports(printed: bytes, files: Iterable[str]) -> tuple[dict[str, dict[str, Any]], str | None]:
    """What was said of each file, and why the rules could not be loaded (None: nothing said)."""
    asked = frozenset(files)
    reports: dict[str, dict[str, Any]] = {}
    failure: str | None = None
    for line in printed.splitlines():
        raw = parse_json(line)
        if not isinstance(raw, dict):
            continue
        if raw.get("path") in asked:
            reports[str(raw["path"])] = raw
        elif "engine" in raw:
            failure = str(raw["engine"])
    return reports, failure


def _diagnostics(
    project: ProjectView, language: str, report: dict[str, Any]
) -> Iterable[Diagnostic]:
    path = str(report["path"])
    hidden = _kept_out(project, path)

    def say(
        code: str, severity: Severity, message: str, line: int = 0, column: int = 0
    ) -> Diagnostic:
        return finding(language, TOOL, code, severity, message, path=path, line=line, column=column)

    if reason := report.get("failed"):
        yield say("not-scanned", Severity.ERROR, f"this file could not be scanned ({reason})")
        return
    if report.get("cut"):
        yield say("partly-scanned", Severity.INFO, "only the beginning of this file was scanned")
    if report.get("allowlist"):
        yield say(
            "allowlist", Severity.INFO, "this allowlist is for other scanners; not heeded here"
        )
    for line in report.get("away") or ():
        yield say(
            "look-away", Severity.INFO, "a comment asks scanners to look away; not heeded", line
        )
    for kind, severity, how, line, column, hint, name in report.get("found") or ():
        if how == "format":
            named = KINDS.get(str(kind), str(kind).replace("-", " "))
            shown = f" ({hint}…)" if hint else ""
            message = f"a credential stands here: {named}{shown}; {ADVICE}"
        else:
            what = GUESSED.get(str(kind), "{name} may be a credential").format(name=name)
            message = f"{what} that looks like a credential; {ADVICE}"
        if hidden:
            message = f"{message} (this file is kept out of version control)"
        grave = Severity.INFO if hidden else Severity(severity)
        yield say(str(kind), grave, message, int(line), int(column))
    if left := report.get("left"):
        count, severity = left
        message = f"{int(count)} more findings of this file are not listed; mend these first"
        yield say("not-listed", Severity.INFO if hidden else Severity(severity), message)


def _kept_out(project: ProjectView, path: str) -> bool:
    """Whether a local settings file (`.env`) is ignored by version control, where it belongs."""
    name = path.rsplit("/", 1)[-1]
    if not name.startswith(".env") and not name.endswith(".env"):
        return False
    kept = False
    for raw in project.read(".gitignore")[:100_000].splitlines():
        line = raw.strip()
        pattern = line.removeprefix("!").rstrip("/").removeprefix("**/").lstrip("/")
        if not pattern or line.startswith("#"):
            continue
        if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(path, pattern):
            kept = not line.startswith("!")
    return kept


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""
