"""Files of the host in a project: the logic of commands that no template knows.

A function of Go that is called as the command, takes its arguments in their order and gives back
what the caller asks of it. Without the file the command is left out, and a note says what to hand
in; a command that pretends to work is never generated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.go.pack_fields import TYPES
from autonomous_coder.languages.go.pack_names import exported, unexported
from autonomous_coder.models.spec import Command, EntityField, FieldType, ProjectSpec

CONTEXT, STORE = "context.Context", "*store.Store"
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the host's functions of a project are, and what they may take beside arguments."""

    package: str
    folder: str = ""
    store: bool = False

    def path(self, file: str) -> str:
        """The path of a file without its suffix."""
        return f"{self.folder}{file}.go"


@dataclass(frozen=True, slots=True)
class HostFunction:
    """What a file of the host's defines for a command."""

    name: str
    context: bool
    store: bool


def function_name(command: Command) -> str:
    """What the host's function is called."""
    return exported(command.name)


def host_function(
    spec: ProjectSpec, place: Place, file: str, command: Command, *, result: bool
) -> HostFunction | None:
    """What the host's file for a command defines; None when there is no such file. With `result`
    it has to give back a value and an error.

    Raises:
        InvalidInputError: the file does not define the function, or not as it is needed.
    """
    path = place.path(file)
    content = next((extra.content for extra in spec.extra_files if extra.path == path), None)
    if content is None:
        return None
    name = function_name(command)
    wanted = f"Define `{signature(command, result=result)}` in it."
    code = _COMMENTS.sub(" ", content)
    if not re.search(rf"^\s*package {place.package}\b", code, re.M):
        raise InvalidInputError(f"'{path}' is not of package {place.package}", hint=wanted)
    found = re.search(rf"^func {name}\(", code, re.M)
    if found is None:
        raise InvalidInputError(f"'{path}' defines no function '{name}'", hint=wanted)
    end = _closing(code, found.end())
    kinds = _kinds(code[found.end() : end])
    context = kinds[:1] == [CONTEXT]
    kinds = kinds[1:] if context else kinds
    store = place.store and kinds[:1] == [STORE]
    kinds = kinds[1:] if store else kinds
    needed = [argument_type(argument) for argument in command.arguments]
    if len(kinds) != len(needed) or (result and kinds != needed):
        raise InvalidInputError(
            f"'{name}' in '{path}' takes ({', '.join(kinds)})"[:300]
            + f" instead of ({', '.join(needed)})",
            hint=wanted,
        )
    head = code[end + 1 :].partition("{")[0]
    if result and not re.fullmatch(r"\s*\((?:[^,]*\S\s*,\s*)(?:\w+ )?error\s*\)\s*", head):
        raise InvalidInputError(
            f"'{name}' in '{path}' does not give back a value and an error", hint=wanted
        )
    return HostFunction(name, context, store)


def signature(command: Command, *, result: bool) -> str:
    """The head of the function that the host has to define."""
    given = ", ".join(f"{parameter(a)} {argument_type(a)}" for a in command.arguments)
    back = "(string, error)" if result else "..."
    return f"func {function_name(command)}({given}) {back}"


def wanted_file(place: Place, file: str, command: Command, *, result: bool) -> str:
    """What to hand in for a command, as one sentence."""
    return (
        f"Hand in extra_files with path '{place.path(file)}' (package {place.package}), mode "
        f"'once', defining `{signature(command, result=result)}`"
        + (", whose first result may be of any type" if result else "")
    )


def argument_type(argument: EntityField) -> str:
    """The type of a parameter: a pointer where the argument may be left out."""
    kind = TYPES.get(argument.type, "string")
    if argument.type is FieldType.DECIMAL:
        kind = "string"
    firm = argument.required or argument.default is not None
    return kind if firm else f"*{kind}"


def parameter(argument: EntityField) -> str:
    """The name of a parameter, as a hint shows it."""
    return unexported(exported(argument.name))


def _closing(code: str, start: int) -> int:
    """Where the bracket ends that is open at `start`."""
    depth = 1
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if not depth:
            return at
    return len(code)


def _kinds(parameters: str) -> list[str]:
    """The types of a list such as `a, b string, c *int64`."""
    kinds: list[str] = []
    waiting = 0
    for part in filter(None, (piece.strip() for piece in parameters.split(","))):
        _, _, kind = part.partition(" ")
        if kind:
            kinds += ["".join(kind.split())] * (waiting + 1)
            waiting = 0
        else:
            waiting += 1
    return kinds
