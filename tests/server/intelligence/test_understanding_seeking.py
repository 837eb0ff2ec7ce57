"""What lists are filtered, sorted and searched by is understood and there in the end."""

from __future__ import annotations

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs


def unknown(spec: ProjectSpec) -> list[str]:
    return [need for need in needs(spec) if need.startswith("unknown:")]


@pytest.mark.parametrize(
    ("sentence", "feature", "fields"),
    [
        ("a tasks API, filtering by status", "filtering", ["Task.status"]),
        ("a tasks API with filtering by status", "filtering", ["Task.status"]),
        ("tasks, filter by status and priority", "filtering", ["Task.status", "Task.priority"]),
        ("a todo app, sort by priority", "sorting", ["Todo.priority"]),
        ("an API for tasks, sorting by date", "sorting", ["Task.due_date"]),
        ("notes with sorting by date", "sorting", []),
        ("a books API, search by title", "search", ["Book.title"]),
        ("a products API with search by name", "search", ["Product.name"]),
        ("notes, search by name", "search", ["Note.title"]),
        ("a movie API, search by title or director", "search", ["Movie.title", "Movie.director"]),
        ("a contacts API, sortable by last name", "sorting", ["Contact.last_name"]),
        ("a contacts API, searchable by email", "search", ["Contact.email"]),
        ("users can filter tasks by status", "filtering", ["Task.status"]),
        ("an issue tracker with search by title", "search", ["Issue.title"]),
        ("tasks and projects. Filter projects by status", "filtering", ["Project.status"]),
        ("Filter by status. Each task has a title and a status", "filtering", ["Task.status"]),
    ],
)
def test_what_is_sought_by_is_an_attribute(sentence: str, feature: str, fields: list[str]) -> None:
    spec = core().analyze_requirements(sentence)
    assert feature in spec.features
    assert unknown(spec) == []
    assert set(fields) <= {f"{e.name}.{f.name}" for e in spec.entities for f in e.fields}
    assert {f"field:{name}" for name in fields} <= set(needs(spec))
    assert "email" not in spec.features
    assert not any(f.name == "search" for e in spec.entities for f in e.fields)


def test_all_three_in_one_sentence_are_understood() -> None:
    spec = core().analyze_requirements(
        "a task manager with login, filtering by status, sorting by due date and search by title"
    )
    assert {"accounts", "filtering", "sorting", "search"} <= set(spec.features)
    assert {"field:Task.status", "field:Task.due_date", "field:Task.title"} <= set(needs(spec))
    assert unknown(spec) == []
    assert not any(q.id.startswith("unknown") for q in spec.questions)


def test_an_attribute_that_is_there_is_not_added_again() -> None:
    spec = core().analyze_requirements(
        "tasks with title and status (open, done), filter by status and sort by status"
    )
    assert [f.name for f in spec.entity("Task").fields] == ["title", "status"]
    assert spec.entity("Task").fields[1].values == ["open", "done"]
    assert all(len(r.needs) == len(set(r.needs)) for r in spec.requirements)


def test_the_parts_of_a_kind_of_software_stay_when_they_are_filtered() -> None:
    spec = core().analyze_requirements("a blog, filter by status")
    plain = core().analyze_requirements("a blog")
    assert [e.name for e in spec.entities] == [e.name for e in plain.entities]
    assert "status" in [f.name for f in spec.entity("Post").fields]


def test_a_label_that_is_sought_by_is_stored() -> None:
    spec = core().analyze_requirements("bookmarks with search by tag")
    assert [r.target for r in spec.entity("Bookmark").relations] == ["Tag"]


def test_things_named_behind_an_attribute_are_stored_not_filtered_by() -> None:
    spec = core().analyze_requirements(
        "a tasks API with filtering by status, projects and comments"
    )
    assert {"Task", "Project", "Comment"} <= {e.name for e in spec.entities}


def test_what_nobody_can_filter_by_is_reported() -> None:
    spec = core().analyze_requirements("products, sort by moon phase, filter by owner")
    assert "unknown:by moon phase" in unknown(spec)
