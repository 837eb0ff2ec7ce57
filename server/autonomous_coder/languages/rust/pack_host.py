"""Files of the host in a project: the logic of commands that no template knows.

A function of Rust that is called as the command, takes its arguments in their order and gives back
a `Result`. Without the file the command is left out, and a note says what to hand in; a command
that pretends to work is never generated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.rust.pack_fields import TYPES
from autonomous_coder.languages.rust.pack_names import raw, squeezed
from autonomous_coder.models.spec import Command, EntityField, FieldType, ProjectSpec

FOLDER = "src/logic"
STORES = ("&Connection", "&mutConnection")
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BORROWED = {"&str": "String", "Option<&str>": "Option<String>"}


@dataclass(frozen=True, slots=True)
class HostFunction:
    """What a file of the host's defines for a command; `kinds` are the types that it takes."""

    store: bool
    kinds: tuple[str, ...]


def host_function(
    spec: ProjectSpec, module: str, command: Command, *, stored: bool
) -> HostFunction | None:
    """What the host's file for a command defines; None when there is no such file.

    Raises:
        InvalidInputError: the file does not define the function, or not as it is needed.
    """
    path = f"{FOLDER}/{module}.rs"
    content = next((extra.content for extra in spec.extra_files if extra.path == path), None)
    if content is None:
        return None
    wanted = f"Define `{signature(module, command)}` in it."
    code = _COMMENTS.sub(" ", content)
    found = re.search(rf"^pub fn {module}\s*\(", code, re.M)
    if found is None:
        raise InvalidInputError(f"'{path}' defines no function '{module}'", hint=wanted)
    end = _closing(code, found.end())
    kinds = [_kind(part) for part in _parts(code[found.end() : end])]
    store = stored and bool(kinds) and kinds[0] in STORES
    kinds = kinds[1:] if store else kinds
    needed = [argument_type(argument) for argument in command.arguments]
    if [_BORROWED.get(kind, kind) for kind in kinds] != needed:
        raise InvalidInputError(
            f"'{module}' in '{path}' takes ({', '.join(kinds)})"[:300]
            + f" instead of ({', '.join(needed)})",
            hint=wanted,
        )
    head = code[end + 1 :].partition("{")[0]
    if not re.search(r"->\s*(?:\w+::)*Result\s*<", head):
        raise InvalidInputError(f"'{module}' in '{path}' gives back no Result", hint=wanted)
    return HostFunction(store, tuple(kinds))


def given(kind: str, member: str) -> str:
    """How a value is handed over to a function that takes this type."""
    if kind == "&str":
        return f"&self.{member}"
    return f"self.{member}.as_deref()" if kind == "Option<&str>" else f"self.{member}"


def signature(module: str, command: Command) -> str:
    """The head of the function that the host has to define."""
    taken = ", ".join(
        f"{raw(squeezed(argument.name))}: {argument_type(argument)}"
        for argument in command.arguments
    )
    return f"pub fn {module}({taken}) -> anyhow::Result<String>"


def wanted_file(module: str, command: Command) -> str:
    """What to hand in for a command, as one sentence."""
    return (
        f"Hand in extra_files with path '{FOLDER}/{module}.rs', mode 'once', defining "
        f"`{signature(module, command)}`, whose result may be of any type that serde serializes"
    )


def argument_type(argument: EntityField) -> str:
    """The type of a parameter: an option where the argument may be left out."""
    kind = TYPES.get(argument.type, "String")
    if argument.type is FieldType.DECIMAL:
        kind = "String"
    firm = argument.required or argument.default is not None
    return kind if firm else f"Option<{kind}>"


def _closing(code: str, start: int) -> int:
    """Where the bracket ends that is open at `start`."""
    depth = 1
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if not depth:
            return at
    return len(code)


def _parts(parameters: str) -> list[str]:
    """`a: String, b: Option<i64>` in parts; commas between angles do not part."""
    parts, depth = [""], 0
    for one in parameters:
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(one, 0)
        if one == "," and not depth:
            parts.append("")
        else:
            parts[-1] += one
    return [part for part in parts if part.strip()]


def _kind(parameter: str) -> str:
    """The type of `name: some::path::Type`, without its path, spaces and lifetimes."""
    kind = re.sub(r"'\w+\s+", "", parameter.partition(":")[2])
    return "".join(re.sub(r"\b\w+::", "", kind).split())
