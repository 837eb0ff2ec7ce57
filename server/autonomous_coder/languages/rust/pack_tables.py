"""The tables of a spec, as Rust's migrations make them, and the step from one spec to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.postgresql_changes import postgresql_script
from autonomous_coder.languages.common.postgresql_tables import postgresql_schema, with_postgresql
from autonomous_coder.languages.common.sqlite_changes import Dialect, next_migration
from autonomous_coder.languages.common.tables import Column, Schema
from autonomous_coder.languages.common.view_tables import Naming, tables_of
from autonomous_coder.languages.rust.pack_fields import FieldView
from autonomous_coder.languages.rust.pack_names import sql, sql_of_both
from autonomous_coder.languages.rust.pack_view import (
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.generation import Migration

MIGRATIONS = "migrations"
POSTGRESQL = f"{MIGRATIONS}/postgresql"
FIRST = "0001_initial.sql"
NOT_MOVED = "Rows are not moved: those in SQLite stay there, and PostgreSQL begins without them."
DIALECT = Dialect(
    quote=sql,
    id="INTEGER PRIMARY KEY AUTOINCREMENT",
    moment="TEXT",
    link=" WITHOUT ROWID",
)


def migration(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    """See `next_migration`; with the same step for PostgreSQL where the project can use it.

    Whether it could before is told by its files: it may have asked for it when there was none.
    """
    sqlite = _scripts(existing, MIGRATIONS)
    made = next_migration(tables(before), tables(now), sqlite, MIGRATIONS, DIALECT)
    if not now.postgresql:
        return made
    last, reached = _last(sqlite) or FIRST, _last(_scripts(existing, POSTGRESQL))
    if reached and not before.postgresql and reached != last:
        raise UnsupportedError(
            f"the tables changed since {POSTGRESQL}/{reached}, the last migration of PostgreSQL",
            hint=f"Write what leads from there to the tables of now into {POSTGRESQL}/{last}; or "
            "delete the .sql files there, if no database of PostgreSQL is to be kept.",
        )
    first = PurePosixPath(made.path).name if made and made.path else last
    earlier = _postgresql(before) if reached else None
    step = with_postgresql(made, earlier, _postgresql(now), f"{POSTGRESQL}/{first}", sql_of_both)
    if tables(before).tables and not (reached and before.postgresql):
        step = step or Migration()
        step.notes.append(NOT_MOVED)
    return step


def _scripts(existing: Mapping[str, str], folder: str) -> dict[str, str]:
    """The migrations directly in a folder."""
    return {
        path: text
        for path, text in existing.items()
        if path.endswith(".sql") and str(PurePosixPath(path).parent) == folder
    }


def _last(scripts: Iterable[str]) -> str:
    """The name of the migration that runs last; empty where there is none."""
    names = [PurePosixPath(path).name for path in scripts]
    numbered = [(int(n), name) for name in names if (n := name.partition("_")[0]).isdecimal()]
    return max(numbered, default=(0, ""))[1]


def postgresql_tables(view: SpecView) -> str:
    """A script that makes all tables in PostgreSQL."""
    return postgresql_script(Schema(), _postgresql(view), sql_of_both)


def _postgresql(view: SpecView) -> Schema:
    return postgresql_schema(tables(view), lambda column: column.fill.removeprefix("X"))


def tables(view: SpecView) -> Schema:
    """The tables of a spec."""
    column = _spaced if view.face == "cli" else _column
    return tables_of(view, Naming(_table, _association, column, ("created_at",)))


def _table(of: EntityView | TargetView) -> str:
    return of.sql.replace('"', "")


def _association(many: RelationView) -> str:
    return many.association.replace('"', "")


def _column(field: FieldView) -> Column:
    return Column(
        field.name,
        field.sql,
        nullable=field.nullable,
        kind=field.type,
        fill=field.fill,
        values=tuple(variant.value for variant in field.variants),
    )


def _spaced(field: FieldView) -> Column:
    """As rusqlite writes moments; sqlx has a T in the middle."""
    column = _column(field)
    if field.type != "datetime":
        return column
    return replace(column, fill=column.fill.replace("T", " "))
