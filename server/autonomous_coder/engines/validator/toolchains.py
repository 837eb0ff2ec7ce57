"""Finding a language's toolchains on this machine: the real programs behind names and shims."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from autonomous_coder.errors import CoderError
from autonomous_coder.languages.base import Toolchain, ToolchainSpec
from autonomous_coder.sandbox.sandbox import Sandbox

_VERSION = re.compile(r'(?<![\w.])v?(?:go)?(\d+(?:\.\d+)+)|version "(\d+)"')
MAX_ANSWER = 4_000


async def find_toolchain(sandbox: Sandbox, spec: ToolchainSpec) -> Toolchain:
    """The toolchain of this host; one that was not found says why."""
    programs: dict[str, str] = {}
    for name in spec.programs:
        if path := await _real_program(sandbox, spec, name):
            programs[name] = path
    first = programs.get(spec.programs[0])
    if first is None:
        return _missing(spec, f"{spec.programs[0]} is not installed.")
    version = told_version(await _said(sandbox, (first, *spec.version)))
    if not version:
        return _missing(spec, f"{first} does not tell its version.")
    if spec.minimum and tuple(map(int, version.split("."))) < spec.minimum:
        least = ".".join(map(str, spec.minimum))
        return _missing(spec, f"{spec.name} {version} is older than {least}.")
    mounts = {
        mount.target: mount
        for path in programs.values()
        for mount in sandbox.interpreter_mounts(Path(path))
    }
    return Toolchain(spec.name, version, programs, tuple(mounts.values()))


def told_version(answer: str) -> str:
    """The first version number in what a program says of itself; empty without one."""
    match = _VERSION.search(answer)
    return (match[1] or match[2]) if match else ""


async def _real_program(sandbox: Sandbox, spec: ToolchainSpec, name: str) -> str:
    """The absolute path of one program, asked of it where it may be a shim; empty when absent."""
    found = shutil.which(name)
    if found is None:
        return ""
    if spec.locate is None or shutil.which(spec.locate(name)[0]) is None:
        return str(Path(found).absolute())
    told = (await _said(sandbox, spec.locate(name))).strip()
    place = Path(told.splitlines()[0].strip()) if told else None
    if place is None or not place.is_absolute():
        return ""
    inside = place / "bin" / name if place.is_dir() else place
    return str(inside) if inside.is_file() else ""


async def _said(sandbox: Sandbox, argv: tuple[str, ...]) -> str:
    try:
        outcome = await sandbox.run_client(argv)
    except CoderError:
        return ""
    if outcome.exit_code != 0:
        return ""
    # Some print their version on the error stream (java -version).
    return (outcome.stdout or outcome.stderr).decode("utf-8", "replace")[:MAX_ANSWER]


def _missing(spec: ToolchainSpec, reason: str) -> Toolchain:
    return Toolchain(spec.name, reason=reason, remedy=spec.remedy)
