"""Rows to try a service with: a few of each entity, valid, distinct, and linked to each other."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from autonomous_coder.languages.common.bounds import NUMERIC, TEXTUAL, Bounds, bounds, capacity
from autonomous_coder.languages.common.naming import label
from autonomous_coder.languages.common.pack_views import EntityView, RelationView, Seeds
from autonomous_coder.languages.common.purging import is_end
from autonomous_coder.languages.common.wire import base, ceiling
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec

MAX_ROWS = 3
"""Of each entity: enough to see lists, and few enough to read."""

_ORDINALS = ("First", "Second", "Third")
_NAMES = frozenset({"name", "title", "label"})
_MONDAY = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
_STEPS = {FieldType.INTEGER: "10", FieldType.DECIMAL: "9.5", FieldType.FLOAT: "1.5"}


def seeds(spec: ProjectSpec, creation: Iterable[EntityView[Any, Any]]) -> Seeds:
    """Rows of all entities; `creation` has them so that a table comes after those it points at."""
    made: dict[str, list[dict[str, object]]] = {}
    counts: dict[str, int] = {}
    for view in creation:
        entity = spec.entity(view.name)
        count = counts[view.name] = _count(entity, view, counts)
        rows = [_row(entity, view, number, count, counts) for number in range(count)]
        made[entity.plural] = rows
    return made


def _count(entity: Entity, view: EntityView[Any, Any], counts: Mapping[str, int]) -> int:
    rooms = [capacity(f, bounds(entity.name, f)) for f in entity.fields if f.unique]
    rooms += [
        1 if link.target.account else counts.get(link.target.name, 0)
        for link in view.links
        if link.required and link.one_to_one and not link.to_self
    ]
    return min([MAX_ROWS, *rooms])


def _row(
    entity: Entity,
    view: EntityView[Any, Any],
    number: int,
    count: int,
    counts: Mapping[str, int],
) -> dict[str, object]:
    row = {field.name: _value(entity, field, view.label, number, count) for field in entity.fields}
    for link in view.links:
        target = _target(link, number, counts)
        if target or not link.required:
            row[link.field] = target or None
    for many in view.manys:
        last = min(number, MAX_ROWS) if many.to_self else counts.get(many.target.name, 0)
        row[many.field] = list(range(1, min(number + 1, last) + 1))
    return row


def _target(link: RelationView, number: int, counts: Mapping[str, int]) -> int:
    """Which row is pointed at; 0 for none."""
    if link.target.account:
        return 1 if number == 0 or not link.one_to_one else 0
    if link.to_self:
        return number if link.one_to_one else min(number, 1)
    # A table that is made later has no rows yet.
    rows = counts.get(link.target.name, 0)
    if link.one_to_one:
        return number + 1 if number < rows else 0
    return number % rows + 1 if rows else 0


def _value(entity: Entity, field: EntityField, thing: str, number: int, count: int) -> object:
    limit = bounds(entity.name, field)
    if field.type in TEXTUAL:
        return _text(field, limit, thing, number)
    if field.type in NUMERIC:
        return _number(field, limit, number, count)
    if field.type is FieldType.ENUM:
        members = list(dict.fromkeys(field.values))
        return members[number % len(members)]
    later = dt.timedelta(days=30) if is_end(field) else dt.timedelta()
    moment = _MONDAY + dt.timedelta(days=number) + later
    word = thing.replace(" ", "-")
    return {
        FieldType.BOOLEAN: number % 2 == 0,
        FieldType.DATE: f"{moment:%Y-%m-%d}",
        FieldType.DATETIME: f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        FieldType.EMAIL: f"{_ORDINALS[number].lower()}.{word}@example.com",
        FieldType.URL: f"https://example.com/{word}/{number + 1}",
        FieldType.UUID: str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/{word}/{field.name}/{number + 1}")
        ),
    }[field.type]


def _text(field: EntityField, limit: Bounds, thing: str, number: int) -> str:
    low, high = int(limit.low), int(limit.high)
    said = label(field.name)
    if field.name in _NAMES:
        text = f"{_ORDINALS[number]} {thing}"
    elif field.type is FieldType.TEXT:
        text = f"{said.capitalize()} of the {_ORDINALS[number].lower()} {thing}."
    else:
        text = f"{said.capitalize()} {number + 1}"
    if len(text) > high:
        text = f"{said.capitalize()[: high - 1]}{number + 1}"[-high:].strip()
    return text.ljust(low, "x")


def _number(field: EntityField, limit: Bounds, number: int, count: int) -> object:
    step = Decimal(_STEPS[field.type])
    start = base(field, limit)
    fits = limit.low <= step and step * count <= limit.high
    if field.type is FieldType.INTEGER:
        near = start + min(Decimal(number), limit.high - start)
        return int(step * (number + 1) if fits else near)
    between = start + (limit.high - start) * (number + 1) / (count + 1)
    value = step * (number + 1) if fits else between
    return float(value) if field.type is FieldType.FLOAT else _decimal(value)


def _decimal(value: Decimal) -> str:
    whole, _, places = f"{ceiling(value):f}".partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places}" if places else whole
