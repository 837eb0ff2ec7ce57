"""The tables of a spec, as migrations in TypeScript and JavaScript projects make them, and the step
from one spec to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.postgresql_changes import (
    MOMENT,
    TYPES,
    next_postgresql_migration,
    postgresql_script,
)
from autonomous_coder.languages.common.sqlite_changes import Dialect, next_migration
from autonomous_coder.languages.common.tables import STAMPS, Column, Schema, Table, key
from autonomous_coder.languages.common.view_tables import USERS, Naming, tables_of
from autonomous_coder.languages.node.pack_fields import DECIMAL_PLACES, FieldView
from autonomous_coder.languages.node.pack_view import (
    FEATURE_TABLES,
    SESSION_TABLES,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.generation import Migration

MIGRATIONS = "migrations"
_MOMENTS = frozenset({"scheduled_for", "due_at", "leased_until", "finished_at", "since"})
"""Columns of jobs that hold moments."""
_UPLOADED = (
    ("key", "TEXT"),
    ("name", "TEXT"),
    ("media_type", "TEXT"),
    ("size", "INTEGER"),
    ("sha256", "TEXT"),
)
_RUNS = (
    ("job", "TEXT", False),
    ("key", "TEXT", True),
    ("scheduled_for", "TEXT", True),
    ("data", "TEXT", False),
    ("status", "TEXT", False),
    ("attempts", "INTEGER", False),
    ("interruptions", "INTEGER", False),
    ("due_at", "TEXT", False),
    ("leased_until", "TEXT", True),
    ("finished_at", "TEXT", True),
    ("result", "TEXT", False),
)


def _quoted(name: str) -> str:
    return f'"{name}"'


COUNTED = "AUTOINCREMENT"
"""What every first migration of SQLite says, and none of PostgreSQL."""
DIALECT = Dialect(quote=_quoted, id=f"INTEGER PRIMARY KEY {COUNTED} NOT NULL", moment="TEXT")


def migration(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    """See `next_migration`.

    Raises:
        UnsupportedError: the rows would have to move to another kind of database.
    """
    old_tables = tables(before)
    scripts = [text for path, text in existing.items() if path.endswith(".sql")]
    # A spec could ask for PostgreSQL before there was any: the project is what its migrations say.
    kept = before.postgresql and not any(COUNTED in text for text in scripts)
    if (scripts or old_tables.tables) and kept != now.postgresql:
        names = ("SQLite", "PostgreSQL")
        was, wanted = names[kept], names[now.postgresql]
        raise UnsupportedError(
            f"the project keeps its rows in {was}: its migrations cannot be run by {wanted}",
            hint="Generate it anew in another folder, and move the rows there, or ask for what the "
            "project was generated with.",
        )
    if now.postgresql:
        old, new = _in_postgresql(before), _in_postgresql(now)
        return next_postgresql_migration(old, new, existing, MIGRATIONS, _quoted)
    return next_migration(old_tables, tables(now), existing, MIGRATIONS, DIALECT)


def postgresql_tables(view: SpecView) -> str:
    """A script that makes all tables in PostgreSQL."""
    return postgresql_script(Schema(), _in_postgresql(view), _quoted)


def _in_postgresql(view: SpecView) -> Schema:
    """The tables with the types of PostgreSQL."""
    known = {name: _retyped(table) for name, table in tables(view).tables.items()}
    brought = FEATURE_TABLES["background_jobs"] if "background_jobs" in view.brought else ()
    return Schema(known | {name: _of_jobs(known[name]) for name in brought})


def _retyped(table: Table) -> Table:
    columns = {
        column.name: replace(
            column,
            type=TYPES["integer"]
            if column.type == "INTEGER" and column.kind == "string"
            else TYPES.get(column.kind, "TEXT"),
            fill=_fill(column.kind, column.fill),
        )
        for column in table.columns.values()
    }
    return replace(table, columns=columns)


def _of_jobs(table: Table) -> Table:
    kinds = {"data": "JSON", **dict.fromkeys(_MOMENTS, MOMENT)}
    columns = {
        name: replace(column, type=kinds.get(name, column.type))
        for name, column in table.columns.items()
    }
    return replace(table, columns=columns)


def _fill(kind: str, fill: str) -> str:
    """What rows get that lack a value, which is written for SQLite."""
    if kind == "boolean" and fill:
        return "TRUE" if fill == "1" else "FALSE"
    if kind == "decimal" and fill:
        return f"{Decimal(fill).scaleb(-DECIMAL_PLACES):f}"
    return fill


def tables(view: SpecView) -> Schema:
    """The tables of a spec."""
    made = tables_of(view, Naming(_table, _association, _column, STAMPS))
    brought = [uploads_table(view)] if "file_upload" in view.brought else []
    brought += job_tables(view) if "background_jobs" in view.brought else []
    brought += session_tables() if view.sessions else []
    return Schema(made.tables | {table.name: table for table in brought})


def uploads_table(view: SpecView) -> Table:
    """The table of uploaded files."""
    columns = [Column(name, kind, nullable=False, kind="string") for name, kind in _UPLOADED]
    named = {entity.name: entity.sql for entity in view.entities}
    keys = {f"{e.snake}_id": named[e.name] for e in view.uploads}
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
    )


def job_tables(view: SpecView) -> list[Table]:
    """The tables of what is done in the background."""
    columns = [Column(name, kind, nullable=empty, kind="string") for name, kind, empty in _RUNS]
    if view.accounts:
        columns.append(key("requested_by_id", "INTEGER", USERS, "SET NULL", nullable=True))
    runs = Table(
        "job_runs",
        "background_jobs",
        {column.name: column for column in columns},
        uniques=frozenset({("job", "key"), ("job", "scheduled_for")}),
        indexes=frozenset({"due_at", *(["requested_by_id"] if view.accounts else [])}),
    )
    known = [Column(name, "TEXT", nullable=False, kind="string") for name in ("job", "since")]
    schedules = Table(
        "job_schedules",
        "background_jobs",
        {column.name: column for column in known},
        uniques=frozenset({("job",)}),
        stamps=(),
    )
    return [runs, schedules]


def session_tables() -> list[Table]:
    """The tables of logins and of tries to log in."""

    def text(name: str) -> Column:
        return Column(name, "TEXT", nullable=False, kind="string")

    owner = key("user_id", "INTEGER", USERS, "CASCADE", nullable=False)
    tried = ("account_hash", "address", "tried_at")
    sessions, attempts = SESSION_TABLES
    return [
        Table(
            sessions,
            "accounts",
            {"key_hash": text("key_hash"), owner.name: owner, "ends_at": text("ends_at")},
            uniques=frozenset({("key_hash",)}),
            indexes=frozenset({"user_id", "ends_at"}),
            stamps=(),
        ),
        Table(
            attempts,
            "accounts",
            {name: text(name) for name in tried},
            indexes=frozenset(tried),
            stamps=(),
        ),
    ]


def _table(of: EntityView | TargetView) -> str:
    return of.sql


def _association(many: RelationView) -> str:
    return many.association_sql


def _column(field: FieldView) -> Column:
    return Column(
        field.name,
        field.sql,
        nullable=field.nullable,
        kind=field.type,
        fill=field.fill,
        values=field.members,
    )
