"""What this machine offers to checks: our tools with their versions, and interpreters."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autonomous_coder.engines.validator.provisioning import Provisioner, find_or_provide
from autonomous_coder.languages.base import Interpreter, Toolbox, ToolchainSpec
from autonomous_coder.models.execution import Limits
from autonomous_coder.sandbox.sandbox import Sandbox

OTHER_PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14", "python3.15")
MODULES = frozenset({"mypy", "bandit"})
"""Tools that are run as modules by our own interpreter."""


async def find_toolbox(
    sandbox: Sandbox,
    tools: Iterable[str],
    toolchains: Iterable[ToolchainSpec],
    limits: Limits,
    provisioner: Provisioner | None = None,
) -> Toolbox:
    """Our tools, every Python on PATH (ours comes first) and the named toolchains, missing ones
    from the provisioner where there is one.

    Raises:
        ToolchainMissingError: one of our own tools is gone.
    """
    names = tuple(tools)
    mounts = sandbox.tool_mounts()
    ours = sys.version_info[:3]
    return Toolbox(
        interpreter=Interpreter(sys.executable, ours, mounts),
        tools={name: str(sandbox.tool(name)) for name in names if name not in MODULES},
        versions={name: _version(name) for name in names},
        mounts=mounts,
        interpreters=await _interpreters(sandbox),
        limits=limits,
        toolchains={
            spec.name: await find_or_provide(sandbox, spec, provisioner) for spec in toolchains
        },
    )


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


async def _interpreters(sandbox: Sandbox) -> tuple[Interpreter, ...]:
    base = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    ours = sys.version_info[:3]
    found = {base: Interpreter(str(base), ours, sandbox.interpreter_mounts(base))}
    for name in OTHER_PYTHONS:
        place = shutil.which(name)
        path = Path(place).resolve() if place else None
        # A shim (a script that chooses) is no interpreter.
        if path is None or path in found or not path.name.startswith("python3"):
            continue
        answered = await sandbox.run_client([str(path), "-I", "-V"])
        number = answered.stdout.decode("ascii", "replace").removeprefix("Python").strip()
        parts = number.split(".")
        if answered.exit_code == 0 and len(parts) == 3 and all(p.isdigit() for p in parts):
            exact = (int(parts[0]), int(parts[1]), int(parts[2]))
            found[path] = Interpreter(str(path), exact, sandbox.interpreter_mounts(path))
    return tuple(found.values())
