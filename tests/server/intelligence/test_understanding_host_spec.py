"""What the host says wins, in short or long form, and mistakes name their place."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import Access, FieldType, Provenance, RelationKind
from server.intelligence.understanding import core, needs, outcome


def test_short_forms_of_entities_fields_and_relations_are_read() -> None:
    spec = core().analyze_requirements(
        "",
        host_spec={
            "entities": {
                "Post": {"fields": ["title", "body: text", "price?: decimal", "status: open|done"]},
                "Comment": {"fields": ["text"], "relations": ["belongs_to: Post"]},
                "Tag": ["name: string!"],
                "Photo": {"relations": ["belongs_to: Post?", "many_to_many: tags"]},
            },
        },
    )
    assert outcome(spec).splitlines()[:4] == [
        "Post [open]: title, body:text, price?:decimal, status:open|done",
        "Comment [open]: text:text, post->Post",
        "Tag [open]: name",
        "Photo [open]: title, url?:url, caption?:text, post->Post?, tags->Tag*",
    ]
    assert spec.entity("Tag").fields[0].unique
    assert spec.confidence == 1.0
    assert spec.provenance["entities"] is Provenance.HOST
    assert spec.provenance["entities.Post"] is Provenance.HOST


def test_long_forms_are_read_as_they_are() -> None:
    spec = core().analyze_requirements(
        "shop",
        host_spec={
            "name": "my-shop",
            "title": "My shop",
            "entities": [
                {"name": "Product", "plural": "wares", "access": "shared",
                 "fields": [{"name": "price", "type": "decimal", "minimum": 1},
                            {"name": "size", "values": ["s", "m"]}],
                 "relations": [{"kind": "belongs_to", "target": "Brand", "required": False,
                                "on_delete": "set_null"}]},
                "Brand",
            ],
            "features": ["accounts"],
        },
    )  # fmt: skip
    product = spec.entity("Product")
    assert (spec.name, spec.title, product.plural) == ("my-shop", "My shop", "wares")
    assert product.fields[0].minimum == 1
    assert product.fields[1].type is FieldType.ENUM
    assert product.relations[0].kind is RelationKind.MANY_TO_ONE
    assert product.access is Access.SHARED
    assert spec.features == ["accounts"]


def test_the_hosts_entities_replace_those_of_the_sentence_and_requirements_are_added() -> None:
    spec = core().analyze_requirements(
        "a blog with posts and comments, users can log in",
        host_spec={
            "entities": ["Story"],
            "requirements": [
                "Stories are moderated",
                {"text": "Fast", "needs": ["feature:caching"]},
            ],
        },
    )
    assert [e.name for e in spec.entities] == ["Story"]
    assert spec.entity("Story").access is Access.OWNER_WRITE
    texts = [r.text for r in spec.requirements]
    assert texts[-2:] == ["Stories are moderated", "Fast"]
    assert len(texts) > 2
    assert spec.requirements[-1].needs == ["feature:caching"]
    assert "entity:Post" in needs(spec)


def test_words_of_python_in_the_hosts_names_are_changed_and_told() -> None:
    spec = core().analyze_requirements("", host_spec={"entities": {"class": ["import", "name"]}})
    assert [e.name for e in spec.entities] == ["ClassRecord"]
    assert [f.name for f in spec.entities[0].fields] == ["import_value", "name"]
    assert any("ClassRecord" in text for text in spec.assumptions)


@pytest.mark.parametrize(
    ("host_spec", "place"),
    [
        ({"entites": []}, "spec.entites"),
        ({"entities": 5}, "spec.entities"),
        ({"entities": {"Todo": {"colums": []}}}, "spec.entities.Todo.colums"),
        ({"entities": {"Todo": {"fields": ["x: colour"]}}}, "spec.entities.Todo.fields[0]"),
        ({"entities": {"Todo": {"fields": [7]}}}, "spec.entities.Todo.fields[0]"),
        ({"entities": {"Todo": {"fields": ["a", "a"]}}}, "spec.entities.Todo"),
        ({"entities": {"Todo": {"fields": ["id"]}}}, "spec.entities.Todo"),
        ({"entities": {"Todo": {"fields": [{"name": "a", "tpye": "text"}]}}}, "fields[0].tpye"),
        ({"entities": {"Todo": {"relations": ["belongs_to: Nobody"]}}}, "relations[0]"),
        ({"entities": {"Todo": {"relations": ["eats: Todo"]}}}, "relations[0]"),
        ({"entities": {"Todo": {"access": "secret"}}}, "spec.entities.Todo.access"),
        ({"entities": ["Todo", "todo"]}, "spec.entities[1]"),
        ({"entities": ["???"]}, "spec.entities[0]"),
        ({"entities": [f"Thing{n}" for n in range(61)]}, "spec.entities"),
        ({"features": "accounts"}, "spec.features"),
        ({"requirements": "one"}, "spec.requirements"),
        ({"requirements": [{"txt": "x"}]}, "spec.requirements[0]"),
        ({"extra_files": [{"path": "../x", "content": ""}]}, "spec.extra_files[0].path"),
        ({"name": "Not A Name!"}, "spec.name"),
        ({"commands": [{"name": "go", "color": 1}]}, "spec.commands[0].color"),
    ],
)
def test_a_mistake_in_the_hosts_spec_names_its_place(host_spec: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        core().analyze_requirements("a todo app", host_spec=host_spec)
    assert place in error.value.message
    assert error.value.hint


def test_an_unknown_key_is_answered_with_the_accepted_ones() -> None:
    with pytest.raises(InvalidInputError) as error:
        core().analyze_requirements("a todo app", host_spec={"models": []})
    assert "entities" in error.value.hint
    assert "features" in error.value.hint


def test_a_user_entity_beside_accounts_is_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidInputError, match="User"):
        core().analyze_requirements("users can log in", host_spec={"entities": ["User"]})
