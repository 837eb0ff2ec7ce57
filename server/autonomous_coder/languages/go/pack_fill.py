"""What rows that are there already are given when a field is added to their table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.go.pack_literals import units
from autonomous_coder.models.spec import EntityField, FieldType

NEUTRAL: dict[FieldType, str] = {
    FieldType.EMAIL: "unknown@example.com",
    FieldType.URL: "https://example.com/",
    FieldType.DATE: "1970-01-01",
    FieldType.DATETIME: "1970-01-01T00:00:00Z",
    FieldType.UUID: "00000000-0000-0000-0000-000000000000",
}


def fill(field: EntityField, limit: Bounds, values: tuple[str, ...], preset: object) -> str:
    """A value in SQL: the field's default (`preset`, in JSON), else the most neutral value that it
    accepts; empty when one value for all rows cannot do."""
    kind = field.type
    if field.unique:
        return ""
    if kind is FieldType.BOOLEAN:
        return "1" if preset is True else "0"
    if kind in NUMERIC:
        zero = min(max(Decimal(0), limit.low), limit.high)
        return _number(kind, zero if preset is None else Decimal(str(preset)))
    if kind is FieldType.DATETIME:
        moment = dt.datetime.fromisoformat(str(preset or NEUTRAL[kind]))
        return str(int(moment.timestamp()) * 10**6)
    if preset is not None:
        return _text(str(preset))
    if kind in TEXTUAL:
        return _text("-" * int(limit.low))
    return _text(values[0] if values else NEUTRAL[kind])


def _number(kind: FieldType, value: Decimal) -> str:
    if kind is FieldType.DECIMAL:
        return str(units(value))
    return str(int(value)) if kind is FieldType.INTEGER else repr(float(value))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
