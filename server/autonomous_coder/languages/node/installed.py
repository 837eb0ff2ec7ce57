"""What the fetch phase installed, read from its directory: packages, versions, programs, mounts."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autonomous_coder.languages.base import Environment
from autonomous_coder.languages.node.installing import TOOLS_TARGET
from autonomous_coder.languages.node.manifest import Workspace, load
from autonomous_coder.models.execution import PROJECT_DIR, Mount

MODULES = "node_modules"
MAX_BYTES = 2_000_000
CHOSEN = "The project chose this tool, so it is code of the project's that could forge the result."


def project_mounts(environment: Environment, workspace: Workspace) -> tuple[Mount, ...]:
    """Every node_modules directory at its place in the project, and what node needs. Checks write
    to copies of their own."""
    others = tuple(m for m in environment.mounts if m.source != environment.directory)
    base = environment.directory
    if base is None:
        return others
    places = [posixpath.join(m.directory, MODULES) for m in workspace.all]
    return (
        *others,
        *(
            Mount(base / place, f"{PROJECT_DIR}/{place}", private=True)
            for place in places
            if (base / place).is_dir() and not (base / place).is_symlink()
        ),
    )


def tool_mounts(environment: Environment) -> tuple[Mount, ...]:
    """Our own tools; nothing when they could not be had."""
    tools = environment.tools
    return tools.mounts if tools is not None and tools.ready else ()


def tool_path(environment: Environment, relative: str) -> str:
    """The place inside of a file of our own tools, empty when it is not there."""
    tools = environment.tools
    if tools is None or not tools.ready or tools.directory is None:
        return ""
    there = (tools.directory / MODULES / relative).is_file()
    return f"{TOOLS_TARGET}/{MODULES}/{relative}" if there else ""


def package_manifest(environment: Environment, name: str) -> Mapping[str, Any]:
    """package.json of an installed package at the top of node_modules; empty when it is not."""
    return read_json(environment.directory, f"{MODULES}/{name}/package.json")


def version(environment: Environment, name: str) -> str:
    """The version that is installed, or nothing."""
    value = package_manifest(environment, name).get("version")
    return value if isinstance(value, str) else ""


def major(environment: Environment, name: str) -> int:
    """The first number of the installed version, 0 when it is not installed."""
    first = version(environment, name).split(".", 1)[0]
    return int(first) if first.isdigit() else 0


def program(environment: Environment, package: str, name: str = "") -> str:
    """The place inside of a package's program (a script that node runs); empty when absent."""
    wanted = package_manifest(environment, package).get("bin")
    path = wanted.get(name or package) if isinstance(wanted, dict) else wanted
    if not isinstance(path, str) or environment.directory is None:
        return ""
    inside = posixpath.normpath(posixpath.join(MODULES, package, path))
    if not inside.startswith(f"{MODULES}/{package}/"):
        return ""
    return f"{PROJECT_DIR}/{inside}" if (environment.directory / inside).is_file() else ""


def has_package(environment: Environment, name: str, directories: tuple[str, ...] = ("",)) -> bool:
    """Whether a package is installed at the top or beside one of the named manifests."""
    base = environment.directory
    if base is None:
        return False
    return any((base / d / MODULES / name).exists() for d in ("", *directories))


def read_json(base: Path | None, relative: str) -> dict[str, Any]:
    """A JSON object of the environment; empty when it is none, or no regular file."""
    if base is None:
        return {}
    data, fault = load(_read(base / relative).decode("utf-8", "replace"))
    return data if not fault and isinstance(data, dict) else {}


def lock_text(environment: Environment) -> str:
    """The lock that was installed from (npm's own record of it when there was none)."""
    if environment.directory is None:
        return ""
    return _read(environment.directory / "package-lock.json", 20_000_000).decode("utf-8", "replace")


def _read(place: Path, limit: int = MAX_BYTES) -> bytes:
    """A regular file's bytes; packages may bring links and pipes in its place."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as stream:
        info = os.fstat(descriptor)
        return stream.read(limit) if stat.S_ISREG(info.st_mode) and info.st_size < limit else b""
