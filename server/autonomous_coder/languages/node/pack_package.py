"""Files of the host in projects that are packages: what a command does that no template knows.

The logic of a command such as `convert` comes from the host: the file `src/core/<command>.ts` (or
`.js`) among `extra_files`, exporting a function of the command's name in camel case that takes its
arguments as one object. Without it the command is left out, and a note says what to hand in; a
command that pretends to work is never generated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.node.pack_names import KEYWORDS, camel, kebab
from autonomous_coder.models.spec import Command, EntityField, FieldType, ProjectSpec

NUMBERS = frozenset({FieldType.INTEGER, FieldType.FLOAT})
_TOKENS = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|.", re.DOTALL)
_OPENED, _CLOSED = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class HostFunction:
    """What a file of the host's exports for a command."""

    name: str
    stored: bool
    """Whether it takes the open database, too."""


def core_path(command: Command, suffix: str) -> str:
    """Where the host's file for a command is."""
    return f"src/core/{module_name(command)}.{suffix}"


def module_name(command: Command) -> str:
    """The file's name without what it ends with."""
    return kebab(command.name)


def function_name(command: Command) -> str:
    """What the host's function is called."""
    name = camel(command.name.strip("_"))
    return f"{name}_" if name in KEYWORDS else name


def host_function(spec: ProjectSpec, command: Command, suffix: str) -> HostFunction | None:
    """What the host's file for a command exports; None when there is no such file.

    Raises:
        InvalidInputError: the file does not export the function.
    """
    taken = parameters_of(spec, command, suffix, signature(command, suffix))
    if taken is None:
        return None
    stored = bool(spec.entities) and taken > bool(command.arguments)
    return HostFunction(function_name(command), stored)


def parameters_of(
    spec: ProjectSpec, command: Command, suffix: str, wanted: str, path: str = ""
) -> int | None:
    """How many parameters the function has that the host's file for a command exports; None when
    there is no such file. `wanted` is how it should look, `path` where the file is unless it is in
    `core`.

    Raises:
        InvalidInputError: the file does not export the function.
    """
    path = path or core_path(command, suffix)
    content = next((file.content for file in spec.extra_files if file.path == path), None)
    if content is None:
        return None
    name = function_name(command)
    head = re.search(
        rf"^export\s+(?:(?:async\s+)?function\s+{name}\s*(?:<[^(]*>)?"
        rf"|const\s+{name}\s*=\s*(?:async\s*)?(?:<[^(]*>\s*)?)\(",
        content,
        re.MULTILINE,
    )
    if head is None:
        raise InvalidInputError(
            f"'{path}' exports no function '{name}'", hint=f"Export `{wanted}` from it."
        )
    return _count_parameters(content[head.end() :])


def _count_parameters(text: str) -> int:
    """How many parameters there are up to the closing bracket of a list of them."""
    depth, filled, commas, before = 0, False, 0, ""
    for match in _TOKENS.finditer(text):
        piece = match.group()
        if piece.isspace() or piece.startswith(("//", "/*")):
            continue
        # `Pick<Call, "now">` is one type; the arrow of a function closes nothing.
        closed = piece in _CLOSED or (piece == ">" and before != "=")
        if closed and depth == 0:
            break
        depth += (piece in _OPENED or piece == "<") - closed
        if piece == "," and depth == 0:
            commas += filled
            filled = False
        else:
            filled = True
        before = piece
    return commas + filled


def signature(command: Command, suffix: str) -> str:
    """The head of the function that the host has to export."""
    names = [argument.name for argument in command.arguments]
    given = f"{{ {', '.join(names)} }}" if names else ""
    if given and suffix == "ts":
        given = f"given: {{ {'; '.join(f'{a.name}: {_type(a)}' for a in command.arguments)} }}"
    return f"export function {function_name(command)}({given}){': unknown' * (suffix == 'ts')}"


def wanted_file(command: Command, suffix: str) -> str:
    """What to hand in for a command, as one sentence."""
    return (
        f"Hand in extra_files with path '{core_path(command, suffix)}', mode 'once', with "
        f"`{signature(command, suffix)}`"
    )


def _type(field: EntityField) -> str:
    plain = "boolean" if field.type is FieldType.BOOLEAN else "string"
    name = "number" if field.type in NUMBERS else plain
    return name if field.required else f"{name} | null"
