"""A spec as the templates of a library see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, OPERATIONS, Match, matches
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.go.pack_build import ViewBuilder
from autonomous_coder.languages.go.pack_host import Place, function_name, host_function, wanted_file
from autonomous_coder.languages.go.pack_imports import OTHERS, STANDARD
from autonomous_coder.languages.go.pack_names import (
    RESERVED_PACKAGES,
    RESERVED_RECORD_FIELDS,
    RESERVED_RECORD_FILES,
    RESERVED_RECORDS,
    RESERVED_STORE_FIELDS,
)
from autonomous_coder.languages.go.pack_records import RecordFieldView, view_record_field
from autonomous_coder.languages.go.pack_view import AccountView, EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

METHODS = {op: op.capitalize() for op in OPERATIONS.values()} | {
    "show": "Get", "list": "Find", MARK: "Update",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the library calls the type and the collection of an entity."""

    entity: EntityView
    fields: tuple[RecordFieldView, ...]
    receiver: str
    make: str
    """The function that makes one with its default values; empty when there are none."""
    attr: str
    """The store's field."""
    wire: str
    """The collection in JSON."""
    commands: tuple[str, ...]
    """Capabilities of commands of the spec that the collection fulfils."""

    def blank(self, package: str) -> str:
        """One before anything is set, as another package writes it."""
        return f"{package}.{self.make}()" if self.make else f"{package}.{self.entity.type}{{}}"


@dataclass(frozen=True, slots=True)
class OperationView:
    """A function of the host's."""

    name: str
    """As the spec calls it."""
    function: str
    description: str


@dataclass(frozen=True, slots=True)
class LibraryView(SpecView):
    """See the base."""

    package: str
    told: str
    """The description, or nothing; free text."""
    records: tuple[RecordView, ...]
    operations: tuple[OperationView, ...]
    provides: tuple[str, ...]

    @property
    def named(self) -> str:
        """The module's path in an import clause, with the package's name where it differs."""
        same = self.module.rpartition("/")[2] == self.package
        return f'"{self.module}"' if same else f'{self.package} "{self.module}"'

    @property
    def uniques(self) -> bool:
        """Whether a field must be unique."""
        one = any(link.one_to_one for link in self.links)
        return one or any(field.unique for field in self.fields)

    @property
    def related(self) -> bool:
        """Whether there are references."""
        return bool(self.links or self.manys)

    @property
    def released(self) -> bool:
        """Whether a reference goes while the row stays that has it."""
        return any(link.on_delete == "set_null" for link in self.links) or any(
            many.on_delete != "restrict" for many in self.manys
        )

    @property
    def checked(self) -> frozenset[str]:
        """Rules that the fields need, as Go writes them."""
        return frozenset(f.rule for record in self.records for f in record.fields if f.rule)

    @property
    def rules(self) -> frozenset[str]:
        """Names of the functions behind the rules."""
        return frozenset(re.split(r"[\[(]", rule)[0] for rule in self.checked)

    @property
    def nullables(self) -> bool:
        """Whether a field that a rule is for may be nil."""
        return any(f.rule and f.field.nullable for r in self.records for f in r.fields)

    @property
    def pointers(self) -> bool:
        """Whether a field of a type may be nil."""
        return self.open_links or any(field.nullable for field in self.fields)

    @property
    def open_links(self) -> bool:
        """Whether a reference may be nil."""
        return any(link.nullable for link in self.links)

    @property
    def firm_links(self) -> bool:
        """Whether a reference may not be nil."""
        return any(not link.nullable for link in self.links)

    @property
    def unique_pointers(self) -> bool:
        """Whether something that may be nil is unique."""
        fields = any(f.unique and f.nullable and f.type != "datetime" for f in self.fields)
        return fields or any(link.one_to_one and link.nullable for link in self.links)

    @property
    def unique_moments(self) -> bool:
        """Whether a moment is unique."""
        return any(f.unique and f.type == "datetime" for f in self.fields)

    @property
    def counted_days(self) -> bool:
        """Whether tests need days that differ."""
        return any(f.unique and f.type in {"date", "datetime"} for f in self.fields)

    @property
    def shown(self) -> RecordView | None:
        """The record of an entity that can be made first."""
        known = {record.entity.name: record for record in self.records}
        return known[self.creation[0].name] if self.creation else None

    def record(self, name: str) -> RecordView:
        """The record of the entity of that name."""
        return next(record for record in self.records if record.entity.name == name)


