"""A field of the spec in Python: types, constraints and defaults.

All strings of the spec enter source code through `repr`, never as they are.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import (
    DECIMAL_DIGITS,
    DECIMAL_PLACES,
    INT32,
    NUMERIC,
    TEXTUAL,
    UNLIMITED,
    Bounds,
    bounds,
    capacity,
)
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.python.pack_fill import fill
from autonomous_coder.languages.python.pack_names import attribute
from autonomous_coder.languages.python.pack_samples import (
    example,
    invalid,
    sample,
)
from autonomous_coder.models.spec import EntityField, FieldType

FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})

ANNOTATIONS = {
    FieldType.STRING: "PlainText",
    FieldType.TEXT: "PlainText",
    FieldType.INTEGER: "int",
    FieldType.FLOAT: "float",
    FieldType.DECIMAL: "Decimal",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "dt.date",
    FieldType.DATETIME: "AwareDatetime",
    FieldType.EMAIL: "EmailStr",
    FieldType.URL: "Url",
    FieldType.UUID: "uuid.UUID",
}
STORED = ANNOTATIONS | {
    FieldType.STRING: "str",
    FieldType.TEXT: "str",
    FieldType.DATETIME: "dt.datetime",
    FieldType.EMAIL: "str",
    FieldType.URL: "str",
}
COLUMNS = {
    FieldType.TEXT: "sa.Text()",
    FieldType.FLOAT: "sa.Double()",
    FieldType.DECIMAL: "ExactDecimal()",
    FieldType.BOOLEAN: "sa.Boolean()",
    FieldType.DATE: "sa.Date()",
    FieldType.DATETIME: "UtcDateTime()",
    FieldType.EMAIL: "sa.String(320)",
    FieldType.URL: "sa.String(2083)",
    FieldType.UUID: "sa.Uuid()",
}
MIGRATED = COLUMNS | {
    FieldType.DECIMAL: f"sa.Numeric({DECIMAL_DIGITS}, {DECIMAL_PLACES})"
    '.with_variant(sa.BigInteger(), "sqlite")',
    FieldType.DATETIME: "sa.DateTime(timezone=True)",
}


@dataclass(frozen=True, slots=True)
class FieldView:
    """What templates read. Strings other than names are Python expressions."""

    name: str
    attr: str
    label: str
    type: str
    required: bool
    """Must be in the body of a create request."""
    nullable: bool
    unique: bool
    annotation: str
    stored: str
    column: str
    migrated: str
    constraints: str
    default: str
    description: str
    enum_class: str
    members: tuple[tuple[str, str], ...]
    sample: str
    """Expression of a valid JSON value; distinct for distinct `number` when unique."""
    fixed: bool
    """Whether `sample` is the same for every number."""
    example: str
    """A value as JSON, for documents."""
    invalid: str
    """Expression of a JSON value that validation refuses."""
    capacity: int
    """How many rows can hold distinct values, at most 1000; 1000 when not unique."""
    searchable: bool
    filterable: bool
    sortable: bool
    query: str
    """Name of the filter parameter."""
    query_attr: str
    fill: str
    """What rows that are there are given when the field is added; empty when nothing can be."""

    @property
    def sought(self) -> str:
        """Bounds of a value that lists are filtered by: what the column can hold."""
        if self.type == "decimal":
            return f"max_digits={DECIMAL_DIGITS}, decimal_places={DECIMAL_PLACES}"
        if self.type == "integer":
            bits = 63 if "BigInteger" in self.column else 31
            return f"ge={-(2**bits)}, le={2**bits - 1}"
        return ""

    @property
    def alias(self) -> bool:
        return self.attr != self.name


def view_field(entity: str, field: EntityField, enum_class: str, query: str) -> FieldView:
    """Everything templates need of one field; InvalidInputError when it contradicts itself."""
    limit = bounds(entity, field)
    values = tuple(dict.fromkeys(field.values))
    kind = field.type
    default = _default(entity, field, limit, enum_class)
    return FieldView(
        name=field.name,
        attr=attribute(field.name),
        label=label(field.name),
        type=kind.value,
        required=field.required and not default,
        nullable=not field.required,
        unique=field.unique,
        annotation=enum_class if kind is FieldType.ENUM else ANNOTATIONS[kind],
        stored=enum_class if kind is FieldType.ENUM else STORED[kind],
        column=_column(field, limit, enum_class, values, migrated=False),
        migrated=_column(field, limit, enum_class, values, migrated=True),
        constraints=_constraints(field, limit),
        default=default,
        description=repr(field.description) if field.description else "",
        enum_class=enum_class if kind is FieldType.ENUM else "",
        members=tuple((member.upper(), repr(member)) for member in values),
        sample=sample(field, limit, values),
        fixed=not field.unique,
        example=example(field, limit, values),
        invalid=invalid(field, limit),
        capacity=capacity(field, limit) if field.unique else UNLIMITED,
        searchable=kind in TEXTUAL,
        filterable=kind in FILTERABLE,
        sortable=kind is not FieldType.TEXT,
        query=query,
        query_attr=attribute(query),
        fill=fill(field, limit, values),
    )


def _column(
    field: EntityField, limit: Bounds, enum_class: str, values: tuple[str, ...], *, migrated: bool
) -> str:
    kind = field.type
    if kind is FieldType.STRING:
        return f"sa.String({int(limit.high)})" if limit.high <= 10_000 else "sa.Text()"
    if kind is FieldType.INTEGER:
        wide = max(abs(limit.low), abs(limit.high)) > INT32
        return "sa.BigInteger()" if wide else "sa.Integer()"
    if kind is FieldType.ENUM:
        if migrated:
            return f"sa.String({max(map(len, values))})"
        return f"enum_column({enum_class})"
    return (MIGRATED if migrated else COLUMNS)[kind]


def _number(value: Decimal) -> str:
    """A literal: an integer where it is whole, else a Decimal or float expression."""
    return str(int(value)) if value == value.to_integral_value() else repr(float(value))


def _constraints(field: EntityField, limit: Bounds) -> str:
    if field.type in TEXTUAL:
        parts = [f"min_length={int(limit.low)}"] if limit.low > 0 else []
        return ", ".join([*parts, f"max_length={int(limit.high)}"])
    if field.type is FieldType.INTEGER:
        return f"ge={_number(limit.low)}, le={_number(limit.high)}"
    parts = []
    if field.type in NUMERIC and field.minimum is not None:
        parts.append(f"ge={_bound(field, limit.low)}")
    if field.type in NUMERIC and field.maximum is not None:
        parts.append(f"le={_bound(field, limit.high)}")
    if field.type is FieldType.DECIMAL:
        parts.append(f"max_digits={DECIMAL_DIGITS}")
        parts.append(f"decimal_places={DECIMAL_PLACES}")
    return ", ".join(parts)


def _bound(field: EntityField, value: Decimal) -> str:
    if value == value.to_integral_value() and abs(value) < 10**18:
        return str(int(value))
    return f'Decimal("{value}")' if field.type is FieldType.DECIMAL else repr(float(value))


def _default(entity: str, field: EntityField, limit: Bounds, enum_class: str) -> str:
    """The default as an expression, checked against the field's own rules; empty when none."""
    value = field.default
    if value is None:
        return ""
    try:
        return _default_expression(field, limit, enum_class, value)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise InvalidInputError(
            f"the default {value!r} of '{entity}.{field.name}' is no valid {field.type.value}",
            hint="Give a default that the field's own type and bounds accept, or leave it out.",
        ) from error


