"""Types: TypeScript's own compiler over the project's tsconfig files, nothing written.

The compiler runs no project code, as long as it is the one that it is called. It is the version
that the project has installed, unless ours can stand for that. Options that would keep errors
silent are overruled, and so is what would leave files out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
from autonomous_coder.languages.node import uncovered
from autonomous_coder.languages.node.files import is_declaration, is_typescript
from autonomous_coder.languages.node.homing import at_home
from autonomous_coder.languages.node.installed import (
    CHOSEN,
    has_package,
    program,
    project_mounts,
    tool_mounts,
    tool_path,
    version,
)
from autonomous_coder.languages.node.installing import TOOLS
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace, load_jsonc
from autonomous_coder.languages.node.suppressing import unchecked
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import PROJECT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "types", "Types are sound (tsc)"
MAX_CONFIGS = 50
STRICT = ("strict", "noImplicitAny", "strictNullChecks", "strictFunctionTypes")
_LINE = re.compile(r"^(?P<path>[^\s(][^(\n]*)\((?P<line>\d+),(?P<column>\d+)\): (?P<rest>.+)$")
_SAID = re.compile(r"^(?P<kind>error|warning|message) TS(?P<code>\d+): (?P<message>.*)$")


@dataclass(frozen=True, slots=True)
class Compiler:
    """The compiler that decides: its place inside, its version, and whether the project chose it
    (`npm:` and `file:` may name anything, so that is the project's code)."""

    path: str
    version: str
    chosen: bool

    @property
    def about(self) -> dict[str, Any]:
        """For the result of the check."""
        return {"tool": "tsc", "tool_version": self.version}


def types_plan(
    project: ProjectView,
    workspace: Workspace,
    layout: Layout,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """TypeScript always; JavaScript where a jsconfig asks for it."""
    files = [f for f in layout.sources if is_typescript(f)]
    configs = config_files(project, workspace)
    if language == "javascript":
        configs = [c for c in ("jsconfig.json",) if _checks_javascript(project, c)]
        if not configs:
            reason = "The project is in JavaScript without `checkJs`."
            return NotApplicable(NAME, TITLE, reason)
    elif not files and not (configs and any(is_declaration(f) for f in layout.sources)):
        return NotApplicable(NAME, TITLE, "There is no TypeScript code.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    compiler = _compiler(environment)
    if compiler is None:
        reason = environment.tools.reason if environment.tools else "no registry"
        return NotApplicable(NAME, TITLE, f"TypeScript could not be had: {reason}", wanted=True)
    about = (project, workspace, environment, toolbox, compiler)

    def steps() -> Steps[CheckResult]:
        found = [*_options(project, language), *unchecked(project, files, language)]
        seen: set[str] = set()
        outcome: Outcome | None = None
        for count, arguments in enumerate(_runs(project, workspace, environment, configs, files)):
            outcome = at_home(
                (yield _command(*about, (*arguments, *_fresh(arguments, count)))), project
            )
            read = _read(project, compiler, outcome, language)
            if isinstance(read, CheckResult):
                return read
            found += read[0]
            seen |= read[1]
        rest, settings = uncovered.left_out(project, files, seen)
        reached: set[str] = set()
        for run in uncovered.runs(project, workspace, layout, environment, rest):
            arguments = ("--noEmit", "-p", run.place)
            command = _command(*about, (*arguments, *_fresh(arguments, "rest")))
            outcome = at_home((yield uncovered.written(command, run)), project)
            read = _read(project, compiler, outcome, language)
            if isinstance(read, CheckResult):
                return read
            judged = set(run.files)
            found += [uncovered.weighed(project, d) for d in read[0] if d.path in judged]
            # Without a place it is about the options: then nothing was checked.
            if all(d.path in project.files for d in read[0]):
                reached |= judged & read[1]
        found = list({(d.path, d.line, d.column, d.code, d.message): d for d in found}.values())
        found += uncovered.told(rest, reached, settings, language)
        seen |= reached
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome,
            reason=CHOSEN if compiler.chosen else "",
            files=len([f for f in files if f in seen]) or len(seen), **compiler.about,
        )  # fmt: skip

    return CheckPlan(NAME, TITLE, steps, cost=6.0, needs_environment=True)


def _compiler(environment: Environment) -> Compiler | None:
    """The project's own, since options change from one version to the next; ours where the
    project's is of the same line and not newer."""
    ours, own = (
        tool_path(environment, "typescript/bin/tsc"),
        program(environment, "typescript", "tsc"),
    )
    number, pinned = version(environment, "typescript"), TOOLS["typescript"]
    if ours and (not own or _stands_for(pinned, number)):
        return Compiler(ours, pinned, chosen=False)
    return Compiler(own, number, chosen=True) if own else None


def _stands_for(ours: str, theirs: str) -> bool:
    if not re.fullmatch(r"\d{1,6}\.\d{1,6}\.\d{1,6}", theirs):
        return False
    mine, other = ([int(part) for part in text.split(".")] for text in (ours, theirs))
    return mine[0] == other[0] and mine >= other


def _command(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    toolbox: Toolbox,
    compiler: Compiler,
    arguments: Sequence[str],
) -> Command:
    # Since 5.6 a project can switch checking off; what is said here overrules it.
    number = [int(part) for part in compiler.version.split(".")[:2] if part.isdigit()]
    return Command(
        argv=(
            node_of(toolbox).programs["node"], compiler.path, *arguments, "--pretty", "false",
            "--listFiles", *(("--noCheck", "false") if number >= [5, 6] else ()),
        ),
        tree=project.root,
        mounts=(
            *node_mounts(toolbox), *project_mounts(environment, workspace),
            *(() if compiler.chosen else tool_mounts(environment)),
        ),
        limits=toolbox.limits,
        runs_project_code=compiler.chosen,
    )  # fmt: skip


def _read(
    project: ProjectView, compiler: Compiler, outcome: Outcome, language: str
) -> tuple[list[Diagnostic], set[str]] | CheckResult:
    """What one run found, and the files of the project that it saw; else why it says nothing."""
    if ended := stopped(NAME, TITLE, outcome, **compiler.about):
        return ended
    said, listed = parse(outcome.stdout.decode("utf-8", "replace"))
    if outcome.exit_code not in (0, 1, 2) or (outcome.exit_code == 0) != (not said):
        what = "tsc reported nothing that can be read"
        return unreadable(NAME, TITLE, outcome, what, **compiler.about)
    found = [_diagnostic(project, item, language) for item in said]
    return found, {relative(path, project.root) for path in listed}


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


def _fresh(arguments: Sequence[str], number: object) -> tuple[str, ...]:
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
