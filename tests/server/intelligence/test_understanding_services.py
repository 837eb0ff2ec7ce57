"""Requests for programs that others start, such as assistants and schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import cases, core, needs, program_outcome

TABLE = Path(__file__).parent / "services.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
KINDS = frozenset({"rest_api", "cli", "library", "mcp_server"})


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    able = core("typescript", python=KINDS, typescript=frozenset({"rest_api"}))
    return able.analyze_requirements(sentence, host_spec=host_spec or None)


def outcome(spec: ProjectSpec) -> str:
    """As of programs, with jobs and their schedules, and channels."""
    lines = [program_outcome(spec)]
    lines += [f"@ {job.name} {job.schedule}".rstrip() for job in spec.jobs]
    lines += [f"# {channel.name}" for channel in spec.channels]
    return "\n".join(lines)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_service_it_describes(sentence: str, expected: str) -> None:
    assert outcome(spec_of(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "feature", "nearest"),
    [
        ("an MCP server for recipes where users can log in", "accounts", "a REST API in Python"),
        ("an MCP server for articles with PostgreSQL", "postgresql", "sqlite"),
        ("an MCP server for articles with Swagger", "openapi", "schemas"),
    ],
)
def test_a_feature_that_makes_no_sense_is_told_with_the_reason_and_the_nearest(
    sentence: str, feature: str, nearest: str
) -> None:
    spec = spec_of(sentence)
    assert feature not in spec.features
    row = next(r for r in spec.requirements if r.needs == [f"feature:{feature}"])
    assert "not built, because" in row.text
    assert nearest in row.text


def test_a_server_in_another_language_is_refused_with_what_is_nearest() -> None:
    with pytest.raises(UnsupportedError, match="TypeScript cannot generate an MCP server") as no:
        spec_of("a TypeScript MCP server for notes")
    assert "an MCP server in Python with the MCP SDK" in no.value.hint


def test_the_hosts_kind_of_software_and_commands_are_obeyed() -> None:
    spec = spec_of(
        "something for recipes", archetype="mcp", commands={"scale": ["factor: integer"]}
    )
    assert (spec.archetype, spec.framework, spec.name) == ("mcp_server", "mcp", "recipe-mcp")
    assert [command.name for command in spec.commands] == ["scale"]
    assert {"command:scale", "entity:Recipe"} <= set(needs(spec))
