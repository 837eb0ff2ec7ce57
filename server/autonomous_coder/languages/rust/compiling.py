"""Build and lint: what the compiler and clippy say about every target of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.conditions import off_note
from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.languages.rust.messages import (
    Compiled,
    cargo_error,
    machine_fault,
    read_messages,
)
from autonomous_coder.languages.rust.suppressing import lint_flags, suppressions
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

BUILD, BUILD_TITLE = "build", "Every target compiles (cargo check)"
LINT, LINT_TITLE = "lint", "Linted with clippy"
FORGEABLE = (
    "Build scripts and procedural macros of the project ran beside the compiler and could forge "
    "what it reports."
)
CHECK = '"$CARGO" check --workspace --all-targets --keep-going --message-format=json "$@"'
CLIPPY = '"$CARGO_CLIPPY" clippy --workspace --all-targets --keep-going --message-format=json "$@"'


def build_plan(
    project: ProjectView, workspace: Workspace, environment: Environment, toolbox: Toolbox
) -> CheckPlan:
    """Errors of the compiler; its warnings are the lint check's."""

    def steps() -> Steps[CheckResult]:
        outcome = yield toolchain.cargo_command(
            project, toolbox, environment, CHECK, toolchain.lock_flags(environment)
        )
        about = _about(toolbox, "rustc")
        compiled = read_messages(outcome.stdout, project, toolchain.toolchain(toolbox).version)
        if ended := _not_judged(BUILD, BUILD_TITLE, project, outcome, compiled, about):
            return ended
        found = list(compiled.errors)
        if not compiled.finished and not found:
            found += script_failures(outcome, project, workspace)
        found += uncompiled(workspace, compiled) if compiled.finished else []
        return verdict(
            BUILD, BUILD_TITLE, found, strict=project.strict, outcome=outcome,
            reason=notes(project, workspace, toolbox, code=True), files=_sources(project), **about,
        )  # fmt: skip

    return CheckPlan(BUILD, BUILD_TITLE, steps, cost=10.0, needs_environment=True)


