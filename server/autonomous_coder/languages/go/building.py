"""Build: every package is compiled and linked, with all its mistakes told. What tags of the
project's own keep apart is compiled once more with them; what stays uncompiled is named."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
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
from autonomous_coder.languages.findings import finding, stopped, unreadable, verdict
from autonomous_coder.languages.go import constraints, listing, modfile, toolchain
from autonomous_coder.languages.go.constraints import Left, Round
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "build", "Every package compiles (go build)"
SCRIPT = (
    listing.LIST
    + """
[ -s "$TMPDIR/names" ] || exit 0
exec "$GO" build -json -gcflags=-e -o /dev/null $(cat "$TMPDIR/names")
"""
)


def build_plan(
    project: ProjectView, environment: Environment, chosen: Choices, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """`go build` of all packages that can be loaded; those that cannot are findings."""
    if not environment.ready:
        return waiting(NAME, TITLE, environment)

    def steps() -> Steps[CheckResult]:
        outcome = yield toolchain.command(
            project, toolbox, environment, chosen, SCRIPT, kept=not chosen.cgo
        )
        every = constraints.left_out(project, chosen, toolbox)
        left = [one for one in every if not one.path.endswith("_test.go")]
        found: list[Diagnostic] = []
        for batch in constraints.rounds(left):
            tagged = replace(chosen, tags=batch.tags, patterns=batch.patterns)
            more = yield toolchain.command(
                project, toolbox, environment, tagged, SCRIPT, kept=not chosen.cgo
            )
            if ended := stopped(NAME, TITLE, more, **_about(toolbox)):
                return ended
            built, faults = _tagged(project, more, batch)
            found += faults
            left = [one for one in left if one.path not in built]
        known = {one.path for one in every}
        return _result(project, toolbox, outcome, left, found, known)

    return CheckPlan(
        NAME, TITLE, steps, cost=10.0, needs_environment=True,
        state=state_of(environment, chosen, NAME), state_target=toolchain.STATE_DIR,
    )  # fmt: skip


def waiting(name: str, title: str, environment: Environment) -> NotApplicable:
    """A check that cannot be run before the dependencies are there."""
    reason = f"The dependencies are not installed: {environment.reason}"
    return NotApplicable(name, title, reason, wanted=True)


def state_of(environment: Environment, chosen: Choices, name: str) -> str:
    """The name of a build cache kept between runs, for commands that run nothing of the project.
    Compiling C starts more than Go's own tools, so it keeps nothing."""
    if chosen.cgo:
        return ""
    return f"{environment.key}-go-{name}"


def _about(toolbox: Toolbox) -> dict[str, Any]:
    return {"tool": "go build", "tool_version": toolchain.found(toolbox).version}


def _tagged(
    project: ProjectView, outcome: Outcome, batch: Round
) -> tuple[set[str], list[Diagnostic]]:
    """Of a run with tags: the files it was for that were compiled or are told to be wrong, and what
    is wrong with them."""
    packages, _, found = _read(project, outcome)
    found = [d for d in found if d.path in batch.paths]
    broken = {posixpath.dirname(d.path) for d in found}
    seen = {f for p in packages.packages.values() for f in (*p.files, *p.tests)}
    whole = outcome.exit_code == 0 and bool(packages.packages)
    built = {
        path
        for path in batch.paths
        if path in seen and (whole or posixpath.dirname(path) in broken)
    }
    tags = f"(with -tags {','.join(batch.tags)})"
    return built, [d.model_copy(update={"message": f"{d.message} {tags}"}) for d in found]


def _read(project: ProjectView, outcome: Outcome) -> tuple[listing.Listing, str, list[Diagnostic]]:
    """The packages, what was printed, and the mistakes in either."""
    packages = listing.read_listing(outcome.files.get(listing.LIST_FILE, b""), project.root)
    text = ""
    for event in listing.objects(outcome.stdout):
        if event.get("Action") == "build-output" and isinstance(event.get("Output"), str):
            text += event["Output"]
    text = f"{text}\n{outcome.stderr.decode('utf-8', 'replace')}"
    built = listing.compiled(text, project.root)
    # Whatever is wrong with test files is told by the tests.
    loaded = [d for d in packages.diagnostics(project.root) if not d.path.endswith("_test.go")]
    return packages, text, [*loaded, *built]


def _result(
    project: ProjectView,
    toolbox: Toolbox,
    outcome: Outcome,
    left: list[Left],
    more: list[Diagnostic],
    known: Collection[str],
) -> CheckResult:
    about = _about(toolbox)
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    packages, text, found = _read(project, outcome)
    if not packages.packages:
        return unreadable(NAME, TITLE, outcome, "go sees no package here", **about)
    if outcome.exit_code != 0 and not found:
        message = listing.said(text.encode(), project.root)
        message = f"go build ended with exit code {outcome.exit_code}. {message}"
        found.append(finding("go", "go build", "exit-code", Severity.ERROR, message))
    told, reason = constraints.told(left)
    found += [*more, *told, *unseen(project, packages, known)]
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=reason,
        files=len({f for p in packages.packages.values() for f in p.files}), **about,
    )  # fmt: skip


def unseen(
    project: ProjectView, packages: listing.Listing, told: Collection[str]
) -> list[Diagnostic]:
    """Files that no package holds: those of modules of their own, which are not checked."""
    nested = modfile.nested_modules(project)
    seen = packages.files() | set(told)
    found = [
        finding(
            "go", "autonomous-coder", "nested-module", Severity.INFO,
            f"'{place}' is a module of its own and is not checked with this one; "
            "validate it by itself, or join them in a go.work",
            path=f"{place}/{modfile.MANIFEST}", line=1,
        )
        for place in nested[:50]
    ]  # fmt: skip
    for path in modfile.sources(project):
        if path not in seen and not any(path.startswith(f"{place}/") for place in nested):
            message = "go does not see this file: no package is built with it"
            found.append(
                finding(
                    "go", "autonomous-coder", "unseen-file", Severity.WARNING, message, path=path
                )
            )
    return found
