"""Language, kind of software, constraints, stack, architecture, complexity and risks."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.models.spec import ProjectSpec, Provenance
from autonomous_coder.models.technology import Origin, Pin, Resolution
from server.intelligence.understanding import core, needs

TODO = "Create a REST API for a todo app with authentication"


def resolution(origin: Origin = Origin.LIVE) -> Resolution:
    return Resolution(
        ecosystem="pypi",
        runtime=">=3.11",
        origin=origin,
        pins=[
            Pin(name="fastapi", version="0.150.1"),
            Pin(name="sqlalchemy", version="2.1.0", newest="2.2.0", held_by="alembic <2.2"),
            Pin(name="pyjwt", version="2.11"),
            Pin(name="pwdlib", version="0.4"),
        ],
    )


def test_the_default_language_gives_way_to_python_and_says_so() -> None:
    spec = core().analyze_requirements(TODO)
    assert spec.language == "python"
    assert spec.framework == "fastapi"
    assert (
        "TypeScript is the default language but cannot generate rest_api yet; Python is used."
        in spec.assumptions
    )
    assert spec.provenance["language"] is Provenance.DEFAULT


def test_the_default_language_is_used_once_it_can_generate() -> None:
    both = core(python=frozenset({"rest_api"}), typescript=frozenset({"rest_api"}))
    assert both.analyze_requirements(TODO).language == "typescript"
    assert both.analyze_requirements(TODO + " in Python").language == "python"
    assert both.analyze_requirements(TODO, constraints={"language": "py"}).language == "python"


@pytest.mark.parametrize(
    "sentence",
    ["a todo API in Go", "a todo API in TypeScript", "a todo app using Express", "a blog in Rust",
     "a Django blog", "a todo API with Flask", "a snake game", "a CLI tool to rename files",
     "a desktop app for notes", "an MCP server for weather", "an ETL pipeline for sales",
     "a static website for a bakery"],
)  # fmt: skip
def test_what_cannot_be_generated_is_refused_with_what_can(sentence: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements(sentence)
    assert "rest_api" in error.value.hint or "FastAPI" in error.value.hint


@pytest.mark.parametrize(
    "constraints",
    [{"language": "go"}, {"framework": "django"}, {"framework": "react"}, {"database": "oracle"},
     {"archetype": "game"}],
)  # fmt: skip
def test_a_demand_that_cannot_be_met_is_refused(constraints: dict[str, str]) -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements(TODO, constraints=constraints)
    assert error.value.hint


def test_a_blog_is_taken_as_an_api_and_asked_about() -> None:
    spec = core().analyze_requirements("a blog")
    assert spec.archetype == "rest_api"
    assert any("REST API is built" in text for text in spec.assumptions)
    question = next(q for q in spec.questions if q.id == "archetype")
    assert (question.assumed, question.choices) == ("rest_api", ["rest_api"])


def test_wishes_nobody_understands_are_reported_and_never_dropped() -> None:
    spec = core().analyze_requirements(
        TODO,
        constraints={"database": "postgresql"},
        preferences={"testing": "playwright", "styling": "tailwind", "linter": "ruff"},
    )
    assert "postgresql" in spec.features
    assert "sqlite" not in spec.features
    assert {"unknown:testing: playwright", "unknown:styling: tailwind"} <= set(needs(spec))
    assert any("styling: tailwind" in text for text in spec.assumptions)
    assert any("linter: ruff" in text for text in spec.assumptions)
    assert "feature:postgresql" in needs(spec)


def test_a_constraint_can_switch_accounts_off() -> None:
    spec = core().analyze_requirements(TODO, constraints={"authentication": "none"})
    assert "accounts" not in spec.features


def test_malformed_constraints_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        core().analyze_requirements(TODO, constraints={"a": "b\x00c" + "x" * 400})


def test_the_stack_has_versions_from_the_resolution_and_reasons() -> None:
    engine = core()
    spec = engine.analyze_requirements(TODO)
    stack = engine.select_tech_stack(spec, resolution())
    parts = stack.as_dict()
    assert parts["web framework"] == "fastapi 0.150.1"
    assert parts["orm"] == "sqlalchemy 2.1.0"
    assert parts["database"] == "sqlite"
    assert parts["tokens"] == "pyjwt 2.11"
    assert all(choice.reason for choice in stack.choices)
    assert engine.select_tech_stack(spec, None).as_dict()["web framework"] == "fastapi"
    plain = engine.analyze_requirements("a todo API with PostgreSQL, no accounts")
    parts = engine.select_tech_stack(plain, resolution()).as_dict()
    assert parts["database"] == "postgresql"
    assert "tokens" not in parts
    assert "migrations" in parts


def test_a_stack_that_is_not_known_is_refused() -> None:
    spec = ProjectSpec(name="x", language="cobol")
    with pytest.raises(UnsupportedError, match="cobol"):
        core().select_tech_stack(spec, None)


def test_larger_requests_are_more_complex() -> None:
    engine = core()
    small = engine.estimate_complexity(engine.analyze_requirements("a todo app"))
    shop = "an e-commerce site with products, categories, customers, orders, order items, reviews, "
    large = engine.estimate_complexity(
        engine.analyze_requirements(shop + "coupons, shipments, refunds, suppliers and login")
    )
    assert small.level == "simple"
    assert large.score > small.score
    assert large.level in {"medium", "complex"}
    assert sum(large.factors.values()) >= large.score


def test_the_architecture_names_layers_from_the_outside_in() -> None:
    engine = core()
    shape = engine.determine_architecture(engine.analyze_requirements(TODO))
    assert shape.layers[0] == "routes"
    assert "security" in shape.layers
    assert shape.reason


def test_risks_name_what_was_not_understood_held_or_old() -> None:
    engine = core()
    spec = engine.analyze_requirements("a todo app where users can transmogrify zorbs")
    stack = engine.select_tech_stack(spec, resolution(Origin.STALE))
    titles = [risk.title for risk in engine.assess_risks(spec, stack)]
    assert titles[0] == "Parts of the request were not understood"
    assert "Versions may be out of date" in titles
    assert "sqlalchemy is held below its newest version" in titles
    unresolved = engine.assess_risks(spec, engine.select_tech_stack(spec, None))
    assert "Versions were not looked up" in [risk.title for risk in unresolved]


@pytest.mark.parametrize("words", ["constraints", "preferences", "host_spec"])
def test_a_version_of_a_language_is_reported_and_does_not_hide_the_language(words: str) -> None:
    known = {words: {"language": "Python 3.12"}}
    spec = core().analyze_requirements("REST API for books", **known)
    assert spec.language == "python"
    assert "unknown:language: 3.12" in [need for row in spec.requirements for need in row.needs]


@pytest.mark.parametrize(("words", "language"), [("in JS", "javascript"), ("in TS", "typescript")])
def test_a_language_is_known_by_its_short_name(words: str, language: str) -> None:
    able = core(**dict.fromkeys(("javascript", "typescript"), frozenset({"rest_api"})))
    spec = able.analyze_requirements(f"REST API {words} with products and categories")
    assert spec.language == language
    assert [entity.name for entity in spec.entities] == ["Product", "Category"]
