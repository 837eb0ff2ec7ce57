"""What property tests make of a field: values that it takes, and values beyond its bounds.

Both are Hypothesis strategies of JSON values, written as expressions; `st` is their module.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, TEXTUAL, Bounds, bounds
from autonomous_coder.languages.python.pack_property_view import PropertyView
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

FEATURE = "property_tests"
_ROOM = 40
"""How much longer than it must be a text gets."""
_LONGEST = 60
"""Texts that have to be longer than this are one letter, over and over."""
_PLAIN = {
    FieldType.BOOLEAN: "st.booleans()",
    FieldType.DATE: "st.dates().map(str)",
    FieldType.DATETIME: "st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)",
    FieldType.EMAIL: 'st.from_regex(r"[a-z]{1,20}@[a-z]{1,20}\\.(com|org)", fullmatch=True)',
    FieldType.URL: 'st.from_regex(r"https://[a-z]{1,20}\\.(com|org)/[a-z]{0,20}", fullmatch=True)',
    FieldType.UUID: "st.uuids().map(str)",
}


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
    limit = bounds(entity, field)
    taken = _taken(field, limit)
    if not field.required:
        taken = f"st.none() | {taken}"
    return PropertyView(field.name, taken, _refused(field, limit))


def _taken(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        if low > _LONGEST:
            return _long(low)
        return f"st.text(SHOWN, min_size={low}, max_size={min(high, low + _ROOM)})"
    if kind is FieldType.INTEGER:
        return f"st.integers({int(limit.low)}, {int(limit.high)})"
    if kind is FieldType.FLOAT:
        least = repr(float(limit.low)) if field.minimum is not None else "None"
        most = repr(float(limit.high)) if field.maximum is not None else "None"
        return f"st.floats({least}, {most}, allow_nan=False, allow_infinity=False)"
    if kind is FieldType.DECIMAL:
        return (
            f'st.decimals("{_placed(limit.low, "ROUND_CEILING")}", '
            f'"{_placed(limit.high, "ROUND_FLOOR")}", places={DECIMAL_PLACES}).map(str)'
        )
    if kind is FieldType.ENUM:
        return f"st.sampled_from({list(dict.fromkeys(field.values))!r})"
    return _PLAIN[kind]


def _refused(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        over = int(limit.high) + 1
        exact = f"st.text(SHOWN, min_size={over}, max_size={over})"
        return exact if over <= _LONGEST else _long(over)
    if kind is FieldType.INTEGER:
        low, high = int(limit.low), int(limit.high)
        return f"st.integers(max_value={low - 1}) | st.integers(min_value={high + 1})"
    if kind is FieldType.ENUM:
        return f"st.text(SHOWN).filter(lambda text: text not in {list(field.values)!r})"
    if kind in {FieldType.FLOAT, FieldType.DECIMAL} and field.maximum is not None:
        return f"st.integers({int(limit.high) + 1}, {int(limit.high) + 10**6})"
    if kind in {FieldType.DATE, FieldType.DATETIME, FieldType.UUID}:
        return "st.text(LETTERS, max_size=20)"
    return ""


def _long(size: int) -> str:
    return f"st.sampled_from(LETTERS).map(lambda letter: letter * {size})"


def _placed(value: Decimal, rounding: str) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding=rounding):f}"
