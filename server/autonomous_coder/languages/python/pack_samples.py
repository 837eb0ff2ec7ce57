"""Values for tests and documents: valid ones, distinct ones, and ones that are refused."""

from __future__ import annotations

import ast
import json
import math
from decimal import Decimal

from autonomous_coder.languages.common.bounds import (
    DECIMAL_PLACES,
    NUMERIC,
    TEXTUAL,
    Bounds,
)
from autonomous_coder.languages.common.naming import label, pascal
from autonomous_coder.models.spec import EntityField, FieldType


def sample(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    """An expression in which `number` (0, 1, 2, ...) makes the value distinct when unique."""
    kind = field.type
    if kind in TEXTUAL:
        return _text_sample(field, limit)
    if kind in NUMERIC:
        return _number_sample(field, limit)
    if kind is FieldType.ENUM:
        if not field.unique:
            return repr(values[0])
        return f"{list(values)!r}[number % {len(values)}]"
    unique = {
        FieldType.BOOLEAN: "number % 2 == 1",
        FieldType.DATE: "(dt.date(2026, 1, 1) + dt.timedelta(days=number)).isoformat()",
        FieldType.DATETIME: "(dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number))"
        '.isoformat().replace("+00:00", "Z")',
        FieldType.EMAIL: 'f"person{number}@example.com"',
        FieldType.URL: 'f"https://example.com/{number}"',
        FieldType.UUID: "str(uuid.UUID(int=number))",
    }
    fixed = {
        FieldType.BOOLEAN: "True",
        FieldType.DATE: '"2026-01-31"',
        FieldType.DATETIME: '"2026-01-31T12:30:00Z"',
        FieldType.EMAIL: '"person@example.com"',
        FieldType.URL: '"https://example.com/page"',
        FieldType.UUID: '"12345678-1234-5678-1234-567812345678"',
    }
    return (unique if field.unique else fixed)[kind]


def example(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    literal = sample(field.model_copy(update={"unique": False}), limit, values)
    if "*" in literal:
        return json.dumps("x" * int(limit.low))
    return json.dumps(ast.literal_eval(literal))


def _text_sample(field: EntityField, limit: Bounds) -> str:
    low, high = int(limit.low), int(limit.high)
    word = pascal(field.name)
    if not field.unique:
        text = f"{label(field.name).capitalize()} text".replace("_", "")[:high].strip()
        return repr(text.ljust(min(low, 60), "x")) if low <= 60 else f'"x" * {low}'
    digits = min(3, high)
    room = high - digits
    prefix = word[: max(0, min(room, 20))]
    missing = low - len(prefix) - digits
    padding = f' + "x" * {missing}' if missing > 0 else ""
    return f'f"{prefix}{{number % {10**digits}:0{digits}}}"{padding}'


def _number_sample(field: EntityField, limit: Bounds) -> str:
    base = limit.low if field.minimum is not None else min(Decimal(1), limit.high)
    if field.minimum is None and field.maximum is not None:
        base = max(limit.low, limit.high - 999)
        base = Decimal(1) if base <= 1 <= limit.high else base
    span = int(min(limit.high - base, Decimal(999))) + 1
    if field.type is FieldType.INTEGER:
        return f"{int(base)} + number % {span}" if field.unique else str(int(base))
    if field.type is FieldType.FLOAT:
        text = repr(float(base))
        return f"{text} + number % {span}" if field.unique else text
    quantum = Decimal(1).scaleb(-DECIMAL_PLACES)
    whole = f"{base.quantize(quantum, rounding='ROUND_CEILING').normalize():f}"
    if field.unique:
        return f'str(Decimal("{whole}") + number % {span})'
    return f'"{whole}"'


def invalid(field: EntityField, limit: Bounds) -> str:
    if field.type in TEXTUAL:
        return f'"x" * {int(limit.high) + 1}'
    if field.type in NUMERIC and field.maximum is not None and abs(limit.high) < 10**12:
        # A whole number is the same in every format that it is read from.
        return str(math.floor(limit.high) + 1)
    return '"not valid"'
