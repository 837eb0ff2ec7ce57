"""Which runner runs which tests, and with what command: vitest, node's own, jest, mocha or tape."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.languages.base import Environment, ProjectView, Toolbox
from autonomous_coder.languages.node.files import (
    TYPESCRIPT_SUFFIXES,
    is_test_file,
)
from autonomous_coder.languages.node.installed import has_package, major, program, project_mounts
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace
from autonomous_coder.languages.node.reports import Report, read_jest, read_lines
from autonomous_coder.languages.node.toolchain import node_mounts, node_of, node_version
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, Command, Mount

INSIDE_DIR = "/inside"
INSIDE_MOUNT = Mount(Path(__file__).parent / "inside", INSIDE_DIR)
BY_IMPORT = {
    "vitest": "vitest", "node:test": "node", "test": "node", "@jest/globals": "jest",
    "mocha": "mocha", "@playwright/test": "playwright", "cypress": "cypress", "ava": "ava",
    "bun:test": "bun", "tape": "tape", "tap": "tap", "uvu": "uvu",
}  # fmt: skip
RUNNERS = ("vitest", "jest", "mocha", "tape")
STRIPS_TYPES = ((22, 18, 0), (23, 6, 0))
"""Since these versions node runs TypeScript by itself."""
_FLAG = re.compile(
    r"--(?:import|require|loader|experimental-loader|conditions|env-file|env-file-if-exists)"
    r"(?:[= ])[\w@./:-]+|--(?:experimental-strip-types|experimental-transform-types"
    r"|experimental-test-module-mocks|experimental-vm-modules|enable-source-maps)\b"
)
_TESTS = re.compile(r"(?:tests?|unit)(?:[:-].+)?")
_SHORT = re.compile(r"(?<!\S)-r[= ]\s*[\w@./:-]+")
_MOCHA = re.compile(
    r"(?<!\S)(?:--(?:require|import|loader|ui|timeout|slow|file)|-[rut])[= ]\s*[\w@./:-]+"
    r"|(?<!\S)--(?:check-leaks|delay|async-only|enable-source-maps)\b"
)
_SWEEP = re.compile(r"\bnode(?:\s+-\S+)*\s+--test(?:\s+-\S+)*\s*(?=$|[;&|])")
"""Node's runner, told of no files."""
_ENTRY = re.compile(r"\bnode(?:\s+-\S+)*\s+--test(?:\s+-\S+)*\s+([\w./-]+\.[cm]?js)\s*(?=$|[;&|])")
"""Node's runner, told of one file."""
_SWEPT = re.compile(r"(?:^|/)(?:[^/]+[._-]test|test-[^/]+|test|test/.+)\.[cm]?js$")
"""Which files it takes by itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """One start of a runner in a directory of the project, on these test files. `more` are files
    that it takes by itself without a test in them being promised; `entry` is the file that it is
    told of in their place, because that brings them in; `alone` says that no other runner has
    tests in that directory, so that the project's settings may say which files it runs."""

    runner: str
    directory: str
    files: tuple[str, ...]
    more: tuple[str, ...] = ()
    entry: tuple[str, ...] = ()
    alone: bool = True
    report: str = "tests.json"

    @property
    def read(self) -> Callable[[bytes, ProjectView], Report]:
        """Reads the report."""
        return read_jest if self.runner in ("vitest", "jest") else read_lines


def find_runs(workspace: Workspace, facts: SourceFacts, layout: Layout) -> tuple[list[Run], str]:
    """The runs, and the names of runners that cannot be run here (browsers, other runtimes)."""
    groups: dict[tuple[str, str], list[str]] = {}
    other: set[str] = set()
    for path, fact in facts.files.items():
        if not layout.is_source(path) or not (fact.tests or is_test_file(path)):
            continue
        named = next((BY_IMPORT[i.module] for i in fact.imports if i.module in BY_IMPORT), "")
        near = workspace.of(path)
        runner = named or next((r for r in RUNNERS if near.uses(r)), "")
        runner = runner or next((r for r in RUNNERS if workspace.root.uses(r)), "node")
        if runner not in (*RUNNERS, "node"):
            other.add(runner)
        elif fact.tests or named or runner != "node":
            directory = near.directory if near.uses(runner) or runner == "node" else ""
            groups.setdefault((runner, directory), []).append(path)
    runs = []
    for (runner, directory), files in sorted(groups.items()):
        more = _swept(workspace, layout, directory) if runner == "node" else ()
        entry = _entry(workspace, layout, directory, files) if runner == "node" else ()
        alone = all(r == runner or d != directory for r, d in groups)
        kept = tuple(sorted(files))
        beside = tuple(f for f in more if f not in kept)
        runs.append(Run(runner, directory, kept, beside, entry, alone))
    return runs, ", ".join(sorted(other))


def _swept(workspace: Workspace, layout: Layout, directory: str) -> tuple[str, ...]:
    """The files that node takes where a script tells it of none. It counts each as a test."""
    if not _SWEEP.search(_scripts(workspace, directory)):
        return ()
    near = [f for f in layout.sources if workspace.of(f).directory == directory]
    return tuple(sorted(f for f in near if _SWEPT.search(f)))


