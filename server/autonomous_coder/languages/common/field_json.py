"""What a field is in JSON: its schema, its default, an example, in every language alike."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal, InvalidOperation

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.wire import (
    BOOLEANS,
    FIXED,
    base,
    json_number,
    plain_text,
)
from autonomous_coder.models.spec import EntityField, FieldType

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_URL = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?")


def plain(value: Decimal, rounding: str = "ROUND_HALF_EVEN") -> str:
    """A decimal with at most four places, without an exponent."""
    exact = value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding=rounding)
    return f"{exact.normalize():f}"


def example(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> object:
    """A value as it is sent."""
    kind = field.type
    if kind in TEXTUAL:
        return plain_text(field, limit)
    if kind is FieldType.ENUM:
        return members[0]
    if kind is FieldType.DECIMAL:
        return plain(base(field, limit), "ROUND_CEILING")
    if kind in NUMERIC:
        return json_number(base(field, limit))
    return FIXED[kind]


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
        if text.lower() not in BOOLEANS:
            raise ValueError("not a boolean")
        return BOOLEANS[text.lower()]
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
        return json_number(value)
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
