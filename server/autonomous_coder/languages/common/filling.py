"""What rows that are there already are given when a field is added to their table, in SQL."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, NUMERIC, TEXTUAL, Bounds
from autonomous_coder.models.spec import EntityField, FieldType

NEUTRAL: dict[FieldType, str] = {
    FieldType.EMAIL: "unknown@example.com",
    FieldType.URL: "https://example.com/",
    FieldType.DATE: "1970-01-01",
    FieldType.DATETIME: "1970-01-01T00:00:00Z",
    FieldType.UUID: "00000000-0000-0000-0000-000000000000",
}


def fill(
    field: EntityField,
    limit: Bounds,
    values: tuple[str, ...],
    preset: object,
    moment: Callable[[str], str],
) -> str:
    """A value in SQL: the field's default (`preset`, in JSON), else the most neutral value that it
    accepts; empty when one value for all rows cannot do. `moment` writes a time as SQL has it;
    decimals are whole numbers of ten-thousandths."""
    kind = field.type
    if field.unique:
        return ""
    if kind is FieldType.BOOLEAN:
        return "1" if preset is True else "0"
    if kind in NUMERIC:
        zero = min(max(Decimal(0), limit.low), limit.high)
        return _number(kind, zero if preset is None else Decimal(str(preset)))
    if kind is FieldType.DATETIME:
        return moment(str(preset or NEUTRAL[kind]))
    if preset is not None:
        return text(str(preset))
    if kind in TEXTUAL:
        return text("-" * int(limit.low))
    return text(values[0] if values else NEUTRAL[kind])


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def _number(kind: FieldType, value: Decimal) -> str:
    if kind is FieldType.DECIMAL:
        return str(int(value.scaleb(DECIMAL_PLACES)))
    return str(int(value)) if kind is FieldType.INTEGER else repr(float(value))
