"""What software is to be made with, said in brackets, in other tongues, or not to be used."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs

API = frozenset({"rest_api"})
LANGUAGES = ("python", "typescript", "javascript", "go", "rust", "java")


def spec_of(sentence: str) -> ProjectSpec:
    return core("typescript", **dict.fromkeys(LANGUAGES, API)).analyze_requirements(sentence)


@pytest.mark.parametrize(
    ("sentence", "language", "things"),
    [
        ("a todo API (Express, not Fastify) for tasks", "javascript", ["Task"]),
        ("a REST API for books (Hono, not Express)", "typescript", ["Book"]),
        ("an API for invoices (written in Rust, with axum)", "rust", ["Invoice"]),
        ("an API for invoices written in Rust", "rust", ["Invoice"]),
        ("a backend for lessons developed in Python with FastAPI", "python", ["Lesson"]),
        ("a book library API (in Java please) with authors and books", "java", ["Author", "Book"]),
        ("REST API for tickets (TypeScript + Hono)", "typescript", ["Ticket"]),
        ("an API for orders (not Django, please use FastAPI)", "python", ["Order"]),
        ("inventory backend (Go) for products", "go", ["Product"]),
        ("API for movies (should be written in Go, not Python)", "go", ["Movie"]),
        ("a REST API in Python (FastAPI preferred) to manage recipes", "python", ["Recipe"]),
        ("an API for tasks, not in TypeScript", "python", ["Task"]),
        ("an API for tasks (not Hono)", "python", ["Task"]),
        ("Une API en Go pour gérer des livres", "go", ["Item"]),
        ("API en Go", "go", ["Item"]),
        ("api en go para libros", "go", ["Item"]),
        ("En API i Go för böcker", "go", ["Item"]),
        ("Créer une API avec Go", "go", ["Item"]),
        ("Un'API in Java per gestire libri", "java", ["Item"]),
    ],
)
def test_the_language_is_heard_wherever_it_is_said(
    sentence: str, language: str, things: list[str]
) -> None:
    spec = spec_of(sentence)
    assert (spec.language, [entity.name for entity in spec.entities]) == (language, things)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("A Go REST API for a library: books and authors", "rest_api"),
        ("go api for pupils", "rest_api"),
        ("a go backend for pupils", "rest_api"),
        ("a go service for pupils", "rest_api"),
        ("a go program for pupils", ""),
    ],
)
def test_the_words_behind_go_say_what_kind_of_software_is_meant(sentence: str, kind: str) -> None:
    spec = spec_of(sentence)
    assert (spec.language, spec.archetype) == ("go", "rest_api")
    asked = [question.id for question in spec.questions]
    assert ("archetype" in asked) == (not kind)


def test_go_is_a_language_by_its_capital_only() -> None:
    for sentence in ("an API for trips. Go for Rust", "a leaderboard for Go players"):
        assert spec_of(sentence).language != "go"


def test_features_in_brackets_are_asked_for() -> None:
    spec = spec_of("a blog API (with Docker and PostgreSQL) for posts")
    assert {"docker", "postgresql"} <= set(spec.features)
    assert [entity.name for entity in spec.entities] == ["Post"]


def test_what_is_not_to_be_used_is_not_used_and_told() -> None:
    assert "without:framework:fastify" in needs(spec_of("an API for tasks (Hono, not Fastify)"))
    assert "without:language:typescript" in needs(spec_of("an API for tasks, not in TypeScript"))
    with pytest.raises(UnsupportedError, match=r"Spring Boot is not to be used.*FastAPI"):
        spec_of("an API for tasks in Java without Spring")


def test_a_framework_in_brackets_that_is_not_offered_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="'fastify' is not supported"):
        spec_of("A REST API in TypeScript for books (Fastify)")
    with pytest.raises(UnsupportedError, match=r"Hono is not to be used.*Python with FastAPI"):
        spec_of("A REST API in TypeScript for books (Fastify, not Hono)")


@pytest.mark.parametrize(
    "sentence",
    [
        "a Next app for recipes",
        "a recipe app built with Next and Tailwind",
        "a recipe app using Next 16",
        "my Next app is for recipes",
    ],
)
def test_next_is_a_framework_by_its_capital_and_what_stands_around_it(sentence: str) -> None:
    pages = core("typescript", typescript=frozenset({"rest_api", "web_app"}))
    spec = pages.analyze_requirements(sentence)
    assert (spec.archetype, spec.framework) == ("web_app", "next.js")
    assert [entity.name for entity in spec.entities] == ["Recipe"]
    assert pages.analyze_requirements("an API for the Next Door shop").framework != "next.js"


def test_a_tool_that_nobody_knows_is_no_thing_to_store() -> None:
    spec = spec_of("a todo API built with Foo")
    assert [entity.name for entity in spec.entities] == ["Todo"]
    assert "unknown:foo" in needs(spec)


def test_a_version_is_taken_out_of_the_sentence_and_told() -> None:
    spec = spec_of("an API for books in Python 3.12 with FastAPI and Postgres 17")
    assert [entity.name for entity in spec.entities] == ["Book"]
    assert {"unknown:Python 3.12", "unknown:Postgres 17"} <= set(needs(spec))
    assert any("'Python 3.12' is not pinned" in said for said in spec.assumptions)
    assert not [q for q in spec.questions if q.id.startswith("unknown")]
    named = spec_of("an API for books in Python 3 with 3 books for each reader")
    assert not [need for need in needs(named) if "Python" in need]


def test_accounts_are_those_of_users_unless_customers_have_some() -> None:
    spec = spec_of("an API for recipes with accounts")
    assert "accounts" in spec.features
    assert not [need for need in needs(spec) if need.startswith("unknown")]
    assert "unknown:recipe with accounts" not in needs(spec)
    bank = spec_of("an API for loans with accounts")
    assert "accounts" not in bank.features


def test_a_feature_with_an_article_ends_a_list_of_attributes() -> None:
    spec = spec_of("an API for tasks with a name, a due date, a dev container")
    assert [field.name for field in spec.entity("Task").fields] == ["name", "due_date"]
    assert "feature:dev_container" in needs(spec)


@pytest.mark.parametrize(
    ("language", "path"),
    [
        ("Python", "app/jobs/email_customers.py"),
        ("Go", "internal/jobs/emailcustomers.go"),
        ("JavaScript", "src/jobs/email-customers.js"),
    ],
)
def test_the_place_of_a_jobs_code_is_that_of_its_language(language: str, path: str) -> None:
    spec = spec_of(f"an API for orders in {language} that emails customers weekly")
    assert any(path in question.question for question in spec.questions)


def test_no_code_is_asked_for_jobs_that_a_language_cannot_have() -> None:
    spec = spec_of("an API for orders in Rust that emails customers weekly")
    assert not [question for question in spec.questions if question.id.startswith("logic")]
    assert "job:email_customers" in needs(spec)


def names_of(sentence: str) -> dict[str, list[str]]:
    spec = core("python", python=frozenset({"rest_api", "web_app"})).analyze_requirements(sentence)
    return {e.name: [field.name for field in e.fields] for e in spec.entities}


def test_cards_are_those_of_what_stands_beside_them() -> None:
    kanban = names_of("an API for boards, columns and cards")
    assert kanban["Card"] == ["title", "description", "position"]
    assert names_of("an API for decks and cards")["Card"] == ["front", "back"]


def test_accounts_beside_transactions_are_those_of_a_bank() -> None:
    assert list(names_of("an API for budgets, accounts and transactions")) == [
        "Budget",
        "Account",
        "Transaction",
    ]


def test_opening_hours_are_things_and_not_something_done() -> None:
    assert "OpeningHour" in names_of("Admins manage opening hours in a salon API")


def test_charts_are_pages_that_somebody_looks_at() -> None:
    pages = core("python", python=frozenset({"rest_api", "web_app"}))
    assert pages.analyze_requirements("a sales dashboard with charts").archetype == "web_app"
    api = pages.analyze_requirements("a REST API for sales with charts")
    assert api.archetype == "rest_api"


def test_the_type_behind_a_name_is_no_part_of_it() -> None:
    fields = names_of("an API for readings (temperature float, taken_at datetime)")
    assert fields == {"Reading": ["temperature", "taken_at"]}


def test_a_resume_is_uploaded() -> None:
    assert "feature:file_upload" in needs(
        spec_of("an API where candidates apply with a resume upload")
    )


def test_a_quiz_game_is_a_game() -> None:
    games = core("python", python=frozenset({"rest_api"}), html=frozenset({"game"}))
    assert games.analyze_requirements("a quiz game in the browser").archetype == "game"


def test_a_clone_holds_what_its_model_holds_and_is_nothing_to_store() -> None:
    assert list(names_of("a Trello clone API")) == ["Board", "Column", "Card"]
    assert list(names_of("clone of Reddit with topics, posts and comments")) == [
        "Topic",
        "Post",
        "Comment",
    ]
    assert list(names_of("a Foo clone with boards")) == ["Board"]
    assert "unknown:foo" in needs(spec_of("a Foo clone API with boards"))


def test_tickets_of_events_have_codes_and_types_with_prices() -> None:
    things = names_of("an API where events have ticket types with price and quantity, and tickets")
    assert things["TicketType"] == ["price", "quantity"]
    assert things["Ticket"] == ["code", "price", "checked_in"]
    assert "subject" in names_of("a helpdesk API for tickets")["Ticket"]


def test_what_things_are_made_with_is_stored_and_not_how_they_are_made() -> None:
    things = names_of("An inventory app. Products are made with materials.")
    assert {"Product", "Material"} <= set(things)
    assert "materials" not in things["Product"]


def test_software_about_games_is_no_game() -> None:
    kinds = core(
        "python",
        python=frozenset({"rest_api", "web_app", "game"}),
        html=frozenset({"game"}),
    )
    about = kinds.analyze_requirements("Web app in Python to plan quiz game nights with teams")
    assert about.archetype == "web_app"
    assert kinds.analyze_requirements("a quiz game in Python with teams").archetype == "game"


def test_a_clone_ends_with_its_sentence() -> None:
    spec = spec_of("Create a clone of Twitter. It needs accounts.")
    assert [entity.name for entity in spec.entities] == ["Post", "Like"]
    assert "accounts" in spec.features
    named = spec_of("A clone of the Trello API in Rust")
    assert [entity.name for entity in named.entities] == ["Board", "Column", "Card"]


def test_tickets_of_those_who_need_help_stay_theirs_beside_events() -> None:
    things = names_of("A REST API for a support desk: customers, tickets and events")
    assert "subject" in things["Ticket"]
