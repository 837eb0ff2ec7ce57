"""Dependencies: they are fetched from the lock, the lock is in step, what is declared is used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_coder.languages.base import CheckPlan, Environment, ProjectView, Steps
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.languages.rust.locked import own_crates
from autonomous_coder.languages.rust.manifests import TABLES, Crate, Workspace
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "dependencies", "Dependencies install and are used"
CONFIGURATIONS = (".cargo/config.toml", ".cargo/config")


def dependencies_plan(
    project: ProjectView, workspace: Workspace, environment: Environment, version: str
) -> CheckPlan:
    """What the fetch phase found, and a comparison of declarations with what files name."""

    def steps() -> Steps[CheckResult]:
        yield from ()
        if not environment.ready:
            ours = CheckStatus.INFRASTRUCTURE
            return CheckResult(
                name=NAME,
                title=TITLE,
                status=ours if environment.infrastructure else CheckStatus.FAILED,
                reason=environment.reason,
                tool="cargo",
                tool_version=version,
                diagnostics=list(environment.diagnostics),
                duration_s=environment.duration_s,
                level=environment.level,
            )
        found = [
            *environment.diagnostics,
            *([] if environment.directory else own_crates(project, workspace)),
            *unused(project, workspace),
            *unused_configuration(project),
        ]
        result = verdict(
            NAME, TITLE, found, strict=False, reason=" ".join(environment.notes),
            tool="cargo", tool_version=version, files=len(workspace.crates),
            cached=environment.cached,
        )  # fmt: skip
        result.duration_s = environment.duration_s
        result.level = environment.level
        return result

    return CheckPlan(NAME, TITLE, steps, cost=0.1, needs_environment=True)


def unused_configuration(project: ProjectView) -> Iterator[Diagnostic]:
    """Cargo's configuration in the project, which could start programs and is left out."""
    for path in CONFIGURATIONS:
        if path in project.files:
            message = "this configuration of cargo was not used for the checks"
            yield finding(
                "rust", "autonomous-coder", "configuration-not-used", Severity.INFO, message,
                path=path,
            )  # fmt: skip


def unused(project: ProjectView, workspace: Workspace) -> Iterator[Diagnostic]:
    """Declared crates whose name stands in no file of their package."""
    for crate in workspace.crates:
        words = _words(project, workspace, crate)
        for found in crate.dependencies:
            if found.optional or found.name in words or found.table == TABLES[2]:
                continue
            kind = "a development dependency" if found.table == TABLES[1] else "a dependency"
            message = f"'{found.package}' is declared as {kind}, and no file names it"
            yield finding(
                "rust", "autonomous-coder", "unused-dependency", Severity.INFO, message,
                path=crate.path, line=found.line, column=1,
            )  # fmt: skip


def _words(project: ProjectView, workspace: Workspace, crate: Crate) -> set[str]:
    words: set[str] = set()
    for path in project.files:
        if path.endswith(".rs") and workspace.crate_of(path) is crate:
            words.update(re.findall(r"[A-Za-z_]\w*", project.read(path)))
    return words
