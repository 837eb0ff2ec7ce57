"""A field of the spec in TypeScript: its column, its schemas, its values in tests.

All strings of the spec enter source code through `literal`, never as they are.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import (
    NUMERIC,
    TEXTUAL,
    UNLIMITED,
    Bounds,
    bounds,
    capacity,
)
from autonomous_coder.languages.common.filling import fill
from autonomous_coder.languages.common.filling import text as sql_text
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.node.pack_samples import example, invalid, sample
from autonomous_coder.models.spec import EntityField, FieldType

SAFE_INTEGER = 2**53 - 1
DECIMAL_PLACES = 4
DECIMAL_LIMIT = 10**11 - 1
"""A decimal is stored as a whole number of ten-thousandths, which JavaScript holds exactly."""
FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})

STORED = {
    FieldType.STRING: "text()",
    FieldType.TEXT: "text()",
    FieldType.INTEGER: "integer()",
    FieldType.FLOAT: "real()",
    FieldType.DECIMAL: "decimal()",
    FieldType.BOOLEAN: 'integer({ mode: "boolean" })',
    FieldType.DATE: "text()",
    FieldType.DATETIME: "text()",
    FieldType.EMAIL: "text()",
    FieldType.URL: "text()",
    FieldType.UUID: "text()",
}
ANSWERED = {
    FieldType.STRING: "z.string()",
    FieldType.TEXT: "z.string()",
    FieldType.INTEGER: "z.int()",
    FieldType.FLOAT: "z.number()",
    FieldType.DECIMAL: "z.string()",
    FieldType.BOOLEAN: "z.boolean()",
    FieldType.DATE: "z.iso.date()",
    FieldType.DATETIME: "z.iso.datetime()",
    FieldType.EMAIL: "z.email()",
    FieldType.URL: "z.url()",
    FieldType.UUID: "z.guid()",
}
PARSED = {
    FieldType.BOOLEAN: "z.boolean()",
    FieldType.DATE: "z.iso.date()",
    FieldType.DATETIME: "moment",
    FieldType.EMAIL: "z.email().max(320)",
    FieldType.URL: "webAddress",
    FieldType.UUID: "z.guid().toLowerCase()",
}
HELPERS = {
    FieldType.STRING: "plainText",
    FieldType.TEXT: "plainText",
    FieldType.DECIMAL: "exactDecimal",
    FieldType.DATETIME: "moment",
    FieldType.URL: "webAddress",
}
"""What a field's schema takes from the module of shared schemas."""


def literal(value: object) -> str:
    """Any text as a string literal on one line of ASCII and printable characters."""
    return json.dumps(str(value))


@dataclass(frozen=True, slots=True)
class FieldView:
    """What templates read. Strings other than names are TypeScript expressions."""

    name: str
    label: str
    type: str
    required: bool
    """Must be in the body of a create request."""
    nullable: bool
    unique: bool
    stored: str
    """The column, without its constraints."""
    sql: str
    """The column's type and check in SQL."""
    fill: str
    """In SQL: what rows get that are there before the field is; see `filling`."""
    parsed: str
    """The schema of a value in a body."""
    answered: str
    asked: str
    """The schema of a value in a query."""
    helpers: frozenset[str]
    asked_helpers: frozenset[str]
    default: str
    description: str
    values: str
    """Name of the constant that lists an enum's values; empty for other types."""
    members: tuple[str, ...]
    sample: str
    """A valid JSON value; distinct for distinct `number` when unique."""
    fixed: bool
    example: str
    """A value as JSON, for documents."""
    invalid: str
    capacity: int
    searchable: bool
    filterable: bool
    sortable: bool
    query: str

    @property
    def created(self) -> str:
        """The schema of the field in a create request."""
        schema = self.parsed
        if self.nullable:
            schema += f".nullable().default({self.default or 'null'})"
        elif self.default:
            schema += f".default({self.default})"
        return schema + self._described

    @property
    def updated(self) -> str:
        """The schema of the field in an update request."""
        schema = f"{self.parsed}.nullable()" if self.nullable else self.parsed
        return f"{schema}.optional(){self._described}"

    @property
    def read(self) -> str:
        """The schema of the field in an answer."""
        schema = f"{self.answered}.nullable()" if self.nullable else self.answered
        return schema + self._described

    @property
    def _described(self) -> str:
        return f".describe({self.description})" if self.description else ""


def view_field(
    entity: str, field: EntityField, values: str, query: str, *, text: bool = True
) -> FieldView:
    """Everything templates need of one field; InvalidInputError when it contradicts itself. `text`
    says that queries come as text, as those of an address do."""
    limit = field_bounds(entity, field)
    members = tuple(dict.fromkeys(field.values))
    kind = field.type
    default = _default(entity, field, limit)
    enum = kind is FieldType.ENUM
    return FieldView(
        name=field.name,
        label=label(field.name),
        type=kind.value,
        required=field.required and not default,
        nullable=not field.required,
        unique=field.unique,
        stored=f"text({{ enum: {values} }})" if enum else STORED[kind],
        sql=_sql(field),
        fill=fill(field, limit, members, json.loads(default) if default else None, _moment),
        parsed=f"z.enum({values})" if enum else _parsed(field, limit),
        answered=f"z.enum({values})" if enum else ANSWERED[kind],
        asked=_asked(kind, values) if text else _asked_as_value(kind, values),
        helpers=frozenset({HELPERS[kind]} if kind in HELPERS else ()),
        asked_helpers=frozenset(_asked_helpers(kind, text=text)),
        default=default,
        description=literal(field.description) if field.description else "",
        values=values if enum else "",
        members=members,
        sample=sample(field, limit, members),
        fixed=not field.unique,
        example=example(field, limit, members),
        invalid=invalid(field, limit),
        capacity=capacity(field, limit) if field.unique else UNLIMITED,
        searchable=kind in TEXTUAL,
        filterable=kind in FILTERABLE,
        sortable=kind is not FieldType.TEXT,
        query=query,
    )


