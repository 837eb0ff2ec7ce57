"""Build and lint: javac on all modules, with our options and a report of our own."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import (
    CONFIG_DIR,
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
from autonomous_coder.languages.java.installing import TARGET
from autonomous_coder.languages.java.layout import Layout, java_files
from autonomous_coder.languages.java.specification import (
    loose_jars,
    runs_code,
    specification,
    units,
)
from autonomous_coder.languages.java.toolchain import feature, java_of, quick
from autonomous_coder.models.execution import OUTPUT_DIR, SOURCE_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

BUILD, BUILD_TITLE = "build", "Everything compiles (javac)"
LINT, LINT_TITLE = "lint", "The compiler's warnings (javac -Xlint)"
DESCRIPTIONS = frozenset({"module-info.java", "package-info.java"})
SPECIFICATION, REPORT = "compile.txt", "compile.jsonl"
COMPILE = (
    f'exec "$JAVA" "$@" -Djava.io.tmpdir="$TMPDIR" -cp {TARGET}/tools Compile '
    f'{CONFIG_DIR}/{SPECIFICATION} {OUTPUT_DIR}/{REPORT} {SOURCE_DIR} {TARGET} "$TMPDIR/out"'
)
PROCESSED = "Annotation processors of its packages took part, and could forge what is reported."
WARNINGS = frozenset(
    {
        "divzero", "empty", "fallthrough", "finally", "lossy-conversions", "overrides", "rawtypes",
        "removal", "static", "synchronization", "unchecked", "varargs",
    }
)  # fmt: skip
"""Kinds of warning that tell of a likely mistake; the others are information."""
_SPACE = re.compile(r"\s*\n\s*")


@dataclass(slots=True)
class Compiled:
    """What a compilation reported. `sources` maps a class's binary name to its file."""

    done: dict[str, bool] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    records: list[Mapping[str, Any]] = field(default_factory=list)
    ended: bool = False
    version: str = ""


def reason_not_to(
    project: ProjectView, layout: Layout, environment: Environment, toolbox: Toolbox
) -> str:
    """Why the project cannot be compiled here, for a cause that is not its own; or nothing."""
    java = java_of(toolbox)
    if not java.found:
        return java.why_missing
    if not environment.ready:
        return f"The dependencies are not installed: {environment.reason}"
    asked = layout.asked_release()
    if asked > feature(java.version):
        return (
            f"The project asks for Java {asked}, and Java {java.version} is installed here. "
            f"Install it: `apt install openjdk-{asked}-jdk-headless`."
        )
    for module in layout.modules:
        if plugin := module.generator():
            return (
                f"The build makes sources with the plugin {plugin.name}, which is not run here; "
                "what needs them cannot be compiled."
            )
    other = next(
        (f for f in project.files if layout.maven and f.endswith((".kt", ".scala", ".groovy"))
         and "src/" in f), ""
    )  # fmt: skip
    if other:
        return f"Part of the code is in another language ({other}), which is not compiled here."
    return ""