def _default_expression(
    field: EntityField, limit: Bounds, enum_class: str, value: str | int | float | bool
) -> str:
    kind = field.type
    if kind is FieldType.BOOLEAN:
        return _boolean(value)
    if kind in NUMERIC:
        number = Decimal(str(value))
        whole = number == number.to_integral_value()
        if not limit.low <= number <= limit.high or (kind is FieldType.INTEGER and not whole):
            raise ValueError("out of bounds")
        if kind is FieldType.DECIMAL:
            if number.quantize(Decimal(1).scaleb(-DECIMAL_PLACES)) != number:
                raise ValueError("too many decimal places")
            return f'Decimal("{number}")'
        return str(int(number)) if kind is FieldType.INTEGER else repr(float(number))
    text = str(value)
    if kind in TEXTUAL:
        if not limit.low <= len(text.strip()) <= limit.high or "\x00" in text:
            raise ValueError("length out of bounds")
        return repr(text.strip())
    if kind is FieldType.ENUM:
        if text not in field.values:
            raise ValueError("not one of the values")
        return f"{enum_class}.{text.upper()}"
    return _parsed_default(kind, text)


def _boolean(value: str | int | float | bool) -> str:
    words = {"true": "True", "1": "True", "yes": "True", "false": "False", "0": "False"}
    word = words.get(str(value).lower(), "False" if str(value).lower() == "no" else "")
    if not word:
        raise ValueError("not a boolean")
    return word


def _parsed_default(kind: FieldType, text: str) -> str:
    if kind is FieldType.DATE:
        day = dt.date.fromisoformat(text)
        return f"dt.date({day.year}, {day.month}, {day.day})"
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        return f"dt.datetime.fromisoformat({moment.astimezone(dt.UTC).isoformat()!r})"
    if kind is FieldType.UUID:
        return f"uuid.UUID({str(uuid.UUID(text))!r})"
    if kind is FieldType.EMAIL and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text):
        raise ValueError("not an email address")
    if kind is FieldType.URL and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", text):
        raise ValueError("not a URL")
    return repr(text)
