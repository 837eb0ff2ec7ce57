"""Requests for data pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import cases, core, needs, program_outcome

TABLE = Path(__file__).parent / "pipelines.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
KINDS = frozenset({"rest_api", "cli", "library", "mcp_server", "worker", "data_pipeline"})


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    able = core("typescript", python=KINDS, typescript=frozenset({"rest_api"}))
    return able.analyze_requirements(sentence, host_spec=host_spec or None)


def outcome(spec: ProjectSpec) -> str:
    """As of programs, with steps and what is asked."""
    lines = [program_outcome(spec), *(f"@ {job.name}" for job in spec.jobs)]
    lines += [f"? {q.id}" for q in spec.questions if q.id.startswith(("logic", "datasets"))]
    return "\n".join(lines)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_pipeline_it_describes(sentence: str, expected: str) -> None:
    assert outcome(spec_of(sentence)) == expected


def test_the_hosts_kind_of_software_and_steps_are_obeyed() -> None:
    jobs = [{"name": "enrich"}, {"name": "validate"}]
    spec = spec_of("something for recipes", archetype="pipeline", jobs=jobs)
    assert (spec.archetype, [job.name for job in spec.jobs]) == (
        "data_pipeline",
        ["enrich", "validate"],
    )
    assert {"job:enrich", "entity:Recipe"} <= set(needs(spec))


def test_what_duplicates_are_told_by_is_unique() -> None:
    spec = spec_of("a data pipeline that reads contacts from CSV and dedupes them by email")
    assert [field.name for field in spec.entities[0].fields if field.unique] == ["email"]


@pytest.mark.parametrize("feature", ["accounts", "postgresql", "openapi"])
def test_a_feature_that_makes_no_sense_is_told_with_the_reason(feature: str) -> None:
    said = {
        "accounts": "where users can log in",
        "postgresql": "with PostgreSQL",
        "openapi": "with Swagger",
    }
    spec = spec_of(f"a data pipeline for orders {said[feature]}")
    assert feature not in spec.features
    row = next(r for r in spec.requirements if r.needs == [f"feature:{feature}"])
    assert "not built, because" in row.text
