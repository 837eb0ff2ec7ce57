"""Tables that features of a service bring."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_coder.languages.common.pack_views import SpecView
from autonomous_coder.languages.common.tables import Column, Table, key

_UPLOADED = (
    ("key", "sa.String(32)"),
    ("name", "sa.String(255)"),
    ("media_type", "sa.String(100)"),
    ("size", "sa.BigInteger()"),
    ("sha256", "sa.String(64)"),
)
_RUNS = (
    ("job", "sa.String(63)", False),
    ("key", "sa.String(300)", True),
    ("scheduled_for", "sa.DateTime(timezone=True)", True),
    ("data", "sa.JSON()", False),
    ("status", "sa.String(9)", False),
    ("attempts", "sa.Integer()", False),
    ("interruptions", "sa.Integer()", False),
    ("due_at", "sa.DateTime(timezone=True)", False),
    ("leased_until", "sa.DateTime(timezone=True)", True),
    ("finished_at", "sa.DateTime(timezone=True)", True),
    ("result", "sa.Text()", False),
)
FEATURE_TABLES = {"file_upload": ("uploads",), "background_jobs": ("job_runs", "job_schedules")}


def tables_of(features: Iterable[str]) -> frozenset[str]:
    """Names of the tables that features bring."""
    return frozenset(name for feature in features for name in FEATURE_TABLES.get(feature, ()))


def uploads_table(view: SpecView, tables: dict[str, str], accounts: str) -> Table:
    """The table of uploaded files; `tables` are those of the entities by the snake of each."""
    columns = [Column(name, kind, nullable=False, kind="string") for name, kind in _UPLOADED]
    keys = {f"{e.snake}_id": tables[e.snake] for e in view.uploads}
    keys |= {"uploader_id": accounts} if view.accounts else {}
    columns += [
        key(name, "sa.Integer()", target, "SET NULL", nullable=True)
        for name, target in keys.items()
    ]
    return Table(
        "uploads",
        "file_upload",
        {column.name: column for column in columns},
        uniques=frozenset({("key",)}),
        indexes=frozenset(keys),
    )


def runs_table(view: SpecView, accounts: str) -> Table:
    """The table of what is done in the background."""
    columns = [Column(name, kind, nullable=empty, kind="string") for name, kind, empty in _RUNS]
    if view.accounts:
        columns.append(key("requested_by_id", "sa.Integer()", accounts, "SET NULL", nullable=True))
    return Table(
        "job_runs",
        "background_jobs",
        {column.name: column for column in columns},
        uniques=frozenset({("job", "key"), ("job", "scheduled_for")}),
        indexes=frozenset({"due_at", *(["requested_by_id"] if view.accounts else [])}),
    )


def schedules_table() -> Table:
    """The table of jobs that are due by the clock."""
    columns = [
        Column("job", "sa.String(63)", nullable=False, kind="string"),
        Column("since", "sa.DateTime(timezone=True)", nullable=False, kind="string"),
    ]
    return Table(
        "job_schedules",
        "background_jobs",
        {column.name: column for column in columns},
        uniques=frozenset({("job",)}),
    )


def sessions_table(accounts: str) -> Table:
    """The table of logins that are not over, where a cookie holds the key of one."""
    columns = [
        Column("key_hash", "sa.String(64)", nullable=False, kind="string"),
        key("user_id", "sa.Integer()", accounts, "CASCADE", nullable=False),
        Column("ends_at", "sa.DateTime(timezone=True)", nullable=False, kind="string"),
    ]
    return Table(
        "auth_sessions",
        "accounts",
        {column.name: column for column in columns},
        uniques=frozenset({("key_hash",)}),
        indexes=frozenset({"user_id", "ends_at"}),
    )
