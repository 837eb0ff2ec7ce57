"""Build: the project's own script, without network, in the copy; and what it left."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
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
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.node.homing import at_home
from autonomous_coder.languages.node.installed import project_mounts
from autonomous_coder.languages.node.manifest import Workspace
from autonomous_coder.languages.node.reports import place_in
from autonomous_coder.languages.node.runners import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "build", "The build script succeeds (no network)"
REPORT = "build.json"
MAX_FOUND = 100
ENV: Mapping[str, str] = {
    "CI": "true",
    "NO_COLOR": "1",
    "npm_config_script_shell": "/bin/sh",
    "npm_config_git": "/bin/false",
    "npm_config_ignore_scripts": "false",
    "npm_config_loglevel": "error",
    "NEXT_TELEMETRY_DISABLED": "1",
    "ASTRO_TELEMETRY_DISABLED": "1",
}
"""The project's `.npmrc` has no say in which programs npm starts."""
_LINES = (
    re.compile(  # tsc: src/a.ts(1,2): error TS1: …
        r"^(?P<path>[^\s(][^(\n]*)\((?P<line>\d+),(?P<column>\d+)\): error (?P<code>TS\d+):"
        r" (?P<message>.+)$",
        re.M,
    ),
    re.compile(  # tsc, pretty: src/a.ts:1:2 - error TS1: …
        r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?P<column>\d+) - error (?P<code>TS\d+):"
        r" (?P<message>.+)$",
        re.M,
    ),
    re.compile(  # esbuild: ✘ [ERROR] … then, indented, src/a.ts:1:2:
        r"\[ERROR\] (?P<message>[^\n]+)\n\n\s+(?P<path>[^\s:]+):(?P<line>\d+):(?P<column>\d+):"
    ),
    re.compile(  # generic: src/a.ts:1:2: error: …
        r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?P<column>\d+):? (?:error|ERROR):?"
        r" (?P<message>.+)$",
        re.M,
    ),
)


def build_plan(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """For projects whose package.json has a `build` script."""
    if "build" not in workspace.root.scripts:
        return NotApplicable(NAME, TITLE, "package.json has no `build` script.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    node = node_of(toolbox)
    about: dict[str, Any] = {"tool": "npm run build", "tool_version": node.version}

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                node.programs["node"], f"{INSIDE_DIR}/build.mjs", node.programs["npm"],
                f"{OUTPUT_DIR}/{REPORT}", "build",
            ),
            tree=project.root,
            cwd=PROJECT_DIR,
            env={**ENV, "PATH": path_variable(node.programs["node"])},
            mounts=(
                *node_mounts(toolbox), *project_mounts(environment, workspace), INSIDE_MOUNT,
            ),
            limits=toolbox.limits,
        )  # fmt: skip
        outcome = at_home(outcome, project)
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        report = parse_json(outcome.files.get(REPORT, b""))
        if not isinstance(report, dict) or report.get("exit") != outcome.exit_code:
            return unreadable(NAME, TITLE, outcome, "The build left no report", **about)
        made = dict(_made(report.get("made")))
        sizes = f"{_sizes(made)}{_bundle(report)}"
        if outcome.exit_code != 0:
            found = _failures(project, outcome, language)
            return verdict(NAME, TITLE, found, strict=False, outcome=outcome, **about)
        found = missing_entries(project, workspace, made, language)
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=sizes,
            files=len(made), **about,
        )  # fmt: skip

    return CheckPlan(NAME, TITLE, steps, cost=8.0, needs_environment=True)


def path_variable(node: str) -> str:
    """PATH with the project's installed programs and node itself."""
    home = posixpath.dirname(node)
    return f"{PROJECT_DIR}/node_modules/.bin:{home}:/usr/local/bin:/usr/bin:/bin"


