"""The tables of a spec as PostgreSQL has them, from those that SQLite has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePosixPath

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES
from autonomous_coder.languages.common.postgresql_changes import TYPES, postgresql_script
from autonomous_coder.languages.common.tables import Column, Schema, Table
from autonomous_coder.models.generation import Migration

TEXT = 'TEXT COLLATE "C"'
"""Texts that are sorted by their bytes, as in SQLite."""


def postgresql_schema(kept: Schema, fill: Callable[[Column], str]) -> Schema:
    """Tables of SQLite with the types of PostgreSQL. `fill` writes what rows get that lack a value,
    where SQLite's way to write it is not PostgreSQL's."""
    return Schema({name: _retyped(table, fill) for name, table in kept.tables.items()})


def _retyped(table: Table, fill: Callable[[Column], str]) -> Table:
    columns = {
        column.name: replace(column, type=TYPES.get(column.kind, TEXT), fill=_filled(column, fill))
        for column in table.columns.values()
    }
    return replace(table, columns=columns)


def _filled(column: Column, fill: Callable[[Column], str]) -> str:
    if not column.fill:
        return ""
    if column.kind == "boolean":
        return "TRUE" if column.fill == "1" else "FALSE"
    if column.kind == "decimal":
        return f"{Decimal(column.fill).scaleb(-DECIMAL_PLACES):f}"
    return fill(column)


def with_postgresql(
    made: Migration | None,
    before: Schema | None,
    now: Schema,
    first: str,
    quote: Callable[[str], str],
) -> Migration | None:
    """A step of SQLite with the same for PostgreSQL beside it, in the folder of the `first`
    migration there, which is written where there was no PostgreSQL `before`."""
    if before is None:
        path, script = first, postgresql_script(Schema(), now, quote)
    else:
        name = PurePosixPath(made.path).name if made else ""
        path = f"{PurePosixPath(first).parent}/{name}"
        script = postgresql_script(before, now, quote)
    if not script:
        return made
    return (made or Migration()).model_copy(update={"more": {path: script}})
