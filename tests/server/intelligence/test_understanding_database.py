"""Which database is planned, whoever names it, and that it is demanded once."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core

TODO = "a REST API for a todo app"


def demands(spec: ProjectSpec, need: str) -> list[str]:
    """Texts of the requirements that need it."""
    return [r.text for r in spec.requirements if need in r.needs]


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        (TODO, {"constraints": {"database": "postgresql"}}),
        (TODO, {"constraints": {"db": "PostgreSQL 17"}}),
        (TODO, {"constraints": {"database": "use Postgres"}}),
        (TODO, {"constraints": {"storage": "postgres"}}),
        (TODO, {"preferences": {"database": "postgresql"}}),
        (TODO, {"host_spec": {"constraints": {"database": "postgresql"}}}),
        (TODO, {"host_spec": {"preferences": {"database": "postgresql"}}}),
        (f"{TODO} with a PostgreSQL database", {}),
        (f"{TODO} with a PostgreSQL database", {"constraints": {"database": "postgresql"}}),
        (f"{TODO}, stored in Postgres", {"preferences": {"database": "pg"}}),
        (f"{TODO} with a PostgreSQL database", {"preferences": {"postgresql": "yes"}}),
    ],
)
def test_postgresql_is_planned_and_demanded_once(sentence: str, more: dict[str, Any]) -> None:
    engine = core()
    spec = engine.analyze_requirements(sentence, **more)
    assert "postgresql" in spec.features
    assert "sqlite" not in spec.features
    assert len(demands(spec, "feature:postgresql")) == 1
    assert not [n for r in spec.requirements for n in r.needs if n.startswith("unknown:")]
    choices = {c.part: c for c in engine.select_tech_stack(spec, None).choices}
    assert choices["database"].choice == "postgresql"
    assert choices["database"].reason.startswith("asked for")
    assert choices["database driver"].choice == "asyncpg"


def test_what_sentence_and_constraint_both_leave_out_is_demanded_once() -> None:
    spec = core().analyze_requirements(
        f"{TODO} without authentication", constraints={"authentication": "none"}
    )
    assert len(demands(spec, "without:feature:accounts")) == 1


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"constraints": {"database": "postgresql"}}, "postgresql"),
        ({"preferences": {"database": "postgresql"}}, "sqlite"),
        ({"host_spec": {"features": ["postgresql"]}}, "postgresql"),
        (
            {"host_spec": {"features": ["sqlite"]}, "constraints": {"database": "postgresql"}},
            "postgresql",
        ),
    ],
)
def test_of_two_databases_the_stronger_voice_is_heard(more: dict[str, Any], kept: str) -> None:
    spec = core().analyze_requirements("a todo app stored in SQLite", **more)
    assert [f for f in spec.features if f in {"sqlite", "postgresql"}] == [kept]
    assert any(f"{kept} is used, not" in text for text in spec.assumptions)


def test_a_database_that_is_ruled_out_is_not_taken_as_asked_for() -> None:
    with pytest.raises(UnsupportedError):
        core().analyze_requirements(TODO, constraints={"database": "not sqlite"})
