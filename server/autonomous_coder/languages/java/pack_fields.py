"""A field of the spec in Java: its component, its column, its constraints, its values in tests.

All strings of the spec enter source code through `literal`, never as they are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from autonomous_coder.languages.common import field_json, wire
from autonomous_coder.languages.common.bounds import (
    DECIMAL_DIGITS,
    DECIMAL_PLACES,
    TEXTUAL,
    UNLIMITED,
    Bounds,
    bounds,
    capacity,
)
from autonomous_coder.languages.common.naming import label, pascal
from autonomous_coder.languages.go.pack_fill import NEUTRAL
from autonomous_coder.languages.go.pack_fill import fill as neutral
from autonomous_coder.languages.java.pack_checks import check
from autonomous_coder.languages.java.pack_literals import literal, number
from autonomous_coder.languages.java.pack_names import member
from autonomous_coder.languages.java.pack_samples import invalid, sample
from autonomous_coder.models.spec import EntityField, FieldType

FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})
TYPES = {
    FieldType.INTEGER: "Long",
    FieldType.FLOAT: "Double",
    FieldType.DECIMAL: "BigDecimal",
    FieldType.BOOLEAN: "Boolean",
    FieldType.DATE: "LocalDate",
    FieldType.DATETIME: "Instant",
    FieldType.UUID: "UUID",
}
PRIMITIVES = {"Long": "long", "Double": "double", "Boolean": "boolean"}
COLUMNS = {
    FieldType.INTEGER: "INTEGER",
    FieldType.FLOAT: "REAL",
    FieldType.DECIMAL: "INTEGER",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATETIME: "TIMESTAMP",
}
READERS = {
    FieldType.DECIMAL: "decimal",
    FieldType.DATE: "date",
    FieldType.DATETIME: "instant",
    FieldType.UUID: "uuid",
}
"""Functions of `Columns`; what they read may be null."""
PRESETS = {
    FieldType.DECIMAL: "new BigDecimal({})",
    FieldType.DATE: "LocalDate.parse({})",
    FieldType.DATETIME: "Instant.parse({})",
    FieldType.UUID: "UUID.fromString({})",
}
MAX_EMAIL = 320


@dataclass(frozen=True, slots=True)
class MemberView:
    """A value of an enum."""

    constant: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """What templates read. Strings other than names are Java expressions."""

    name: str
    java: str
    """The component of the records."""
    label: str
    type: str
    java_type: str
    """The type that may be null; a nested enum as others than its entity say it."""
    required: bool
    """Must be in the body of a create request."""
    nullable: bool
    unique: bool
    sql: str
    """The column's type in SQL."""
    check: str
    """What makes a value of the component in a record that checks itself; empty where nothing
    does. See `pack_checks`."""
    constraints: tuple[str, ...]
    """Annotations of Bean Validation; whether null is taken is said apart."""
    column: str
    """Reads the column."""
    converted: bool
    """Whether the database stores something else than the value itself."""
    default: str
    """In Java."""
    preset: object
    """The default in JSON; None for none."""
    description: str
    """Free text."""
    members: tuple[MemberView, ...]
    enum: str
    """The enum's simple name; empty for other types."""
    sample: str
    """A valid JSON value; distinct for distinct `number` when unique."""
    fixed: bool
    example: object
    invalid: str
    capacity: int
    searchable: bool
    filterable: bool
    sortable: bool
    query: str
    query_java: str
    schema: dict[str, object]
    """Its JSON schema in a body."""
    fill: str
    """In SQL: what rows get that are there before the field is."""

    @property
    def method(self) -> str:
        """As part of a method's name."""
        return pascal(self.name)

    @property
    def component(self) -> str:
        """What a client says of it, as a component of a record."""
        wanted = () if self.nullable else ("@NotNull",)
        return " ".join((*wanted, *self.constraints, self.java_type, self.java))

    @property
    def kept(self) -> str:
        """The type of the stored value, as others than its entity say it."""
        return self.java_type if self.nullable else PRIMITIVES.get(self.java_type, self.java_type)

    @property
    def stored(self) -> str:
        """The type of the stored value."""
        own = self.enum or self.java_type
        return own if self.nullable else PRIMITIVES.get(own, own)


