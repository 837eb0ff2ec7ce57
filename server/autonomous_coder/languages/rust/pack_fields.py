"""A field of the spec in Rust: its column, how it is read from a request, its values in tests.

All strings of the spec enter source code through `literal`, never as they are.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from autonomous_coder.languages.common import filling, wire
from autonomous_coder.languages.common.bounds import (
    TEXTUAL,
    UNLIMITED,
    Bounds,
    bounds,
    capacity,
)
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.rust.pack_literals import literal, real, typed, units, whole
from autonomous_coder.languages.rust.pack_names import raw, variants, worded
from autonomous_coder.languages.rust.pack_samples import invalid, numbered, sample
from autonomous_coder.models.spec import EntityField, FieldType

LONGEST = 2**32 - 1
"""Of texts; no request is as large."""
TYPES = {
    FieldType.INTEGER: "i64",
    FieldType.FLOAT: "f64",
    FieldType.DECIMAL: "Decimal",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "NaiveDate",
    FieldType.DATETIME: "DateTime<Utc>",
    FieldType.UUID: "Uuid",
}
COLUMNS = {
    FieldType.INTEGER: "INTEGER",
    FieldType.FLOAT: "REAL",
    FieldType.DECIMAL: "INTEGER",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.UUID: "BLOB",
}
PARSERS = {
    FieldType.DATE: "forms::date",
    FieldType.DATETIME: "forms::moment",
    FieldType.EMAIL: "forms::email",
    FieldType.ENUM: "rules::one_of",
    FieldType.URL: "forms::web_address",
    FieldType.UUID: "rules::uuid",
}
"""Functions that make a value of a text, in bodies and in queries alike."""
ASKED = {
    FieldType.INTEGER: "rules::whole_number",
    FieldType.BOOLEAN: "rules::yes_or_no",
    FieldType.DECIMAL: "rules::exact",
}


@dataclass(frozen=True, slots=True)
class Names:
    """How a field is called: `rust` in structs, `variable` where it is read, `filter` in the
    query's struct, `choices` the type of an enum's values, `column` what SQL calls it."""

    rust: str
    variable: str
    query: str
    filter: str
    choices: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """A value of an enum. `renamed` where its name does not tell the value."""

    name: str
    value: str
    renamed: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """What templates read. Strings other than names are Rust expressions."""

    name: str
    rust: str
    """The field of the struct."""
    plain: str
    """Part of longer names."""
    renamed: bool
    """Whether the struct's field is called otherwise than the column."""
    variable: str
    label: str
    type: str
    rust_type: str
    """The type without `Option`."""
    required: bool
    """Must be in the body of a create request."""
    nullable: bool
    unique: bool
    column: str
    """Its name in SQL."""
    sql: str
    """The column's type in SQL."""
    rule: str
    """Reads a value from a body."""
    asked: str
    """Reads a value from a query."""
    default: str
    """In JSON, as Rust writes it; empty for none."""
    preset: object
    """The default in JSON; None for none."""
    description: str
    """Free text."""
    choices: str
    """The type of an enum's values; empty for other types."""
    variants: tuple[Variant, ...]
    sample: str
    """A valid JSON value; distinct for distinct `number` when unique."""
    numbered: bool
    """Whether the sample says `number`."""
    example: object
    invalid: str
    capacity: int
    searchable: bool
    filterable: bool
    sortable: bool
    query: str
    filter: str
    """The field of the query's struct."""
    schema: dict[str, object]
    """Its JSON schema in a body."""
    fill: str
    """In SQL: what rows get that are there before the field is; see `filling`."""

    @property
    def stored(self) -> str:
        """The type of the struct's field."""
        return f"Option<{self.rust_type}>" if self.nullable else self.rust_type

    @property
    def copied(self) -> bool:
        """Whether values are copied rather than borrowed."""
        return self.rust_type != "String"


def view_field(entity: str, field: EntityField, names: Names) -> FieldView:
    """Everything templates need of one field; InvalidInputError when it contradicts itself."""
    limit = bounds(entity, field)
    members = tuple(dict.fromkeys(field.values))
    kind = field.type
    preset = wire.preset(entity, field, limit)
    shown = sample(field, limit, members)
    return FieldView(
        name=field.name,
        rust=raw(names.rust),
        plain=names.rust,
        renamed=names.rust != field.name,
        variable=raw(names.variable),
        label=label(field.name),
        type=kind.value,
        rust_type=names.choices or TYPES.get(kind, "String"),
        required=field.required and preset is None,
        nullable=not field.required,
        unique=field.unique,
        column=names.column,
        sql=COLUMNS.get(kind, "TEXT"),
        rule=_rule(field, limit),
        asked=ASKED.get(kind) or PARSERS.get(kind, "rules::any_text"),
        default="" if preset is None else _preset(preset),
        preset=preset,
        description=field.description,
        choices=names.choices,
        variants=tuple(_variants(members)),
        sample=shown,
        numbered=numbered(field, shown),
        example=wire.example(field, limit),
        invalid=invalid(field, limit),
        capacity=capacity(field, limit) if field.unique else UNLIMITED,
        searchable=kind in TEXTUAL,
        filterable=kind in wire.FILTERABLE,
        sortable=kind is not FieldType.TEXT,
        query=names.query,
        filter=raw(names.filter),
        schema=wire.schema(field, limit),
        fill=_fill(field, limit, members, preset),
    )


def _fill(field: EntityField, limit: Bounds, members: tuple[str, ...], preset: object) -> str:
    if field.type is FieldType.UUID and not field.unique:
        return f"X'{uuid.UUID(str(preset or filling.NEUTRAL[field.type])).hex}'"
    return filling.fill(field, limit, members, preset, _moment)


def _moment(moment: str) -> str:
    """As sqlx writes it."""
    return filling.text(moment.replace("Z", "+00:00"))


def _variants(values: tuple[str, ...]) -> list[Variant]:
    named = variants(values)
    return [Variant(name, value, worded(name) != value) for value, name in named.items()]


def _rule(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        low, high = (whole(min(int(end), LONGEST)) for end in (limit.low, limit.high))
        return f"rules::text({low}..={high})"
    if kind is FieldType.INTEGER:
        return f"rules::integer({whole(limit.low)}..={whole(limit.high)})"
    if kind is FieldType.FLOAT:
        low = real(limit.low) if field.minimum is not None else "f64::MIN"
        high = real(limit.high) if field.maximum is not None else "f64::MAX"
        return f"rules::float({low}..={high})"
    if kind is FieldType.DECIMAL:
        made = "Decimal::from_ten_thousandths"
        low = f"{made}({units(limit.low)})" if field.minimum is not None else "Decimal::MIN"
        high = f"{made}({units(limit.high)})" if field.maximum is not None else "Decimal::MAX"
        return f"rules::decimal({low}..={high})"
    return "rules::boolean" if kind is FieldType.BOOLEAN else f"rules::parsed({PARSERS[kind]})"


def _preset(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return typed(value)
    return real(value) if isinstance(value, float) else literal(value)
