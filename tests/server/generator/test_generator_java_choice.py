"""Java is built when it is asked for, with Spring Boot and nothing in its stead."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings

OFFERED = {"python": frozenset({"rest_api"}), "java": frozenset({"rest_api", "cli", "library"})}
FEATURES = dict.fromkeys(OFFERED, FIRST_OFFERED)


def understood(sentence: str) -> ProjectSpec:
    core = IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))
    return core.analyze_requirements(sentence)


@pytest.mark.parametrize(
    ("sentence", "entities"),
    [
        ("a todo API with login in Java", ["Todo"]),
        ("Build a Spring Boot service for books and authors", ["Book", "Author"]),
        ("a Spring REST API for invoices with customers", ["Invoice", "Customer"]),
        ("Write a REST API in Java 17 with SQLite: books, members and loans", ["Book", "Member"]),
        ("backend in java with maven for tracking expenses, with JWT login", ["Expense"]),
        ("a Spring-Boot backend for recipes", ["Recipe"]),
    ],
)
def test_java_that_is_asked_for_is_built_with_spring_boot(
    sentence: str, entities: list[str]
) -> None:
    spec = understood(sentence)
    assert (spec.language, spec.archetype, spec.framework) == ("java", "rest_api", "spring boot")
    assert set(entities) <= {entity.name for entity in spec.entities}


def test_the_stack_tells_what_it_is_made_of() -> None:
    core = IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))
    stack = core.select_tech_stack(understood("a todo API with login in Java"), None)
    chosen = {choice.choice for choice in stack.choices}
    assert {"spring boot", "flyway", "jdbc client", "argon2id", "junit", "maven"} <= chosen


@pytest.mark.parametrize(
    "sentence", ["a todo API with Quarkus", "a todo API with Javalin", "a Micronaut API for todos"]
)
def test_another_framework_is_refused_with_the_one_there_is(sentence: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        understood(sentence)
    assert "Spring Boot" in error.value.hint


def test_kotlin_is_not_taken_for_java() -> None:
    with pytest.raises(UnsupportedError) as error:
        understood("Create a Kotlin API for tasks")
    assert "a REST API in Java with Spring Boot" in str(error.value)


# Half of these sentences were written before a line of the rules, half after.
PROGRAMS = [
    ("a command-line tool in Java that tracks expenses", "cli", "Expense"),
    ("a todo CLI with picocli", "cli", "Todo"),
    ("Write a Java console program to manage my books: add, list and delete books", "cli", "Book"),
    ("java cli for notes with tags", "cli", "Note"),
    ("Build a terminal app in Java 17 for habits and their entries", "cli", "Habit"),
    ("a Java command line program that keeps recipes in SQLite", "cli", "Recipe"),
    ("a Java library with models for invoices and customers", "library", "Invoice"),
    ("a Maven package in Java with types for decks and their cards", "library", "Deck"),
    ("Create a library in Java with types for orders and products", "library", "Order"),
    ("java library: measurements and sensors", "library", "Sensor"),
    ("I need a jar library in Java with models for contacts and addresses", "library", "Contact"),
    ("a Maven artifact in Java with types for flights and airports", "library", "Flight"),
]


@pytest.mark.parametrize(("sentence", "kind", "named"), PROGRAMS)
def test_programs_and_libraries_in_java_are_what_is_asked_for(
    sentence: str, kind: str, named: str
) -> None:
    spec = understood(sentence)
    framework = {"cli": "picocli", "library": ""}[kind]
    assert (spec.language, spec.archetype, spec.framework) == ("java", kind, framework)
    assert named in {entity.name for entity in spec.entities}


def test_programs_and_libraries_have_their_own_stacks() -> None:
    core = IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))
    for sentence, made_of in (
        ("a todo CLI in Java", {"picocli", "sqlite-jdbc", "jackson", "junit", "maven"}),
        ("a Java library with types for invoices", {"sealed types", "javadoc", "junit"}),
    ):
        stack = core.select_tech_stack(understood(sentence), None)
        assert made_of <= {choice.choice for choice in stack.choices}
