"""Records that a list of a site begins with: valid, and no two alike."""

from __future__ import annotations

from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds, bounds
from autonomous_coder.languages.common.naming import label
from autonomous_coder.models.spec import EntityField, FieldType

_PLAIN = {
    FieldType.DATE: "2026-01-{:02}",
    FieldType.DATETIME: "2026-01-{:02}T12:30:00Z",
    FieldType.EMAIL: "person{}@example.com",
    FieldType.URL: "https://example.com/{}",
    FieldType.UUID: "3f2b8c1e-9d4a-4c7b-8e21-{:012}",
}


def record(entity: str, field: EntityField, number: int, called: str = "") -> object:
    """A value for the record of this number (1, 2, ...), as JSON holds it; a text begins with what
    it is `called`, else with the field's name."""
    if field.type is FieldType.BOOLEAN:
        return number % 2 == 1
    if field.type is FieldType.ENUM:
        return field.values[(number - 1) % len(field.values)]
    if field.type in _PLAIN:
        return _PLAIN[field.type].format(number)
    limit = bounds(entity, field)
    if field.type in TEXTUAL:
        return _text(called or label(field.name), limit, number)
    if field.type in NUMERIC:
        return _number(field, limit, number)
    raise AssertionError(field.type)


def _text(called: str, limit: Bounds, number: int) -> str:
    low, high = int(limit.low), int(limit.high)
    mark = f" {number}"
    text = called.capitalize()[: max(0, high - len(mark))] + mark
    return text.strip().ljust(min(low, 2000), "x")[:high]


def _number(field: EntityField, limit: Bounds, number: int) -> object:
    base = limit.low if field.minimum is not None else min(Decimal(number), limit.high)
    value = min(base + number if field.minimum is not None else base, limit.high)
    if field.type is FieldType.DECIMAL:
        return f"{value:f}" if value != value.to_integral_value() else f"{value:.2f}"
    return int(value) if value == value.to_integral_value() else float(value)