def _made(value: Any) -> Iterator[tuple[str, int]]:
    """Files the build wrote, with their bytes."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[1], int):
            yield clean(str(item[0]), limit=500), item[1]


def _sizes(made: Mapping[str, int]) -> str:
    """How much was built, and the largest script of it."""
    if not made:
        return "The build wrote no file."
    scripts = {p: n for p, n in made.items() if p.endswith((".js", ".mjs", ".cjs"))}
    largest = max(scripts, key=lambda p: scripts[p], default="")
    told = f"{len(made)} files, {sum(made.values()) / 1000:.1f} kB"
    if largest:
        told += f"; the largest script is {largest} ({scripts[largest] / 1000:.1f} kB)"
    return f"{told}."


def _bundle(report: Mapping[str, Any]) -> str:
    """What a browser would load of it at most, plain and as servers send it."""
    told = [report.get(key) for key in ("scripts", "styles")]
    parts = [
        f"{name} {plain / 1000:.1f} kB"
        + (f" ({packed / 1000:.1f} kB with gzip)" if packed >= 0 else "")
        for name, value in zip(("scripts", "styles"), told, strict=True)
        if isinstance(value, list) and len(value) == 2
        for plain, packed in [value]
        if isinstance(plain, int) and isinstance(packed, int) and plain > 0
    ]
    return f" Built: {', '.join(parts)}." if parts else ""


def _failures(project: ProjectView, outcome: Outcome, language: str) -> list[Diagnostic]:
    said = clean((outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace"), limit=10**6)
    found: dict[tuple[str, int, str], Diagnostic] = {}
    for pattern in _LINES:
        for match in list(pattern.finditer(said))[:MAX_FOUND]:
            part = match.groupdict()
            path = relative(part["path"].strip(), project.root)
            if path in project.files:
                line = int(part["line"][:9])
                found.setdefault(
                    (path, line, part["message"]),
                    finding(
                        language, "build", part.get("code") or "build-error", Severity.ERROR,
                        part["message"], root=project.root, path=path, line=line,
                        column=int(part["column"][:9]),
                    ),
                )  # fmt: skip
    if found:
        return list(found.values())
    path, line, column = place_in(said, project)
    message = f"`npm run build` ended with exit code {outcome.exit_code}. {_gist(said)}"
    return [
        finding(
            language, "build", "build-failed", Severity.ERROR, message, root=project.root,
            path=path or "package.json", line=line, column=column,
        )
    ]  # fmt: skip


def _gist(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("npm error", "npm ERR!", "> "))]
    errors = [line for line in lines if re.search(r"\berror\b|cannot|not found|failed", line, re.I)]
    return " ".join(errors[:3] or lines[-3:])[:500]


def missing_entries(
    project: ProjectView, workspace: Workspace, made: Mapping[str, int], language: str
) -> list[Diagnostic]:
    """Files that package.json promises to others and the build does not make."""
    data = workspace.root.data
    promised = [("main", data.get("main")), ("module", data.get("module"))]
    promised += [("types", data.get("types"))]
    commands = data.get("bin")
    promised += [
        ("bin", v) for v in (commands.values() if isinstance(commands, dict) else (commands,))
    ]
    promised += [("exports", v) for v in _leaves(data.get("exports"))]
    there = {*made, *project.files}
    found = []
    for key, value in dict.fromkeys((k, v) for k, v in promised if isinstance(v, str)):
        path = posixpath.normpath(value)
        if "*" in path or path.startswith("../") or _resolves(path, there, loose=key == "main"):
            continue
        if key == "types" and _mapped(path, data.get("typesVersions"), there):
            continue
        message = f"`{key}` of package.json names '{path}', which the build does not make"
        found.append(
            finding(
                language, "build", "missing-entry", Severity.ERROR, message, path="package.json"
            )
        )
    return found


def _mapped(path: str, versions: Any, there: set[str]) -> bool:
    """Whether types that differ by the compiler's version lie where their map says."""
    maps = list(versions.values())[:20] if isinstance(versions, dict) else []
    for paths in maps:
        for pattern, targets in list(paths.items())[:20] if isinstance(paths, dict) else ():
            before, star, after = posixpath.normpath(str(pattern)).partition("*")
            fits = path.startswith(before) and path.endswith(after) if star else path == before
            rest = path[len(before) : len(path) - len(after)] if star else ""
            for target in targets[:20] if isinstance(targets, list) and fits else ():
                place = posixpath.normpath(str(target).replace("*", rest))
                if not there.isdisjoint((place, f"{place}.d.ts", f"{place}/index.d.ts")):
                    return True
    return False


def _resolves(path: str, there: set[str], *, loose: bool) -> bool:
    if path in there:
        return True
    more = (f"{path}.js", f"{path}.cjs", f"{path}.json", posixpath.join(path, "index.js"))
    return loose and any(name in there for name in more)


def _leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """Every file that `exports` names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < 8:
        for inner in value.values():
            yield from _leaves(inner, depth + 1)
