"""Rows to try a service with are such that the service takes them, in every language alike."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from autonomous_coder.languages.common.bounds import bounds
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec
from server.generator.conftest import SPECS, TYPES, entity, field, link

SERVING = ("python", "typescript", "javascript", "go")
TIGHT = {
    "entities": [
        entity(
            "Gauge",
            "gauges",
            [
                field("code", unique=True, maximum=1),
                field("level", "float", unique=True, minimum=0, maximum=1),
                field("share", "decimal", unique=True, minimum=0.5, maximum=0.9),
                field("grade", "integer", unique=True, minimum=-3, maximum=-1),
                field("long", minimum=40),
                field("sure", "boolean", unique=True),
                *(field(f"a_{kind}", kind, unique=True) for kind in TYPES if kind != "enum"),
            ],
            link("above", "Gauge", required=False, on_delete="set_null"),
            link("twin", "Gauge", "one_to_one", required=False, on_delete="set_null"),
            link("near", "Gauge", "many_to_many", back_name="far"),
        ),
        entity("Note", "notes", [field("title")], link("gauge", "Gauge", "one_to_one")),
    ]
}


def seen(data: dict[str, Any], language: str) -> tuple[ProjectSpec, Any]:
    """A spec, and what templates of a language see of it."""
    data = {key: value for key, value in data.items() if key in {"entities", "features"}}
    spec = ProjectSpec.model_validate(data | {"name": "demo", "language": language})
    return spec, PACKS[language].view(spec, frozenset({"accounts"} & {*spec.features}))


def rows_of(data: dict[str, Any], language: str) -> dict[str, Any]:
    """The rows that the services of a language are given."""
    rows: dict[str, Any] = json.loads(seen(data, language)[1].seed_text)
    return rows


def check(given: EntityField, name: str, value: Any) -> None:
    """A value is one that the field takes."""
    if given.type is FieldType.ENUM:
        assert value in given.values
    elif given.type in {FieldType.STRING, FieldType.TEXT}:
        limit = bounds(name, given)
        assert limit.low <= len(value) <= limit.high
        assert value == value.strip()
    elif given.type in {FieldType.INTEGER, FieldType.FLOAT, FieldType.DECIMAL}:
        limit = bounds(name, given)
        assert limit.low <= Decimal(str(value)) <= limit.high


@pytest.mark.parametrize("name", ["tight", *sorted(SPECS.keys() - {"tricky"})])
def test_every_row_keeps_to_the_rules_of_its_entity(name: str) -> None:
    data = {**SPECS, "tight": TIGHT}[name]
    spec, view = seen(data, "python")
    rows = rows_of(data, "python")
    assert rows.keys() == {one.plural for one in view.entities}
    for one in view.entities:
        made = rows[one.plural]
        assert 1 <= len(made) <= 3
        for given in spec.entity(one.name).fields:
            values = [row[given.name] for row in made]
            for value in values:
                check(given, one.name, value)
            assert not given.unique or len({*values}) == len(values)
        for relation in one.relations:
            told = [row.get(relation.field) for row in made]
            assert relation.many or None not in told or not relation.required
            flat = [n for value in told for n in (value if relation.many else [value]) if n]
            known = 1 if relation.target.account else len(rows[relation.target.plural])
            assert all(1 <= number <= known for number in flat)
            assert not relation.one_to_one or len({*flat}) == len(flat)


@pytest.mark.parametrize("language", SERVING)
def test_every_language_is_given_the_same_rows(language: str) -> None:
    assert rows_of(SPECS["blog"], language) == rows_of(SPECS["blog"], "python")
