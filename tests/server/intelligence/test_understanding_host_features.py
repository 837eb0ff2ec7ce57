"""The host's list of features beside what the sentence asks for."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.models.spec import Access, ProjectSpec, Provenance
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
