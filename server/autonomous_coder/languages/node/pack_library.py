"""A spec as the templates of a library in TypeScript or JavaScript see it."""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, OPERATIONS, Match, matches
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.node.pack_command_view import CommandView, LibraryView, RecordView
from autonomous_coder.languages.node.pack_names import (
    RESERVED_STORE,
    RESERVED_TYPES,
    TITLES,
    camel,
)
from autonomous_coder.languages.node.pack_package import (
    function_name,
    host_function,
    module_name,
    wanted_file,
)
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

ERRORS = ("DuplicateError", "InUseError", "NotFoundError", "ReferenceMissingError", "StoreError")
METHODS = {op: op for op in OPERATIONS.values()} | {"show": "get", "list": "find", MARK: "update"}


def library_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with what the library offers.

    Raises:
        UnsupportedError: functions are asked for, and nothing of what is asked for can be built.
    """
    meant: dict[str, tuple[Match, ...]] = {}
    written: list[Command] = []
    missing: list[Command] = []
    for command in spec.commands:
        if host_function(spec, command, view.suffix) is not None:
            written.append(command)
        elif found := [m for m in matches(command, spec.entities) if m.operation in METHODS]:
            meant[command.name] = tuple(found)
        else:
            missing.append(command)
    hints = [wanted_file(command, view.suffix) for command in missing]
    if missing and not (written or meant or view.entities):
        raise UnsupportedError(
            f"no template knows what `{missing[0].name}` is to do",
            hint=f"{'; '.join(hints)[:1500]}. The library offers it under its name.",
        )
    enums = [field.values for entity in view.entities for field in entity.enums]
    functions = [function_name(command) for command in written]
    types = Unique(
        [*RESERVED_TYPES, *ERRORS, *(e.type for e in view.entities), *enums, *functions],
        suffix="Data",
    )
    attributes = Unique(RESERVED_STORE, suffix="List")
    store = types("Store")
    records = tuple(_record(entity, attributes, types, meant) for entity in view.entities)
    return replace(
        view,
        summary=spec.description.strip() or f"The {TITLES[spec.language]} library {spec.name}.",
        operations=tuple(map(_operation, written)),
        library=LibraryView(records, store, _exports(records, store, functions)),
        notes=(
            *view.notes,
            *(_meaning(name, found, records, store) for name, found in meant.items()),
            *(
                f"The function `{command.name}` was left out: no template knows what it is to do. "
                f"{hint}."
                for command, hint in zip(missing, hints, strict=True)
            ),
        ),
        provides=tuple(f"command:{command.name}" for command in written),
    )


def _operation(command: Command) -> CommandView:
    return CommandView(
        name=command.name,
        cli="",
        module=module_name(command),
        function=function_name(command),
        type="",
        description=command.description or f"{label(command.name).capitalize()}.",
        arguments=(),
        stored=False,
    )


def _record(
    entity: EntityView, attributes: Unique, types: Unique, meant: dict[str, tuple[Match, ...]]
) -> RecordView:
    return RecordView(
        entity=entity,
        new=types(f"New{entity.type}"),
        attr=attributes(camel(entity.sql)),
        commands=tuple(
            f"command:{name}"
            for name, found in meant.items()
            if any(match.entity == entity.name for match in found)
        ),
    )


def _exports(records: tuple[RecordView, ...], store: str, functions: list[str]) -> tuple[str, ...]:
    names = set(functions)
    if records:
        names |= {store, *ERRORS}
    elif not functions:
        names.add("about")
    for record in records:
        names |= {record.new, record.entity.type, *(f.values for f in record.entity.enums)}
    return tuple(sorted(names))


def _meaning(
    name: str, found: tuple[Match, ...], records: tuple[RecordView, ...], store: str
) -> str:
    attrs = {record.entity.name: record.attr for record in records}
    calls = ", ".join(f"`new {store}().{attrs[m.entity]}.{METHODS[m.operation]}`" for m in found)
    return f"`{name}` is {calls}."
