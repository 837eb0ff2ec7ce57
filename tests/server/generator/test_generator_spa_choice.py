"""Which sentences and specs mean pages in TypeScript, and what is written behind them."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

KINDS = {"rest_api", "cli", "library"}
FEATURES = frozenset(
    {"accounts", "cors", "docker", "ci", "frontend", "pagination", "filtering", "sorting", "search"}
    | {"openapi", "health", "migrations", "sqlite", "validation", "tests", "docs", "logging"}
)


def core(**settings: str) -> IntelligenceCore:
    return IntelligenceCore(
        GenerationSettings.model_validate(settings),
        Supported(
            archetypes={
                "python": frozenset(KINDS | {"web_app"}),
                "typescript": frozenset(KINDS | {"web_app"}),
                "javascript": frozenset(KINDS),
                "go": frozenset(KINDS),
                "java": frozenset(KINDS),
            },
            features={
                "python": FEATURES | {"postgresql"},
                "typescript": FEATURES,
                "javascript": FEATURES,
                "go": FEATURES,
                "java": FEATURES,
            },
        ),
    )


@pytest.mark.parametrize(
    ("sentence", "api"),
    [
        ("Create a web app for recipes with title and ingredients", "typescript"),
        ("Build me a React dashboard for invoices with number, amount and status", "typescript"),
        ("A single page application for a library: books with title and author", "typescript"),
        ("A React app with a Go API for tracking plants: each plant has a name", "go"),
        ("React with FastAPI: a todo list with title, done and due date", "python"),
        ("SPA in TypeScript with an Express backend: products with price and stock", "javascript"),
        ("full-stack app: Go backend, React frontend, recipes with ingredients", "go"),
        ("A React front end with a Python API for sensors with name and unit", "python"),
        ("React front end with a Spring Boot back end: invoices with number, amount", "java"),
        ("A React dashboard for orders with number, status and a Java backend", "java"),
        ("A React dashboard for orders with number, status and a Go backend", "go"),
        ("A single page app for visits with date and place, and a Python API", "python"),
    ],
)
def test_a_sentence_asks_for_pages_and_an_api(sentence: str, api: str) -> None:
    spec = core().analyze_requirements(sentence)
    assert (spec.archetype, spec.language, spec.framework) == ("web_app", "typescript", "react")
    assert spec.constraints.get("api_language", "typescript") == api
    fields = {field.name for entity in spec.entities for field in entity.fields}
    assert not [name for name in fields if name.endswith(("backend", "api"))]


@pytest.mark.parametrize(
    ("sentence", "kind", "language"),
    [
        ("A web app in Python for managing customers", "web_app", "python"),
        ("A web app with PostgreSQL for orders", "web_app", "python"),
        ("A REST API in Go for players who react to scores", "rest_api", "go"),
    ],
)
def test_a_sentence_that_asks_for_something_else_gets_that(
    sentence: str, kind: str, language: str
) -> None:
    spec = core().analyze_requirements(sentence)
    assert (spec.archetype, spec.language) == (kind, language)


def test_a_default_language_that_somebody_chose_makes_the_web_application() -> None:
    sentence = "Create a web app for recipes with title and ingredients"
    assert core(default_language="python").analyze_requirements(sentence).language == "python"


def test_what_the_host_says_is_done() -> None:
    sentence = "A React app for plants with a name"
    host = {"archetype": "web_app", "language": "typescript", "constraints": {"backend": "FastAPI"}}
    assert core().analyze_requirements(sentence, host_spec=host).constraints["api_language"] == (
        "python"
    )
    for key, value, kind in (
        ("language", "python", "web_app"),
        ("archetype", "rest_api", "rest_api"),
    ):
        spec = core().analyze_requirements(sentence, host_spec={key: value})
        assert spec.archetype == kind
        assert key != "language" or spec.language == value


def test_pages_by_another_framework_are_made_with_react_and_asked_about() -> None:
    spec = core().analyze_requirements("A Vue app for notes with text and tags")
    assert any("Vue is not supported" in text for text in spec.assumptions)
    assert "pages_framework" in {question.id for question in spec.questions}


def test_an_api_in_a_language_that_has_none_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="Rust cannot generate a REST API"):
        core().analyze_requirements("A React front end with a Rust API for sensors")


@pytest.mark.parametrize("key", ["api_language", "backend"])
@pytest.mark.parametrize(
    ("value", "api", "version"),
    [
        ("ts", "typescript", ""),
        ("Golang", "go", ""),
        ("python 3.12", "python", "3.12"),
        ("Express", "javascript", ""),
        ("Node", "javascript", ""),
    ],
)
def test_the_generator_is_told_the_language_of_an_api_by_its_name(
    key: str, value: str, api: str, version: str
) -> None:
    spec = core().analyze_requirements("A React app for plants", constraints={key: value})
    assert spec.constraints["api_language"] == api
    unmet = [need for row in spec.requirements for need in row.needs if "unknown" in need]
    assert unmet == ([f"unknown:{key}: {version}"] if version else [])
    liked = core().analyze_requirements("A React app for plants", preferences={key: value})
    assert liked.constraints["api_language"] == api


def test_what_an_api_in_another_language_has_or_lacks_is_told_of_that_language() -> None:
    def told(api: str) -> list[str]:
        text = f"A React app with a {api} API for plants, PostgreSQL"
        notes = core().analyze_requirements(text).assumptions
        return [note for note in notes if "'postgresql'" in note]

    assert told("Python") == []
    assert told("Go") == [
        "'postgresql' cannot be generated for an API in Go yet; it can in Python."
    ]
