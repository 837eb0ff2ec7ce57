"""The tables of a spec, as Rust's migrations make them, and the step from one spec to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autonomous_coder.languages.common.postgresql_beside import Beside
from autonomous_coder.languages.common.postgresql_tables import postgresql_schema
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
BESIDE = Beside(MIGRATIONS, POSTGRESQL, "0001_initial.sql", sql_of_both)
DIALECT = Dialect(
    quote=sql,
    id="INTEGER PRIMARY KEY AUTOINCREMENT",
    moment="TEXT",
    link=" WITHOUT ROWID",
)


def migration(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    """See `next_migration`; with the same step for PostgreSQL where the project can use it."""
    made = next_migration(tables(before), tables(now), existing, MIGRATIONS, DIALECT)
    if not now.postgresql:
        return made
    old, new = _postgresql(before), _postgresql(now)
    return BESIDE.step(made, old, new, existing, asked=before.postgresql)


def postgresql_tables(view: SpecView) -> str:
    """A script that makes all tables in PostgreSQL."""
    return BESIDE.tables(_postgresql(view))


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