def lint_plan(
    project: ProjectView, workspace: Workspace, environment: Environment, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """Warnings of the compiler and clippy's, at our own levels."""
    programs = toolchain.toolchain(toolbox).programs
    if "cargo-clippy" not in programs or "clippy-driver" not in programs:
        reason = "clippy is not installed. Install it: `rustup component add clippy`."
        return NotApplicable(LINT, LINT_TITLE, reason, wanted=True)

    def steps() -> Steps[CheckResult]:
        flags = lint_flags(workspace)
        outcome = yield toolchain.cargo_command(
            project, toolbox, environment, CLIPPY,
            (*toolchain.lock_flags(environment), "--", *flags),
            env={"CARGO_CLIPPY": programs["cargo-clippy"]},
        )  # fmt: skip
        about = _about(toolbox, "clippy")
        compiled = read_messages(outcome.stdout, project, toolchain.toolchain(toolbox).version)
        if ended := _not_judged(LINT, LINT_TITLE, project, outcome, compiled, about):
            return ended
        broken = [d for d in compiled.errors if d.code == "error" or re.match(r"E\d", d.code)]
        if broken or (compiled.finished is False and not compiled.errors):
            return CheckResult(
                name=LINT, title=LINT_TITLE, status=CheckStatus.NOT_RUN,
                reason="The project does not compile; see the build check.",
                level=outcome.level, duration_s=outcome.duration_s, **about,
            )  # fmt: skip
        found = [*suppressions(project, workspace), *compiled.errors, *compiled.warnings]
        return verdict(
            LINT, LINT_TITLE, found, strict=project.strict, outcome=outcome,
            reason=notes(project, workspace, toolbox, code=True), files=_sources(project), **about,
        )  # fmt: skip

    return CheckPlan(LINT, LINT_TITLE, steps, cost=10.0, needs_environment=True)


def _about(toolbox: Toolbox, tool: str) -> dict[str, Any]:
    return {"tool": tool, "tool_version": toolchain.toolchain(toolbox).version}


def _sources(project: ProjectView) -> int:
    return sum(f.endswith(".rs") for f in project.files)


def notes(
    project: ProjectView, workspace: Workspace, toolbox: Toolbox, *, code: bool = False
) -> str:
    """What a reader of the result should know beside the findings; with `code`, which of it was
    not compiled."""
    said = [toolchain.channel_note(project, toolbox), off_note(workspace) if code else ""]
    if runs_code(workspace):
        said.append(FORGEABLE)
    return " ".join(part for part in said if part)


def runs_code(workspace: Workspace) -> bool:
    """Whether code of the project itself runs while it is compiled."""
    return any(
        crate.build_script or (crate.manifest.get("lib") or {}).get("proc-macro") is True
        for crate in workspace.crates
        if isinstance(crate.manifest.get("lib") or {}, dict)
    )


def _not_judged(
    name: str,
    title: str,
    project: ProjectView,
    outcome: Outcome,
    compiled: Compiled,
    about: dict[str, Any],
) -> CheckResult | None:
    """The result where cargo did not come to a verdict of its own."""
    if ended := stopped(name, title, outcome, **about):
        return ended
    if (compiled.finished is not True or outcome.exit_code != 0) and (
        why := machine_fault(outcome, compiled)
    ):
        return CheckResult(
            name=name, title=title, status=CheckStatus.INFRASTRUCTURE, reason=why,
            level=outcome.level, duration_s=outcome.duration_s, **about,
        )  # fmt: skip
    if compiled.finished is None:
        if outcome.exit_code and (error := cargo_error(outcome.stderr, project)):
            return verdict(name, title, [error], strict=project.strict, outcome=outcome, **about)
        return unreadable(name, title, outcome, "cargo ended without a report", **about)
    if compiled.finished is not (outcome.exit_code == 0):
        return unreadable(name, title, outcome, "cargo's report contradicts its end", **about)
    if compiled.finished and not compiled.artifacts:
        return unreadable(name, title, outcome, "cargo compiled nothing", **about)
    return None


def script_failures(
    outcome: Outcome, project: ProjectView, workspace: Workspace
) -> list[Diagnostic]:
    """A build script of the project that failed, or whatever else cargo says."""
    said = outcome.stderr.decode("utf-8", "replace")
    match = re.search(r"failed to run custom build command for `([\w-]+) v", said)
    crate = next((c for c in workspace.crates if match and c.name == match[1]), None)
    if crate is not None and crate.build_script:
        at = re.search(rf"panicked at (?:\S*/)?{re.escape('build.rs')}:(\d+):(\d+):\s*(.*)", said)
        message = f"the build script of '{crate.name}' failed"
        message += f": {at[3].strip()}" if at else ""
        return [
            finding(
                "rust", "cargo", "build-script", Severity.ERROR, message, root=project.root,
                path=crate.build_script, line=int(at[1]) if at else 0,
                column=int(at[2]) if at else 0,
            )
        ]  # fmt: skip
    error = cargo_error(outcome.stderr, project)
    message = "the project does not compile, and cargo does not say where"
    return [error or finding("rust", "cargo", "cargo", Severity.ERROR, message)]


def uncompiled(workspace: Workspace, compiled: Compiled) -> Iterable[Diagnostic]:
    """Crates and targets that exist and of which nothing was reported."""
    sources: set[str] = set()
    for record in compiled.artifacts:
        target = record.get("target")
        path = str(target.get("src_path", "")) if isinstance(target, dict) else ""
        sources.add(path.replace("\\", "/"))
    for crate in workspace.crates:
        for target in crate.targets:
            if not any(path.endswith(f"/{target.path}") for path in sources):
                why = "needs features that are off" if target.gated else "was not compiled"
                yield finding(
                    "rust", "cargo", "not-compiled",
                    Severity.INFO if target.gated or not crate.member
                    else Severity.WARNING,
                    f"the {target.kind} target '{target.name}' {why}", path=target.path,
                )  # fmt: skip


def missing(names: Sequence[tuple[str, str]], reason: str) -> list[NotApplicable]:
    """Checks that would apply, with what is missing for them."""
    return [NotApplicable(name, title, reason, wanted=True) for name, title in names]
