"""Which sentences and specs mean an application with Next.js, and what it cannot be."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings

KINDS = frozenset({"rest_api", "cli", "web_app"})
FEATURES = frozenset(
    {"accounts", "docker", "ci", "frontend", "pagination", "filtering", "sorting", "search"}
    | {"health", "migrations", "sqlite", "validation", "tests", "docs"}
)
CORE = IntelligenceCore(
    GenerationSettings(),
    Supported(
        archetypes={"python": KINDS, "typescript": KINDS, "go": frozenset({"rest_api"})},
        features={
            "python": FEATURES | {"postgresql"},
            "typescript": FEATURES | {"rate_limiting", "openapi"},
            "go": FEATURES,
        },
        variants={"next.js": FEATURES},
    ),
)


def understood(text: str, **more: object) -> ProjectSpec:
    return CORE.analyze_requirements(text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        "A recipe site with Next.js: recipes with title, ingredients and minutes",
        "Next.js dashboard for invoices with number, amount and status",
        "Build a Next.js app for a library: books with title and author, users log in",
        "A NextJS web app to track plants; each plant has a name",
        "a blog in next.js with posts and comments, where authors sign in",
        "A web app in TypeScript using Next.js for customers with name and email",
        "Create an inventory app with Next.js and SQLite: products with price and stock",
        "Make a Next.js application where users log in and keep private notes with text",
        "I want a React app with Next.js for tracking habits with name and streak",
        "A website in Next.js for a club: members with name and email, events with date",
        "Full-stack app in Next.js, Drizzle and Tailwind for orders with number and total",
        "nextjs: a todo list with title, done and due date",
        "An inventory built in Next.JS: items with name and count",
        "A Next JS app for notes with text",
    ],
)
def test_a_sentence_asks_for_it(sentence: str) -> None:
    spec = understood(sentence)
    assert (spec.archetype, spec.language, spec.framework) == ("web_app", "typescript", "next.js")
    assert spec.entities
    assert not [e.name for e in spec.entities if "Next" in e.name]
    assert "api_language" not in spec.constraints


@pytest.mark.parametrize("name", ["next", "Next.js", "NextJS", "next.js", "Next JS"])
def test_a_host_asks_for_it_by_any_of_its_names(name: str) -> None:
    text = "A web app for recipes with a title"
    for said in ({"host_spec": {"framework": name}}, {"constraints": {"framework": name}}):
        spec = understood(text, **said)
        assert (spec.archetype, spec.language, spec.framework) == (
            *("web_app", "typescript"),
            "next.js",
        )
    assert understood(text, host_spec={"framework": name}).provenance["framework"] == "host"


@pytest.mark.parametrize(
    ("sentence", "host", "told"),
    [
        ("A Next.js app for todos with title", {"language": "python"}, "not in Python"),
        ("A Next.js app with a Go API for todos with title", {}, "themselves, and not a REST API"),
        (
            "A Next.js app for todos with title",
            {"constraints": {"api_language": "python"}},
            "no API in Python",
        ),
        ("A Next.js app with FastAPI for todos with title", {}, "no API in"),
        ("A REST API in Next.js for todos with title", {"archetype": "rest_api"}, "REST API"),
    ],
)
def test_what_it_cannot_be_is_refused_with_what_is_nearest(
    sentence: str, host: dict[str, object], told: str
) -> None:
    with pytest.raises(UnsupportedError, match=told) as caught:
        understood(sentence, host_spec=host)
    assert caught.value.hint


def test_what_only_pages_with_an_api_have_is_told() -> None:
    spec = understood("A Next.js app for todos with title, rate limiting and PostgreSQL")
    assert any("'rate_limiting' cannot be generated with Next.js" in a for a in spec.assumptions)
    assert any("'postgresql' cannot be generated in TypeScript" in a for a in spec.assumptions)


@pytest.mark.parametrize("text", ["Add a due date to recipes", "recipes with a title"])
def test_a_project_that_is_made_with_it_stays_so(text: str) -> None:
    settled = {"settled_language": "typescript", "settled_kind": "web_app"}
    assert understood(text, **settled, settled_framework="next.js").framework == "next.js"
    assert understood(text, **settled, settled_framework="react").framework == "react"
