"""Security: bandit with our configuration on everything but tests."""

from __future__ import annotations

import json
from typing import Any

from autonomous_coder.languages.base import CheckPlan, NotApplicable, ProjectView, Steps, Toolbox
from autonomous_coder.languages.findings import (
    finding,
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.python.facts import is_test_path
from autonomous_coder.languages.python.reading import files_read
from autonomous_coder.models.execution import SOURCE_DIR, Command
from autonomous_coder.models.validation import CheckResult, Severity

NAME, TITLE = "security", "Scanned with bandit"
SEVERITIES = {"HIGH": Severity.ERROR, "MEDIUM": Severity.WARNING, "LOW": Severity.INFO}
# The list of files comes on standard input, so that its length is not bounded by the kernel's
# limit on arguments; what bandit leaves out by default is not left out.
LAUNCHER = (
    "import json, sys; "
    "sys.argv = ['bandit', '-q', '-f', 'json', '-x', '/nowhere', *json.load(sys.stdin)]; "
    "from bandit.cli.main import main; main()"
)


def security_plan(project: ProjectView, toolbox: Toolbox) -> CheckPlan | NotApplicable:
    """High severity is an error, medium a warning, low information."""
    files = [
        f for f in project.files if f.endswith(".py") and f.isprintable() and not is_test_path(f)
    ]
    if not files:
        return NotApplicable(NAME, TITLE, "There is no code apart from tests.")

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(toolbox.interpreter.executable, "-I", "-c", LAUNCHER),
            tree=project.root,
            copy_tree=False,
            cwd=SOURCE_DIR,
            mounts=toolbox.mounts,
            limits=toolbox.limits,
            stdin=json.dumps([f"./{f}" for f in files]).encode(),
            runs_project_code=False,
        )
        about: dict[str, Any] = {
            "tool": "bandit",
            "tool_version": toolbox.versions.get("bandit", ""),
        }
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        report = parse_json(outcome.stdout)
        if outcome.exit_code not in (0, 1) or not isinstance(report, dict):
            what = "bandit reported nothing that can be read"
            return unreadable(NAME, TITLE, outcome, what, **about)
        seen = {
            relative(str(path), project.root)
            for path in report.get("metrics", {})
            if path != "_totals"
        }
        skipped = {
            relative(str(e.get("filename", "")), project.root) for e in report.get("errors", [])
        }
        missed = [f for f in files if f not in seen and f not in skipped]
        if missed:
            what = f"bandit saw {len(files) - len(missed)} of {len(files)} files"
            return unreadable(NAME, TITLE, outcome, what, **about)
        found = [_diagnostic(project, item) for item in report.get("results", [])]
        found += [
            finding(
                "python", "bandit", "not-scanned", Severity.ERROR,
                "this file could not be scanned", path=path,
            )
            for path in sorted(skipped)
        ]  # fmt: skip
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )

    return CheckPlan(NAME, TITLE, steps, cost=1.0, reads=files_read(project))


HARDCODED = frozenset({"B105", "B106", "B107"})
"""Findings whose text repeats the password they are about."""


def _message(item: dict[str, Any]) -> str:
    if str(item.get("test_id")) in HARDCODED:
        return "Possible hardcoded password; take it from the environment"
    return str(item.get("issue_text", ""))


def _diagnostic(project: ProjectView, item: dict[str, Any]) -> Any:
    return finding(
        "python",
        "bandit",
        str(item.get("test_id", "")),
        SEVERITIES.get(str(item.get("issue_severity")), Severity.WARNING),
        _message(item),
        root=project.root,
        path=relative(str(item.get("filename", "")), project.root),
        line=int(item.get("line_number") or 0),
        column=int(item.get("col_offset") or 0) + 1,
        url=str(item.get("more_info") or ""),
    )
