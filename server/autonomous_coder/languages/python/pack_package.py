"""Projects that are packages (`src/<package>`): their names, and files of the host in them.

No template knows what a command such as `convert` is to do. Its logic comes from the host: the
file `core/<command>.py` of the package, among `extra_files`, with a function of the command's name
that takes its arguments as keywords. Without it the command is left out, and a note says what to
hand in; a command that pretends to work is never generated.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.naming import pascal
from autonomous_coder.languages.python.pack_fields import ANNOTATIONS, FieldView
from autonomous_coder.languages.python.pack_names import RESERVED_PACKAGES, RESERVED_PROJECTS
from autonomous_coder.models.spec import Command, EntityField, FieldType, ProjectSpec

SESSION = "session"
"""A parameter of this name gets the open session of the database."""


@dataclass(frozen=True, slots=True)
class HostFunction:
    """What a file of the host's defines for a command."""

    name: str
    session: bool


def package_name(spec: ProjectSpec) -> str:
    """The package's name; InvalidInputError when the project cannot be called as it is."""
    if spec.name in RESERVED_PROJECTS:
        raise InvalidInputError(
            f"a project cannot be called '{spec.name}': it needs the package of that name",
            hint="Give it another name.",
        )
    name = spec.name.replace("-", "_")
    return f"{name}_app" if name in RESERVED_PACKAGES else name


def core_path(package: str, command: Command) -> str:
    """Where the host's file for a command is."""
    return f"src/{package}/core/{function_name(command)}.py"


def function_name(command: Command) -> str:
    """What the host's function, and its module, are called."""
    return _safe(command.name)


def keyword_of(argument: EntityField | FieldView) -> str:
    """The name by which the function takes an argument."""
    return f"{argument.name}_" if argument.name == SESSION else _safe(argument.name)


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def host_function(spec: ProjectSpec, package: str, command: Command) -> HostFunction | None:
    """What the host's file for a command defines; None when there is no such file.

    Raises:
        InvalidInputError: the file does not define the function, or not for these arguments.
    """
    path = core_path(package, command)
    content = next((file.content for file in spec.extra_files if file.path == path), None)
    if content is None:
        return None
    wanted = f"Define `{signature(command)}` in it."
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidInputError(f"'{path}' is no Python: {str(error)[:200]}", hint=wanted) from None
    name = function_name(command)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    if not found:
        raise InvalidInputError(f"'{path}' defines no function '{name}'", hint=wanted)
    taken = found[-1].args
    names = {argument.arg for argument in (*taken.args, *taken.kwonlyargs)}
    missing = [a.name for a in command.arguments if keyword_of(a) not in names]
    if taken.posonlyargs or (missing and taken.kwarg is None):
        raise InvalidInputError(
            f"'{name}' in '{path}' does not take {', '.join(missing) or 'keywords'}", hint=wanted
        )
    return HostFunction(name, SESSION in names and bool(spec.entities))


def host_keywords(
    spec: ProjectSpec, command: Command, given: Sequence[str], who: str, hint: str
) -> tuple[str, ...] | None:
    """Which keywords of those that are `given` to `who` (`no job`) the host's function takes; None
    when there is no file of the host's.

    Raises:
        InvalidInputError: the file does not define it, or it demands what it is not given.
    """
    package = package_name(spec)
    function = host_function(spec, package, command.model_copy(update={"arguments": []}))
    if function is None:
        return None
    path = core_path(package, command)
    content = next(file.content for file in spec.extra_files if file.path == path)
    defined = [n for n in ast.parse(content).body if isinstance(n, ast.FunctionDef)]
    found = [n for n in defined if n.name == function.name][-1].args
    positional = found.args[: len(found.args) - len(found.defaults)]
    demanded = [a.arg for a in positional]
    pairs = zip(found.kwonlyargs, found.kw_defaults, strict=True)
    demanded += [a.arg for a, default in pairs if default is None]
    beyond = [name for name in demanded if name not in given]
    if beyond:
        raise InvalidInputError(
            f"'{function.name}' in '{path}' demands {', '.join(beyond)}, which {who} is given",
            hint=hint,
        )
    named = {a.arg for a in (*found.args, *found.kwonlyargs)}
    return tuple(name for name in given if name in named)


def signature(command: Command) -> str:
    """The head of the function that the host has to define."""
    parameters = ", ".join(f"{keyword_of(a)}: {_annotation(a)}" for a in command.arguments)
    marked = f"*, {parameters}" if parameters else ""
    return f"def {function_name(command)}({marked}) -> object"


def wanted_file(package: str, command: Command) -> str:
    """What to hand in for a command, as one sentence."""
    return (
        f"Hand in extra_files with path '{core_path(package, command)}', mode 'once', defining "
        f"`{signature(command)}`"
    )


def _annotation(field: EntityField) -> str:
    plain = {
        FieldType.STRING: "str", FieldType.TEXT: "str", FieldType.EMAIL: "str",
        FieldType.URL: "str", FieldType.ENUM: "str", FieldType.DATETIME: "dt.datetime",
    }  # fmt: skip
    name = plain.get(field.type, "") or ANNOTATIONS[field.type]
    return name if field.required else f"{name} | None"


def model_name(command: Command) -> str:
    """The class that holds a command's arguments."""
    return f"{pascal(command.name)}Arguments"
