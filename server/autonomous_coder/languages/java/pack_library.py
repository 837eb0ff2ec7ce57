"""A spec as the templates of a library see it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, Match, matches
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.java.pack_build import ViewBuilder, base_of
from autonomous_coder.languages.java.pack_checks import CHECKS
from autonomous_coder.languages.java.pack_fields import FieldView
from autonomous_coder.languages.java.pack_host import Place, host_method, wanted_file
from autonomous_coder.languages.java.pack_literals import literal, number
from autonomous_coder.languages.java.pack_names import (
    JAVA_LANG,
    LIBRARY_TYPES,
    LIBRARY_VARIABLES,
    RESERVED_TYPES,
    RESERVED_VARIABLES,
)
from autonomous_coder.languages.java.pack_view import (
    AccountView,
    EntityView,
    RelationView,
    SpecView,
)
from autonomous_coder.models.spec import Command, ProjectSpec

METHODS = {
    "add": "add", "show": "get", "list": "all", "update": "update", "delete": "delete",
    MARK: "update",
}  # fmt: skip
CLASSES = ("Checks", "InvalidValuesException", "Factories", "Repository")
"""Those that other archetypes have in packages of their own."""


@dataclass(frozen=True, slots=True)
class MemberView:
    """A component of a record, and of its builder."""

    java: str
    wire: str
    type: str
    """Of the record's component."""
    about: str
    """Free text."""
    default: str
    """What the builder begins with; empty for nothing."""
    check: str
    """What makes a value of it; empty where nothing does."""
    text: bool
    """Whether it is a text in JSON that is more than text in Java."""
    example: str
    """A value in Java."""
    required: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """A type of the library. `commands` are capabilities that its operations fulfil."""

    entity: EntityView
    members: tuple[MemberView, ...]
    commands: tuple[str, ...]

    @property
    def ruled(self) -> bool:
        """Whether there are rules that can be broken."""
        return any(f"{CHECKS}." in member.check for member in self.members)

    @property
    def shown(self) -> tuple[MemberView, ...]:
        """What an example says of a value."""
        return tuple(member for member in self.members if member.required)


@dataclass(frozen=True, slots=True)
class OperationView:
    """A method of the host's."""

    name: str
    """As the spec calls it."""
    host: str
    method: str
    description: str


@dataclass(frozen=True, slots=True)
class LibraryView(SpecView):
    """See the base."""

    records: tuple[RecordView, ...]
    operations: tuple[OperationView, ...]
    provides: tuple[str, ...]

    face: ClassVar[str] = "library"
    class_ends: ClassVar[tuple[str, ...]] = ()
    open_packages: ClassVar[frozenset[str]] = frozenset({""})
    rules_place: ClassVar[str] = ""
    """Where in the application's package the rules of values are."""
    rules_package: ClassVar[str] = ""

    @property
    def more_packages(self) -> dict[str, str]:
        """See the base: there is one package."""
        return dict.fromkeys((*CLASSES, *(e.type for e in self.entities)), "")

    @property
    def stored(self) -> bool:
        """Whether there is a database."""
        return False

    @property
    def checked(self) -> bool:
        """Whether there are values with rules."""
        return bool(self.entities)

    @property
    def rules(self) -> frozenset[str]:
        """Functions of `Checks` in use."""
        used = [member.check for record in self.records for member in record.members]
        names = ("given", "text", "between", "decimal", "email", "url", "moment")
        return frozenset(n for n in names if any(f".{n}(" in text for text in used))

    @property
    def related(self) -> bool:
        """Whether there are references."""
        return bool(self.links or self.manys)

    @property
    def cascading(self) -> bool:
        """Whether a value goes with what it refers to."""
        return any(link.on_delete == "cascade" for link in self.links)

    @property
    def restricted(self) -> bool:
        """Whether a reference forbids to delete what it refers to."""
        return any(r.on_delete == "restrict" for r in (*self.links, *self.manys))

    @property
    def released(self) -> bool:
        """Whether a reference goes while the value stays that has it."""
        return any(link.on_delete == "set_null" for link in self.links) or any(
            many.on_delete != "restrict" for many in self.manys
        )

    @property
    def uniques(self) -> bool:
        """Whether a value must be unique."""
        one = any(link.one_to_one for link in self.links)
        return one or any(f.unique for e in self.entities for f in e.fields)

    @property
    def shown(self) -> RecordView | None:
        """The record of an entity that can be made first."""
        known = {record.entity.name: record for record in self.records}
        return known[self.creation[0].name] if self.creation else None


