"""What property tests make of a field: values that it takes, and values beyond its bounds.

Both are arbitraries of fast-check for JSON values, written as expressions; `fc` is its module,
`text` and `letters` are functions beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, TEXTUAL, Bounds
from autonomous_coder.languages.node.pack_fields import SAFE_INTEGER, field_bounds, literal
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

if TYPE_CHECKING:
    from autonomous_coder.languages.node.pack_view import SpecView

FEATURE = "property_tests"
_ROOM = 40
"""How much longer than it must be a text gets."""
_LONGEST = 60
"""Texts that have to be longer than this are one letter, over and over."""
_PLAIN = {
    FieldType.BOOLEAN: "fc.boolean()",
    FieldType.DATE: "MOMENTS.map((moment) => moment.slice(0, 10))",
    FieldType.DATETIME: "MOMENTS",
    FieldType.EMAIL: r"fc.stringMatching(/^[a-z]{1,20}@[a-z]{1,20}\.(com|org)$/)",
    FieldType.URL: r"fc.stringMatching(/^https:\/\/[a-z]{1,20}\.(com|org)\/[a-z]{0,20}$/)",
    FieldType.UUID: "fc.uuid()",
}


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A field: values it takes, and those it refuses (empty where there are none to be made up)."""

    name: str
    taken: str
    refused: str


def with_properties(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the values of each entity's fields, where property tests are asked for."""
    if FEATURE not in view.features:
        return view
    stored = {entity.name for entity in view.entities}
    made = {
        entity.name: tuple(_property(entity.name, field) for field in entity.fields)
        for entity in spec.entities
        if entity.name in stored
    }
    return replace(view, properties=made)


def _property(entity: str, field: EntityField) -> PropertyView:
    limit = field_bounds(entity, field)
    taken = _taken(field, limit)
    return PropertyView(
        field.name, taken if field.required else f"fc.option({taken})", _refused(field, limit)
    )


def _taken(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        return _long(low) if low > _LONGEST else f"text({low}, {min(high, low + _ROOM)})"
    if kind is FieldType.INTEGER:
        return _between(int(limit.low), int(limit.high))
    if kind is FieldType.FLOAT:
        known = {"min": field.minimum, "max": field.maximum}
        edges = {"min": repr(float(limit.low)), "max": repr(float(limit.high))}
        given = [f"{name}: {edges[name]}" for name, asked in known.items() if asked is not None]
        options = ", ".join([*given, "noNaN: true", "noDefaultInfinity: true"])
        return f"fc.double({{ {options} }}).map((value) => value + 0)"
    if kind is FieldType.DECIMAL:
        unit = Decimal(10) ** DECIMAL_PLACES
        low = int((limit.low * unit).to_integral_value(ROUND_CEILING))
        high = int((limit.high * unit).to_integral_value(ROUND_FLOOR))
        return f"{_between(low, high)}.map((units) => String(units / {unit}))"
    if kind is FieldType.ENUM:
        return f"fc.constantFrom({_values(field)})"
    return _PLAIN[kind]


def _refused(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        over = int(limit.high) + 1
        return f"text({over}, {over})" if over <= _LONGEST else _long(over)
    if kind is FieldType.INTEGER:
        low, high = int(limit.low), int(limit.high)
        below = [_between(-SAFE_INTEGER, low - 1)] if low > -SAFE_INTEGER else []
        above = [_between(high + 1, SAFE_INTEGER)] if high < SAFE_INTEGER else []
        return f"fc.oneof({', '.join(below + above)})" if below or above else ""
    if kind is FieldType.ENUM:
        return f"text(1, 20).filter((value) => ![{_values(field)}].includes(value))"
    if kind in {FieldType.FLOAT, FieldType.DECIMAL} and field.maximum is not None:
        beyond = _between(int(limit.high) + 1, int(limit.high) + 10**6)
        return f"{beyond}.map(String)" if kind is FieldType.DECIMAL else beyond
    if kind in {FieldType.DATE, FieldType.DATETIME, FieldType.UUID}:
        return "letters"
    return ""


def _between(low: int, high: int) -> str:
    return f"fc.integer({{ min: {low}, max: {high} }})"


def _values(field: EntityField) -> str:
    return ", ".join(literal(value) for value in dict.fromkeys(field.values))


def _long(size: int) -> str:
    return f'fc.constantFrom("a", "Z").map((letter) => letter.repeat({size}))'
