"""A host is told of each name, value and relation that is not as it sent it."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.engines.intelligence.inflect import plural, singular
from autonomous_coder.errors import InvalidInputError
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
        ("Größe", "groesse", "plain letters"),
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


@pytest.mark.parametrize(
    ("sent", "made"),
    [
        ("Größe", "Groesse"),
        ("GRÖSSE", "Groesse"),
        ("naïve café", "NaiveCafe"),
        ("йогурт", "Yogurt"),
        ("ЖУРНАЛ", "Zhurnal"),
        ("ДатаРождения", "DataRozhdeniya"),
        ("がくせい", "Gakusei"),
        ("상품", "SangPum"),
    ],
)
def test_letters_of_other_scripts_are_spelled_as_they_sound(sent: str, made: str) -> None:
    assert [entity.name for entity in understood({sent: {"fields": ["name"]}}).entities] == [made]


def test_what_was_written_in_other_letters_stays_as_the_description() -> None:
    said = {"name": "Höhe", "type": "float", "description": "in metres"}
    spec = understood({"Größe": {"fields": ["länge: float", said, "name"]}})
    [size] = spec.entities
    assert size.description == "Größe"
    assert [field.description for field in size.fields] == ["länge", "in metres", ""]


def test_a_name_without_letters_is_refused_with_an_example() -> None:
    with pytest.raises(InvalidInputError, match="no usable name") as error:
        understood({"🙂": {"fields": ["name"]}})
    assert "For example" in error.value.hint


@pytest.mark.parametrize(
    ("word", "languages"),
    [
        ("class", "is reserved in Python, TypeScript and Java, and"),
        ("match", "is reserved in Python and Rust, and"),
        ("schema", "means something in libraries that it is written with, and"),
    ],
)
def test_why_a_field_is_renamed_names_the_languages(word: str, languages: str) -> None:
    assert f"code: '{word}' {languages}" in told({"Pupil": {"fields": [word]}})


def test_names_that_only_begin_as_those_of_a_library_stay() -> None:
    spec = understood({"Car": {"fields": ["model_year", "model_name"]}})
    assert [field.name for field in spec.entity("Car").fields] == ["model_year", "model_name"]
    assert "is called" not in "\n".join(spec.assumptions)


@pytest.mark.parametrize("kind", ["In Progress|in-progress", "enum(A, a)", "open|???"])
def test_values_that_would_be_lost_are_refused(kind: str) -> None:
    with pytest.raises(InvalidInputError, match=r"would be the same|no letter and no digit"):
        understood({"Job": {"fields": [f"state: {kind}"]}})


def test_a_relation_that_is_stated_twice_is_told() -> None:
    twice = {"fields": ["name"], "relations": ["belongs_to: Team", "belongs_to: Team?"]}
    entities = {"Team": {"fields": ["name"]}, "Player": twice}
    assert "'Player.team' is stated more than once: what was said first" in told(entities)
    once = {**twice, "relations": ["belongs_to: Team", "belongs_to: Team"]}
    assert "more than once" not in told({**entities, "Player": once})


def test_relations_that_are_called_otherwise_or_cannot_be_emptied_are_told() -> None:
    many = {"name": "teams", "target": "Team", "kind": "many_to_many", "on_delete": "set_null"}
    copy = {"fields": ["name"], "relations": ["belongs_to: Schema", many]}
    text = told({"Schema": ["name"], "Team": ["name"], "Sheet": copy})
    assert "The relation of 'Sheet' to 'Schema' is called 'schema_value' in the code: " in text
    assert "'Sheet.teams' links many: the link goes with its Team" in text


def test_commands_arguments_pages_and_jobs_that_are_called_otherwise_are_told() -> None:
    spec = core().analyze_requirements(
        "A REST API in Python that stores books",
        host_spec={
            "commands": {"Größe": {"arguments": ["class"], "options": ["länge"]}},
            "pages": ["About Us", "import"],
            "jobs": ["Prüfung"],
        },
    )
    text = "\n".join(spec.assumptions)
    assert "The command 'Größe' is called 'groesse' in the code: " in text
    assert "The argument of 'groesse' 'class' is called 'class_value' in the code: " in text
    assert "The option of 'groesse' 'länge' is called 'laenge' in the code: " in text
    assert "The page 'import' is called 'import_value' in the code: " in text
    assert "The job 'Prüfung' is called 'pruefung' in the code: " in text
    assert "About Us" not in text


def test_names_of_a_sentence_that_are_changed_are_told() -> None:
    spec = core().analyze_requirements("A REST API for clients (class, Größe)")
    text = "\n".join(spec.assumptions)
    assert "The entity 'client' is called 'ClientRecord' in the code: " in text
    assert "The field of 'ClientRecord' 'class' is called 'class_value' in the code: " in text
    assert "'Größe' is written 'groesse' in the code: " in text
    assert "class_value' in the code" not in "\n".join(
        core().analyze_requirements("A REST API for pupils (class value, age)").assumptions
    )


def test_assumptions_beyond_a_hundred_are_counted_and_circles_are_never_among_them() -> None:
    fields = [f"größe {n}" for n in range(40)]
    folder = {"fields": fields, "relations": ["belongs_to: Folder"]}
    spec = understood({"Folder": folder, "A": {"fields": fields}, "B": {"fields": fields}})
    assert len(spec.assumptions) == 100
    assert spec.assumptions[-1].endswith(" more assumptions are not listed here.")
    assert any("part of a circle" in text for text in spec.assumptions)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("sheep", "sheep"), ("datum", "data"), ("order_datum", "order_data"), ("fish", "fish"),
        ("person", "people"), ("child", "children"), ("series", "series"), ("species", "species"),
        ("criterion", "criteria"), ("phenomenon", "phenomena"), ("hypothesis", "hypotheses"),
        ("curriculum", "curricula"), ("appendix", "appendices"), ("box", "boxes"),
    ],
)  # fmt: skip
def test_irregular_nouns_have_their_own_plurals(one: str, many: str) -> None:
    assert plural(one) == many
    # `data` is said of one as well as of many.
    assert singular(many) == (many if many.endswith("data") else one)


def test_what_requirements_need_and_files_prove_follows_the_names() -> None:
    spec = core().analyze_requirements(
        "",
        host_spec={
            "entities": {"Client": {"fields": ["class", "länge"]}, "Order": ["client: Client"]},
            "requirements": [
                {"text": "Clients are kept", "needs": ["entity:Client", "field:Client.länge"]},
                {"text": "Fast", "needs": ["feature:caching", "field:Nobody.class"]},
            ],
            "extra_files": [
                {"path": "a.py", "content": "", "proves": ["field:Client.class", "Fast"]}
            ],
        },
    )
    needs = {requirement.text: requirement.needs for requirement in spec.requirements}
    assert needs["Clients are kept"] == ["entity:ClientRecord", "field:ClientRecord.laenge"]
    assert needs["Fast"] == ["feature:caching", "field:Nobody.class"]
    assert spec.extra_files[0].proves == ["field:ClientRecord.class_value", "Fast"]
    assert [relation.target for relation in spec.entity("Order").relations] == ["ClientRecord"]
