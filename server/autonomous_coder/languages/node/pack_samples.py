"""Values for tests and documents in TypeScript: valid, distinct, and refused ones."""

from __future__ import annotations

import json
from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.naming import label, pascal
from autonomous_coder.models.spec import EntityField, FieldType

QUANTUM = Decimal("0.0001")
UNIQUE = {
    FieldType.BOOLEAN: "number % 2 === 1",
    FieldType.DATE: "day(number)",
    FieldType.DATETIME: "`${day(number)}T00:00:00.000Z`",
    FieldType.EMAIL: "`person${number}@example.com`",
    FieldType.URL: "`https://example.com/${number}`",
    FieldType.UUID: '`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`',
}
FIXED = {
    FieldType.BOOLEAN: "true",
    FieldType.DATE: '"2026-01-31"',
    FieldType.DATETIME: '"2026-01-31T12:30:00.000Z"',
    FieldType.EMAIL: '"person@example.com"',
    FieldType.URL: '"https://example.com/page"',
    FieldType.UUID: '"3f2b8c1e-9d4a-4c7b-8e21-5a6f7c8d9e10"',
}


def sample(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    """An expression in which `number` (0, 1, 2, ...) makes the value distinct when unique."""
    kind = field.type
    if kind in TEXTUAL:
        return _text(field, limit)
    if kind in NUMERIC:
        return _number(field, limit)
    if kind is FieldType.ENUM:
        if not field.unique:
            return json.dumps(values[0])
        return f"[{', '.join(map(json.dumps, values))}][number % {len(values)}]"
    return (UNIQUE if field.unique else FIXED)[kind]


def example(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    """A value as JSON."""
    literal = sample(field.model_copy(update={"unique": False}), limit, values)
    return json.dumps("x" * int(limit.low)) if ".repeat(" in literal else literal


def invalid(field: EntityField, limit: Bounds) -> str:
    """An expression of a value that validation refuses."""
    if field.type in TEXTUAL:
        return f'"x".repeat({int(limit.high) + 1})'
    if field.type in NUMERIC and field.maximum is not None and abs(limit.high) < 10**11:
        beyond = limit.high + 1
        if field.type is FieldType.DECIMAL:
            return f'"{beyond.quantize(QUANTUM):f}"'
        return str(int(beyond)) if beyond == beyond.to_integral_value() else repr(float(beyond))
    return '"not valid"'


def _text(field: EntityField, limit: Bounds) -> str:
    low, high = int(limit.low), int(limit.high)
    if not field.unique:
        text = f"{label(field.name).capitalize()} text"[:high].strip()
        return json.dumps(text.ljust(min(low, 60), "x")) if low <= 60 else f'"x".repeat({low})'
    digits = min(3, high)
    prefix = pascal(field.name)[: max(0, min(high - digits, 20))]
    missing = max(0, low - len(prefix) - digits)
    padding = f'${{"x".repeat({missing})}}' if missing > 40 else "x" * missing
    counted = "number" if digits == 3 else f"number % {10**digits}"
    return f'`{prefix}${{String({counted}).padStart({digits}, "0")}}{padding}`'


def _number(field: EntityField, limit: Bounds) -> str:
    base = limit.low if field.minimum is not None else min(Decimal(1), limit.high)
    if field.minimum is None and field.maximum is not None:
        base = max(limit.low, limit.high - 999)
        base = Decimal(1) if base <= 1 <= limit.high else base
    span = int(min(limit.high - base, Decimal(999))) + 1
    turn = "number" if span > 900 else f"(number % {span})"
    if field.type is FieldType.DECIMAL:
        whole = base.quantize(QUANTUM, rounding="ROUND_CEILING")
        text = f"{whole.normalize():f}"
        return f"String(Number(({text} + {turn}).toFixed(4)))" if field.unique else f'"{text}"'
    text = str(int(base)) if base == base.to_integral_value() else repr(float(base))
    return f"{text} + {turn}" if field.unique else text
