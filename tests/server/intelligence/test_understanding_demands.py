"""What each demand needs: nothing is dropped, what is left out is a demand, too."""

from __future__ import annotations

import pytest

from autonomous_coder.models.spec import DeleteRule, FieldType, ProjectSpec, Relation
from server.intelligence.understanding import core, needs


def rows(sentence: str) -> list[tuple[str, list[str]]]:
    """`(text, needs)` of each requirement."""
    return [(r.text, r.needs) for r in core().analyze_requirements(sentence).requirements]


def relation(spec: ProjectSpec, entity: str, name: str) -> Relation:
    return next(r for r in spec.entity(entity).relations if r.name == name)


@pytest.mark.parametrize(
    ("sentence", "child", "parent"),
    [
        ("a blog with posts, comments and tags", "Comment", "post"),
        ("posts and comments", "Comment", "post"),
        ("orders and items", "Item", "order"),
        ("orders with order items", "OrderItem", "order"),
        ("products and reviews", "Review", "product"),
        ("rooms and messages", "Message", "room"),
        ("recipes and steps", "Step", "recipe"),
        ("courses and lessons", "Lesson", "course"),
        ("workouts and exercises", "Exercise", "workout"),
    ],
)
def test_a_part_belongs_to_its_whole_and_goes_with_it(
    sentence: str, child: str, parent: str
) -> None:
    held = relation(core().analyze_requirements(sentence), child, parent)
    assert (held.required, held.on_delete) == (True, DeleteRule.CASCADE)


@pytest.mark.parametrize(
    ("sentence", "entity", "name"),
    [
        ("products and categories", "Product", "category"),
        ("comments may belong to a post", "Comment", "post"),
        ("tasks and projects, a task may have a project", "Task", "project"),
        ("songs have an optional album, albums have a name", "Song", "album"),
    ],
)
def test_a_label_or_a_link_that_may_be_absent_is_cleared(
    sentence: str, entity: str, name: str
) -> None:
    held = relation(core().analyze_requirements(sentence), entity, name)
    assert (held.required, held.on_delete) == (False, DeleteRule.SET_NULL)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("An inventory API with products and suppliers", "inventory-api"),
        ("a recipe REST API", "recipe-api"),
        ("a backend for invoices", "invoice-api"),
        ("a weather service with readings", "weather-api"),
        ("an endpoint for books", "book-api"),
    ],
)
def test_words_for_a_service_say_what_to_build_and_are_not_asked_about(
    sentence: str, name: str
) -> None:
    spec = core().analyze_requirements(sentence)
    assert spec.name == name
    assert "archetype" not in [q.id for q in spec.questions]
    assert "archetype:rest_api" in needs(spec)


@pytest.mark.parametrize("word", ["platform", "app", "system", "tool", "program"])
def test_neutral_words_for_software_add_no_demand(word: str) -> None:
    assert rows(f"a recipe {word}") == [(f"A recipe {word}", ["entity:Recipe"])]


@pytest.mark.parametrize(
    ("sentence", "stored"),
    [
        ("Create an e-commerce site", "entity:Product"),
        ("a recipe website", "entity:Recipe"),
        ("a recipe web app", "entity:Recipe"),
        ("a web application for recipes", "entity:Recipe"),
        ("a web page for recipes", "entity:Recipe"),
        ("a frontend for recipes", "entity:Recipe"),
    ],
)
def test_pages_are_a_demand_of_their_own_beside_the_api(sentence: str, stored: str) -> None:
    found = [wanted for _, wanted in rows(sentence)]
    assert any(stored in wanted for wanted in found)
    assert [w for w in found if "archetype:web_app" in w and stored not in w]
    assert core().analyze_requirements(sentence).archetype == "rest_api"


def test_things_with_attributes_inside_a_list_are_stored_with_their_owner() -> None:
    spec = core().analyze_requirements(
        "track my workouts: each workout has exercises with sets, reps and weight"
    )
    assert [e.name for e in spec.entities] == ["Workout", "Exercise"]
    assert [(f.name, f.type) for f in spec.entity("Exercise").fields] == [
        ("sets", FieldType.INTEGER),
        ("reps", FieldType.INTEGER),
        ("weight", FieldType.FLOAT),
    ]
    held = relation(spec, "Exercise", "workout")
    assert (held.required, held.on_delete) == (True, DeleteRule.CASCADE)


def test_lists_nest_and_return_to_their_owner() -> None:
    spec = core().analyze_requirements(
        "each course has modules with lessons with title and video, and a price"
    )
    assert relation(spec, "Module", "course").required
    assert relation(spec, "Lesson", "module").required
    spec = core().analyze_requirements(
        "each project has a name, a deadline and tasks with title and status (open, done)"
    )
    assert [f.name for f in spec.entity("Project").fields] == ["name", "deadline"]
    assert [f.name for f in spec.entity("Task").fields] == ["title", "status"]
    assert relation(spec, "Task", "project").required


def test_a_chat_stores_rooms_and_messages_and_real_time_stays_to_be_built() -> None:
    spec = core().analyze_requirements("Build a real-time chat application")
    assert [e.name for e in spec.entities] == ["Room", "Message"]
    assert rows("Build a real-time chat application")[1][1] == ["feature:websocket"]


@pytest.mark.parametrize(
    ("sentence", "need"),
    [
        ("a todo app users can log in to", "feature:accounts"),
        ("a todo app users can add tasks to", "entity:Task"),
        ("a recipe site users rate recipes on", "entity:Rating"),
        ("a blog system admins can manage posts in", "feature:roles"),
    ],
)
def test_a_sentence_run_on_without_a_comma_is_read_in_two(sentence: str, need: str) -> None:
    spec = core().analyze_requirements(sentence)
    assert need in needs(spec)
    assert not any("User" in e.name or "Admin" in e.name for e in spec.entities)


