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
KINDS = frozenset({"rest_api", "cli", "library", "mcp_server", "worker"})


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


def test_jobs_are_demanded_and_what_no_template_knows_is_asked_for() -> None:
    spec = spec_of("a worker that sends a report daily at 08:00 and deletes expired coupons hourly")
    assert [(job.name, job.schedule) for job in spec.jobs] == [
        ("send_report", "daily at 08:00"), ("delete_expired_coupons", "hourly"),
    ]  # fmt: skip
    assert {"archetype:worker", "job:send_report", "job:delete_expired_coupons"} <= set(needs(spec))
    (question,) = (q for q in spec.questions if q.id.startswith("logic"))
    assert "core/send_report.py" in question.question


def test_the_jobs_of_the_host_are_obeyed() -> None:
    jobs = [{"name": "tidy", "schedule": "hourly", "description": "Tidy up"}]
    spec = spec_of("a worker that sends reports", jobs=jobs)
    assert [(job.name, job.schedule) for job in spec.jobs] == [("tidy", "hourly")]
    assert "job:tidy" in needs(spec)
    assert "job:send_reports" not in needs(spec)
    assert spec_of("", archetype="worker", jobs=jobs).archetype == "worker"


def test_a_worker_that_is_a_person_or_a_part_is_no_program_of_its_own() -> None:
    for sentence in (
        "an app for employees where a worker has shifts",
        "a REST API for todos with a background worker that sends reminders",
        "an appointment scheduler for patients and doctors",
        "a scheduler for meetings and rooms",
        "a social worker that manages cases",
    ):
        assert spec_of(sentence).archetype == "rest_api"


def test_a_worker_without_jobs_asks_for_them() -> None:
    spec = spec_of("a background worker for invoices")
    assert spec.jobs == []
    assert any(question.id == "jobs" for question in spec.questions)


def test_long_texts_about_jobs_take_no_longer_than_they_are() -> None:
    spec = spec_of("a worker that " + "sends a report every day and " * 600)
    assert len(spec.jobs) <= 60
