"""Values for tests in Rust, as expressions in `json!`: valid, distinct, and refused ones."""

from __future__ import annotations

from decimal import Decimal

from autonomous_coder.languages.common import wire
from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.naming import pascal
from autonomous_coder.languages.rust.pack_literals import literal, real, typed, units, whole
from autonomous_coder.models.spec import EntityField, FieldType

UNIQUE = {
    FieldType.BOOLEAN: "number % 2 == 1",
    FieldType.DATE: "day(number)",
    FieldType.DATETIME: 'format!("{}T00:00:00Z", day(number))',
    FieldType.EMAIL: 'format!("person{number}@example.com")',
    FieldType.URL: 'format!("https://example.com/{number}")',
    FieldType.UUID: 'format!("00000000-0000-4000-8000-{number:012}")',
}


def sample(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    """An expression in which `number` (0, 1, 2, ...) makes the value distinct when unique."""
    kind = field.type
    if kind in TEXTUAL:
        return _text(field, limit)
    if kind in NUMERIC:
        return _number(field, limit)
    if kind is FieldType.ENUM:
        if not field.unique or len(values) == 1:
            return literal(values[0])
        listed = ", ".join(map(literal, values))
        return f"&[{listed}][number as usize % {len(values)}]"
    if field.unique:
        return UNIQUE[kind]
    value = wire.FIXED[kind]
    return "true" if value is True else literal(value)


def numbered(field: EntityField, expression: str) -> bool:
    """Whether a sample says `number`."""
    return field.unique and "number" in expression


def invalid(field: EntityField, limit: Bounds) -> str:
    """An expression of a value that validation refuses."""
    if field.type in TEXTUAL:
        return f'"x".repeat({int(limit.high) + 1})'
    if field.type in NUMERIC and field.maximum is not None and abs(limit.high) < 10**12:
        beyond = limit.high + 1
        if field.type is FieldType.DECIMAL:
            return literal(wire.plain(wire.ceiling(beyond)))
        return typed(beyond) if field.type is FieldType.INTEGER else real(beyond)
    return '"not valid"'


def _text(field: EntityField, limit: Bounds) -> str:
    low, high = int(limit.low), int(limit.high)
    if not field.unique:
        return literal(wire.plain_text(field, limit)) if low <= 60 else f'"x".repeat({low})'
    digits = min(3, high)
    prefix = pascal(field.name)[: max(0, min(high - digits, 20))]
    missing = max(0, low - len(prefix) - digits)
    if digits == 3:
        text = f'format!("{prefix}{{number:03}}")'
    else:
        text = f'format!("{prefix}{{:0{digits}}}", number % {10**digits})'
    return f'{text} + &"x".repeat({missing})' if missing else text


def _number(field: EntityField, limit: Bounds) -> str:
    first = wire.base(field, limit)
    span = int(min(limit.high - first, Decimal(999))) + 1
    distinct = field.unique and span > 1
    turn = "number" if span > 900 else f"number % {span}"
    if field.type is FieldType.DECIMAL:
        start = wire.ceiling(first)
        if not distinct:
            return literal(wire.plain(start))
        step = f"10_000 * i64::from({turn})"
        total = f"{units(start)} + {step}" if start else step
        return f"Decimal::from_ten_thousandths({total}).to_string()"
    if field.type is FieldType.FLOAT:
        return f"{real(first)} + f64::from({turn})" if distinct else real(first)
    if not distinct:
        return typed(first)
    return f"{whole(first)} + i64::from({turn})" if first else turn
