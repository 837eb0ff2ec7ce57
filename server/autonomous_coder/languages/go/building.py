"""Build: every package is compiled and linked, with all its mistakes told."""

from __future__ import annotations

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
from autonomous_coder.languages.go import listing, modfile, toolchain
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
        return _result(project, toolbox, outcome)

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


def _result(project: ProjectView, toolbox: Toolbox, outcome: Outcome) -> CheckResult:
    about: dict[str, Any] = {"tool": "go build", "tool_version": toolchain.found(toolbox).version}
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    packages = listing.read_listing(outcome.files.get(listing.LIST_FILE, b""), project.root)
    if not packages.packages:
        return unreadable(NAME, TITLE, outcome, "go sees no package here", **about)
    text, failed = "", 0
    for event in listing.objects(outcome.stdout):
        action = event.get("Action")
        failed += action == "build-fail"
        if action == "build-output" and isinstance(event.get("Output"), str):
            text += event["Output"]
    errors = outcome.stderr.decode("utf-8", "replace")
    built = listing.compiled(f"{text}\n{errors}", project.root)
    loaded = packages.diagnostics(project.root)
    # Whatever is wrong with test files is told by the tests.
    found = [*(d for d in loaded if not d.path.endswith("_test.go")), *built]
    if outcome.exit_code != 0 and not found:
        message = listing.said((text + errors).encode(), project.root)
        message = f"go build ended with exit code {outcome.exit_code}. {message}"
        found.append(finding("go", "go build", "exit-code", Severity.ERROR, message))
    found += unseen(project, packages)
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome,
        files=len({f for p in packages.packages.values() for f in p.files}), **about,
    )  # fmt: skip


def unseen(project: ProjectView, packages: listing.Listing) -> list[Diagnostic]:
    """Files that no package holds: those of modules of their own, which are not checked."""
    nested = modfile.nested_modules(project)
    known = packages.files()
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
        if path not in known and not any(path.startswith(f"{place}/") for place in nested):
            message = "go does not see this file: it belongs to no package"
            found.append(
                finding(
                    "go", "autonomous-coder", "unseen-file", Severity.WARNING, message, path=path
                )
            )
    return found
