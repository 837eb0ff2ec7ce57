"""From the tables of one spec to those of the next, in SQL for SQLite.

SQLite can add a column that may be empty; for everything else a table is made anew, its rows are
taken over, and it takes the old one's place. That needs foreign keys to be off meanwhile, and to be
checked before the whole is kept: whoever runs the migrations sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from autonomous_coder.languages.common.tables import (
    Alteration,
    Column,
    Schema,
    Table,
    compare,
    notes,
    summary,
)
from autonomous_coder.models.generation import Migration


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language's migrations write SQL."""

    quote: Callable[[str], str]
    id: str
    """The type of `id`."""
    moment: str
    """The type of moments."""
    link: str = ""
    """What follows the definition of an association table."""


def next_migration(
    before: Schema, now: Schema, existing: Mapping[str, str], folder: str, dialect: Dialect
) -> Migration | None:
    """The step from some tables to others, to run after the `existing` migrations (path -> text) of
    a folder; None where nothing changed, without a text where only what rows may hold differs.

    Raises:
        UnsupportedError: a change cannot be made in place.
    """
    statements, guarded = _Writer(dialect).changes(before, now)
    if not statements:
        told = notes(before, now, "", guarded=False)
        return Migration(notes=told) if told else None
    numbers = [PurePosixPath(path).name.partition("_")[0] for path in existing]
    number = f"{max((int(n) for n in numbers if n.isdecimal()), default=0) + 1:04d}"
    said, slug = summary(before, now)
    text = f"-- {said}.\n\n" + "\n\n".join(statements) + "\n"
    return Migration(
        path=f"{folder}/{number}_{slug}.sql",
        text=text,
        notes=notes(before, now, number, guarded=guarded),
    )


def created(tables: Iterable[Table], dialect: Dialect) -> str:
    """A script that makes tables anew."""
    writer = _Writer(dialect)
    return "\n\n".join("\n".join(writer.made(table, table.name)) for table in tables) + "\n"


class _Writer:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._quote = dialect.quote
        self._taken: set[str] = set()
        """Names of tables, before and after."""

    def changes(self, before: Schema, after: Schema) -> tuple[list[str], bool]:
        """Statements, and whether they stop at rows that lack something."""
        compared = compare(before, after)
        self._taken = {*before.tables, *after.tables}
        statements = [part for table in compared.added for part in self.made(table, table.name)]
        guarded = False
        for alteration in compared.altered:
            made, stops = self._altered(alteration)
            statements += made
            guarded |= stops
        links = [table for table in compared.removed if table.association]
        others = [table for table in compared.removed if not table.association]
        statements += [f"DROP TABLE {self._quote(table.name)};" for table in (*links, *others)]
        return statements, guarded

    def _altered(self, change: Alteration) -> tuple[list[str], bool]:
        old, new = change.old, change.new
        if (old.uniques, _plain(old.columns)) == (new.uniques, _plain(new.columns)):
            return list(self._reindexed(old, new)), False
        simple = all(column.nullable for column in change.added) and not change.removed
        same = _plain(a for a, _ in change.kept) == _plain(b for _, b in change.kept)
        if simple and same and old.uniques == new.uniques:
            name = self._quote(new.name)
            made = [f"ALTER TABLE {name} ADD COLUMN {self._column(c)};" for c in change.added]
            return [*made, *self._reindexed(old, new)], False
        return self._rebuilt(change)

    def _reindexed(self, old: Table, new: Table) -> Iterable[str]:
        for column in sorted(old.indexes - new.indexes):
            yield f"DROP INDEX {self._index(old.name, column)};"
        yield from self._indexed(new, new.indexes - old.indexes)

    def _rebuilt(self, change: Alteration) -> tuple[list[str], bool]:
        """The table under another name, its rows, and then its own name."""
        old, new = change.old, change.new
        beside = f"{new.name}_new"
        while beside in self._taken:
            beside += "_"
        values = {name: self._quote(name) for name in ("id", *new.stamps)}
        values |= {now.name: self._value(was, now) for was, now in change.kept}
        values |= {c.name: c.fill or "NULL" for c in change.added if not c.nullable}
        lacking = [c.name for c in change.added if not (c.nullable or c.fill)]
        lacking += [b.name for a, b in change.kept if a.nullable and not (b.nullable or b.fill)]
        first, second = self._quote(old.name), self._quote(beside)
        statements = [
            self.made(new, beside)[0],
            "\n".join(
                [
                    *(f"-- Stops where rows have no {name}." for name in lacking),
                    _said("INSERT INTO", second, f"({', '.join(map(self._quote, values))})"),
                    _said("SELECT", ", ".join(values.values()), "FROM", f"{first};"),
                ]
            ),
            "\n".join(
                [
                    "-- Numbers of rows that were deleted are not given again.",
                    _said("DELETE FROM", "sqlite_sequence", f"WHERE name = '{beside}';"),
                    _said(
                        "UPDATE", "sqlite_sequence", f"SET name = '{beside}'",
                        f"WHERE name = '{old.name}';",
                    ),
                ]
            ),
            f"DROP TABLE {first};\nALTER TABLE {second} RENAME TO {self._quote(new.name)};",
            *self._indexed(new, new.indexes),
        ]  # fmt: skip
        return statements, bool(lacking)

    def _value(self, was: Column, now: Column) -> str:
        if was.nullable and not now.nullable and now.fill:
            return f"coalesce({self._quote(now.name)}, {now.fill})"
        return self._quote(now.name)

    def made(self, table: Table, name: str) -> list[str]:
        """A table under a name, with its indexes."""
        parts = [] if table.association else [f"{self._quote('id')} {self._dialect.id}"]
        for column in table.columns.values():
            unique = " UNIQUE" if (column.name,) in table.uniques else ""
            parts.append(self._column(column, unique))
        if table.association:
            keys = ", ".join(map(self._quote, table.columns))
            parts.append(f"PRIMARY KEY ({keys})")
        else:
            moment = self._dialect.moment
            parts += [f"{self._quote(stamp)} {moment} NOT NULL" for stamp in table.stamps]
        parts += [
            f"UNIQUE ({', '.join(map(self._quote, columns))})"
            for columns in sorted(table.uniques)
            if len(columns) > 1
        ]
        end = self._dialect.link if table.association else ""
        body = ",\n".join(f"  {part}" for part in parts)
        return [
            f"CREATE TABLE {self._quote(name)} (\n{body}\n){end};",
            *self._indexed(table, table.indexes),
        ]

    def _column(self, column: Column, unique: str = "") -> str:
        firm = "" if column.nullable else " NOT NULL"
        text = f"{self._quote(column.name)} {column.type}{firm}{unique}"
        if not column.target:
            return text
        target = f"{self._quote(column.target)} ({self._quote('id')})"
        return f"{text} REFERENCES {target} ON DELETE {column.ondelete}"

    def _indexed(self, table: Table, columns: Iterable[str]) -> list[str]:
        return [
            f"CREATE INDEX {self._index(table.name, column)} ON {self._quote(table.name)} "
            f"({self._quote(column)});"
            for column in sorted(columns)
        ]

    def _index(self, table: str, column: str) -> str:
        return self._quote(f"{table}_{column}_index")


def _plain(columns: Mapping[str, Column] | Iterable[Column]) -> list[tuple[object, ...]]:
    """What of columns SQL tells, in no order."""
    each = columns.values() if isinstance(columns, Mapping) else columns
    return sorted((c.name, c.type, c.nullable, c.target, c.ondelete) for c in each)


def _said(*words: str) -> str:
    """A statement of its parts, which are names that `quote` has seen to, and values of ours."""
    return " ".join(words)
