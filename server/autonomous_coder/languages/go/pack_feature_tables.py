"""Tables that features of a service bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autonomous_coder.languages.common.tables import Column, Table, key
from autonomous_coder.languages.common.view_tables import USERS
from autonomous_coder.languages.go.pack_view import SpecView

STAMPS = ("created_at",)
_UPLOADED = (
    ("key", "string"),
    ("name", "string"),
    ("media_type", "string"),
    ("size", "integer"),
    ("sha256", "string"),
)
_RUNS = (
    ("job", "string", False),
    ("key", "string", True),
    ("scheduled_for", "datetime", True),
    ("data", "string", False),
    ("status", "string", False),
    ("attempts", "integer", False),
    ("interruptions", "integer", False),
    ("due_at", "datetime", False),
    ("leased_until", "datetime", True),
    ("finished_at", "datetime", True),
    ("result", "string", False),
)


def feature_tables(
    view: SpecView, entities: Mapping[str, str], types: Mapping[str, str]
) -> Iterator[Table]:
    """The tables of the features of a spec. `entities` are the tables of entities by the snake of
    each, `types` those of columns by the types of fields; all others are texts."""
    if "file_upload" in view.features:
        yield _uploads(view, entities, types)
    if "background_jobs" in view.features:
        yield _runs(view, types)
        yield _schedules(types)


def _uploads(view: SpecView, entities: Mapping[str, str], types: Mapping[str, str]) -> Table:
    """What is known of uploaded files."""
    columns = [_column(name, kind, types) for name, kind in _UPLOADED]
    keys = {f"{e.snake}_id": entities[e.snake] for e in view.uploads}
    keys |= {"uploader_id": USERS} if view.accounts else {}
    columns += [
        key(name, "INTEGER", target, "SET NULL", nullable=True) for name, target in keys.items()
    ]
    return Table(
        "uploads",
        "file_upload",
        {column.name: column for column in columns},
        uniques=frozenset({("key",)}),
        indexes=frozenset(keys),
        stamps=STAMPS,
    )


def _runs(view: SpecView, types: Mapping[str, str]) -> Table:
    """What is to be done in the background, and what was."""
    columns = [_column(name, kind, types, nullable=empty) for name, kind, empty in _RUNS]
    asker = ["requested_by_id"] if view.accounts else []
    columns += [key(name, "INTEGER", USERS, "SET NULL", nullable=True) for name in asker]
    return Table(
        "job_runs",
        "background_jobs",
        {column.name: column for column in columns},
        uniques=frozenset({("job", "key"), ("job", "scheduled_for")}),
        indexes=frozenset({"due_at", *asker}),
        stamps=STAMPS,
    )


def _schedules(types: Mapping[str, str]) -> Table:
    """Since when a job is due by the clock."""
    columns = [_column("job", "string", types), _column("since", "datetime", types)]
    return Table(
        "job_schedules",
        "background_jobs",
        {column.name: column for column in columns},
        uniques=frozenset({("job",)}),
        stamps=STAMPS,
    )


def _column(name: str, kind: str, types: Mapping[str, str], *, nullable: bool = False) -> Column:
    return Column(name, types.get(kind, "TEXT"), nullable=nullable, kind=kind)
