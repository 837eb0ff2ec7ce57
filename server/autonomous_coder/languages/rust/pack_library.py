"""A spec as the templates of a library see it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.common.commands import MARK, Match, matches
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.rust.pack_build import ViewBuilder, crate
from autonomous_coder.languages.rust.pack_fields import FieldView
from autonomous_coder.languages.rust.pack_literals import literal, real, units, whole
from autonomous_coder.languages.rust.pack_names import (
    CRATES,
    KEYWORDS,
    PRELUDE,
    RESERVED_RECORD_MODULES,
    RESERVED_RECORDS,
    squeezed,
)
from autonomous_coder.languages.rust.pack_uses import PLAIN
from autonomous_coder.languages.rust.pack_view import AccountView, EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

METHODS = {
    "add": "add", "show": "get", "list": "all", "update": "update", "delete": "delete",
    MARK: "update",
}  # fmt: skip
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RecordFieldView:
    """What a library needs of a field beside what a service does."""

    field: FieldView
    rule: str
    """Checks a value; empty where its type says it all."""
    text: bool
    """Whether it is text that is checked."""
    default: str
    """In Rust; empty for none."""
    example: str
    """In Rust."""


@dataclass(frozen=True, slots=True)
class RecordView:
    """A type of the library. `commands` are capabilities that its operations fulfil."""

    entity: EntityView
    fields: tuple[RecordFieldView, ...]
    wire: str
    """The collection in JSON."""
    commands: tuple[str, ...]


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

    records: tuple[RecordView, ...]
    operations: tuple[OperationView, ...]
    provides: tuple[str, ...]

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
        """Whether a reference goes while the value stays that has it."""
        return any(link.on_delete == "set_null" for link in self.links) or any(
            many.on_delete != "restrict" for many in self.manys
        )

    @property
    def cascading(self) -> bool:
        """Whether a value goes with what it refers to."""
        return any(link.on_delete == "cascade" for link in self.links)

    @property
    def restricted(self) -> bool:
        """Whether a reference forbids to delete what it refers to."""
        return any(r.on_delete == "restrict" for r in (*self.links, *self.manys))

    @property
    def rules(self) -> frozenset[str]:
        """Names of the functions behind the rules."""
        return frozenset(
            re.split(r"[:(]+", f.rule)[1]
            for record in self.records
            for f in record.fields
            if f.rule
        )

    @property
    def shown(self) -> RecordView | None:
        """The record of an entity that can be made first."""
        known = {record.entity.name: record for record in self.records}
        return known[self.creation[0].name] if self.creation else None


class LibraryBuilder(ViewBuilder):
    """Names the types of a crate that others use."""

    derived: ClassVar[tuple[str, ...]] = ()
    reserved_types = PRELUDE | RESERVED_RECORDS | PLAIN
    reserved_modules = CRATES | RESERVED_RECORD_MODULES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        commands = {squeezed(command.name) for command in spec.commands}
        self.reserved_modules = self.reserved_modules | commands
        super().__init__(spec, features)

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
            if host := _host_function(self._spec, command):
                told = command.description or f"{label(command.name).capitalize()}."
                written.append(OperationView(command.name, host, told))
            elif found := self._operations(command):
                meant[command.name] = found
            else:
                missing.append(command)
        hints = [_wanted(command) for command in missing]
        if missing and not (written or meant or self._stored):
            raise UnsupportedError(
                f"no template knows what `{missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The library offers it under its name.",
            )
        facts = self._spec_facts()
        facts["summary"] = self._spec.description.strip() or f"The Rust library {self._spec.name}."
        facts["notes"] = (
            *facts["notes"],
            *(
                f"`{name}` is "
                + ", ".join(f"`Store::{METHODS[m.operation]}` of {m.entity}" for m in found)
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
            crate=crate(self._spec),
            records=tuple(self._record(entity, meant) for entity in facts["entities"]),
            operations=tuple(written),
            provides=tuple(f"command:{operation.name}" for operation in written),
        )

    def _operations(self, command: Command) -> tuple[Match, ...]:
        found = matches(command, self._spec.entities)
        return tuple(match for match in found if match.operation in METHODS)

    def _record(self, entity: EntityView, meant: dict[str, tuple[Match, ...]]) -> RecordView:
        plural = next(e.plural for e in self._stored if e.name == entity.name)
        return RecordView(
            entity=entity,
            fields=tuple(map(_field, entity.fields)),
            wire=plural,
            commands=tuple(
                f"command:{name}"
                for name, found in meant.items()
                if any(match.entity == entity.name for match in found)
            ),
        )


def _field(field: FieldView) -> RecordFieldView:
    default = typed(field, field.preset) if field.preset is not None else ""
    if default and field.nullable:
        default = f"Some({default})"
    return RecordFieldView(
        field=field,
        rule=_rule(field),
        text=field.rust_type == "String",
        default=default,
        example=typed(field, field.example),
    )


def _rule(field: FieldView) -> str:
    if field.type in {"string", "text"}:
        return field.rule
    if field.type in {"integer", "float", "decimal"}:
        return re.sub(r"^rules::\w+", "rules::within", field.rule)
    return {"email": "rules::email", "url": "rules::web_address"}.get(field.type, "")


def typed(field: FieldView, value: object) -> str:
    """A value of JSON as Rust writes it in a field."""
    text = str(value)
    if field.choices:
        variant = next(v.name for v in field.variants if v.value == text)
        return f"{field.choices}::{variant}"
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type == "integer":
        return whole(int(text))
    if field.type == "float":
        return real(float(text))
    if field.type == "decimal":
        return f"Decimal::from_ten_thousandths({units(Decimal(text))})"
    if field.type == "date":
        day = dt.date.fromisoformat(text)
        made = f"NaiveDate::from_ymd_opt({day.year}, {day.month}, {day.day})"
        return f"const {{ {made}.unwrap() }}"
    if field.type == "datetime":
        seconds = int(dt.datetime.fromisoformat(text).timestamp())
        return f"const {{ DateTime::from_timestamp({whole(seconds)}, 0).unwrap() }}"
    if field.type == "uuid":
        return f"Uuid::from_u128(0x{uuid.UUID(text).int:032x})"
    return f"{literal(text)}.to_owned()"


def _host_function(spec: ProjectSpec, command: Command) -> str:
    """The function that the host's file for a command defines; empty when there is no such file.

    Raises:
        InvalidInputError: the file does not define it.
    """
    name = _function(command)
    path = f"src/{name}.rs"
    content = next((extra.content for extra in spec.extra_files if extra.path == path), None)
    if content is None:
        return ""
    if not re.search(rf"^pub (?:const )?fn {name}\s*[(<]", _COMMENTS.sub(" ", content), re.M):
        raise InvalidInputError(f"'{path}' defines no function '{name}'", hint=_wanted(command))
    return name


def _function(command: Command) -> str:
    name = squeezed(command.name)
    return f"{name}_" if name in KEYWORDS | CRATES else name


def _wanted(command: Command) -> str:
    """What to hand in for a command, as one sentence."""
    name = _function(command)
    given = ", ".join(f"{squeezed(argument.name)}: ..." for argument in command.arguments)
    return (
        f"Hand in extra_files with path 'src/{name}.rs', mode 'once', defining and documenting "
        f"`pub fn {name}({given})`"
    )
