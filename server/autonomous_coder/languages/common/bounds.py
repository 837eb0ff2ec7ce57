"""What values a field can hold: the spec's bounds, made whole by what the column can."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import EntityField, FieldType

STRING_LENGTH = 255
TEXT_LENGTH = 20_000
INT32 = 2**31 - 1
INT64 = 2**63 - 1
DECIMAL_DIGITS = 18
DECIMAL_PLACES = 4
DECIMAL_LIMIT = 10 ** (DECIMAL_DIGITS - DECIMAL_PLACES) - 1

UNLIMITED = 1000
"""A number of rows that tests never reach."""

TEXTUAL = frozenset({FieldType.STRING, FieldType.TEXT})
NUMERIC = frozenset({FieldType.INTEGER, FieldType.FLOAT, FieldType.DECIMAL})


@dataclass(frozen=True, slots=True)
class Bounds:
    """Inclusive bounds of a value or, for strings, of its length."""

    low: Decimal
    high: Decimal


def bounds(entity: str, field: EntityField) -> Bounds:
    """The field's bounds, made whole by what the column can hold."""
    low = None if field.minimum is None else _decimal(entity, field, field.minimum)
    high = None if field.maximum is None else _decimal(entity, field, field.maximum)
    if field.type in TEXTUAL:
        widest = STRING_LENGTH if field.type is FieldType.STRING else TEXT_LENGTH
        shortest = Decimal(1 if field.required else 0)
        result = Bounds(
            max(_ceil(low), shortest) if low is not None else shortest,
            _floor(high) if high is not None else max(Decimal(widest), _ceil(low or Decimal(0))),
        )
    elif field.type is FieldType.INTEGER:
        wide = (low is not None and abs(low) > INT32) or (high is not None and abs(high) > INT32)
        limit = Decimal(INT64 if wide else INT32)
        result = Bounds(
            max(_ceil(low), -limit) if low is not None else -limit,
            min(_floor(high), limit) if high is not None else limit,
        )
    elif field.type is FieldType.DECIMAL:
        limit = Decimal(DECIMAL_LIMIT)
        result = Bounds(
            max(low, -limit) if low is not None else -limit,
            min(high, limit) if high is not None else limit,
        )
    else:
        limit = Decimal("1e300")
        result = Bounds(low if low is not None else -limit, high if high is not None else limit)
    if result.low > result.high:
        raise InvalidInputError(
            f"no value of '{entity}.{field.name}' can lie between its bounds",
            hint="Give a 'minimum' and 'maximum' between which a value of its type fits.",
        )
    return result


def capacity(field: EntityField, limit: Bounds) -> int:
    """How many rows can hold distinct values of a field, at most `UNLIMITED`."""
    kind = field.type
    if kind is FieldType.BOOLEAN:
        return 2
    if kind is FieldType.ENUM:
        return len(set(field.values))
    if kind in TEXTUAL:
        return UNLIMITED if limit.high >= 3 else (100 if limit.high == 2 else 10)
    if kind in NUMERIC:
        return int(min(limit.high - limit.low, Decimal(UNLIMITED - 1))) + 1
    return UNLIMITED


def _decimal(entity: str, field: EntityField, value: float) -> Decimal:
    if not math.isfinite(value):
        raise InvalidInputError(
            f"a bound of '{entity}.{field.name}' is not a finite number",
            hint="Leave 'minimum' or 'maximum' out where there is no bound.",
        )
    return Decimal(str(value))


def _ceil(value: Decimal) -> Decimal:
    return Decimal(math.ceil(value))


def _floor(value: Decimal) -> Decimal:
    return Decimal(math.floor(value))
