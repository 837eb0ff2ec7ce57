"""Values for tests and documents in Go: valid, distinct, and refused ones."""

from __future__ import annotations

import json
from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.common.naming import label, pascal
from autonomous_coder.languages.go.pack_literals import literal, number, units
from autonomous_coder.models.spec import EntityField, FieldType

UNIQUE = {
    FieldType.BOOLEAN: "number%2 == 1",
    FieldType.DATE: "day(number)",
    FieldType.DATETIME: 'day(number) + "T00:00:00Z"',
    FieldType.EMAIL: 'fmt.Sprintf("person%d@example.com", number)',
    FieldType.URL: 'fmt.Sprintf("https://example.com/%d", number)',
    FieldType.UUID: 'fmt.Sprintf("00000000-0000-4000-8000-%012d", number)',
}
FIXED: dict[FieldType, object] = {
    FieldType.BOOLEAN: True,
    FieldType.DATE: "2026-01-31",
    FieldType.DATETIME: "2026-01-31T12:30:00Z",
    FieldType.EMAIL: "person@example.com",
    FieldType.URL: "https://example.com/page",
    FieldType.UUID: "3f2b8c1e-9d4a-4c7b-8e21-5a6f7c8d9e10",
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
            return literal(values[0])
        listed = ", ".join(map(literal, values))
        return f"[]string{{{listed}}}[number%{len(values)}]"
    if field.unique:
        return UNIQUE[kind]
    value = FIXED[kind]
    return "true" if value is True else literal(value)


def example(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> object:
    """A value as it is sent in JSON."""
    kind = field.type
    if kind in TEXTUAL:
        return _plain_text(field, limit)
    if kind is FieldType.ENUM:
        return values[0]
    if kind is FieldType.DECIMAL:
        exact = _base(field, limit).quantize(Decimal("0.0001"), rounding="ROUND_CEILING")
        return f"{exact.normalize():f}"
    if kind in NUMERIC:
        base = _base(field, limit)
        return int(base) if base == base.to_integral_value() else float(base)
    return FIXED[kind]


def invalid(field: EntityField, limit: Bounds) -> str:
    """An expression of a value that validation refuses."""
    if field.type in TEXTUAL:
        return f'strings.Repeat("x", {int(limit.high) + 1})'
    if field.type in NUMERIC and field.maximum is not None and abs(limit.high) < 10**12:
        beyond = limit.high + 1
        if field.type is FieldType.DECIMAL:
            return literal(f"{beyond.quantize(Decimal('0.0001')):f}")
        return number(beyond)
    return '"not valid"'


def _plain_text(field: EntityField, limit: Bounds) -> str:
    low, high = int(limit.low), int(limit.high)
    return f"{label(field.name).capitalize()} text"[:high].strip().ljust(low, "x")


def _text(field: EntityField, limit: Bounds) -> str:
    low, high = int(limit.low), int(limit.high)
    if not field.unique:
        plain = _plain_text(field, limit)
        return literal(plain) if low <= 60 else f'strings.Repeat("x", {low})'
    digits = min(3, high)
    prefix = pascal(field.name)[: max(0, min(high - digits, 20))]
    missing = max(0, low - len(prefix) - digits)
    counted = "number" if digits == 3 else f"number%{10**digits}"
    text = f"fmt.Sprintf({literal(f'{prefix}%0{digits}d')}, {counted})"
    return f'{text} + strings.Repeat("x", {missing})' if missing else text


def _base(field: EntityField, limit: Bounds) -> Decimal:
    if field.minimum is not None:
        return limit.low
    if field.maximum is None:
        return Decimal(1)
    base = max(limit.low, limit.high - 999)
    return Decimal(1) if base <= 1 <= limit.high else base


def _number(field: EntityField, limit: Bounds) -> str:
    base = _base(field, limit)
    span = int(min(limit.high - base, Decimal(999))) + 1
    turn = "number" if span > 900 else f"number%{span}"
    if field.type is FieldType.DECIMAL:
        if not field.unique:
            return json.dumps(example(field, limit, ()))
        first = units(base.quantize(Decimal("0.0001"), rounding="ROUND_CEILING"))
        return f"store.Decimal({first} + 10_000*({turn})).String()"
    if not field.unique:
        return number(base)
    turn = f"float64({turn})" if field.type is FieldType.FLOAT else turn
    return f"{number(base)} + {turn}"