def test_plain_words_about_what_was_named_are_kept() -> None:
    sentence = "I want to save bookmarks with url, title and tags so that I can find them later"
    assert rows(sentence)[-1] == ("I can find them later", ["entity:Bookmark"])


def test_words_nobody_understands_are_kept() -> None:
    kept = [
        n for _, wanted in rows("a todo app. It is for my grandmother in Kyoto") for n in wanted
    ]
    assert any(n.startswith("unknown:") and "grandmother" in n for n in kept)
    assert rows("a blog, not in Django")[-1][1] == ["without:framework:django"]


def test_what_only_a_role_may_do_needs_roles() -> None:
    assert rows("a blog with posts. Only admins can delete posts")[-1] == (
        "Only admins can delete posts",
        ["feature:roles", "entity:Post"],
    )


@pytest.mark.parametrize(
    ("words", "feature"),
    [
        ("search posts by title", "search"),
        ("users can search posts by title", "search"),
        ("filter posts by title", "filtering"),
        ("posts sorted by date", "sorting"),
        ("posts with pagination", "pagination"),
        ("a dockerised API for posts", "docker"),
        ("an API for posts with CI", "ci"),
        ("posts in PostgreSQL", "postgresql"),
        ("posts with rate limiting", "rate_limiting"),
        ("a rate-limited API for posts", "rate_limiting"),
    ],
)
def test_features_are_heard_however_they_are_worded(words: str, feature: str) -> None:
    spec = core().analyze_requirements(words)
    assert [e.name for e in spec.entities] == ["Post"]
    assert feature in spec.features
    assert f"feature:{feature}" in needs(spec)


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        ("a todo app. No authentication", ("No authentication", ["without:feature:accounts"])),
        ("a todo app, no docker", ("No docker", ["without:feature:docker"])),
        (
            "a todo app without docker",
            ("Left out as asked: the service runs in a container", ["without:feature:docker"]),
        ),
        ("a blog with posts, no comments", ("No comments", ["without:entity:Comment"])),
    ],
)
def test_leaving_something_out_is_a_demand_of_its_own(
    sentence: str, row: tuple[str, list[str]]
) -> None:
    assert row in rows(sentence)


def test_a_constraint_that_leaves_something_out_is_a_demand() -> None:
    spec = core().analyze_requirements("a todo app", constraints={"authentication": "none"})
    assert spec.requirements[-1].needs == ["without:feature:accounts"]


def test_several_things_are_spoken_of_in_the_plural() -> None:
    spec = core().analyze_requirements("a blog with posts, comments and tags, users can log in")
    told = "Post and Comment are read by everyone and changed by their owner only."
    assert told in spec.assumptions
    assert "Tag is read and changed by every logged-in user." in spec.assumptions


def test_a_language_alone_is_met_by_what_is_made() -> None:
    assert rows("A todo app. Write it in Python.")[-1] == (
        "Write it in Python",
        ["archetype:rest_api"],
    )


def test_what_is_left_out_of_a_kind_of_software_is_not_stored() -> None:
    spec = core().analyze_requirements("a blog, without comments")
    assert [e.name for e in spec.entities] == ["Post"]
    assert spec.requirements[-1].needs == ["without:entity:Comment"]


def test_a_limit_is_no_thing_to_leave_out() -> None:
    found = needs(
        core().analyze_requirements(
            "events with a capacity, attendees can register for events "
            "but not more than the capacity"
        )
    )
    assert not [need for need in found if need.startswith("without:")]
    assert "unknown:not capacity" in found


def test_a_rule_about_an_attribute_belongs_to_what_was_described() -> None:
    spec = core().analyze_requirements(
        "departments have many employees, each employee has a manager, salary must be positive"
    )
    assert [e.name for e in spec.entities] == ["Department", "Employee"]
    assert "salary" in [f.name for f in spec.entity("Employee").fields]
    assert "unknown:positive" in needs(spec)


def test_what_is_worked_out_is_not_stored_and_not_dropped() -> None:
    spec = core().analyze_requirements(
        "A service that stores temperature readings from sensors and returns the average per hour"
    )
    assert [e.name for e in spec.entities] == ["TemperatureReading", "Sensor"]
    assert {"unknown:return average", "unknown:per hour"} <= set(needs(spec))


def test_a_list_inside_a_list_ends_where_the_outer_one_goes_on() -> None:
    spec = core().analyze_requirements(
        "Each recipe has a name, a list of ingredients with quantity and unit, and steps"
    )
    assert [f.name for f in spec.entity("Ingredient").fields] == ["quantity", "unit"]
    assert "steps" in [f.name for f in spec.entity("Recipe").fields]


def test_the_words_own_thing_is_stored_beside_others_unless_they_mean_it() -> None:
    def stored(sentence: str) -> list[str]:
        return sorted(e.name for e in core().analyze_requirements(sentence).entities)

    assert stored("a todo app with reminders") == ["Reminder", "Todo"]
    assert stored("a todo app users can add tasks to") == ["Task"]
    assert "Booking" not in stored("an event booking platform, attendees can register for events")


def test_all_that_a_kind_of_software_stores_is_demanded() -> None:
    assert rows("an issue tracker") == [("An issue tracker", ["entity:Project", "entity:Issue"])]


@pytest.mark.parametrize("login", ["", " JWT login."])
def test_the_owner_of_a_pet_is_not_the_user_whose_row_it_is(login: str) -> None:
    spec = core().analyze_requirements(
        f"REST API for a clinic: owners have pets, pets have visits.{login}"
    )
    assert relation(spec, "Pet", "pet_owner").target == "Owner"
    assert "relation:Pet.pet_owner" in needs(spec)
