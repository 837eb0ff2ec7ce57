"""Lint: go vet, and staticcheck where it is installed; neither reads the project's settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autonomous_coder.languages.base import (
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import finding, relative, stopped, unreadable, verdict
from autonomous_coder.languages.go import constraints, listing, toolchain
from autonomous_coder.languages.go.building import state_of, waiting
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "lint", "No suspicious code (go vet, staticcheck)"
VET = (
    listing.LIST
    + """
[ -s "$TMPDIR/names" ] || exit 0
exec "$GO" vet -json $(cat "$TMPDIR/names")
"""
)
# -checks given here overrules the project's staticcheck.conf.
STATICCHECK = (
    listing.LIST
    + """
STATICCHECK_CACHE=$TMPDIR/staticcheck
export STATICCHECK_CACHE
[ -s "$TMPDIR/names" ] || exit 0
exec "$STATICCHECK" -f json -checks "$CHECKS" $(cat "$TMPDIR/names")
"""
)
CHECKS = "all,-ST1000,-ST1003,-ST1016,-ST1020,-ST1021,-ST1022,-ST1023,-QF*"
TESTS = {"TESTS": "-test"}
ABSENT = "staticcheck is not installed and was not run."


def lint_plan(
    project: ProjectView, environment: Environment, chosen: Choices, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """Both tools type-check the packages with their tests."""
    if not environment.ready:
        return waiting(NAME, TITLE, environment)
    extra = toolchain.found(toolbox, "staticcheck")
    kept = not chosen.cgo

    def steps() -> Steps[CheckResult]:
        about: dict[str, Any] = {"tool": "go vet", "tool_version": toolchain.found(toolbox).version}
        outcome = yield toolchain.command(
            project, toolbox, environment, chosen, VET, kept=kept, extra=TESTS
        )
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        packages = listing.read_listing(outcome.files.get(listing.LIST_FILE, b""), project.root)
        if not packages.packages:
            return unreadable(NAME, TITLE, outcome, "go sees no package here", **about)
        found, reported = vetted(project, outcome)
        broken = [p for p in packages.packages.values() if p.faults]
        if not reported and not found and len(broken) < len(packages.packages):
            return unreadable(NAME, TITLE, outcome, "go vet reported nothing", **about)
        reason = f"{len(broken)} packages cannot be loaded; see the build." if broken else ""
        if not extra.found:
            reason = f"{reason} {ABSENT}".strip()
        elif outcome.exit_code == 0 and not broken:
            outcome = yield toolchain.command(
                project, toolbox, environment, chosen, STATICCHECK, kept=kept,
                extra={**TESTS, "STATICCHECK": extra.programs["staticcheck"], "CHECKS": CHECKS},
            )  # fmt: skip
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            more = analysed(project, outcome)
            if outcome.exit_code not in (0, 1) or (outcome.exit_code == 1 and not more):
                return unreadable(NAME, TITLE, outcome, "staticcheck reported nothing", **about)
            found += more
        for batch in constraints.rounds(constraints.left_out(project, chosen, toolbox)):
            tagged = replace(chosen, tags=batch.tags, patterns=batch.patterns)
            outcome = yield toolchain.command(
                project, toolbox, environment, tagged, VET, kept=kept, extra=TESTS
            )
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            found += [d for d in vetted(project, outcome)[0] if d.path in batch.paths]
        files = {f for p in packages.packages.values() for f in (*p.files, *p.tests)}
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=reason,
            files=len(files), **about,
        )  # fmt: skip

    return CheckPlan(
        NAME, TITLE, steps, cost=8.0, needs_environment=True,
        state=state_of(environment, chosen, NAME), state_target=toolchain.STATE_DIR,
    )  # fmt: skip


def vetted(project: ProjectView, outcome: Outcome) -> tuple[list[Diagnostic], bool]:
    """Findings of `go vet -json`, and whether it ended as it should: it prints one object a
    package, whose keys are packages, then analyzers; type errors stand on the error stream."""
    found: list[Diagnostic] = []
    for report in listing.objects(outcome.stdout):
        for analyzers in report.values():
            for name, items in analyzers.items() if isinstance(analyzers, dict) else ():
                for item in items if isinstance(items, list) else ():
                    if isinstance(item, dict) and isinstance(item.get("message"), str):
                        found.append(_vet_finding(project, str(name)[:60], item))
    errors = outcome.stderr.decode("utf-8", "replace")
    found += listing.compiled(errors, project.root, tool="go vet", code="does-not-compile")
    unique = {(d.code, d.path, d.line, d.column, d.message): d for d in found}
    return list(unique.values()), outcome.exit_code == 0


def _vet_finding(project: ProjectView, name: str, item: dict[str, Any]) -> Diagnostic:
    path, line, column = _position(project, item.get("posn"))
    return finding(
        "go", "go vet", name, Severity.WARNING, item["message"], root=project.root,
        path=path, line=line, column=column,
    )  # fmt: skip


def _position(project: ProjectView, posn: Any) -> tuple[str, int, int]:
    """'/project/a.go:3:4' -> ('a.go', 3, 4)."""
    parts = str(posn or "").rsplit(":", 2)
    if len(parts) != 3 or not (parts[1].isdigit() and parts[2].isdigit()):
        return "", 0, 0
    return relative(parts[0], project.root), int(parts[1][:9]), int(parts[2][:9])


def analysed(project: ProjectView, outcome: Outcome) -> list[Diagnostic]:
    """Findings of `staticcheck -f json`: one object a line."""
    found = []
    for item in listing.objects(outcome.stdout):
        place = item.get("location")
        code, message = item.get("code"), item.get("message")
        if not isinstance(place, dict) or not isinstance(code, str) or not isinstance(message, str):
            continue
        line, column = place.get("line"), place.get("column")
        found.append(
            finding(
                "go", "staticcheck", code[:20], Severity.WARNING, message, root=project.root,
                path=relative(str(place.get("file", "")), project.root),
                line=line if isinstance(line, int) else 0,
                column=column if isinstance(column, int) else 0,
                url=f"https://staticcheck.dev/docs/checks/#{code[:20]}" if code.isalnum() else "",
            )
        )  # fmt: skip
    return found
