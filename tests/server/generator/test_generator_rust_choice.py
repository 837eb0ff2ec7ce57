"""Libraries in Rust are built when they are asked for; other kinds in Rust are refused plainly."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

OFFERED = {
    "python": frozenset({"rest_api", "cli", "library"}),
    "typescript": frozenset({"rest_api"}),
    "rust": frozenset({"library"}),
}
FEATURES = dict.fromkeys(OFFERED, FIRST_OFFERED)


def core() -> IntelligenceCore:
    return IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))


@pytest.mark.parametrize(
    ("request_text", "entities"),
    [
        ("a Rust library for books and authors", {"Book", "Author"}),
        ("Build a rust crate that keeps recipes with ingredients", {"Recipe", "Ingredient"}),
        ("I want a library in Rust for managing invoices", {"Invoice"}),
        ("Write me a Rust library with products and categories", {"Product", "Category"}),
        ("a crate in rust with data types for todos", {"Todo"}),
        ("Make a publishable Rust crate for contacts", {"Contact"}),
    ],
)
def test_a_library_in_rust_is_understood(request_text: str, entities: set[str]) -> None:
    spec = core().analyze_requirements(request_text)
    assert (spec.language, spec.archetype) == ("rust", "library")
    assert {entity.name for entity in spec.entities} == entities
    stack = core().select_tech_stack(spec, None)
    assert {"serde", "thiserror", "cargo doc"} <= {choice.choice for choice in stack.choices}


@pytest.mark.parametrize("request_text", ["a todo API with axum", "a REST API in Rust for todos"])
def test_what_rust_is_not_built_for_is_refused_with_what_is(request_text: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements(request_text)
    assert "library" in f"{error.value} {error.value.hint}"
