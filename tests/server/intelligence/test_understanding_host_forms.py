"""The many ways a host writes the same spec, and refusals that say what is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import DeleteRule, ProjectSpec, RelationKind
from server.intelligence.understanding import core, outcome


def spec_of(host_spec: dict[str, Any]) -> ProjectSpec:
    return core().analyze_requirements("", host_spec=host_spec)


@pytest.mark.parametrize(
    "todo",
    [
        {"entities": {"Todo": {"title": "string", "done": "bool", "due?": "date"}}},
        {"entities": {"Todo": ["title", "done: boolean", "due?: date"]}},
        {"entities": {"todo": {"fields": {"title": "str", "done": "bool", "due": "date?"}}}},
        {"entities": [{"name": "Todo", "attributes": ["title", "done", "due: date?"]}]},
        {
            "entities": [
                {
                    "name": "Todo",
                    "columns": [
                        {"name": "title", "type": "varchar(200)"},
                        {"name": "done", "type": "bool"},
                        {"name": "due", "type": "date", "nullable": True},
                    ],
                }
            ]
        },
    ],
)
def test_entities_and_fields_may_be_written_in_many_ways(todo: dict[str, Any]) -> None:
    assert outcome(spec_of(todo)).splitlines()[0] == "Todo [open]: title, done:boolean, due?:date"


@pytest.mark.parametrize(
    "comment",
    [
        {"fields": ["text"], "relations": ["belongs_to: Post"]},
        {"fields": ["text"], "relations": ["belongs to: posts"]},
        {"fields": ["text"], "relations": [{"belongs_to": "Post"}]},
        {"fields": ["text"], "relations": {"belongs_to": ["Post"]}},
        {"fields": ["text"], "relations": {"post": {"type": "ManyToOne", "entity": "post"}}},
        {"fields": ["text"], "relations": [{"kind": "many-to-one", "to": "Post"}]},
        {"fields": ["text"], "belongs_to": "Post"},
        {"fields": ["text", "post: Post"]},
        {"fields": ["text", {"name": "post", "type": "Post"}]},
    ],
)
def test_relations_may_be_written_in_many_ways(comment: dict[str, Any]) -> None:
    spec = spec_of({"entities": {"Post": ["title"], "Comment": comment}})
    assert [f.name for f in spec.entity("Comment").fields] == ["text"]
    (held,) = spec.entity("Comment").relations
    assert (held.name, held.target, held.kind) == ("post", "Post", RelationKind.MANY_TO_ONE)
    assert (held.required, held.on_delete) == (True, DeleteRule.CASCADE)


@pytest.mark.parametrize(
    "post",
    [
        {"fields": ["title"], "has_many": "Comment"},
        {"fields": ["title"], "relations": ["has_many: comments"]},
        {"fields": ["title"], "relations": [{"kind": "one_to_many", "target": "Comment"}]},
    ],
)
def test_many_said_by_the_whole_is_written_to_the_part(post: dict[str, Any]) -> None:
    spec = spec_of({"entities": {"Post": post, "Comment": ["text"]}})
    assert spec.entity("Post").relations == []
    assert [r.target for r in spec.entity("Comment").relations] == ["Post"]


def test_a_relation_that_may_be_absent_is_cleared_unless_the_host_says_otherwise() -> None:
    spec = spec_of(
        {
            "entities": {
                "Brand": ["name"],
                "Product": {"relations": [{"belongs_to": "Brand?"}]},
                "Offer": {
                    "relations": [
                        {"kind": "belongs_to", "target": "Brand", "nullable": True},
                        {"kind": "belongs_to", "target": "Product", "on_delete": "RESTRICT"},
                    ]
                },
            }
        }
    )
    rules = [r.on_delete for e in spec.entities for r in e.relations]
    assert rules == [DeleteRule.SET_NULL, DeleteRule.SET_NULL, DeleteRule.RESTRICT]


def test_other_names_for_bounds_and_values_are_understood() -> None:
    spec = spec_of(
        {
            "entities": {
                "Todo": [
                    {"name": "title", "type": "string", "max_length": 20},
                    {"name": "state", "choices": ["In Progress", "Done!"]},
                    "code: string(8)",
                ]
            }
        }
    )
    title, state, code = spec.entity("Todo").fields
    assert (title.maximum, code.maximum) == (20, 8)
    assert state.values == ["in_progress", "done"]


def test_features_files_and_requirements_may_be_mappings() -> None:
    spec = spec_of(
        {
            "entities": ["Todo"],
            "language": "Python",
            "archetype": "REST API",
            "features": {"auth": True, "docker": False},
            "extra_files": {"notes.txt": "x"},
            "requirements": {"R1": {"text": "Fast", "needs": "feature:caching"}},
        }
    )
    assert spec.features == ["accounts"]
    assert [f.path for f in spec.extra_files] == ["notes.txt"]
    needs = [requirement.needs for requirement in spec.requirements]
    assert needs[-2:] == [["feature:caching"], ["without:feature:docker"]]


@pytest.mark.parametrize(
    ("host_spec", "place", "accepted"),
    [
        (
            {"entities": ["Post", {"name": "Todo", "fields": [{"name": "a", "type": "colour"}]}]},
            "spec.entities[1].fields[0].type",
            "datetime",
        ),
        ({"entities": {"Todo": ["a: list[string]"]}}, "spec.entities.Todo.fields[0].type", "text"),
        (
            {"entities": {"Todo": [{"name": "status", "type": "enum"}]}},
            "spec.entities.Todo.fields[0]",
            "open|done",
        ),
        (
            {"entities": {"Todo": [{"name": "a", "required": "maybe"}]}},
            "spec.entities.Todo.fields[0].required' must be true or false",
            "optional",
        ),
        ({"entities": {"Todo": [{"type": "text"}]}}, "fields[0].name' is missing", "Types"),
        ({"entities": {"Todo": [{"name": "a", "tpye": "x"}]}}, "fields[0].tpye", "minimum"),
        (
            {"entities": {"Todo": {"relations": [{"kind": "belongs_to", "target": "Ghost"}]}}},
            "spec.entities.Todo.relations[0].target",
            "belongs_to: Post",
        ),
        ({"entities": {"Todo": {"relations": ["belongs_to: Ghost"]}}}, "(Todo)", "belongs_to"),
        ({"entities": {"Todo": {"colums": []}}}, "spec.entities.Todo.colums", "relations"),
        ({"entities": {"Todo": {"access": "public"}}}, "access' must be 'open'", "fields"),
        ({"entities": "Todo"}, "spec.entities' must be a list", "fields"),
        ({"name": "My Todo App"}, "spec.name", "my-todo-app"),
        ({"constraints": "postgres"}, "spec.constraints' must be an object", "database"),
        ({"extra_files": [{"path": "a.py"}]}, "spec.extra_files[0].content' is missing", "path"),
        ({"questions": ["what?"]}, "spec.questions[0]' must be an object", "assumed"),
        ({"requirements": [7]}, "spec.requirements[0]", "needs"),
    ],
)
def test_a_refusal_names_the_place_and_what_is_accepted(
    host_spec: dict[str, Any], place: str, accepted: str
) -> None:
    with pytest.raises(InvalidInputError) as error:
        spec_of(host_spec)
    assert place in error.value.message
    assert accepted in error.value.hint


def test_the_default_of_an_enum_may_be_spelled_as_its_values() -> None:
    status = {"name": "status", "type": "enum", "values": ["in progress", "Done!"]}
    made = spec_of({"entities": {"Order": {"fields": [{**status, "default": "in progress"}]}}})
    field = made.entity("Order").fields[0]
    assert (field.values, field.default) == (["in_progress", "done"], "in_progress")


def test_values_of_an_enum_that_would_be_the_same_are_refused() -> None:
    grade = {"name": "grade", "type": "enum", "values": ["A", "b", "a"]}
    with pytest.raises(InvalidInputError, match="'A' and 'a' would be the same"):
        spec_of({"entities": {"Pupil": {"fields": [grade]}}})
