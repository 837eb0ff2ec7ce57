"""Format: the formatter the project has chosen, at the version and with the options it has."""

from __future__ import annotations

import re
from typing import Any

from autonomous_coder.languages.base import (
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import (
    clean,
    finding,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.node.homing import at_home
from autonomous_coder.languages.node.installed import CHOSEN, program, project_mounts, version
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace, load_jsonc
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import PROJECT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "format", "Formatted as the project wants"
BIOME, PRETTIER = "@biomejs/biome", "prettier"
BIOME_FILES = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
MESSAGE = "the formatter would change this file"
_PRETTIER_WARN = re.compile(r"^\[warn\] (.+)$", re.M)
_PRETTIER_ERROR = re.compile(r"^\[error\] (.+?): (\w*Error: .+?)(?: \((\d+):(\d+)\))?$", re.M)
_BIOME = re.compile(
    r"^::(?:error|warning) title=([^,\n]*),file=([^,\n]+),line=(\d+)[^:\n]*::(.*)$", re.M
)


def format_plan(
    project: ProjectView,
    workspace: Workspace,
    layout: Layout,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """Biome or Prettier; a project without either has no layout that could be wrong."""
    formatter = chosen(project, workspace)
    if not formatter:
        return NotApplicable(NAME, TITLE, "The project declares no formatter.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    place = program(environment, formatter, "biome" if formatter == BIOME else "")
    if not place:
        reason = f"{formatter} is configured, but is not among the dependencies; add it."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    files = layout.sources
    about: dict[str, Any] = {
        "tool": formatter.rsplit("/", 1)[-1],
        "tool_version": version(environment, formatter),
    }
    arguments: tuple[str, ...] = (
        ("format", "--max-diagnostics=none", "--colors=off", "--reporter=github", ".")
        if formatter == BIOME
        else ("--check", "--no-color", *(f"./{f}" for f in files))
    )

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(node_of(toolbox).programs["node"], place, *arguments),
            tree=project.root,
            cwd=PROJECT_DIR,
            env={"NO_COLOR": "1"},
            mounts=(*node_mounts(toolbox), *project_mounts(environment, workspace)),
            limits=toolbox.limits,
            # Prettier reads settings and plugins that are code; either is what the project chose.
            runs_project_code=True,
        )
        outcome = at_home(outcome, project)
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        read = _biome if formatter == BIOME else _prettier
        found = read(project, outcome, language)
        if outcome.exit_code not in (0, 1, 2) or (outcome.exit_code == 0) == bool(found):
            what = f"{about['tool']} reported nothing that can be read"
            return unreadable(NAME, TITLE, outcome, what, **about)
        reason = " ".join(part for part in (CHOSEN, _ignored(project, formatter)) if part)
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=reason,
            files=len(files), **about,
        )  # fmt: skip

    return CheckPlan(NAME, TITLE, steps, cost=1.5, needs_environment=True)


def chosen(project: ProjectView, workspace: Workspace) -> str:
    """The package of the project's formatter, or nothing."""
    for name in BIOME_FILES:
        if name in project.files:
            data, _ = load_jsonc(project.read(name))
            layout = data.get("formatter") if isinstance(data, dict) else None
            if not (isinstance(layout, dict) and layout.get("enabled") is False):
                return BIOME
    own = any(
        re.fullmatch(r"\.prettierrc(?:\.\w+)?|prettier\.config\.[cm]?[jt]s", f)
        for f in project.files
    )
    if own or workspace.uses(PRETTIER) or "prettier" in workspace.root.data:
        return PRETTIER
    return ""


def _ignored(project: ProjectView, formatter: str) -> str:
    if formatter == PRETTIER and ".prettierignore" in project.files:
        return "Files that .prettierignore names were left out."
    return ""


def _prettier(project: ProjectView, outcome: Outcome, language: str) -> list[Diagnostic]:
    said = clean((outcome.stderr + b"\n" + outcome.stdout).decode("utf-8", "replace"), limit=10**6)
    found = []
    for name in _PRETTIER_WARN.findall(said):
        path = relative(name, project.root)
        if path in project.files:
            found.append(_unformatted(language, PRETTIER, path))
    for name, message, line, column in _PRETTIER_ERROR.findall(said):
        path = relative(name, project.root)
        found.append(
            finding(
                language, PRETTIER, "unparsable", Severity.ERROR, message, root=project.root,
                path=path if path in project.files else "",
                line=int(line[:9] or 0), column=int(column[:9] or 0),
            )
        )  # fmt: skip
    return found


def _biome(project: ProjectView, outcome: Outcome, language: str) -> list[Diagnostic]:
    said = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
    found = []
    for title, name, line, message in _BIOME.findall(said):
        path = relative(name, project.root)
        if title == "format" and path in project.files:
            found.append(_unformatted(language, "biome", path))
        elif path in project.files:
            found.append(
                finding(
                    language, "biome", title or "unparsable", Severity.ERROR, message,
                    root=project.root, path=path, line=int(line[:9]),
                )
            )  # fmt: skip
    if not found and "No files were processed" in said:
        message = "biome's settings leave every file out"
        config = next((f for f in BIOME_FILES if f in project.files), "")
        found.append(
            finding(language, "biome", "nothing-formatted", Severity.WARNING, message, path=config)
        )
    return found


def _unformatted(language: str, tool: str, path: str) -> Diagnostic:
    return finding(language, tool, "unformatted", Severity.WARNING, MESSAGE, path=path)
