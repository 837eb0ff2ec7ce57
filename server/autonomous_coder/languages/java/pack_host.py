"""Files of the host in a project: the logic of commands that no template knows.

A class of Java with a static method that is called as the command, takes its arguments in their
order and gives back what is told. Without the file the command is left out, and a note says what to
hand in; a command that pretends to work is never generated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.naming import pascal
from autonomous_coder.languages.java.pack_fields import PRIMITIVES, TYPES
from autonomous_coder.languages.java.pack_names import KEYWORDS, camel
from autonomous_coder.models.spec import Command, EntityField, ProjectSpec

DATABASE = "Database"
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BOXED = {plain: boxed for boxed, plain in PRIMITIVES.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the host's classes of a project are, and whether they may ask for its data first."""

    package: str
    database: bool = False

    def path(self, command: Command) -> str:
        """The file of a command's class."""
        return f"src/main/java/{self.package.replace('.', '/')}/{class_name(command)}.java"


@dataclass(frozen=True, slots=True)
class HostMethod:
    """What a file of the host's defines for a command."""

    type: str
    method: str
    database: bool


def class_name(command: Command) -> str:
    """What the host's class is called."""
    return pascal(command.name.strip("_"))


def method_name(command: Command) -> str:
    """What its method is called."""
    made = camel(command.name.strip("_"))
    return f"{made}_" if made in KEYWORDS else made


def host_method(spec: ProjectSpec, place: Place, command: Command) -> HostMethod | None:
    """What the host's file for a command defines; None when there is no such file.

    Raises:
        InvalidInputError: the file does not define the method, or not as it is needed.
    """
    path = place.path(command)
    content = next((extra.content for extra in spec.extra_files if extra.path == path), None)
    if content is None:
        return None
    name, method = class_name(command), method_name(command)
    wanted = f"Define `{signature(command)}` in the class {name} in it."
    code = _COMMENTS.sub(" ", content)
    if not re.search(rf"^\s*package\s+{re.escape(place.package)}\s*;", code, re.M):
        raise InvalidInputError(f"'{path}' is not of package {place.package}", hint=wanted)
    head = r"\bpublic\s+static\s+(?:<[^;{}()]*>\s*)?([\w.<>\[\], ?]+?)\s+"
    found = re.search(rf"{head}{method}\s*\(", code)
    if found is None or not re.search(rf"\bpublic\s+(?:final\s+)?class\s+{name}\b", code):
        raise InvalidInputError(f"'{path}' has no public static method '{method}'", hint=wanted)
    if found[1] == "void":
        raise InvalidInputError(f"'{method}' in '{path}' gives nothing back", hint=wanted)
    kinds = _kinds(code[found.end() :])
    database = place.database and kinds[:1] == [DATABASE]
    kinds = kinds[1:] if database else kinds
    needed = [argument_type(argument) for argument in command.arguments]
    accepted = [_BOXED.get(kind, kind) for kind in kinds]
    if accepted != [_BOXED.get(kind, kind) for kind in needed] or any(
        kind in _BOXED and wish not in _BOXED for kind, wish in zip(kinds, needed, strict=True)
    ):
        raise InvalidInputError(
            f"'{method}' in '{path}' takes ({', '.join(kinds)})"[:300]
            + f" instead of ({', '.join(needed)})",
            hint=wanted,
        )
    return HostMethod(name, method, database)


def signature(command: Command) -> str:
    """The head of the method that the host has to define."""
    given = ", ".join(f"{argument_type(a)} {camel(a.name)}" for a in command.arguments)
    return f"public static String {method_name(command)}({given})"


def wanted_file(place: Place, command: Command) -> str:
    """What to hand in for a command, as one sentence."""
    return (
        f"Hand in extra_files with path '{place.path(command)}' (package {place.package}), mode "
        f"'once', a public final class {class_name(command)} with `{signature(command)}`, whose "
        "result may be of any type"
    )


def argument_type(argument: EntityField) -> str:
    """The type of a parameter; one that may be null where the argument may be left out."""
    kind = TYPES.get(argument.type, "String")
    firm = argument.required or argument.default is not None
    return PRIMITIVES.get(kind, kind) if firm else kind


def _kinds(code: str) -> list[str]:
    """The types of parameters, up to the parenthesis that closes them."""
    depth, part, parts = 0, "", []
    for one in code:
        depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(one, 0)
        if depth < 0:
            break
        if one == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += one
    words = [re.sub(r"@\w+|\bfinal\b", " ", p).split() for p in (*parts, part)]
    return ["".join(w[:-1]).rpartition(".")[2] for w in words if len(w) > 1]
