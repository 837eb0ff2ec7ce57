"""What the project's own linters say with its own configuration, beside our verdict.

Ours decides in strict mode, since a project's configuration can leave everything out. Its own is
asked only where ours found something. A linter of the project's is the project's code, and is
contained as such; nothing but numbers is taken from its answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.languages.base import Environment, ProjectView, Steps, Toolbox
from autonomous_coder.languages.findings import parse_json
from autonomous_coder.languages.node.installed import program, project_mounts, version
from autonomous_coder.languages.node.manifest import Workspace, load_jsonc
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import PROJECT_DIR, Command
from autonomous_coder.models.validation import CheckResult, CheckStatus

TIMEOUT_S = 60.0
_ESLINT = re.compile(r"eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:[cm]?js|json|ya?ml))?")
_OXLINT = re.compile(r"\.?oxlintrc\.jsonc?|oxlint\.config\.[cm]?[jt]s")
_BIOME = re.compile(r"\.?biome\.jsonc?")
FORGEABLE = "It is the project's code, which could forge that."


@dataclass(frozen=True, slots=True)
class Linter:
    """One linter that the project brings and configures. `errors` reads how many errors it found
    from what it printed, None when it gave no answer."""

    name: str
    version: str
    command: Command
    errors: Callable[[Any], int | None]


def linters(
    project: ProjectView, workspace: Workspace, environment: Environment, toolbox: Toolbox
) -> list[Linter]:
    """The linters that are configured at the project's top and installed."""
    tops = [f for f in project.files if "/" not in f]
    wanted: list[tuple[bool, str, str, str, tuple[str, ...], Callable[[Any], int | None]]] = [
        (
            any(_ESLINT.fullmatch(f) for f in tops) or "eslintConfig" in workspace.root.data,
            "ESLint", "eslint", "eslint", ("--format", "json", "--no-color", "."), _eslint,
        ),
        (
            _lints_with_biome(project, tops), "Biome", "@biomejs/biome", "biome",
            ("lint", "--reporter=json", "--max-diagnostics=none", "--colors=off", "."), _biome,
        ),
        (
            any(_OXLINT.fullmatch(f) for f in tops),
            "oxlint", "oxlint", "oxlint", ("--format", "json"), _oxlint,
        ),
    ]  # fmt: skip
    if not environment.ready:
        return []
    found = []
    for configured, name, package, binary, arguments, read in wanted:
        place = program(environment, package, binary) if configured else ""
        if place:
            command = _command(project, workspace, environment, toolbox, (place, *arguments))
            found.append(Linter(name, version(environment, package), command, read))
    return found


def _command(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    toolbox: Toolbox,
    arguments: Sequence[str],
) -> Command:
    limits = replace(toolbox.limits, timeout_s=min(TIMEOUT_S, toolbox.limits.timeout_s))
    return Command(
        argv=(node_of(toolbox).programs["node"], *arguments),
        tree=project.root,
        cwd=PROJECT_DIR,
        env={"CI": "true", "NO_COLOR": "1"},
        mounts=(*node_mounts(toolbox), *project_mounts(environment, workspace)),
        limits=limits,
    )


def _lints_with_biome(project: ProjectView, tops: Sequence[str]) -> bool:
    for name in tops:
        if _BIOME.fullmatch(name):
            data, _ = load_jsonc(project.read(name))
            settings = data.get("linter") if isinstance(data, dict) else None
            return not (isinstance(settings, dict) and settings.get("enabled") is False)
    return False


def beside(result: CheckResult, chosen: Sequence[Linter], *, strict: bool) -> Steps[CheckResult]:
    """`result` with what each of the project's linters says. They decide where the settings are
    not strict and none of them finds an error."""
    said: list[str] = []
    clean = True
    for linter in chosen:
        name = f"{linter.name} {linter.version}".strip()
        try:
            outcome = yield linter.command
        except SandboxUnavailableError:
            said.append(f"The project's own linter ({name}) may not run at this sandbox level.")
            clean = False
            continue
        found = None if outcome.killed_by else linter.errors(parse_json(outcome.stdout))
        # An answer and the way it ended must agree.
        if outcome.exit_code not in (0, 1) or (outcome.exit_code == 0 and found):
            found = None
        clean = clean and found == 0 and outcome.exit_code == 0
        told = {None: "gives no answer", 0: "finds no error", 1: "finds 1 error"}
        text = told.get(found, f"finds {found} errors")
        said.append(f"With the project's own configuration {name} {text}.")
    if any("own configuration" in text for text in said):
        said.append(FORGEABLE)
    if clean and not strict:
        result.status = CheckStatus.PASSED
        said.append("It decides, since strict_mode is off.")
    result.reason = " ".join([*([result.reason] if result.reason else []), *said])
    return result


def _eslint(report: Any) -> int | None:
    if not isinstance(report, list) or not report:
        return None
    counts = [item.get("errorCount") if isinstance(item, dict) else None for item in report]
    return _sum(counts)


def _biome(report: Any) -> int | None:
    summary = report.get("summary") if isinstance(report, dict) else None
    return _sum([summary.get("errors")]) if isinstance(summary, dict) else None


def _oxlint(report: Any) -> int | None:
    items = report.get("diagnostics") if isinstance(report, dict) else None
    if not isinstance(items, list):
        return None
    return len([i for i in items if isinstance(i, dict) and i.get("severity") == "error"])


def _sum(counts: Sequence[Any]) -> int | None:
    numbers = [count for count in counts if isinstance(count, int) and 0 <= count < 10**9]
    return sum(numbers) if len(numbers) == len(counts) else None
