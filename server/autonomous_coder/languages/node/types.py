"""Types: TypeScript's own compiler over the project's tsconfig files, nothing written.

The compiler runs no project code. It is the version that the project has installed from the
registry, else the newest of ours. Options that would keep errors silent are overruled.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
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
from autonomous_coder.languages.node.files import (
    is_config,
    is_declaration,
    is_test_path,
    is_typescript,
    sources,
)
from autonomous_coder.languages.node.homing import at_home
from autonomous_coder.languages.node.installed import (
    has_package,
    program,
    project_mounts,
    tool_mounts,
    tool_path,
    version,
)
from autonomous_coder.languages.node.installing import TOOLS
from autonomous_coder.languages.node.manifest import Workspace, load_jsonc
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import PROJECT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "types", "Types are sound (tsc)"
MAX_CONFIGS = 50
STRICT = ("strict", "noImplicitAny", "strictNullChecks", "strictFunctionTypes")
_LINE = re.compile(r"^(?P<path>[^\s(][^(\n]*)\((?P<line>\d+),(?P<column>\d+)\): (?P<rest>.+)$")
_SAID = re.compile(r"^(?P<kind>error|warning|message) TS(?P<code>\d+): (?P<message>.*)$")
_NOCHECK = re.compile(r"(?://|/\*).*@ts-nocheck\b", re.I)


def types_plan(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """TypeScript always; JavaScript where a jsconfig asks for it."""
    files = [f for f in sources(project.files) if is_typescript(f)]
    configs = config_files(project, workspace)
    if language == "javascript":
        configs = [c for c in ("jsconfig.json",) if _checks_javascript(project, c)]
        if not configs:
            reason = "The project is in JavaScript without `checkJs`."
            return NotApplicable(NAME, TITLE, reason)
    elif not files:
        return NotApplicable(NAME, TITLE, "There is no TypeScript code.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    own = program(environment, "typescript", "tsc")
    tsc = own or tool_path(environment, "typescript/bin/tsc")
    if not tsc:
        reason = environment.tools.reason if environment.tools else "no registry"
        return NotApplicable(NAME, TITLE, f"TypeScript could not be had: {reason}", wanted=True)
    about: dict[str, Any] = {
        "tool": "tsc",
        "tool_version": version(environment, "typescript") if own else TOOLS["typescript"],
    }
    runs = _runs(project, workspace, environment, configs, files)
    # Since 5.6 a project can switch checking off; what is said here overrules it.
    number = [int(part) for part in about["tool_version"].split(".")[:2] if part.isdigit()]
    overruled = ("--noCheck", "false") if number >= [5, 6] else ()

    def steps() -> Steps[CheckResult]:
        found = [*_options(project, language), *_silenced(project, files, language)]
        seen: set[str] = set()
        outcome: Outcome | None = None
        for count, arguments in enumerate(runs):
            outcome = yield Command(
                argv=(
                    node_of(toolbox).programs["node"], tsc, *arguments, "--pretty", "false",
                    "--listFiles", *_fresh(arguments, count), *overruled,
                ),
                tree=project.root,
                mounts=(
                    *node_mounts(toolbox), *project_mounts(environment, workspace),
                    *(() if own else tool_mounts(environment)),
                ),
                limits=toolbox.limits,
                # The project chose its compiler: `npm:` and `file:` may name anything.
                runs_project_code=bool(own),
            )  # fmt: skip
            outcome = at_home(outcome, project)
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            said, listed = parse(outcome.stdout.decode("utf-8", "replace"))
            if outcome.exit_code not in (0, 1, 2) or (outcome.exit_code == 0) != (not said):
                what = "tsc reported nothing that can be read"
                return unreadable(NAME, TITLE, outcome, what, **about)
            seen |= {relative(path, project.root) for path in listed}
            found += [_diagnostic(project, item, language) for item in said]
        found = list({(d.path, d.line, d.column, d.code, d.message): d for d in found}.values())
        found += _left_out(files, seen, language)
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome,
            files=len([f for f in files if f in seen]) or len(seen), **about,
        )  # fmt: skip

    return CheckPlan(NAME, TITLE, steps, cost=6.0, needs_environment=True)


def config_files(project: ProjectView, workspace: Workspace) -> list[str]:
    """tsconfig.json at the top and of every workspace; then others at the top that extend it."""
    places = [posixpath.join(m.directory, "tsconfig.json") for m in workspace.all]
    found = [p for p in dict.fromkeys(["tsconfig.json", *places]) if p in project.files]
    return found[:MAX_CONFIGS]


def _runs(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    configs: Sequence[str],
    files: Sequence[str],
) -> list[tuple[str, ...]]:
    """Arguments of one run for each configuration; one that only refers to others is built."""
    if not configs:
        module = "nodenext" if workspace.root.data.get("type") == "module" else "preserve"
        kind = ("--module", module, "--target", "es2022", "--strict", "--skipLibCheck")
        types = ("--types", "node") if has_package(environment, "@types/node") else ()
        jsx = ("--jsx", "preserve") if any(f.endswith("x") for f in files) else ()
        return [("--noEmit", *kind, *types, *jsx, *(f"./{f}" for f in files))]
    runs: list[tuple[str, ...]] = []
    referred: set[str] = set()
    for config in configs:
        data, _ = load_jsonc(project.read(config))
        references = data.get("references") if isinstance(data, dict) else None
        if isinstance(references, list) and references:
            runs.append(("--build", config, "--force"))
            referred |= {_target(project, config, item) for item in references}
        else:
            runs.append(("--noEmit", "-p", config))
    return [run for run in runs if run[-1] not in referred and run[1] not in referred]


def _target(project: ProjectView, config: str, reference: Any) -> str:
    """The configuration that a reference names."""
    path = reference.get("path") if isinstance(reference, dict) else None
    if not isinstance(path, str):
        return ""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(config), path))
    return place if place in project.files else posixpath.join(place, "tsconfig.json")


def _fresh(arguments: Sequence[str], number: int) -> tuple[str, ...]:
    """Against what a project could have prepared: build records of its own."""
    if arguments[0] == "--build":
        return ()
    return ("--incremental", "--tsBuildInfoFile", f"/tmp/types-{number}.tsbuildinfo")  # noqa: S108


def parse(text: str) -> tuple[list[dict[str, str]], list[str]]:
    """What tsc found, and the absolute paths of the files it read."""
    found: list[dict[str, str]] = []
    listed: list[str] = []
    for line in text.splitlines():
        place = _LINE.match(line)
        said = _SAID.match(place["rest"] if place else line)
        if said:
            found.append({**said.groupdict(), **(place.groupdict() if place else {})})
        elif line.startswith(f"{PROJECT_DIR}/"):
            listed.append(line)
        elif line.startswith("  ") and found:
            found[-1]["message"] += f" {line.strip()}"
    return found, listed


def _diagnostic(project: ProjectView, item: dict[str, str], language: str) -> Diagnostic:
    severity = {"error": Severity.ERROR, "warning": Severity.WARNING}
    return finding(
        language,
        "tsc",
        f"TS{item['code']}",
        severity.get(item["kind"], Severity.INFO),
        item["message"],
        root=project.root,
        path=relative(item.get("path", ""), project.root),
        line=int(item.get("line", "0")[:9]),
        column=int(item.get("column", "0")[:9]),
    )


def _checks_javascript(project: ProjectView, path: str) -> bool:
    data, _ = load_jsonc(project.read(path))
    options = data.get("compilerOptions") if isinstance(data, dict) else None
    return isinstance(options, dict) and options.get("checkJs") is True


def _options(project: ProjectView, language: str) -> list[Diagnostic]:
    """What the project's own options keep from being found."""
    found = []
    for path in [f for f in project.files if re.fullmatch(r"(?:.*/)?tsconfig[\w.-]*\.json", f)]:
        text = project.read(path)
        data, fault = load_jsonc(text)
        options = data.get("compilerOptions") if isinstance(data, dict) else None
        if fault or not isinstance(options, dict):
            continue
        for name in STRICT:
            if options.get(name) is False:
                message = f"`{name}` is off, so some mistakes are not found"
                found.append(_option(language, path, text, name, Severity.INFO, message))
        if options.get("noCheck") is True:
            message = "`noCheck` switches type checking off"
            found.append(_option(language, path, text, "noCheck", Severity.ERROR, message))
    return found


