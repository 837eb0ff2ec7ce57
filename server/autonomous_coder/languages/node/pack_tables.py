"""The tables of a spec, as migrations in TypeScript and JavaScript projects make them, and the step
from one spec to the next."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.languages.common.sqlite_changes import Dialect, next_migration
from autonomous_coder.languages.common.tables import Column, Schema
from autonomous_coder.languages.common.view_tables import Naming, tables_of
from autonomous_coder.languages.node.pack_fields import FieldView
from autonomous_coder.languages.node.pack_view import (
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.generation import Migration

MIGRATIONS = "migrations"


def _quoted(name: str) -> str:
    return f'"{name}"'


DIALECT = Dialect(quote=_quoted, id="INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", moment="TEXT")


def migration(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    """See `next_migration`."""
    return next_migration(tables(before), tables(now), existing, MIGRATIONS, DIALECT)


def tables(view: SpecView) -> Schema:
    """The tables of a spec."""
    return tables_of(view, Naming(_table, _association, _column, ("created_at", "updated_at")))


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
