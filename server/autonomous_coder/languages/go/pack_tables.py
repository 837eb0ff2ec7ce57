"""The tables of a spec, as Go's migrations make them, and the step from one spec to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES
from autonomous_coder.languages.common.postgresql_beside import Beside
from autonomous_coder.languages.common.postgresql_changes import TYPES
from autonomous_coder.languages.common.sqlite_changes import Dialect, created, next_migration
from autonomous_coder.languages.common.tables import Column, Schema, schema_of
from autonomous_coder.languages.common.view_tables import Naming, tables_of
from autonomous_coder.languages.go.pack_feature_tables import feature_tables
from autonomous_coder.languages.go.pack_fields import COLUMNS, FieldView
from autonomous_coder.languages.go.pack_names import sql
from autonomous_coder.languages.go.pack_view import (
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.generation import Migration

MIGRATIONS = "internal/store/migrations"
POSTGRESQL = f"{MIGRATIONS}/postgresql"
BESIDE = Beside(MIGRATIONS, POSTGRESQL, "0001_initial.sql", sql)
DIALECT = Dialect(
    quote=sql,
    id="INTEGER PRIMARY KEY AUTOINCREMENT",
    moment="TIMESTAMP",
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
    return _schema(view, _postgresql_column, TYPES)


def _postgresql_column(field: FieldView) -> Column:
    return replace(
        _column(field),
        type=TYPES.get(field.type, "TEXT"),
        fill=_postgresql_fill(field.type, field.fill),
    )


def _postgresql_fill(kind: str, fill: str) -> str:
    """What rows get that lack a value, which is written for SQLite."""
    if not fill:
        return ""
    if kind == "boolean":
        return "TRUE" if fill == "1" else "FALSE"
    if kind == "decimal":
        return f"{Decimal(fill).scaleb(-DECIMAL_PLACES):f}"
    if kind == "datetime":
        return f"'{dt.datetime.fromtimestamp(int(fill) / 10**6, dt.UTC).isoformat()}'"
    return fill


def sqlite_tables(view: SpecView, *names: str) -> str:
    """A script that makes some tables in SQLite."""
    return created([tables(view).tables[name] for name in names], DIALECT)


def tables(view: SpecView) -> Schema:
    """The tables of a spec, as SQLite has them."""
    return _schema(view, _column, {kind.value: name for kind, name in COLUMNS.items()})


def _schema(
    view: SpecView, column: Callable[[FieldView], Column], types: Mapping[str, str]
) -> Schema:
    own = tables_of(view, Naming(_table, _association, column, ("created_at",)))
    entities = {entity.snake: _table(entity) for entity in view.entities}
    return schema_of([*own.tables.values(), *feature_tables(view, entities, types)])


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
        values=field.members,
    )
