"""A host is told of each name, value and relation that is not as it sent it."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.models.spec import FieldType, ProjectSpec
from server.intelligence.understanding import core


def understood(entities: Any) -> ProjectSpec:
    return core().analyze_requirements("A REST API in Python", host_spec={"entities": entities})


def told(entities: Any) -> str:
    return "\n".join(understood(entities).assumptions)


@pytest.mark.parametrize("field", ["class", "class: string", {"name": "class"}])
def test_a_field_that_is_renamed_keeps_the_type_of_its_own_name_and_is_told(field: Any) -> None:
    spec = understood({"Pupil": {"fields": [field]}})
    [made] = spec.entity("Pupil").fields
    assert (made.name, made.type) == ("class_value", FieldType.STRING)
    [note] = [text for text in spec.assumptions if "class_value" in text]
    assert note.startswith("The field of 'Pupil' 'class' is called 'class_value' in the code: ")


@pytest.mark.parametrize(
    ("sent", "made", "why"),
    [
        ("2fa code", "code", "begin with a letter"),
        ("a" * 70, "a" * 56, "longer names"),
        ("Größe", "grosse", "plain letters"),
        ("цена", "tsena", "plain letters"),
    ],
)
def test_a_name_that_cannot_be_kept_is_told_with_the_reason(sent: str, made: str, why: str) -> None:
    spec = understood({"Pupil": {"fields": [{"name": sent, "type": "string"}]}})
    assert [field.name for field in spec.entity("Pupil").fields] == [made]
    assert f"is called '{made}' in the code: " in "\n".join(spec.assumptions)
    assert why in "\n".join(spec.assumptions)


def test_another_spelling_of_the_same_name_needs_no_note() -> None:
    assert "is called" not in told({"Pupil": {"fields": ["dueDate: date", "first name", "age?"]}})


def test_entities_are_named_in_any_script() -> None:
    spec = understood({"Пользователь": {"fields": ["имя"]}, "商品": {"fields": ["name"]}})
    assert [entity.name for entity in spec.entities] == ["Polzovatel", "ShangPin"]
    text = "\n".join(spec.assumptions)
    assert "'Пользователь' is called 'Polzovatel'" in text
    assert "'商品' is called 'ShangPin'" in text
    assert "'имя' is called 'imya'" in text


@pytest.mark.parametrize(
    "field",
    [
        "state: In Progress|None|done",
        "state: enum(In Progress, None, done)",
        {"name": "state", "type": "enum", "values": ["In Progress", "None", "done"]},
        {"name": "state", "choices": ["In Progress", "None", "done"]},
        {"name": "state", "type": "In Progress|None|done"},
    ],
)
def test_values_that_are_written_otherwise_are_told_in_one_line(field: Any) -> None:
    text = told({"Job": {"fields": [field]}})
    line = "'in_progress' (In Progress), 'none_value' (None)."
    assert f"Values of 'Job.state' are written {line}" in text
    assert "done" not in text


def test_a_link_that_must_be_given_and_is_emptied_is_told() -> None:
    link = {"name": "team", "target": "Team", "kind": "many_to_one", "on_delete": "set_null"}
    entities = {"Team": {"fields": ["name"]}, "Player": {"fields": ["name"], "relations": [link]}}
    assert "'Player.team' has to be given, and is emptied when its Team is deleted" in told(
        entities
    )
    optional = {**entities, "Player": {"relations": [{**link, "required": False}]}}
    assert "has to be given" not in told(optional)


@pytest.mark.parametrize(
    ("entities", "link"),
    [
        ({"Folder": {"fields": ["name"], "relations": ["belongs_to: Folder"]}}, "Folder.folder"),
        (
            {
                "Team": {"fields": ["name"], "relations": ["belongs_to: Player"]},
                "Player": {"fields": ["name"], "relations": ["belongs_to: Team"]},
            },
            "Player.team",
        ),
    ],
)
def test_a_circle_of_required_links_is_told_in_the_plan(entities: Any, link: str) -> None:
    assert f"{link} was made optional: it is part of a circle" in told(entities)


def test_what_an_entity_without_fields_gets_is_told() -> None:
    assert "Nothing is said of what 'Gizmo' has: 'name', 'description' are taken." in told(
        ["Gizmo"]
    )
    assert "Nothing is said" not in told({"Gizmo": {"fields": ["name"]}})
