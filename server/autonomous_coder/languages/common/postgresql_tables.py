"""The tables of a spec as PostgreSQL has them, from those that SQLite has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES
from autonomous_coder.languages.common.postgresql_changes import TYPES
from autonomous_coder.languages.common.tables import Column, Schema, Table

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
