"""What the result of a check depends on, reduced to one key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autonomous_coder.languages.base import CheckOptions, CheckPlan, Environment, Toolbox
from autonomous_coder.models.execution import Command, SandboxStatus

OWN = ("engines/validator", "languages", "sandbox")
"""Whose source decides what a check does."""


def digest(parts: Iterable[object]) -> str:
    """32 hexadecimal digits, equal exactly for equal sequences of texts."""
    total = blake2b(digest_size=16)
    for part in parts:
        text = str(part).encode("utf-8", "surrogateescape")
        total.update(b"%d:" % len(text))
        total.update(text)
    return total.hexdigest()


@cache
def own_identity() -> str:
    """This program: its version, and its source, which changes while it is developed. Blocking."""
    package = Path(__file__).parents[2]
    try:
        parts = [version("autonomous-coder")]
    except PackageNotFoundError:
        parts = [""]
    for room in OWN:
        for place in sorted((package / room).rglob("*")):
            if place.is_file() and "__pycache__" not in place.parts:
                parts += [str(place.relative_to(package)), _content(place)]
    return digest(parts)


def _content(place: Path) -> str:
    return blake2b(place.read_bytes(), digest_size=16).hexdigest()


def program_stamps(toolbox: Toolbox) -> tuple[tuple[str, int, int], ...]:
    """(path, size, time) of every program of a toolbox; an exchanged one differs. Blocking."""
    programs = {toolbox.interpreter.executable, *toolbox.tools.values()}
    programs.update(i.executable for i in toolbox.interpreters)
    for toolchain in toolbox.toolchains.values():
        programs.update(toolchain.programs.values())
    stamps = []
    for program in sorted(programs):
        try:
            info = os.stat(program)  # noqa: PTH116  (called for each program of each validation)
            stamps.append((program, info.st_size, info.st_mtime_ns))
        except OSError:
            stamps.append((program, 0, 0))
    return tuple(stamps)


def toolbox_identity(toolbox: Toolbox, status: SandboxStatus) -> str:
    """Everything of this machine that a result depends on. Blocking."""
    return digest(
        [
            own_identity(),
            status.level,
            status.mechanism,
            *status.layers,
            toolbox.limits,
            toolbox.interpreter.executable,
            toolbox.interpreter.version,
            *sorted(toolbox.versions.items()),
            *((i.executable, i.version) for i in toolbox.interpreters),
            *(
                (name, chain.version, sorted(chain.programs.items()), chain.reason)
                for name, chain in sorted(toolbox.toolchains.items())
            ),
            *program_stamps(toolbox),
        ]
    )


def tree_identity(stamps: Mapping[str, str], reads: tuple[str, ...] | None = None) -> str:
    """The names of all entries and what those that are read (all, when None) contain."""
    if reads is None:
        return digest(part for item in sorted(stamps.items()) for part in item)
    named = [part for path in sorted(stamps) for part in (path, stamps[path].split(" ", 1)[0])]
    return digest([*named, "", *(f"{path}\0{stamps.get(path, '')}" for path in sorted(reads))])


def survey_key(machine: str, language: str, tree: str, *, strict: bool) -> str:
    """The commands of a survey."""
    return digest(["survey", machine, language, tree, strict])


def check_key(
    machine: str,
    language: str,
    plan: CheckPlan,
    tree: str,
    environment: Environment | None,
    options: CheckOptions,
    scope: Sequence[str] = (),
) -> str:
    """One check of one component. `tree` is `tree_identity` for what the plan reads, `scope` the
    files it was narrowed to."""
    return digest(
        [
            "check",
            machine,
            language,
            plan.name,
            plan.title,
            plan.informational,
            tree,
            *(part for item in sorted(plan.config.items()) for part in item),
            "",
            *_installed(environment),
            "",
            options.strict,
            *options.expected_tests,
            "",
            *scope,
            "",
            *(part for item in sorted(options.extra.items()) for part in item),
        ]
    )


def _installed(environment: Environment | None) -> list[object]:
    if environment is None:
        return []
    return [
        environment.key,
        environment.executable,
        environment.packages,
        environment.directory,
        environment.ready,
        environment.reason,
        *environment.notes,
        *(d.model_dump_json() for d in environment.diagnostics),
        "beside",
        *_installed(environment.tools),
    ]


def command_digest(command: Command) -> str:
    """One command without the places of this run's private copies."""
    mounts = [(mount.target, mount.writable, mount.private) for mount in command.mounts]
    return digest(
        [
            *command.argv,
            "",
            command.copy_tree,
            command.cwd,
            *(part for item in sorted(command.env.items()) for part in item),
            "",
            *mounts,
            command.network,
            astuple(command.limits),
            command.stdin.hex(),
            command.runs_project_code,
        ]
    )