def _option(
    language: str, path: str, text: str, name: str, severity: Severity, message: str
) -> Diagnostic:
    line = text.count("\n", 0, max(0, text.find(f'"{name}"'))) + 1
    return finding(
        language, "autonomous-coder", "tsconfig-option", severity, message, path=path, line=line
    )


def _silenced(project: ProjectView, files: Sequence[str], language: str) -> list[Diagnostic]:
    found = []
    for path in files:
        text = project.read(path)
        if match := _NOCHECK.search(text):
            message = "`@ts-nocheck` switches type checking off for this file"
            line = text.count("\n", 0, match.start()) + match[0].count("\n") + 1
            found.append(
                finding(
                    language, "autonomous-coder", "ts-nocheck", Severity.WARNING, message,
                    path=path, line=line,
                )
            )  # fmt: skip
    return found


def _left_out(files: Sequence[str], seen: set[str], language: str) -> list[Diagnostic]:
    """Sources that no configuration includes."""
    left = [f for f in files if f not in seen and not is_declaration(f)]
    return [
        finding(
            language, "autonomous-coder", "not-type-checked",
            Severity.INFO if is_test_path(f) or is_config(f) or "/" not in f else Severity.WARNING,
            "no tsconfig includes this file, so its types were not checked", path=f,
        )
        for f in left
    ]  # fmt: skip
