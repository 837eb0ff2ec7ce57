"""The rules of a field as calls of the class `Checks`, which tells all that is wrong at once."""

from __future__ import annotations

from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds
from autonomous_coder.languages.java.pack_literals import literal, number
from autonomous_coder.models.spec import EntityField, FieldType

CHECKS = "checks"
"""The variable that holds the checks of a record."""
PLAIN = {FieldType.EMAIL: "email", FieldType.URL: "url", FieldType.DATETIME: "moment"}
_OPEN = {FieldType.FLOAT: "Double.MAX_VALUE", FieldType.DECIMAL: "Checks.LARGEST"}


def check(field: EntityField, limit: Bounds, java: str, *, firm: bool) -> str:
    """An expression that makes a value of what the variable `java` holds; empty where every value
    is fine. A `firm` value cannot be null by its type."""
    value = java
    name = literal(field.name)
    if field.required and not firm:
        value = f"{CHECKS}.given({name}, {value})"
    function, arguments = _rule(field, limit)
    if function:
        value = f"{CHECKS}.{function}({', '.join([name, value, *arguments])})"
    return "" if value == java else value


def choice(field: EntityField, java: str) -> str:
    """The same for one of several texts."""
    listed = ", ".join(map(literal, dict.fromkeys(field.values)))
    return f"{CHECKS}.oneOf({literal(field.name)}, {java}, List.of({listed}))"


def _rule(field: EntityField, limit: Bounds) -> tuple[str, tuple[str, ...]]:
    kind = field.type
    if kind in TEXTUAL:
        return "text", (str(int(limit.low)), str(int(limit.high)))
    if kind is FieldType.INTEGER:
        return "between", (number(limit.low, wide=True), number(limit.high, wide=True))
    if kind in NUMERIC:
        low = _bound(kind, limit.low) if field.minimum is not None else f"-{_OPEN[kind]}"
        high = _bound(kind, limit.high) if field.maximum is not None else _OPEN[kind]
        if kind is FieldType.DECIMAL:
            low = low.replace("-Checks.LARGEST", "Checks.LARGEST.negate()")
        return ("decimal" if kind is FieldType.DECIMAL else "between"), (low, high)
    return PLAIN.get(kind, ""), ()


def _bound(kind: FieldType, value: Decimal) -> str:
    if kind is FieldType.DECIMAL:
        return f"new BigDecimal({literal(f'{value.normalize():f}')})"
    return repr(float(value))
