"""A spec as the templates of a library see it."""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, OPERATIONS, Match, matches
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.python.pack_command_view import (
    CommandView,
    LibraryView,
    RecordView,
)
from autonomous_coder.languages.python.pack_names import RESERVED_CLASSES, RESERVED_STORE, attribute
from autonomous_coder.languages.python.pack_package import (
    HostFunction,
    host_function,
    package_name,
    wanted_file,
)
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

ERRORS = ("DuplicateError", "InUseError", "NotFoundError", "ReferenceMissingError", "StoreError")
METHODS = {op: op for op in OPERATIONS.values()} | {"show": "get", "list": "find", MARK: "update"}


def library_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with what the library offers.

    Raises:
        UnsupportedError: functions are asked for, and nothing of what is asked for can be built.
    """
    package = package_name(spec)
    meant: dict[str, tuple[Match, ...]] = {}
    written: list[tuple[Command, HostFunction]] = []
    missing: list[Command] = []
    for command in spec.commands:
        function = host_function(spec, package, command)
        if function is not None:
            written.append((command, function))
        elif found := [m for m in matches(command, spec.entities) if m.operation in METHODS]:
            meant[command.name] = tuple(found)
        else:
            missing.append(command)
    hints = [wanted_file(package, command) for command in missing]
    if missing and not (written or meant or view.entities):
        raise UnsupportedError(
            f"no template knows what `{missing[0].name}` is to do",
            hint=f"{'; '.join(hints)[:1500]}. The library offers it under its name.",
        )
    attributes = Unique(RESERVED_STORE)
    enums = [field.enum_class for entity in view.entities for field in entity.enums]
    classes = Unique([*RESERVED_CLASSES, *(e.cls for e in view.entities), *enums], suffix="Data")
    store = classes("Store")
    records = tuple(_record(entity, attributes, classes, meant) for entity in view.entities)
    return replace(
        view,
        package=package,
        root=f"src/{package}",
        stored=False,
        summary=spec.description.strip() or f"The Python library {spec.name}.",
        operations=tuple(
            CommandView(
                name=command.name,
                cli="",
                module=function.name,
                function=function.name,
                model="",
                description=command.description or f"{label(command.name).capitalize()}.",
                arguments=(),
                session=False,
            )
            for command, function in written
        ),
        library=LibraryView(records, store, _exports(records, store, written)),
        notes=(
            *view.notes,
            *(_meaning(name, found, records, store) for name, found in meant.items()),
            *(
                f"The function `{command.name}` was left out: no template knows what it is to do. "
                f"{hint}."
                for command, hint in zip(missing, hints, strict=True)
            ),
        ),
        provides=tuple(f"command:{command.name}" for command, _ in written),
    )


def _record(
    entity: EntityView, attributes: Unique, classes: Unique, meant: dict[str, tuple[Match, ...]]
) -> RecordView:
    return RecordView(
        entity=entity,
        new=classes(f"New{entity.cls}"),
        attr=attributes(attribute(entity.plural)),
        commands=tuple(
            f"command:{name}"
            for name, found in meant.items()
            if any(match.entity == entity.name for match in found)
        ),
    )


def _exports(
    records: tuple[RecordView, ...], store: str, written: list[tuple[Command, HostFunction]]
) -> tuple[str, ...]:
    names = {"__version__", *(function.name for _, function in written)}
    if records:
        names |= {store, *ERRORS}
    elif not written:
        names |= {"About", "about"}
    for record in records:
        names |= {record.new, record.entity.cls, *(f.enum_class for f in record.entity.enums)}
    return tuple(sorted(names))


def _meaning(
    name: str, found: tuple[Match, ...], records: tuple[RecordView, ...], store: str
) -> str:
    attrs = {record.entity.name: record.attr for record in records}
    calls = ", ".join(f"`{store}().{attrs[m.entity]}.{METHODS[m.operation]}`" for m in found)
    return f"`{name}` is {calls}."
