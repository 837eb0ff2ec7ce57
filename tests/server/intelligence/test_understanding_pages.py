"""Requests for web applications: who gets pages, and who the API behind them."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs

PAGES = frozenset({"rest_api", "web_app"})
MEANT = [
    ("a web app for recipes with ingredients", "recipe-app", "Recipe"),
    ("Create a web application for managing a music collection: artists, albums", "", "Artist"),
    ("a website where people can post recipes", "", "Recipe"),
    ("Build a full-stack app for tracking expenses", "expense-app", "Expense"),
    ("a bug tracker in Python with a web UI", "", "Bug"),
    ("I need an inventory of products and suppliers with web pages", "", "Product"),
    # Written after the rules.
    ("a web portal for employees to request vacations", "", "Vacation"),
    ("Make a site for a book club: books, reviews and members", "", "Book"),
    ("a Python web app to manage patients and appointments, with login", "", "Patient"),
    ("a todo web application using FastAPI", "todo-app", "Todo"),
    ("A web-based application to track tools and who borrowed them", "", "Tool"),
    ("customer database with a frontend", "", "Customer"),
]


def spec_of(sentence: str, **host: Any) -> ProjectSpec:
    able = core("typescript", python=PAGES, go=frozenset({"rest_api"}))
    return able.analyze_requirements(sentence, host_spec=host or None)


@pytest.mark.parametrize(("sentence", "name", "stored"), MEANT, ids=[m[0][:40] for m in MEANT])
def test_a_sentence_becomes_a_web_application(sentence: str, name: str, stored: str) -> None:
    spec = spec_of(sentence)
    assert (spec.archetype, spec.language, spec.framework) == ("web_app", "python", "fastapi")
    assert stored in [entity.name for entity in spec.entities]
    assert name in {"", spec.name}
    assert "openapi" not in spec.features
    assert "archetype" not in [question.id for question in spec.questions]


@pytest.mark.parametrize(
    "sentence", ["a web app for recipes in Go", "a recipe website written in Go"]
)
def test_a_language_without_pages_makes_the_api_behind_them_and_says_so(sentence: str) -> None:
    spec = spec_of(sentence)
    assert (spec.archetype, spec.language) == ("rest_api", "go")
    assert any("cannot be generated in Go yet" in told for told in spec.assumptions)
    assert "archetype:web_app" in needs(spec)


@pytest.mark.parametrize(
    "sentence",
    [
        "a REST API for recipes",
        "a recipe API with a frontend",
        "a todo app",
        "a blog with comments",
    ],
)
def test_whoever_asks_for_no_pages_gets_an_api(sentence: str) -> None:
    assert spec_of(sentence).archetype == "rest_api"


def test_what_the_host_says_is_obeyed() -> None:
    assert spec_of("a web app for recipes", archetype="rest_api").archetype == "rest_api"
    pages = [{"name": "about", "title": "About us"}]
    spec = spec_of("recipes", archetype="web_app", pages=pages)
    assert spec.archetype == "web_app"
    assert [page.title for page in spec.pages] == ["About us"]
    assert spec_of("a web app for recipes in Go", language="python").archetype == "web_app"


@pytest.mark.parametrize(
    ("sentence", "api"),
    [
        ("a shop admin with React and charts", None),
        ("a React app for orders and customers with charts and a Go API", "go"),
    ],
)
def test_charts_are_asked_for_beside_what_makes_the_pages(sentence: str, api: str | None) -> None:
    able = core("python", python=PAGES, typescript=PAGES, go=frozenset({"rest_api"}))
    spec = able.analyze_requirements(sentence)
    assert (spec.archetype, spec.language) == ("web_app", "typescript")
    assert "charts" in spec.features
    assert spec.constraints.get("api_language") == api
    assert "feature:charts" in needs(spec)
