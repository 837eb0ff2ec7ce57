"""Values for tests in Java: valid, distinct, and refused ones, as they are sent in JSON."""

from __future__ import annotations

from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.field_json import example, plain
from autonomous_coder.languages.common.naming import pascal
from autonomous_coder.languages.common.wire import FIXED, base
from autonomous_coder.languages.java.pack_literals import literal, number
from autonomous_coder.models.spec import EntityField, FieldType

UNIQUE = {
    FieldType.BOOLEAN: "number % 2 == 1",
    FieldType.DATE: "LocalDate.of(2026, 1, 1).plusDays(number)",
    FieldType.DATETIME: 'LocalDate.of(2026, 1, 1).plusDays(number) + "T00:00:00Z"',
    FieldType.EMAIL: '"person%d@example.com".formatted(number)',
    FieldType.URL: '"https://example.com/%d".formatted(number)',
    FieldType.UUID: "new UUID(0, number)",
}


def sample(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> str:
    """An expression in which `number` (0, 1, 2, ...) makes the value distinct when unique."""
    kind = field.type
    if kind in TEXTUAL:
        return _text(field, limit, members)
    if kind in NUMERIC:
        return _number(field, limit)
    if kind is FieldType.ENUM:
        if not field.unique:
            return literal(members[0])
        listed = ", ".join(map(literal, members))
        return f"List.of({listed}).get(number % {len(members)})"
    if field.unique:
        return UNIQUE[kind]
    value = FIXED[kind]
    return "true" if value is True else literal(value)


def invalid(field: EntityField, limit: Bounds) -> str:
    """An expression of a value that validation refuses."""
    if field.type in TEXTUAL:
        return f'"x".repeat({int(limit.high) + 1})'
    if field.type in NUMERIC and field.maximum is not None and abs(limit.high) < 10**12:
        beyond = limit.high + 1
        return literal(plain(beyond)) if field.type is FieldType.DECIMAL else number(beyond)
    return '"not valid"'


def _text(field: EntityField, limit: Bounds, members: tuple[str, ...]) -> str:
    low, high = int(limit.low), int(limit.high)
    if not field.unique:
        return literal(example(field, limit, members)) if low <= 60 else f'"x".repeat({low})'
    digits = min(3, high)
    prefix = pascal(field.name)[: max(0, min(high - digits, 20))]
    missing = max(0, low - len(prefix) - digits)
    counted = f"number % {10**digits}"
    text = f"{literal(f'{prefix}%0{digits}d')}.formatted({counted})"
    return f'{text} + "x".repeat({missing})' if missing else text


def _number(field: EntityField, limit: Bounds) -> str:
    first = base(field, limit)
    span = int(min(limit.high - first, Decimal(999))) + 1
    if field.type is FieldType.DECIMAL:
        text = literal(plain(first, "ROUND_CEILING"))
        if not field.unique:
            return text
        added = f"BigDecimal.valueOf(number % {span})"
        return f"new BigDecimal({text}).add({added}).toPlainString()"
    if field.type is FieldType.FLOAT:
        text = repr(float(first))
        return f"{text} + number % {span}" if field.unique else text
    return f"{number(first)} + number % {span}" if field.unique else number(first)
