"""A field of the spec in Go: its column, how it is read from a request, its values in tests.

All strings of the spec enter source code through `literal`, never as they are.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import (
    DECIMAL_PLACES,
    NUMERIC,
    TEXTUAL,
    UNLIMITED,
    Bounds,
    bounds,
    capacity,
)
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.go.pack_fill import fill
from autonomous_coder.languages.go.pack_literals import literal, number
from autonomous_coder.languages.go.pack_samples import example, invalid, sample
from autonomous_coder.models.spec import EntityField, FieldType

FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})
TYPES = {
    FieldType.INTEGER: "int64",
    FieldType.FLOAT: "float64",
    FieldType.DECIMAL: "Decimal",
    FieldType.BOOLEAN: "bool",
    FieldType.DATETIME: "time.Time",
}
COLUMNS = {
    FieldType.INTEGER: "INTEGER",
    FieldType.FLOAT: "REAL",
    FieldType.DECIMAL: "INTEGER",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATETIME: "TIMESTAMP",
}
PARSERS = {
    FieldType.DATE: "isoDate",
    FieldType.DATETIME: "moment",
    FieldType.EMAIL: "emailAddress",
    FieldType.URL: "webAddress",
    FieldType.UUID: "uuidText",
}
"""Functions that make a value of a text, in bodies and in queries alike."""
ASKED = {
    FieldType.STRING: "anyText",
    FieldType.INTEGER: "wholeNumber",
    FieldType.BOOLEAN: "yesOrNo",
    FieldType.DECIMAL: "store.ParseDecimal",
}
FORMATS = {
    FieldType.DATE: "date",
    FieldType.DATETIME: "date-time",
    FieldType.EMAIL: "email",
    FieldType.URL: "uri",
    FieldType.UUID: "uuid",
}
JSON_TYPES = {
    FieldType.INTEGER: "integer",
    FieldType.FLOAT: "number",
    FieldType.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class FieldView:
    """What templates read. Strings other than names are Go expressions."""

    name: str
    go: str
    """The field of the struct."""
    label: str
    type: str
    go_type: str
    """The type without a pointer, as the package of the database names it."""
    required: bool
    """Must be in the body of a create request."""
    nullable: bool
    unique: bool
    sql: str
    """The column's type in SQL."""
    rule: str
    """Reads a value from a body."""
    asked: str
    """Reads a value from a query."""
    default: str
    """In Go."""
    preset: object
    """The default in JSON; None for none."""
    description: str
    """Free text."""
    members: tuple[str, ...]
    choices: str
    """Name of the variable that lists an enum's values; empty for other types."""
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
    filter: str
    """The field of the query's struct."""
    schema: dict[str, object]
    """Its JSON schema in a body."""
    fill: str
    """In SQL: what rows get that are there before the field is; see `pack_fill`."""
    zero_refused: bool
    """Whether the zero value of the type in Go breaks its rule."""

    @property
    def stored(self) -> str:
        """The type of the struct's field."""
        return f"*{self.go_type}" if self.nullable else self.go_type


def view_field(
    entity: str, field: EntityField, go: str, choices: str, query: str, filter_name: str
) -> FieldView:
    """Everything templates need of one field; InvalidInputError when it contradicts itself."""
    limit = bounds(entity, field)
    members = tuple(dict.fromkeys(field.values))
    kind = field.type
    preset, default = _default(entity, field, limit)
    return FieldView(
        name=field.name,
        go=go,
        label=label(field.name),
        type=kind.value,
        go_type=TYPES.get(kind, "string"),
        required=field.required and not default,
        nullable=not field.required,
        unique=field.unique,
        sql=COLUMNS.get(kind, "TEXT"),
        rule=f"parsed(oneOf({choices}))" if kind is FieldType.ENUM else _rule(field, limit),
        asked=f"oneOf({choices})" if kind is FieldType.ENUM else _asked(kind),
        default=default,
        preset=preset,
        description=field.description,
        members=members,
        choices=choices if kind is FieldType.ENUM else "",
        sample=sample(field, limit, members),
        fixed=not field.unique,
        example=example(field, limit, members),
        invalid=invalid(field, limit),
        capacity=capacity(field, limit) if field.unique else UNLIMITED,
        searchable=kind in TEXTUAL,
        filterable=kind in FILTERABLE,
        sortable=kind is not FieldType.TEXT,
        query=query,
        filter=filter_name,
        schema=_schema(field, limit, members),
        fill=fill(field, limit, members, preset),
        zero_refused=_zero_refused(kind, limit),
    )


