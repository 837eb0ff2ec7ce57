"""What this machine lacks for building in a language."""

from __future__ import annotations

from typing import Protocol

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from autonomous_coder.errors import EnvironmentLacksError

_NODE = {"npm": "node"}
"""Package managers of Node, and the program that tells its version."""


class Finder(Protocol):
    """The part of the user's clients that is asked here."""

    async def find(self, name: str) -> tuple[str, ...]: ...

    async def read(self, argv: list[str]) -> str: ...


async def lacking(clients: Finder, ecosystem: str, runtime: str) -> str:
    """Why projects of the ecosystem cannot be built here, after a language's name (`needs npm,
    which is not installed`); empty when they can. `runtime` is the range they support."""
    program = _NODE.get(ecosystem)
    if program is None:
        return ""
    for name in (ecosystem, program):
        try:
            await clients.find(name)
        except EnvironmentLacksError:
            return f"needs {name}, which is not installed here"
    try:
        version = Version((await clients.read([program, "--version"])).lstrip("v"))
    except (EnvironmentLacksError, InvalidVersion):
        return ""
    if version in SpecifierSet(runtime):
        return ""
    return f"needs {program} {runtime}, and {version} is installed here"
