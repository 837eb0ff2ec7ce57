"""Requests for background workers where several languages can make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.test_understanding_services import outcome
from server.intelligence.understanding import cases, core

TABLE = Path(__file__).parent / "workers.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
KINDS = frozenset({"rest_api", "cli", "library", "mcp_server", "worker"})


def spec_of(sentence: str) -> ProjectSpec:
    able = core("typescript", python=KINDS, typescript=KINDS)
    return able.analyze_requirements(sentence)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_worker_it_describes(sentence: str, expected: str) -> None:
    spec = spec_of(sentence)
    assert f"{spec.language} {outcome(spec)}" == expected


def test_the_code_of_a_job_is_asked_for_where_its_language_has_it() -> None:
    for language, path in (
        ("TypeScript", "src/core/send-report.ts"),
        ("Python", "src/<package>/core/send_report.py"),
    ):
        spec = spec_of(f"a {language} worker that sends a report daily")
        (question,) = (q for q in spec.questions if q.id == "logic_1")
        assert f"'{path}'" in question.question
        assert question.assumed == "not built, and reported so"


@pytest.mark.parametrize(
    ("sentence", "jobs"),
    [
        (
            "Worker in Python that every night at 3am fetches exchange rates and stores them",
            [("fetch_exchange_rates", "every night at 3am")],
        ),
        (
            "a worker that at 08:00 sends a report and deletes expired tokens",
            [("send_report", "at 08:00"), ("delete_expired_tokens", "at 08:00")],
        ),
    ],
)
def test_the_time_may_be_told_before_what_is_done(
    sentence: str, jobs: list[tuple[str, str]]
) -> None:
    spec = spec_of(sentence)
    assert (spec.archetype, [(job.name, job.schedule) for job in spec.jobs]) == ("worker", jobs)


def test_a_worker_for_every_employee_is_a_person() -> None:
    assert spec_of("Worker for every employee who fetches parcels").archetype == "rest_api"