class LibraryBuilder(ViewBuilder):
    """Names the types of a package that others use."""

    derived: ClassVar[tuple[str, ...]] = ("Test",)
    reserved_types: frozenset[str] = JAVA_LANG | RESERVED_TYPES | LIBRARY_TYPES
    reserved_variables: ClassVar[frozenset[str]] = RESERVED_VARIABLES | LIBRARY_VARIABLES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        hosts = {"".join(part.title() for part in c.name.split("_")) for c in spec.commands}
        self.reserved_types = self.reserved_types | hosts
        super().__init__(spec, features)

    def build(self) -> LibraryView:
        """The view.

        Raises:
            UnsupportedError: methods are asked for, and nothing of what is asked for can be built.
        """
        place = Place(base_of(self._spec.name))
        meant: dict[str, tuple[Match, ...]] = {}
        written: list[OperationView] = []
        missing: list[Command] = []
        for command in self._spec.commands:
            told = command.description or f"{label(command.name).capitalize()}."
            if host := host_method(self._spec, place, command):
                written.append(OperationView(command.name, host.type, host.method, told))
            elif found := self._operations(command):
                meant[command.name] = found
            else:
                missing.append(command)
        hints = [wanted_file(place, command) for command in missing]
        if missing and not (written or meant or self._stored):
            raise UnsupportedError(
                f"no template knows what `{missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The library offers it under its name.",
            )
        facts = self._spec_facts()
        facts["summary"] = self._spec.description.strip() or f"The Java library {self._spec.name}."
        facts["notes"] = (
            *facts["notes"],
            *(
                f"`{name}` is "
                + ", ".join(f"`Repository.{METHODS[m.operation]}` of {m.entity}" for m in found)
                + "."
                for name, found in meant.items()
            ),
            *(
                f"The method `{command.name}` was left out: no template knows what it is to do. "
                f"{hint}."
                for command, hint in zip(missing, hints, strict=True)
            ),
        )
        return LibraryView(
            **facts,
            account=AccountView(**self._account_facts()),
            base=base_of(self._spec.name),
            records=tuple(self._record(entity, meant) for entity in facts["entities"]),
            operations=tuple(written),
            provides=tuple(f"command:{operation.name}" for operation in written),
        )

    def _operations(self, command: Command) -> tuple[Match, ...]:
        found = matches(command, self._spec.entities)
        return tuple(match for match in found if match.operation in METHODS)

    def _record(self, entity: EntityView, meant: dict[str, tuple[Match, ...]]) -> RecordView:
        return RecordView(
            entity=entity,
            members=(*map(_of_field, entity.fields), *map(_of_relation, entity.relations)),
            commands=tuple(
                f"command:{name}"
                for name, found in meant.items()
                if any(match.entity == entity.name for match in found)
            ),
        )


def _of_field(field: FieldView) -> MemberView:
    return MemberView(
        java=field.java,
        wire=field.name,
        type=field.enum or field.java_type,
        about=field.description or f"{field.label[:1].upper()}{field.label[1:]}.",
        default=field.default,
        check=_check(field),
        text=field.type == "decimal",
        example=_example(field),
        required=field.required,
    )


def _check(field: FieldView) -> str:
    """The rules of a component that may be null in what is read: then it has its default, or is
    demanded."""
    name, java = literal(field.name), field.java
    given = f"{CHECKS}.given({name}, {java})"
    if field.nullable:
        return field.check
    check = field.check or java
    if given not in check:
        check = given if check == java else check.replace(f"{name}, {java}", f"{name}, {given}", 1)
    if not field.default:
        return check
    usual = f"{java} == null ? {field.default} : {java}"
    return check.replace(given, usual)


def _of_relation(link: RelationView) -> MemberView:
    check = "" if link.nullable else f"{CHECKS}.given({literal(link.field)}, {link.java})"
    if link.many:
        check = f"{link.java} == null ? List.of() : List.copyOf({link.java})"
    return MemberView(
        java=link.java,
        wire=link.field,
        type="List<Long>" if link.many else "Long",
        about=(
            f"Numbers of the {link.label}." if link.many else f"Number of the {link.target.label}."
        ),
        default="List.of()" if link.many else "",
        check=check,
        text=False,
        example="List.of(1L)" if link.many else "1L",
        required=link.required,
    )


def _example(field: FieldView) -> str:
    """The example of JSON as Java writes it."""
    kind, value = field.type, field.example
    if field.enum:
        constant = next(m.constant for m in field.members if m.text == value)
        return f"{field.java_type}.{constant}"
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "integer":
        return number(int(str(value)), wide=True)
    if kind == "float":
        return repr(float(str(value)))
    text = str(value)
    if kind == "date":
        return f"LocalDate.parse({literal(dt.date.fromisoformat(text).isoformat())})"
    made = {
        "datetime": "Instant.parse({})",
        "decimal": "new BigDecimal({})",
        "uuid": "UUID.fromString({})",
    }
    checked = str(uuid.UUID(text)) if kind == "uuid" else text
    return made.get(kind, "{}").format(literal(checked))
