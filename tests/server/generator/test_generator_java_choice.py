"""Java is built when it is asked for, with Spring Boot and nothing in its stead."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings

OFFERED = {"python": frozenset({"rest_api"}), "java": frozenset({"rest_api"})}
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
