"""How values of a field go over the wire as JSON: their schema, their default, an example."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.naming import label
from autonomous_coder.models.spec import EntityField, FieldType

FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})
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
FIXED: dict[FieldType, object] = {
    FieldType.BOOLEAN: True,
    FieldType.DATE: "2026-01-31",
    FieldType.DATETIME: "2026-01-31T12:30:00Z",
    FieldType.EMAIL: "person@example.com",
    FieldType.URL: "https://example.com/page",
    FieldType.UUID: "3f2b8c1e-9d4a-4c7b-8e21-5a6f7c8d9e10",
}
"""Values of types without bounds."""
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def schema(field: EntityField, limit: Bounds) -> dict[str, object]:
    """The JSON schema of a value in a body."""
    kind = field.type
    made: dict[str, object] = {"type": JSON_TYPES.get(kind, "string")}
    if kind in FORMATS:
        made["format"] = FORMATS[kind]
    if kind is FieldType.ENUM:
        made["enum"] = list(dict.fromkeys(field.values))
    elif kind in TEXTUAL:
        made |= {"minLength": int(limit.low), "maxLength": int(limit.high)}
    elif kind is FieldType.DECIMAL:
        made |= {"pattern": r"^-?\d{1,14}(\.\d{1,4})?$"}
    elif kind in NUMERIC:
        if kind is FieldType.INTEGER or field.minimum is not None:
            made["minimum"] = json_number(limit.low)
        if kind is FieldType.INTEGER or field.maximum is not None:
            made["maximum"] = json_number(limit.high)
    return made


def json_number(value: Decimal) -> int | float:
    """An integer where the value is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def plain(value: Decimal) -> str:
    """A decimal in at most four places, without an exponent."""
    return f"{value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES)).normalize():f}"


def ceiling(value: Decimal) -> Decimal:
    """The least decimal in four places that is not below the value."""
    return value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding="ROUND_CEILING")


def preset(entity: str, field: EntityField, limit: Bounds) -> object:
    """The default in JSON, checked against the field's own rules; None when there is none.

    Raises:
        InvalidInputError: the field would refuse it.
    """
    if field.default is None:
        return None
    try:
        return _preset(field, limit, str(field.default))
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise InvalidInputError(
            f"the default {field.default!r} of '{entity}.{field.name}' is no valid "
            f"{field.type.value}",
            hint="Give a default that the field's own type and bounds accept, or leave it out.",
        ) from error


def _preset(field: EntityField, limit: Bounds, text: str) -> object:
    kind = field.type
    if kind is FieldType.BOOLEAN:
        if text.lower() not in BOOLEANS:
            raise ValueError("not a boolean")
        return BOOLEANS[text.lower()]
    if kind in NUMERIC:
        return _preset_number(field, limit, Decimal(text))
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return _preset_text(field, limit, text)


def _preset_text(field: EntityField, limit: Bounds, text: str) -> str:
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
    if kind is FieldType.EMAIL and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text, re.A):
        raise ValueError("not an email address")
    if kind is FieldType.URL and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", text, re.A):
        raise ValueError("not a URL")
    return text


def _preset_number(field: EntityField, limit: Bounds, value: Decimal) -> object:
    whole = value == value.to_integral_value()
    if not limit.low <= value <= limit.high or (field.type is FieldType.INTEGER and not whole):
        raise ValueError("out of bounds")
    if field.type is FieldType.DECIMAL:
        if Decimal(plain(value)) != value:
            raise ValueError("too many decimal places")
        return plain(value)
    return float(value) if field.type is FieldType.FLOAT else int(value)


def base(field: EntityField, limit: Bounds) -> Decimal:
    """The number that examples and samples begin at."""
    if field.minimum is not None:
        return limit.low
    if field.maximum is None:
        return Decimal(1)
    low = max(limit.low, limit.high - 999)
    return Decimal(1) if low <= 1 <= limit.high else low


def plain_text(field: EntityField, limit: Bounds) -> str:
    """A text that the field takes."""
    low, high = int(limit.low), int(limit.high)
    return f"{label(field.name).capitalize()} text"[:high].strip().ljust(low, "x")


def example(field: EntityField, limit: Bounds) -> object:
    """A value as it is sent in JSON."""
    kind = field.type
    if kind in TEXTUAL:
        return plain_text(field, limit)
    if kind is FieldType.ENUM:
        return field.values[0]
    if kind is FieldType.DECIMAL:
        return plain(ceiling(base(field, limit)))
    if kind is FieldType.FLOAT:
        return float(base(field, limit))
    if kind is FieldType.INTEGER:
        return int(base(field, limit))
    return FIXED[kind]