def _zero_refused(kind: FieldType, limit: Bounds) -> bool:
    if kind in TEXTUAL or kind in NUMERIC:
        return not limit.low <= 0 <= limit.high
    return kind is not FieldType.BOOLEAN


def _rule(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    low, high = number(limit.low), number(limit.high)
    if kind in TEXTUAL:
        return f"text({low}, {high})"
    if kind is FieldType.INTEGER:
        return f"integer({low}, {high})"
    if kind is FieldType.FLOAT:
        low = low if field.minimum is not None else "-math.MaxFloat64"
        high = high if field.maximum is not None else "math.MaxFloat64"
        return f"float({low}, {high})"
    if kind is FieldType.DECIMAL:
        low = _decimal(limit.low) if field.minimum is not None else "-store.MaxDecimal"
        high = _decimal(limit.high) if field.maximum is not None else "store.MaxDecimal"
        return f"decimal({low}, {high})"
    return "boolean" if kind is FieldType.BOOLEAN else f"parsed({PARSERS[kind]})"


def _decimal(value: Decimal) -> str:
    short = _plain(value).rstrip("0").rstrip(".")
    return f"store.MustDecimal({literal(short)})"


def _plain(value: Decimal) -> str:
    """The value in four places, without an exponent."""
    return f"{value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES)):f}"


def _asked(kind: FieldType) -> str:
    return ASKED.get(kind) or PARSERS.get(kind, "anyText")


def _schema(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> dict[str, object]:
    kind = field.type
    schema: dict[str, object] = {"type": JSON_TYPES.get(kind, "string")}
    if kind in FORMATS:
        schema["format"] = FORMATS[kind]
    if kind is FieldType.ENUM:
        schema["enum"] = list(members)
    elif kind in TEXTUAL:
        schema |= {"minLength": int(limit.low), "maxLength": int(limit.high)}
    elif kind is FieldType.DECIMAL:
        schema |= {"pattern": r"^-?\d{1,14}(\.\d{1,4})?$"}
    elif kind in NUMERIC:
        if kind is FieldType.INTEGER or field.minimum is not None:
            schema["minimum"] = _json_number(limit.low)
        if kind is FieldType.INTEGER or field.maximum is not None:
            schema["maximum"] = _json_number(limit.high)
    return schema


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _default(entity: str, field: EntityField, limit: Bounds) -> tuple[object, str]:
    """The default in JSON and in Go, checked against the field's own rules; empty when none."""
    value = field.default
    if value is None:
        return None, ""
    try:
        return _default_value(field, limit, value)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise InvalidInputError(
            f"the default {value!r} of '{entity}.{field.name}' is no valid {field.type.value}",
            hint="Give a default that the field's own type and bounds accept, or leave it out.",
        ) from error


def _default_value(
    field: EntityField, limit: Bounds, value: str | int | float | bool
) -> tuple[object, str]:
    kind = field.type
    text = str(value)
    if kind is FieldType.BOOLEAN:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in words:
            raise ValueError("not a boolean")
        chosen = words[text.lower()]
        return chosen, "true" if chosen else "false"
    if kind in NUMERIC:
        return _default_number(field, limit, Decimal(text))
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        at = moment.astimezone(dt.UTC).replace(microsecond=0)
        parts = f"{at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}"
        return f"{at:%Y-%m-%dT%H:%M:%SZ}", f"time.Date({parts}, 0, time.UTC)"
    plain = _default_text(field, limit, text)
    return plain, literal(plain)


def _default_text(field: EntityField, limit: Bounds, text: str) -> str:
    kind = field.type
    if kind in TEXTUAL:
        if not limit.low <= len(text.strip()) <= limit.high or "\x00" in text:
            raise ValueError("length out of bounds")
        return text.strip()
    if kind is FieldType.ENUM and text not in field.values:
        raise ValueError("not one of the values")
    if kind is FieldType.DATE:
        return dt.date.fromisoformat(text).isoformat()
    if kind is FieldType.UUID:
        return str(uuid.UUID(text))
    if kind is FieldType.EMAIL and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text):
        raise ValueError("not an email address")
    if kind is FieldType.URL and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", text):
        raise ValueError("not a URL")
    return text


def _default_number(field: EntityField, limit: Bounds, value: Decimal) -> tuple[object, str]:
    whole = value == value.to_integral_value()
    if not limit.low <= value <= limit.high or (field.type is FieldType.INTEGER and not whole):
        raise ValueError("out of bounds")
    if field.type is FieldType.DECIMAL:
        if Decimal(_plain(value)) != value:
            raise ValueError("too many decimal places")
        return _plain(value), _decimal(value)
    return _json_number(value), number(value)