def _entry(
    workspace: Workspace, layout: Layout, directory: str, files: Sequence[str]
) -> tuple[str, ...]:
    """The one file that a script tells node of, where it holds no tests itself: it brings in the
    files that do, so that all of them run in one process."""
    named = {name.removeprefix("./") for name in _ENTRY.findall(_scripts(workspace, directory))}
    paths = tuple(f"{directory}/{name}".removeprefix("/") for name in named)
    found = tuple(p for p in paths if p in layout.sources and p not in files)
    return found if len(found) == len(named) == 1 else ()


def command(
    run: Run,
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    toolbox: Toolbox,
) -> Command | str:
    """The command of a run, or why there is none."""
    scripts = _scripts(workspace, run.directory)
    report = f"{OUTPUT_DIR}/{run.report}"
    top = f"{PROJECT_DIR}/{run.directory}".rstrip("/")
    flags: tuple[str, ...] = ()
    if run.runner in ("node", "tape"):
        made = _node(run, scripts, environment, toolbox, report)
        if isinstance(made, str):
            return made
        arguments = made
    else:
        path = program(environment, run.runner)
        if not path:
            return f"{run.runner} is not among the project's dependencies; add it for development."
        if "--experimental-vm-modules" in scripts:
            flags = ("--experimental-vm-modules",)
        arguments = (path, *_arguments(run, scripts, environment, report))
    return Command(
        argv=(node_of(toolbox).programs["node"], *flags, *arguments),
        tree=project.root,
        cwd=top,
        env={"CI": "true", "NODE_ENV": "test", "NO_COLOR": "1", "TZ": "UTC"},
        mounts=(
            *node_mounts(toolbox), *project_mounts(environment, workspace), INSIDE_MOUNT,
        ),
        limits=toolbox.limits,
    )  # fmt: skip


def _scripts(workspace: Workspace, directory: str) -> str:
    """The project's own test scripts: flags are taken from them, they are not run."""
    near = next((m for m in workspace.all if m.directory == directory), workspace.root)
    chosen = {**workspace.root.scripts, **near.scripts}
    return " ; ".join(v for k, v in chosen.items() if _TESTS.fullmatch(k))


def _given(scripts: str, program: str) -> str:
    """What the scripts give a program, whatever wraps it (c8 and nyc have flags of their own)."""
    return " ; ".join(re.findall(rf"(?<![\w@.-]){program}(?:\.js)?\s+([^;&|]*)", scripts))


def _flags(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part for flag in pattern.findall(text) for part in flag.split()]


def _arguments(run: Run, scripts: str, environment: Environment, report: str) -> tuple[str, ...]:
    """Where another runner has tests, too, it is told which ones are its own."""
    chosen = [f"{PROJECT_DIR}/{f}" for f in run.files]
    if run.runner == "vitest":
        return (
            "run", "--reporter=json", f"--outputFile={report}", "--passWithNoTests=false",
            "--coverage.enabled=false", "--retry=0", "--bail=0",
            # Before version 3 only its configuration knows it.
            *(("--includeTaskLocation",) if major(environment, "vitest") > 2 else ()),
            *(() if run.alone else chosen),
        )  # fmt: skip
    if run.runner == "jest":
        return (
            "--json", f"--outputFile={report}", "--testLocationInResults", "--ci", "--runInBand",
            "--coverage=false", "--watchman=false", "--passWithNoTests=false", "--bail=0",
            *(() if run.alone else ("--runTestsByPath", *chosen)),
        )  # fmt: skip
    return (
        *_flags(_MOCHA, _given(scripts, "mocha")), "--reporter",
        f"{INSIDE_DIR}/mocha_reporter.cjs", "--reporter-option", f"output={report}", "--no-color",
        "--exit", *chosen,
    )  # fmt: skip


def _node(
    run: Run, scripts: str, environment: Environment, toolbox: Toolbox, report: str
) -> tuple[str, ...] | str:
    flags = [part for flag in _FLAG.findall(scripts) for part in shlex.split(flag)]
    flags += _flags(_SHORT, " ; ".join(_given(scripts, name) for name in ("node", "tape")))
    typed = [f for f in run.files if f.endswith(TYPESCRIPT_SUFFIXES)]
    number = node_version(toolbox)
    native = number >= STRIPS_TYPES[1] or STRIPS_TYPES[0] <= number < (23,)
    if typed and not native and not flags:
        if has_package(environment, "tsx", (run.directory,)):
            flags = ["--import", "tsx"]
        else:
            return (
                f"node {node_of(toolbox).version} does not run TypeScript by itself; add 'tsx' for"
                " development, or use node 22.18 or newer."
            )
    files = [f"{PROJECT_DIR}/{f}" for f in run.entry or (*run.files, *run.more)]
    if run.runner == "tape":
        if not program(environment, "tape"):
            return "tape is not among the project's dependencies; add it for development."
        return (*flags, f"{INSIDE_DIR}/tape.mjs", report, *files)
    return (
        *flags, "--test", f"--test-reporter={INSIDE_DIR}/node_reporter.mjs",
        f"--test-reporter-destination={report}",
        *files,
    )  # fmt: skip
