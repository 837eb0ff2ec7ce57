"""Deadlines as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.orchestrator.deadline import parse_deadline

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("90", NOW + timedelta(seconds=90)),
        ("90s", NOW + timedelta(seconds=90)),
        ("10m", NOW + timedelta(minutes=10)),
        ("2 hours", NOW + timedelta(hours=2)),
        ("2026-11-22T14:30:00+02:00", NOW + timedelta(minutes=30)),
    ],
)
def test_a_deadline_is_a_moment_or_a_span(text: str, expected: datetime | None) -> None:
    assert parse_deadline(text, now=NOW) == expected


@pytest.mark.parametrize("text", ["soon", "10 fortnights", "2026-13-01", "-5m", "0"])
def test_a_malformed_or_past_deadline_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInputError, match="10m"):
        parse_deadline(text, now=NOW)


def test_a_moment_that_has_passed_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="already past"):
        parse_deadline("2026-11-22T11:59:00+00:00", now=NOW)
