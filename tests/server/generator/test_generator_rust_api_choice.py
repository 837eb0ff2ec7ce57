"""Rust is built when it is asked for, with axum and nothing in its stead."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

OFFERED = {"python": frozenset({"rest_api"}), "rust": frozenset({"rest_api"})}
FEATURES = dict.fromkeys(OFFERED, FIRST_OFFERED)


def core() -> IntelligenceCore:
    return IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))


@pytest.mark.parametrize(
    ("request_text", "entities"),
    [
        ("a todo API with login in Rust", {"Todo"}),
        ("Build me a REST API with axum for a library with books and authors", {"Book", "Author"}),
        ("I need a Rust web service to track invoices and customers", {"Invoice", "Customer"}),
        ("rust backend for recipes with ingredients", {"Recipe", "Ingredient"}),
        ("An inventory API, written in Rust with SQLite, for products", {"Product"}),
    ],
)
def test_rust_that_is_asked_for_has_its_own_stack(request_text: str, entities: set[str]) -> None:
    spec = core().analyze_requirements(request_text)
    assert (spec.language, spec.archetype, spec.framework) == ("rust", "rest_api", "axum")
    assert {entity.name for entity in spec.entities} - {"User"} == entities
    stack = core().select_tech_stack(spec, None)
    assert {"axum", "sqlx", "sqlite"} <= {choice.choice for choice in stack.choices}


def test_accounts_bring_their_parts() -> None:
    spec = core().analyze_requirements("a todo API with login in Rust")
    stack = core().select_tech_stack(spec, None)
    assert {"argon2", "jsonwebtoken"} <= {choice.choice for choice in stack.choices}


def test_another_framework_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo API with Actix")
    assert "axum" in error.value.hint
