"""Schedules in plain words, and jobs that delete what has expired."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.purging import Purge, purge_of
from autonomous_coder.languages.common.schedules import Schedule, read_schedule
from autonomous_coder.models.spec import Entity, Job


@pytest.mark.parametrize(
    ("said", "cron"),
    [
        ("every minute", "* * * * *"),
        ("every 5 minutes", "*/5 * * * *"),
        ("Every 60 minutes", "0 * * * *"),
        ("hourly", "0 * * * *"),
        ("every 2 hours", "0 */2 * * *"),
        ("daily", "0 0 * * *"),
        ("daily at 03:00", "0 3 * * *"),
        ("every day at 3am", "0 3 * * *"),
        ("every day at 12 pm", "0 12 * * *"),
        ("at 08:00", "0 8 * * *"),
        ("every night", "0 3 * * *"),
        ("every night at 2:30", "30 2 * * *"),
        ("daily at midnight", "0 0 * * *"),
        ("every Monday at 9:00", "0 9 * * 1"),
        ("Mondays and Thursdays at 9:30", "30 9 * * 1,4"),
        ("weekly on Sunday at 02:00", "0 2 * * 0"),
        ("weekdays at 18:00", "0 18 * * 1-5"),
        ("on weekends at 10", "0 10 * * 0,6"),
        ("monthly on the 1st at 04:00", "0 4 1 * *"),
        ("on the 15th of every month", "0 0 15 * *"),
        ("on the last day of the month at 23:30", "30 23 L * *"),
        ("twice a day", "0 0,12 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("*/15 8-18 * * mon-fri", "*/15 8-18 * * MON-FRI"),
    ],
)
def test_plain_words_become_a_cron_expression(said: str, cron: str) -> None:
    assert read_schedule("job", said) == Schedule(cron=cron)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("every 30 seconds", 30), ("every 7 minutes", 420), ("every other day", 172_800)],
)
def test_what_no_cron_expression_says_is_a_period(said: str, seconds: int) -> None:
    assert read_schedule("job", said) == Schedule(seconds=seconds)


@pytest.mark.parametrize("said", ["", "on demand", " "])
def test_nothing_said_is_on_demand(said: str) -> None:
    assert read_schedule("job", said) == Schedule()


@pytest.mark.parametrize(
    "said",
    [
        "when the moon is full", "at 25:00", "every day at 13pm", "61 * * * *", "* * *",
        "0 0 30 2 *", "every 0 minutes", "every quarter", "1; rm -rf /", "every 9999999 days",
        "5-1 * * * *", "*/0 * * * *", "* " * 5000,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_examples(said: str) -> None:
    with pytest.raises(InvalidInputError, match="of 'job' is not understood") as refused:
        read_schedule("job", said)
    assert "every 5 minutes" in refused.value.hint


def entity(name: str, plural: str, kind: str = "datetime") -> Entity:
    fields = [{"name": "title"}, {"name": "expires_at", "type": kind}]
    return Entity.model_validate({"name": name, "plural": plural, "fields": fields})


@pytest.mark.parametrize(
    ("name", "description", "purge"),
    [
        ("clean_up", "Cleans up expired sessions", Purge("Session", "expires_at", False, 0)),
        ("delete_expired_sessions", "", Purge("Session", "expires_at", False, 0)),
        ("purge_sessions", "Purge sessions older than 3 weeks", Purge("Session", "", False, 21)),
        ("clean_up", "Clean up sessions", None),
        ("clean_up", "Clean up expired tokens", None),
        ("report", "Report expired sessions", None),
    ],
)
def test_jobs_delete_only_what_is_told_apart(
    name: str, description: str, purge: Purge | None
) -> None:
    job = Job(name=name, description=description)
    assert purge_of(job, [entity("Session", "sessions")]) == purge


def test_an_entity_that_was_renamed_is_still_what_was_meant() -> None:
    job = Job(name="clean", description="Clean up expired sessions")
    found = purge_of(job, [entity("SessionRecord", "session_records", "date")])
    assert found == Purge("SessionRecord", "expires_at", day=True, days=0)
