"""How Drizzle writes tables: in SQLite, and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.node.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class Drizzle:
    """What templates write where columns and tables are made."""

    core: str
    """The module with the columns of this database."""
    table: str
    """The function that makes a table."""
    table_type: str
    any_column: str
    id: str
    whole: str
    """A column of whole numbers."""
    moment: str
    json: str
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns by types of fields, where they differ from SQLite's."""

    def column(self, of: FieldView) -> str:
        """The column of a field, without its constraints."""
        return self.columns.get(of.type, of.stored)


SQLITE = Drizzle(
    core="sqlite-core",
    table="sqliteTable",
    table_type="SQLiteTable",
    any_column="AnySQLiteColumn",
    id="integer().primaryKey({ autoIncrement: true })",
    whole="integer()",
    moment="text()",
    json='text({ mode: "json" })',
)
POSTGRESQL = Drizzle(
    core="pg-core",
    table="pgTable",
    table_type="PgTable",
    any_column="AnyPgColumn",
    id="id()",
    whole="whole()",
    moment="moment()",
    json="json()",
    columns={
        "integer": "whole()",
        "float": "doublePrecision()",
        "decimal": "decimal()",
        "boolean": "boolean()",
        "date": "day()",
        "datetime": "moment()",
        "uuid": "uuid()",
    },
)