def field_bounds(entity: str, field: EntityField) -> Bounds:
    """The bounds of a value, narrowed to what JavaScript holds exactly."""
    limit = bounds(entity, field)
    widest = {FieldType.INTEGER: SAFE_INTEGER, FieldType.DECIMAL: DECIMAL_LIMIT}.get(field.type)
    if widest is None:
        return limit
    edge = Decimal(widest)
    narrow = replace(limit, low=max(limit.low, -edge), high=min(limit.high, edge))
    if narrow.low > narrow.high:
        raise InvalidInputError(
            f"no value of '{entity}.{field.name}' can lie between its bounds",
            hint=f"Numbers are held exactly up to {widest}; give bounds within that.",
        )
    return narrow


def _parsed(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        return f"plainText({int(limit.low)}, {_number(limit.high)})"
    if kind is FieldType.INTEGER:
        return f"z.int().min({_number(limit.low)}).max({_number(limit.high)})"
    if kind is FieldType.FLOAT:
        schema = "z.number()"
        schema += "" if field.minimum is None else f".min({_number(limit.low)})"
        return schema + ("" if field.maximum is None else f".max({_number(limit.high)})")
    if kind is FieldType.DECIMAL:
        if field.minimum is None and field.maximum is None:
            return "exactDecimal()"
        return f'exactDecimal("{_plain(limit.low)}", "{_plain(limit.high)}")'
    return PARSED[kind]


def _asked(kind: FieldType, values: str) -> str:
    if kind is FieldType.ENUM:
        return f"z.enum({values})"
    if kind is FieldType.INTEGER:
        return "z.coerce.number().int()"
    if kind is FieldType.BOOLEAN:
        return "queryBoolean"
    if kind in TEXTUAL:
        return "z.string()"
    if kind is FieldType.DECIMAL:
        return "exactDecimal()"
    return PARSED.get(kind, "z.string()")


def _asked_as_value(kind: FieldType, values: str) -> str:
    """The schema of a value in a query that need not be text."""
    plain = {FieldType.INTEGER: "z.int()", FieldType.BOOLEAN: "z.boolean()"}
    return plain.get(kind) or _asked(kind, values)


def _asked_helpers(kind: FieldType, *, text: bool) -> tuple[str, ...]:
    names = {
        **({FieldType.BOOLEAN: "queryBoolean"} if text else {}),
        FieldType.DECIMAL: "exactDecimal",
        FieldType.DATETIME: "moment",
    }
    return (names[kind],) if kind in names else ()


def _sql(field: EntityField) -> str:
    kinds = {
        FieldType.INTEGER: "INTEGER",
        FieldType.DECIMAL: "INTEGER",
        FieldType.BOOLEAN: "INTEGER",
        FieldType.FLOAT: "REAL",
    }
    return kinds.get(field.type, "TEXT")


def _moment(text: str) -> str:
    """A time in SQL, as it is stored."""
    told = dt.datetime.fromisoformat(text).isoformat(timespec="milliseconds")
    return sql_text(told.replace("+00:00", "Z"))


def _number(value: Decimal) -> str:
    """A literal: an integer where the value is whole."""
    return str(int(value)) if value == value.to_integral_value() else repr(float(value))


def _plain(value: Decimal) -> str:
    """The value with at most four places, without an exponent."""
    return f"{value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES)).normalize():f}"


def _default(entity: str, field: EntityField, limit: Bounds) -> str:
    """The default as an expression, checked against the field's own rules; empty when none."""
    value = field.default
    if value is None:
        return ""
    try:
        return _default_expression(field, limit, value)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise InvalidInputError(
            f"the default {value!r} of '{entity}.{field.name}' is no valid {field.type.value}",
            hint="Give a default that the field's own type and bounds accept, or leave it out.",
        ) from error


def _default_expression(field: EntityField, limit: Bounds, value: str | int | float | bool) -> str:
    kind = field.type
    text = str(value)
    if kind is FieldType.BOOLEAN:
        words = {"true": "true", "1": "true", "yes": "true"}
        words |= {"false": "false", "0": "false", "no": "false"}
        if text.lower() not in words:
            raise ValueError("not a boolean")
        return words[text.lower()]
    if kind in NUMERIC:
        return _default_number(field, limit, Decimal(text))
    if kind in TEXTUAL:
        if not limit.low <= len(text.strip()) <= limit.high or "\x00" in text:
            raise ValueError("length out of bounds")
        return literal(text.strip())
    if kind is FieldType.ENUM:
        if text not in field.values:
            raise ValueError("not one of the values")
        return literal(text)
    if kind is FieldType.DATE:
        return literal(dt.date.fromisoformat(text).isoformat())
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        told = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
        return literal(told.replace("+00:00", "Z"))
    if kind is FieldType.UUID:
        return literal(uuid.UUID(text))
    if kind is FieldType.EMAIL and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text):
        raise ValueError("not an email address")
    if kind is FieldType.URL and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", text):
        raise ValueError("not a URL")
    return literal(text)


def _default_number(field: EntityField, limit: Bounds, number: Decimal) -> str:
    whole = number == number.to_integral_value()
    if not limit.low <= number <= limit.high or (field.type is FieldType.INTEGER and not whole):
        raise ValueError("out of bounds")
    if field.type is FieldType.DECIMAL:
        if Decimal(_plain(number)) != number:
            raise ValueError("too many decimal places")
        return literal(_plain(number))
    return str(int(number)) if whole else repr(float(number))