class LibraryBuilder(ViewBuilder):
    """Names the types of a package that others import."""

    derived: ClassVar[tuple[str, ...]] = ()
    reserved_fields = RESERVED_RECORD_FIELDS

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        functions = {function_name(command) for command in spec.commands}
        self.reserved_types = RESERVED_RECORDS | functions
        files = Unique(RESERVED_RECORD_FILES, suffix="func")
        self._command_files = {c.name: files(c.name.replace("_", "")) for c in spec.commands}
        self.reserved_files = RESERVED_RECORD_FILES | set(self._command_files.values())
        super().__init__(spec, features)
        self._place = Place(package_name(spec))

    def build(self) -> LibraryView:
        """The view.

        Raises:
            UnsupportedError: functions are asked for, and nothing of what is asked for can be
            built.
        """
        meant: dict[str, tuple[Match, ...]] = {}
        written: list[OperationView] = []
        missing: list[Command] = []
        for command in self._spec.commands:
            file = self._command_files[command.name]
            if host := host_function(self._spec, self._place, file, command, result=False):
                told = command.description or f"{label(command.name).capitalize()}."
                written.append(OperationView(command.name, host.name, told))
            elif found := self._operations(command):
                meant[command.name] = found
            else:
                missing.append(command)
        hints = [
            wanted_file(self._place, self._command_files[c.name], c, result=False) for c in missing
        ]
        if missing and not (written or meant or self._stored):
            raise UnsupportedError(
                f"no template knows what `{missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The library offers it under its name.",
            )
        facts = self._spec_facts()
        facts["summary"] = self._spec.description.strip() or f"The Go library {self._spec.name}."
        records = self._records(facts["entities"], meant)
        attrs = {record.entity.name: record.attr for record in records}
        facts["notes"] = (
            *facts["notes"],
            *(
                f"`{name}` is "
                + ", ".join(f"`Store.{attrs[m.entity]}.{METHODS[m.operation]}`" for m in found)
                + "."
                for name, found in meant.items()
            ),
            *(
                f"The function `{command.name}` was left out: no template knows what it is to do. "
                f"{hint}."
                for command, hint in zip(missing, hints, strict=True)
            ),
        )
        return LibraryView(
            **facts,
            account=AccountView(**self._account_facts()),
            module=self.module,
            package=self._place.package,
            told=self._spec.description.strip(),
            records=records,
            operations=tuple(written),
            provides=tuple(f"command:{operation.name}" for operation in written),
        )

    def _operations(self, command: Command) -> tuple[Match, ...]:
        found = matches(command, self._spec.entities)
        return tuple(match for match in found if match.operation in METHODS)

    def _records(
        self, entities: tuple[EntityView, ...], meant: dict[str, tuple[Match, ...]]
    ) -> tuple[RecordView, ...]:
        attrs = Unique(RESERVED_STORE_FIELDS, suffix="List")
        wires = Unique()
        made = [
            (
                entity,
                tuple(
                    view_record_field(entity.type, self._place.package, field, self._types)
                    for field in entity.fields
                ),
            )
            for entity in entities
        ]
        plurals = {entity.name: entity.plural for entity in self._stored}
        return tuple(
            RecordView(
                entity=entity,
                fields=fields,
                receiver=entity.low[:1],
                make=self._types(f"New{entity.type}") if any(f.default for f in fields) else "",
                attr=attrs(entity.types),
                wire=wires(plurals[entity.name]),
                commands=tuple(
                    f"command:{name}"
                    for name, found in meant.items()
                    if any(match.entity == entity.name for match in found)
                ),
            )
            for entity, fields in made
        )


def package_name(spec: ProjectSpec) -> str:
    """The name of the package: as the project's, in one word."""
    name = spec.name.replace("-", "")
    imported = {path.rpartition("/")[2] for path in STANDARD} | OTHERS.keys()
    return f"{name}lib" if name in RESERVED_PACKAGES | imported else name
