"""How a command is described and what came of it. Plain data, shared by languages and sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from autonomous_coder.models.base import Model


class SandboxLevel(StrEnum):
    """How a command was contained; ordered by `rank`."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"

    @property
    def rank(self) -> int:
        return int(self.value[1])


class Network(StrEnum):
    NONE = "none"
    FETCH = "fetch"
    """Only the registries' hosts, through the allow-listing proxy."""


class MissingLayer(Model):
    """A protection that is not available here, why, and the command that would mend it."""

    layer: str
    reason: str
    remedy: str = ""


class SandboxStatus(Model):
    """What the sandbox can do on this machine, found by a real probe."""

    level: SandboxLevel
    layers: list[str] = Field(default_factory=list)
    missing: list[MissingLayer] = Field(default_factory=list)
    mechanism: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one command. Bytes are bytes, times are seconds."""

    memory_bytes: int = 3 * 1024**3
    processes: int = 256
    disk_bytes: int = 1024**3
    inodes: int = 100_000
    output_bytes: int = 16 * 1024**2
    timeout_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Mount:
    """A host directory or file shown inside the sandbox. Read-only unless it is a cache of ours
    that only the fetch phase may fill (`writable`), or a `private` directory: the command may
    write there, and what it wrote is gone afterwards; the host's directory never changes."""

    source: Path
    target: str
    writable: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class FetchAccess:
    """What the fetch phase may reach, learned from the user's own client configuration.

    `env` holds the client's variables (index address, without credentials); `hosts` are the exact
    host names the proxy admits on port 443; `private` admits non-global addresses (never loopback
    or link-local), set only when the user's own index lives on such a network.
    """

    hosts: frozenset[str]
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    private: bool = False


PROJECT_DIR = "/project"
"""Where the copy of the project stands inside the sandbox."""
SOURCE_DIR = "/source"
"""Where the read-only original snapshot stands inside the sandbox."""
OUTPUT_DIR = "/output"
"""What a command writes here is handed back in `Outcome.files` (bounded)."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command to be run in the sandbox.

    `tree` is a directory on the host, shown read-only at `/source`; with `copy_tree` it is also
    copied into a sized tmpfs at `/project`, where the command may write. `cwd` is a path inside.
    `argv[0]` is an absolute path that exists inside. The environment holds `env` and the few
    variables the sandbox sets (HOME, PATH, TMPDIR, LANG); nothing is inherited.
    `runs_project_code` demands at least level L2; tools that only read (ruff, mypy) may run at L1.
    """

    argv: tuple[str, ...]
    tree: Path | None = None
    copy_tree: bool = True
    cwd: str = PROJECT_DIR
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    mounts: tuple[Mount, ...] = ()
    network: Network = Network.NONE
    access: FetchAccess | None = None
    limits: Limits = field(default_factory=Limits)
    stdin: bytes = b""
    runs_project_code: bool = True


KilledBy = Literal["", "timeout", "memory", "processes", "disk", "inodes", "output", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did. `exit_code` is None when it was killed; `files` are the regular files it
    left in `/output` (relative path -> bytes): untrusted, like its output."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    duration_s: float
    level: SandboxLevel
    killed_by: KilledBy = ""
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    refused_hosts: tuple[str, ...] = ()
    peak_memory_bytes: int = 0
