"""Planning a project anew keeps what the call does not name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.orchestrator.replanning import carried_over, without_doubles
from hosting import call, host

pytestmark = pytest.mark.anyio

BEFORE: dict[str, Any] = {
    "entities": {
        "Bookmark": {
            "fields": ["title", "url: url"],
            "relations": ["many_to_many: Tag"],
            "access": "private",
        },
        "Tag": {"fields": ["name"]},
    },
    "features": ["accounts", "docker"],
    "extra_files": [{"path": "app/a.py", "content": "A = 1\n"}],
    "requirements": ["Bookmarks are exported"],
}


def decided() -> ProjectSpec:
    """What had been decided before."""
    return ProjectSpec.model_validate(
        {
            "name": "bookmarks",
            "features": ["accounts", "docker"],
            "entities": [
                {
                    "name": "Bookmark",
                    "plural": "bookmarks",
                    "fields": [{"name": "title"}, {"name": "url", "type": "url"}],
                    "relations": [{"name": "tags", "kind": "many_to_many", "target": "Tag"}],
                    "access": "private",
                },
                {"name": "Tag", "plural": "tags", "fields": [{"name": "name"}]},
            ],
        }
    )


def bookmark(spec: dict[str, Any]) -> Any:
    joined = carried_over(BEFORE, decided(), spec)
    return next(entity for entity in joined["entities"] if entity["name"] == "Bookmark")


def test_what_is_not_named_stays() -> None:
    joined = carried_over(BEFORE, decided(), {"title": "Links"})
    assert [entity["name"] for entity in joined["entities"]] == ["Bookmark", "Tag"]
    assert joined["features"] == ["accounts", "docker"]
    assert joined["title"] == "Links"


@pytest.mark.parametrize(
    "body",
    [
        {"fields": ["stars: integer"]},
        {"fields": {"stars": "integer"}},
        {"fields": ["title", {"name": "url", "type": "url"}, "stars: integer"]},
        ["stars: integer"],
    ],
)
def test_a_field_is_added_to_those_of_the_entity(body: Any) -> None:
    joined = bookmark({"entities": {"bookmark": body}})
    names = [f["name"] if isinstance(f, dict) else f.split(":")[0] for f in joined["fields"]]
    assert names == ["title", "url", "stars"]
    assert joined["access"] == "private"
    assert [r["target"] for r in joined["relations"]] == ["Tag"]


def test_null_takes_a_field_or_an_entity_away() -> None:
    assert [
        f["name"] for f in bookmark({"entities": {"Bookmark": {"fields": {"url": None}}}})["fields"]
    ] == ["title"]
    joined = carried_over(BEFORE, decided(), {"entities": {"Tag": None}})
    assert [entity["name"] for entity in joined["entities"]] == ["Bookmark"]


def test_what_is_called_otherwise_in_the_code_is_known_by_the_name_it_was_sent_under() -> None:
    before = decided()
    renamed = [
        {"name": "Groesse", "plural": "groessen", "fields": [{"name": "class_value"}]},
        {"name": "ClientRecord", "plural": "clients", "fields": [{"name": "n"}]},
    ]
    before = ProjectSpec.model_validate({**before.model_dump(), "entities": renamed})
    change = {"Größe": {"fields": ["class: integer", "höhe?"]}, "Client": None}
    [size] = carried_over({}, before, {"entities": change})["entities"]
    assert size["name"] == "Groesse"
    assert size["fields"] == ["class: integer", "höhe?"]


def test_features_files_and_requirements_are_added() -> None:
    changed = {
        "features": ["cors"],
        "extra_files": [{"path": "app/b.py", "content": "B = 2\n"}],
        "requirements": [{"text": "Bookmarks are exported", "needs": ["test:tests/test_a.py::t"]}],
    }
    joined = carried_over(BEFORE, decided(), changed)
    assert joined["features"] == ["accounts", "docker", "cors"]
    assert [file["path"] for file in joined["extra_files"]] == ["app/a.py", "app/b.py"]
    assert joined["requirements"] == changed["requirements"]


def test_a_relation_that_is_there_is_not_doubled_and_a_new_one_is_added() -> None:
    joined = bookmark({"entities": {"Bookmark": {"relations": ["many_to_many: Tag"]}}})
    assert len(joined["relations"]) == 1
    joined = bookmark({"entities": {"Bookmark": {"relations": ["belongs_to: Folder"]}}})
    assert joined["relations"][-1] == "belongs_to: Folder"


def test_a_requirement_of_the_same_words_takes_the_place_of_the_one_rules_found() -> None:
    spec = ProjectSpec.model_validate(
        {
            "name": "todo",
            "requirements": [
                {"id": "R1", "text": "Requests are rate limited", "needs": ["feature:x"]},
                {"id": "R2", "text": "Lists can be filtered"},
                {"id": "R3", "text": "requests are rate limited", "needs": ["test:tests/t.py::t"]},
            ],
        }
    )
    first, second = without_doubles(spec).requirements
    assert (first.id, first.needs) == ("R1", ["test:tests/t.py::t"])
    assert second.id == "R2"


@pytest.mark.parametrize("wrong", ["Bookmark", 3, [3], {"Bookmark": 3}])
def test_what_cannot_be_read_is_left_for_its_reader_to_refuse(wrong: Any) -> None:
    assert carried_over(BEFORE, decided(), {"entities": wrong})["entities"] == wrong


async def test_a_host_adds_one_field_and_loses_nothing(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        first = await call(
            client,
            "plan",
            description="a bookmark api with login",
            spec={k: v for k, v in BEFORE.items() if k == "entities"},
            constraints={"database": "postgresql"},
        )
        change = {"entities": {"Bookmark": {"fields": ["stars: integer"]}}}
        again = await call(client, "plan", project_id=first["project_id"], spec=change)
        before, after = first["spec"], again["spec"]
        assert [entity["name"] for entity in after["entities"]] == ["Bookmark", "Tag"]
        assert [f["name"] for f in after["entities"][0]["fields"]] == ["title", "url", "stars"]
        assert after["entities"][0]["access"] == "private"
        assert after["entities"][0]["relations"] == before["entities"][0]["relations"]
        assert set(before["features"]) <= set(after["features"])
        assert after["constraints"] == before["constraints"]
        third = await call(client, "plan", project_id=first["project_id"])
        assert third["spec"]["entities"] == after["entities"]
