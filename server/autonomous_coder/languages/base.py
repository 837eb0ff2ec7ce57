"""What a language is to the rest of the program.

A language is one package here plus its templates: it says which checks it has and how their
output becomes diagnostics, how its dependencies are locked and installed, and how a project of
it is recognised. It describes commands and parses what came of them; it runs nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autonomous_coder.models.execution import Command, Mount, Outcome
from autonomous_coder.models.validation import CheckResult


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A frozen snapshot of a project: `root` is a copy on the host, `files` its regular files
    (relative POSIX paths, sorted)."""

    root: Path
    files: tuple[str, ...]
    strict: bool = True

    def read(self, path: str) -> str:
        """Text of one file, undecodable bytes replaced; empty when it is not there."""
        if path not in self.files:
            return ""
        return (self.root / path).read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Environment:
    """Installed dependencies of a project, made by the fetch phase and mounted read-only.

    `executable` is the interpreter's absolute path inside the sandbox; `ready` is False with a
    `reason` when they could not be installed.
    """

    ready: bool
    executable: str = ""
    mounts: tuple[Mount, ...] = ()
    reason: str = ""
    infrastructure: bool = False


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """How the fetch phase installs dependencies: commands run in order with registry access.

    `key` is a hash of everything the result depends on (lock, interpreter, tool version);
    `target` is the directory inside the sandbox that they fill and that is kept under the key.
    """

    key: str
    target: str
    commands: tuple[Command, ...]
    executable: str
    mounts: tuple[Mount, ...] = ()
    cache_target: str = ""
    """Where the shared download cache is mounted, writable, during the fetch phase only."""


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of one project: a command, and how its outcome is read.

    `cost` is expected seconds (for scheduling). `needs_environment` checks wait for the fetch
    phase. `parse` never raises: an outcome that reports nothing is a failed check.
    """

    name: str
    title: str
    command: Command
    parse: Callable[[Outcome], CheckResult]
    cost: float = 1.0
    needs_environment: bool = False
    informational: bool = False


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A check that this project gives no work to, or that cannot be run; with the reason."""

    name: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the caller and the settings ask for."""

    names: tuple[str, ...] = ()
    strict: bool = True
    security: bool = True
    performance: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)


class Language(Protocol):
    """What every language module offers."""

    name: str
    check_names: tuple[str, ...]

    def detect(self, files: Sequence[str]) -> bool:
        """Whether a project with these files is one of this language."""
        ...

    def environment(self, project: ProjectView, *, offline: bool) -> EnvironmentPlan | None:
        """How dependencies are installed; None when the project declares none."""
        ...

    def checks(
        self, project: ProjectView, environment: Environment, options: CheckOptions
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Every check this language knows, in the order errors should be mended."""
        ...
