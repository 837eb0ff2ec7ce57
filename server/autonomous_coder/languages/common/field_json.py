"""What a field is in JSON: its schema, its default, an example, in every language alike."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.naming import label
from autonomous_coder.models.spec import EntityField, FieldType

FORMATS = {
    FieldType.DATE: "date",
    FieldType.DATETIME: "date-time",
    FieldType.EMAIL: "email",
    FieldType.URL: "uri",
    FieldType.UUID: "uuid",
}
TYPES = {
    FieldType.INTEGER: "integer",
    FieldType.FLOAT: "number",
    FieldType.BOOLEAN: "boolean",
}
EXAMPLES: dict[FieldType, object] = {
    FieldType.BOOLEAN: True,
    FieldType.DATE: "2026-01-31",
    FieldType.DATETIME: "2026-01-31T12:30:00Z",
    FieldType.EMAIL: "person@example.com",
    FieldType.URL: "https://example.com/page",
    FieldType.UUID: "3f2b8c1e-9d4a-4c7b-8e21-5a6f7c8d9e10",
}
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_URL = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?")


def schema(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> dict[str, object]:
    """The JSON schema of a value in a body; null apart."""
    kind = field.type
    made: dict[str, object] = {"type": TYPES.get(kind, "string")}
    if kind in FORMATS:
        made["format"] = FORMATS[kind]
    if kind is FieldType.ENUM:
        made["enum"] = list(members)
    elif kind in TEXTUAL:
        made |= {"minLength": int(limit.low), "maxLength": int(limit.high)}
    elif kind is FieldType.DECIMAL:
        made |= {"pattern": r"^-?\d{1,14}(\.\d{1,4})?$"}
    elif kind in NUMERIC:
        if kind is FieldType.INTEGER or field.minimum is not None:
            made["minimum"] = number(limit.low)
        if kind is FieldType.INTEGER or field.maximum is not None:
            made["maximum"] = number(limit.high)
    return made


def number(value: Decimal) -> int | float:
    """As JSON has it: whole where it is."""
    return int(value) if value == value.to_integral_value() else float(value)


def plain(value: Decimal, rounding: str = "ROUND_HALF_EVEN") -> str:
    """A decimal in four places, without an exponent."""
    return f"{value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding=rounding):f}"


def lowest(field: EntityField, limit: Bounds) -> Decimal:
    """A small number that the field can hold, with room for others above it."""
    if field.minimum is not None:
        return limit.low
    if field.maximum is None:
        return Decimal(1)
    base = max(limit.low, limit.high - 999)
    return Decimal(1) if base <= 1 <= limit.high else base


def example(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> object:
    """A value as it is sent."""
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        return f"{label(field.name).capitalize()} text"[:high].strip().ljust(low, "x")
    if kind is FieldType.ENUM:
        return members[0]
    if kind is FieldType.DECIMAL:
        return plain(lowest(field, limit), "ROUND_CEILING")
    if kind in NUMERIC:
        return number(lowest(field, limit))
    return EXAMPLES[kind]


def preset(entity: str, field: EntityField, limit: Bounds) -> object:
    """The default, checked against the field's own rules; None when there is none.

    Raises:
        InvalidInputError: the field cannot hold its default.
    """
    value = field.default
    if value is None:
        return None
    try:
        return _preset(field, limit, value)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise InvalidInputError(
            f"the default {value!r} of '{entity}.{field.name}' is no valid {field.type.value}",
            hint="Give a default that the field's own type and bounds accept, or leave it out.",
        ) from error


def _preset(field: EntityField, limit: Bounds, value: str | int | float | bool) -> object:
    kind, text = field.type, str(value)
    if kind is FieldType.BOOLEAN:
        if text.lower() not in WORDS:
            raise ValueError("not a boolean")
        return WORDS[text.lower()]
    if kind in NUMERIC:
        return _number(field, limit, Decimal(text))
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        return f"{moment.astimezone(dt.UTC).replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
    return _text(field, limit, text)


def _number(field: EntityField, limit: Bounds, value: Decimal) -> object:
    whole = value == value.to_integral_value()
    if not limit.low <= value <= limit.high or (field.type is FieldType.INTEGER and not whole):
        raise ValueError("out of bounds")
    if field.type is not FieldType.DECIMAL:
        return number(value)
    if Decimal(plain(value)) != value:
        raise ValueError("too many decimal places")
    return plain(value)


def _text(field: EntityField, limit: Bounds, text: str) -> str:
    kind = field.type
    if kind in TEXTUAL:
        if not limit.low <= len(text.strip()) <= limit.high or "\x00" in text:
            raise ValueError("length out of bounds")
        return text.strip()
    if kind is FieldType.DATE:
        return dt.date.fromisoformat(text).isoformat()
    if kind is FieldType.UUID:
        return str(uuid.UUID(text))
    refused = {
        FieldType.ENUM: text not in field.values,
        FieldType.EMAIL: not _EMAIL.fullmatch(text),
        FieldType.URL: not _URL.fullmatch(text),
    }
    if refused.get(kind, False):
        raise ValueError("not of the form it must have")
    return text