def view_field(entity: str, owner: str, field: EntityField, enum: str, query: str) -> FieldView:
    """Everything templates need of one field; InvalidInputError when it contradicts itself.
    `owner` is the type that an enum is nested in."""
    limit = bounds(entity, field)
    texts = tuple(dict.fromkeys(field.values))
    members = tuple(MemberView(text.upper(), text) for text in texts)
    kind = field.type
    preset = field_json.preset(entity, field, limit)
    java_type = f"{owner}.{enum}" if enum else TYPES.get(kind, "String")
    return FieldView(
        name=field.name,
        java=member(field.name),
        label=label(field.name),
        type=kind.value,
        java_type=java_type,
        required=field.required and preset is None,
        nullable=not field.required,
        unique=field.unique,
        sql=COLUMNS.get(kind, "TEXT"),
        check=check(field, limit, member(field.name), firm=_firm(field, java_type)),
        constraints=_constraints(field, limit),
        column=_column(field, java_type),
        converted=kind is FieldType.ENUM or kind in READERS,
        default=_default(kind, java_type, preset, members),
        preset=preset,
        description=field.description,
        members=members,
        enum=enum,
        sample=sample(field, limit, texts),
        fixed=not field.unique,
        example=field_json.example(field, limit, texts),
        invalid=invalid(field, limit),
        capacity=capacity(field, limit) if field.unique else UNLIMITED,
        searchable=kind in TEXTUAL,
        filterable=kind in FILTERABLE,
        sortable=kind is not FieldType.TEXT,
        query=query,
        query_java=member(query),
        schema=wire.schema(field, limit),
        fill=_fill(field, limit, texts, preset),
    )


def _firm(field: EntityField, java_type: str) -> bool:
    """Whether the stored type has no null."""
    return field.required and java_type in PRIMITIVES


def _fill(field: EntityField, limit: Bounds, members: tuple[str, ...], preset: object) -> str:
    """What rows get, in SQL, that are there before the field is; empty when one value cannot do.
    Moments are milliseconds."""
    if field.type is FieldType.DATETIME and not field.unique:
        moment = dt.datetime.fromisoformat(str(preset or NEUTRAL[field.type]))
        return str(int(moment.timestamp()) * 1000)
    return neutral(field, limit, members, preset)


def _constraints(field: EntityField, limit: Bounds) -> tuple[str, ...]:
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        return (f"@Size(min = {low}, max = {high})" if low else f"@Size(max = {high})",)
    if kind is FieldType.INTEGER:
        return (f"@Min({number(limit.low)})", f"@Max({number(limit.high)})")
    if kind is FieldType.EMAIL:
        return ("@Email", f"@Size(max = {MAX_EMAIL})")
    if kind is FieldType.URL:
        return ('@URL(regexp = "https?://.+")',)
    made: list[str] = []
    if kind in {FieldType.FLOAT, FieldType.DECIMAL}:
        if field.minimum is not None:
            made.append(f"@DecimalMin({literal(f'{limit.low.normalize():f}')})")
        if field.maximum is not None:
            made.append(f"@DecimalMax({literal(f'{limit.high.normalize():f}')})")
    if kind is FieldType.DECIMAL:
        whole = DECIMAL_DIGITS - DECIMAL_PLACES
        made.append(f"@Digits(integer = {whole}, fraction = {DECIMAL_PLACES})")
    return tuple(made)


def _column(field: EntityField, java_type: str) -> str:
    kind, name = field.type, literal(field.name)
    if kind is FieldType.ENUM:
        return f"TextEnum.of({java_type}.class, row.getString({name}))"
    if kind in READERS:
        return f"Columns.{READERS[kind]}(row, {name})"
    plain = {
        FieldType.INTEGER: "Long", FieldType.FLOAT: "Double", FieldType.BOOLEAN: "Boolean"
    }.get(kind, "")  # fmt: skip
    if plain and not field.required:
        return f"Columns.{plain.lower()}OrNull(row, {name})"
    return f"row.get{plain or 'String'}({name})"


def _default(
    kind: FieldType, java_type: str, preset: object, members: tuple[MemberView, ...]
) -> str:
    if preset is None:
        return ""
    if kind is FieldType.ENUM:
        return f"{java_type}.{next(m.constant for m in members if m.text == preset)}"
    if isinstance(preset, bool):
        return "true" if preset else "false"
    if isinstance(preset, int | float):
        return number(preset, wide=True) if kind is FieldType.INTEGER else repr(float(preset))
    return PRESETS.get(kind, "{}").format(literal(preset))
