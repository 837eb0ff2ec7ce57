"""Parts of a project that a sentence leaves out, whatever else its verbs would take along."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.intelligence.understanding import core

CORE = core(
    python=frozenset({"rest_api", "cli", "worker"}),
    go=frozenset({"rest_api"}),
    html=frozenset({"game"}),
    typescript=frozenset({"cli"}),
)


def understand(sentence: str) -> ProjectSpec:
    return CORE.analyze_requirements(sentence)


@pytest.mark.parametrize(
    ("sentence", "left", "kind"),
    [
        ("A game in the browser where players can jump, without tests", ["tests"], "game"),
        ("A worker in Python that deletes old sessions every night without tests", ["tests"],
         "worker"),
        ("A CLI to rename files without tests or docs", ["docs", "tests"], "cli"),
        ("A REST API in Go for books with a title, no tests.", ["tests"], "rest_api"),
        ("A REST API in Go for a lab where patients have tests and results", [], "rest_api"),
    ],
)  # fmt: skip
def test_tests_and_docs_are_left_out_where_a_sentence_says_so(
    sentence: str, left: list[str], kind: str
) -> None:
    spec = understand(sentence)
    assert (sorted(spec.left_out), spec.archetype) == (left, kind)
    assert not [c for c in (*spec.commands, *spec.jobs) if "without" in c.description]
    assert spec.description == sentence


def test_rows_to_try_it_with_are_asked_for_in_several_ways() -> None:
    offered = {"python": frozenset({"rest_api"})}
    supported = Supported(offered, {"python": FIRST_OFFERED | {"seed_data"}})
    able = IntelligenceCore(GenerationSettings(), supported)
    for words in ("seed data", "demo data", "sample rows"):
        spec = able.analyze_requirements(f"A REST API in Python for books, with {words}")
        assert "seed_data" in spec.features
        assert [entity.name for entity in spec.entities] == ["Book"]


def test_roles_and_metrics_of_a_service_are_no_things_that_it_keeps() -> None:
    offered = {"rust": frozenset({"rest_api"})}
    supported = Supported(offered, {"rust": FIRST_OFFERED | {"roles", "monitoring"}})
    able = IntelligenceCore(GenerationSettings(), supported)
    for said in ("roles and metrics", "docker, roles, metrics and CORS", "CORS, metrics and roles"):
        spec = able.analyze_requirements(f"A REST API in Rust for orders with {said}")
        assert {"roles", "monitoring", "accounts"} <= {*spec.features}, said
        assert [entity.name for entity in spec.entities] == ["Order"], said
    spec = able.analyze_requirements("A REST API in Rust for films with actors, roles and reviews")
    assert "Role" in [entity.name for entity in spec.entities]
