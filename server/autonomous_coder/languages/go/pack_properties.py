"""What property tests make of a field: values that it takes, and values beyond its bounds.

Both are generators of rapid for values in JSON, written as expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, TEXTUAL, Bounds, bounds
from autonomous_coder.languages.go.pack_literals import literal
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

_ROOM = 40
"""How much longer than it must be a text gets."""
_LONGEST = 60
"""Texts that have to be longer than this are one letter, over and over."""
_INT64 = 2**63 - 1
_PLAIN = {
    FieldType.BOOLEAN: "rapid.Bool().AsAny()",
    FieldType.DATE: "anyDay.AsAny()",
    FieldType.DATETIME: "anyMoment.AsAny()",
    FieldType.EMAIL: "rapid.StringMatching(`[a-z]{1,20}@[a-z]{1,20}\\.(com|org)`).AsAny()",
    FieldType.URL: "rapid.StringMatching(`https://[a-z]{1,20}\\.(com|org)/[a-z]{0,20}`).AsAny()",
    FieldType.UUID: "rapid.StringMatching(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).AsAny()",
}


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A field: values that it takes, and values that it refuses (empty for none)."""

    name: str
    taken: str
    refused: str
    optional: bool


def properties_of(spec: ProjectSpec, stored: frozenset[str]) -> dict[str, tuple[PropertyView, ...]]:
    """The fields of each entity that is stored, by its name."""
    return {
        entity.name: tuple(_property(entity.name, field) for field in entity.fields)
        for entity in spec.entities
        if entity.name in stored
    }


def _property(entity: str, field: EntityField) -> PropertyView:
    limit = bounds(entity, field)
    return PropertyView(
        field.name, _taken(field, limit), _refused(field, limit), not field.required
    )


def _taken(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        if low > _LONGEST:
            return _long(low)
        return f"rapid.StringOfN(shown, {low}, {min(high, low + _ROOM)}, -1).AsAny()"
    if kind is FieldType.INTEGER:
        return f"rapid.Int64Range({_whole(limit.low)}, {_whole(limit.high)}).AsAny()"
    if kind is FieldType.FLOAT:
        least = float(limit.low) if field.minimum is not None else -1e12
        most = float(limit.high) if field.maximum is not None else max(1e12, least)
        return f"rapid.Float64Range({min(least, most)!r}, {most!r}).AsAny()"
    if kind is FieldType.DECIMAL:
        return f"decimals({_units(limit.low, up=True)}, {_units(limit.high, up=False)}).AsAny()"
    if kind is FieldType.ENUM:
        listed = ", ".join(map(literal, dict.fromkeys(field.values)))
        return f"rapid.SampledFrom([]string{{{listed}}}).AsAny()"
    return _PLAIN[kind]


def _refused(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        return _long(int(limit.high) + 1)
    if kind is FieldType.INTEGER:
        low, high = int(limit.low) - 1, int(limit.high) + 1
        if low <= -_INT64 or high >= _INT64:
            return ""
        return f"rapid.OneOf(rapid.Int64Max({low}), rapid.Int64Min({high})).AsAny()"
    if kind is FieldType.ENUM:
        return 'rapid.StringMatching("[A-Z]{1,10}[0-9]{4}").AsAny()'
    if kind in {FieldType.FLOAT, FieldType.DECIMAL} and field.maximum is not None:
        most = int(limit.high) + 1
        return f"rapid.Int64Range({most}, {most + 10**6}).AsAny()"
    if kind in {FieldType.DATE, FieldType.DATETIME, FieldType.UUID}:
        return 'rapid.StringMatching("[a-z]{0,20}").AsAny()'
    return ""


def _long(size: int) -> str:
    return f'rapid.Just(strings.Repeat("x", {size})).AsAny()'


def _whole(value: Decimal) -> str:
    # JSON has numbers as floats: these are exact.
    return str(max(min(int(value), 2**53), -(2**53)))


def _units(value: Decimal, *, up: bool) -> str:
    rounding = "ROUND_CEILING" if up else "ROUND_FLOOR"
    return str(int(value.scaleb(DECIMAL_PLACES).to_integral_value(rounding=rounding)))