def build_plan(
    project: ProjectView, layout: Layout, environment: Environment, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """Every source of every module compiles."""
    if not java_files(project):
        return NotApplicable(BUILD, BUILD_TITLE, "There is no Java code.")
    if reason := reason_not_to(project, layout, environment, toolbox):
        return NotApplicable(BUILD, BUILD_TITLE, reason, wanted=True)

    def steps() -> Steps[CheckResult]:
        outcome = yield compile_command(project, layout, environment, toolbox)
        about: dict[str, Any] = {"tool": "javac", "tool_version": java_of(toolbox).version}
        if ended := stopped(BUILD, BUILD_TITLE, outcome, **about):
            return ended
        compiled = read_report(project, outcome)
        if problem := incomplete(compiled, layout, outcome):
            return unreadable(BUILD, BUILD_TITLE, outcome, problem, **about)
        found = [*errors(project, compiled), *left_out(layout)]
        failing = any(d.severity is Severity.ERROR for d in found)
        for name, well in compiled.done.items():
            if not well and name not in compiled.skipped and not failing:
                message = f"javac fails on '{name}' and names no cause"
                found.append(finding("java", "javac", "no-cause", Severity.ERROR, message))
        return verdict(
            BUILD, BUILD_TITLE, found, strict=False, outcome=outcome,
            reason=_about_processors(layout, toolbox), files=sum(compiled.counts.values()), **about,
        )  # fmt: skip

    config = {SPECIFICATION: _specification(project, layout, toolbox)}
    return CheckPlan(
        BUILD, BUILD_TITLE, steps, cost=8.0, needs_environment=True, config=config,
        reads=_reads(project, layout, toolbox),
    )  # fmt: skip


def left_out(layout: Layout) -> Iterable[Diagnostic]:
    """One finding for each module whose build compiles only part of its sources: a warning, for no
    setting of the project's own switches a check off. Descriptions hold no code."""
    for module in layout.modules:
        if module.excluded:
            code = any(posixpath.basename(f) not in DESCRIPTIONS for f in module.excluded)
            severity = Severity.WARNING if code else Severity.INFO
            message = (
                f"the build leaves {len(module.excluded)} files out of what it compiles: "
                f"{', '.join(module.excluded[:5])}"
            )
            path = f"{module.path}/pom.xml" if module.path else "pom.xml"
            yield finding(
                "java", "autonomous-coder", "sources-excluded", severity, message, path=path
            )


def lint_plan(
    project: ProjectView, layout: Layout, environment: Environment, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """The compiler's own warnings, all of them switched on."""
    if not java_files(project):
        return NotApplicable(LINT, LINT_TITLE, "There is no Java code.")
    if reason := reason_not_to(project, layout, environment, toolbox):
        return NotApplicable(LINT, LINT_TITLE, reason, wanted=True)

    def steps() -> Steps[CheckResult]:
        outcome = yield compile_command(project, layout, environment, toolbox)
        about: dict[str, Any] = {"tool": "javac", "tool_version": java_of(toolbox).version}
        if ended := stopped(LINT, LINT_TITLE, outcome, **about):
            return ended
        compiled = read_report(project, outcome)
        if problem := incomplete(compiled, layout, outcome):
            return unreadable(LINT, LINT_TITLE, outcome, problem, **about)
        if not all(compiled.done.values()):
            return CheckResult(
                name=LINT, title=LINT_TITLE, status=CheckStatus.NOT_RUN,
                reason="The code does not compile; see the build check.",
                level=outcome.level, duration_s=outcome.duration_s, **about,
            )  # fmt: skip
        found = warnings(project, compiled)
        return verdict(
            LINT, LINT_TITLE, found, strict=project.strict, outcome=outcome,
            reason=_about_processors(layout, toolbox), files=sum(compiled.counts.values()), **about,
        )  # fmt: skip

    config = {SPECIFICATION: _specification(project, layout, toolbox, lint=True)}
    return CheckPlan(
        LINT, LINT_TITLE, steps, cost=7.0, needs_environment=True, config=config,
        reads=_reads(project, layout, toolbox),
    )  # fmt: skip


def _reads(project: ProjectView, layout: Layout, toolbox: Toolbox) -> tuple[str, ...] | None:
    """The sources, and loose jars; annotation processors may read anything."""
    if runs_code(layout, feature(java_of(toolbox).version)):
        return None
    loose = () if layout.maven else loose_jars(project.files)
    return (*java_files(project), *loose)


def _about_processors(layout: Layout, toolbox: Toolbox) -> str:
    return PROCESSED if runs_code(layout, feature(java_of(toolbox).version)) else ""


def _specification(
    project: ProjectView, layout: Layout, toolbox: Toolbox, *, lint: bool = False
) -> str:
    java = feature(java_of(toolbox).version)
    loose = () if layout.maven else loose_jars(project.files)
    return specification(layout, java, lint=lint, loose=loose)


def compile_command(
    project: ProjectView, layout: Layout, environment: Environment, toolbox: Toolbox
) -> Command:
    """javac on the untouched sources; without annotation processors no code of others is run."""
    java = java_of(toolbox)
    return Command(
        argv=("/bin/sh", "-c", COMPILE, "sh", *quick(toolbox.limits.memory_bytes)),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        env={"JAVA": java.programs["java"]},
        mounts=environment.mounts,
        limits=toolbox.limits,
        runs_project_code=runs_code(layout, feature(java.version)),
    )


def read_report(project: ProjectView, outcome: Outcome) -> Compiled:
    """The lines of the report; nonsense among them is left out."""
    compiled = Compiled()
    for line in outcome.files.get(REPORT, b"").decode("utf-8", "replace").splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(record, dict):
            continue
        kind, unit = record.get("kind"), str(record.get("unit", ""))
        if kind == "class":
            path = relative(str(record.get("path")), project.root)
            compiled.sources[str(record.get("name"))] = path
        elif kind == "unit":
            compiled.done[unit] = record.get("ok") is True
            files = record.get("files")
            compiled.counts[unit] = files if isinstance(files, int) else -1
            if record.get("skipped") is True:
                compiled.skipped.add(unit)
        elif kind == "end":
            compiled.ended = True
            compiled.version = clean(str(record.get("version")), limit=40)
        elif kind in ("diagnostic", "option"):
            compiled.records.append(record)
    return compiled


def incomplete(compiled: Compiled, layout: Layout, outcome: Outcome) -> str:
    """What a compilation left unsaid, or nothing."""
    wanted = units(layout)
    if not compiled.ended:
        return "The compiler ended without a report"
    if compiled.counts != wanted:
        return "Not every module was reported"
    well = all(compiled.done.values())
    return "" if outcome.exit_code == (0 if well else 1) else "The compiler's end does not fit"


def errors(project: ProjectView, compiled: Compiled) -> list[Diagnostic]:
    """What keeps the code from compiling."""
    return list(_diagnostics(project, compiled, {"ERROR"}))


def warnings(project: ProjectView, compiled: Compiled) -> list[Diagnostic]:
    """What the compiler warns of, each once."""
    return list(_diagnostics(project, compiled, {"WARNING", "MANDATORY_WARNING"}))


def _diagnostics(
    project: ProjectView, compiled: Compiled, levels: set[str]
) -> Iterable[Diagnostic]:
    seen: set[tuple[str, int, int, str]] = set()
    for record in compiled.records:
        if record.get("kind") == "option":
            if "ERROR" in levels:
                message = f"javac refuses an option of the build: {record.get('message')}"
                yield finding("java", "javac", "option", Severity.ERROR, message)
            continue
        if record.get("level") not in levels:
            continue
        path = relative(str(record.get("path", "")), project.root)
        line, column = (_number(record.get(key)) for key in ("line", "column"))
        code = clean(str(record.get("code", "")), limit=80).removeprefix("compiler.")
        lint = clean(str(record.get("lint", "")), limit=40)
        message = _SPACE.sub("; ", clean(str(record.get("message", "")), project.root))
        if (path, line, column, message) in seen:
            continue
        seen.add((path, line, column, message))
        severity = Severity.ERROR
        if "ERROR" not in levels:
            severity = Severity.WARNING if lint in WARNINGS else Severity.INFO
            code = lint or code
        # Only a name's end is sure to stand in the same line.
        length = _number(record.get("length")) if "cant.resolve" in code else 0
        yield finding(
            "java", "javac", code, severity, message, path=path, line=line, column=column,
            end_line=line if length else 0,
            end_column=column + length if length else 0,
        )  # fmt: skip


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10_000_000 else 0
