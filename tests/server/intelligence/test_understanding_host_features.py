"""The host's list of features beside what the sentence asks for."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.models.spec import Access, ProjectSpec, Provenance
from autonomous_coder.settings import GenerationSettings
from server.intelligence.understanding import core, needs

LOGIN = "a notes app with login"


def spec_of(sentence: str, features: Any, **more: Any) -> ProjectSpec:
    return core().analyze_requirements(sentence, host_spec={"features": features, **more})


def test_the_hosts_features_are_added_to_those_the_sentence_asks_for() -> None:
    spec = spec_of(LOGIN, ["docker"])
    assert spec.features == ["docker", "accounts"]
    assert spec.entity("Note").access is Access.PRIVATE
    assert spec.provenance["features"] is Provenance.HOST
    assert spec.provenance["features.docker"] is Provenance.HOST
    assert spec.provenance["features.accounts"] is Provenance.USER
    assert not any("Nothing was said about logging in" in text for text in spec.assumptions)


@pytest.mark.parametrize("listed", [[], ["search"]])
def test_the_hosts_features_replace_the_defaults(listed: list[str]) -> None:
    assert spec_of("a notes app", listed).features == listed


def test_a_feature_both_name_is_there_once_and_the_hosts() -> None:
    spec = spec_of(LOGIN, ["accounts"])
    assert spec.features == ["accounts"]
    assert spec.provenance["features.accounts"] is Provenance.HOST


def test_the_host_wins_over_a_sentence_that_leaves_a_feature_out() -> None:
    spec = spec_of(f"{LOGIN}, without docker", ["docker"])
    assert spec.features == ["docker", "accounts"]
    assert any("'docker' stays" in text for text in spec.assumptions)


def test_a_feature_the_host_says_no_to_is_left_out() -> None:
    spec = spec_of(LOGIN, {"docker": True, "auth": False})
    assert spec.features == ["docker"]
    assert any("(accounts)" in text for text in spec.assumptions)
    assert "accounts" not in [q.id for q in spec.questions]


def test_features_of_constraints_are_added_to_the_hosts() -> None:
    spec = spec_of(LOGIN, ["docker"], constraints={"database": "postgresql"})
    assert spec.features == ["docker", "postgresql", "accounts"]


def test_every_feature_a_demand_needs_is_there_though_the_host_lists_others() -> None:
    spec = spec_of("a shop where only admins can delete products, with search", ["ci"])
    wanted = {n.removeprefix("feature:") for n in needs(spec) if n.startswith("feature:")}
    assert wanted <= set(spec.features)


FEATURES = {
    "rest_api": {"go": frozenset({"accounts"}), "python": frozenset({"accounts", "file_upload"})},
    "web_app": {"python": frozenset({"accounts", "charts"})},
}


@pytest.mark.parametrize(
    ("name", "need", "told"),
    [
        ("file_upload", "feature:file_upload", "it can in Python"),
        ("charts", "feature:charts", "a REST API cannot have it. Nearest: a web application in"),
        ("acounts", "unknown:acounts", "no template knows it. Nearest: 'accounts'"),
        ("payments", "unknown:payments", "to hand in its code with 'spec.extra_files'"),
    ],
)
def test_what_the_host_asks_for_and_cannot_be_built_is_a_requirement_and_told(
    name: str, need: str, told: str
) -> None:
    kinds = {"go": frozenset({"rest_api"}), "python": frozenset({"rest_api", "web_app"})}
    all_of = {
        language: frozenset().union(*(kind.get(language, ()) for kind in FEATURES.values()))
        for language in kinds
    }
    able = IntelligenceCore(GenerationSettings(), Supported(kinds, all_of, of_kinds=FEATURES))
    wanted = {"language": "go", "archetype": "rest_api", "features": ["accounts", name]}
    spec = able.analyze_requirements("an API for books", host_spec=wanted)
    assert need in needs(spec)
    assert any(f"'{name}'" in text and told in text for text in spec.assumptions)
    assert "feature:accounts" not in needs(spec)
