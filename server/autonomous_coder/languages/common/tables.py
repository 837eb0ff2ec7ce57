"""The tables that a spec leads to, and what changed in them from one spec to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autonomous_coder.errors import UnsupportedError

OWNER = "owner_id"
STAMPS = ("created_at", "updated_at")
FAMILIES = (frozenset({"string", "text", "enum", "email", "url"}), frozenset({"integer"}))
"""Types within which the values of a column can stay."""


@dataclass(frozen=True, slots=True)
class Column:
    """`type` and `fill` are written as the language's migrations have them; `fill` is what rows are
    given that have no value yet, empty when one value for all cannot do. `target` is the table that
    a key points at; `late` keys are added once all tables exist. `kind` is the field's type in the
    spec, `values` are what an enum's rows hold."""

    name: str
    type: str
    nullable: bool
    kind: str = ""
    fill: str = ""
    target: str = ""
    ondelete: str = ""
    late: bool = False
    primary: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `of` is the entity or relation it holds. Association tables have neither `id` nor
    `stamps`, the moments at which rows were made and changed."""

    name: str
    of: str
    columns: dict[str, Column]
    uniques: frozenset[tuple[str, ...]] = frozenset()
    indexes: frozenset[str] = frozenset()
    association: bool = False
    stamps: tuple[str, ...] = STAMPS

    def foreign(self) -> Iterable[Column]:
        """Columns that point at other tables."""
        return (column for column in self.columns.values() if column.target)


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables by name, each after those it points at."""

    tables: dict[str, Table] = field(default_factory=dict)


def schema_of(tables: Iterable[Table]) -> Schema:
    """The tables by their names."""
    return Schema({table.name: table for table in tables})


def key(
    name: str,
    type_: str,
    target: str,
    ondelete: str,
    *,
    nullable: bool,
    late: bool = False,
    primary: bool = False,
) -> Column:
    """A column that points at a row of another table."""
    return Column(
        name,
        type_,
        nullable=nullable,
        kind="key",
        target=target,
        ondelete=ondelete,
        late=late,
        primary=primary,
    )


@dataclass(frozen=True, slots=True)
class Alteration:
    """A table before and after."""

    old: Table
    new: Table

    @property
    def added(self) -> list[Column]:
        """Columns that were not there."""
        return [c for c in self.new.columns.values() if c.name not in self.old.columns]

    @property
    def removed(self) -> list[Column]:
        """Columns that are no longer there."""
        return [c for c in self.old.columns.values() if c.name not in self.new.columns]

    @property
    def kept(self) -> list[tuple[Column, Column]]:
        """Columns that stay, before and after."""
        old, new = self.old.columns, self.new.columns
        return [(old[c.name], c) for c in new.values() if c.name in old]

    @property
    def rekeyed(self) -> list[tuple[Column, Column]]:
        """Columns that stay and point elsewhere, or by another rule."""
        return [(a, b) for a, b in self.kept if (a.target, a.ondelete) != (b.target, b.ondelete)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of tables; `removed` are those that point at others first."""

    added: tuple[Table, ...]
    altered: tuple[Alteration, ...]
    """Those that stay, changed or not."""
    removed: tuple[Table, ...]


def compare(before: Schema, after: Schema) -> Comparison:
    """From some tables to others.

    Raises:
        UnsupportedError: a column would have to hold values of another kind.
    """
    old, new = before.tables, after.tables
    altered = [Alteration(old[name], table) for name, table in new.items() if name in old]
    for alteration in altered:
        _check(alteration)
    return Comparison(
        added=tuple(table for table in new.values() if table.name not in old),
        altered=tuple(altered),
        removed=tuple(table for table in reversed(old.values()) if table.name not in new),
    )


def _check(alteration: Alteration) -> None:
    old, new = alteration.old, alteration.new
    if old.association or new.association:
        if old != new:
            raise UnsupportedError(
                f"the many-to-many relation '{new.of}' cannot be changed in place",
                hint="Add one under another name, move the rows, then take the old one away.",
            )
        return
    for was, now in alteration.kept:
        if was.kind != now.kind and not any({was.kind, now.kind} <= family for family in FAMILIES):
            raise UnsupportedError(
                f"'{new.of}.{now.name}' cannot become {now.kind}: its rows hold {was.kind} values",
                hint="Take the field away and add one under another name, or write that migration "
                "by hand.",
            )


def summary(old: Schema, new: Schema) -> tuple[str, str]:
    """What a migration does, as a sentence without its full stop, and what its file is called.
    Something has to have changed."""
    added = [name for name in new.tables if name not in old.tables]
    removed = [name for name in old.tables if name not in new.tables]
    changed = [n for n, table in new.tables.items() if n in old.tables and old.tables[n] != table]
    words = [("add", added), ("change", changed), ("remove", removed)]
    parts = [f"{verb} {', '.join(names[:5])}" for verb, names in words if names]
    verb, names = next((verb, names) for verb, names in words if names)
    sentence = "; ".join(parts)
    return sentence[:1].upper() + sentence[1:], f"{verb}_{names[0]}"[:60].rstrip("_")


def notes(old: Schema, new: Schema, number: str, *, guarded: bool) -> list[str]:
    """What somebody should know before running a migration; `guarded` is one that looks at the
    rows there are."""
    told = []
    if guarded:
        told.append(
            f"Migration {number} looks at the rows there are first: fields that must be there were "
            "added or became so."
        )
    lost = [name for name in old.tables if name not in new.tables]
    for name, table in new.tables.items():
        was = old.tables.get(name)
        if was is None:
            continue
        lost += [f"{name}.{column}" for column in was.columns if column not in table.columns]
        for column in table.columns.values():
            told += _of_values(name, was.columns.get(column.name), column)
        for unique in sorted(table.uniques - was.uniques):
            if was.columns.keys() >= set(unique):
                told.append(
                    f"Migration {number} stops where rows of {name} are alike in "
                    f"{', '.join(unique)}: see to that before you run it."
                )
    if lost:
        told.append(f"Migration {number} removes {', '.join(lost[:10])} with what they hold.")
    return told


def _of_values(table: str, before: Column | None, column: Column) -> Iterable[str]:
    """What rows hold that an enum does not know."""
    gone = [v for v in (before.values if before else ()) if v not in column.values]
    if gone and column.values:
        yield (
            f"{table}.{column.name} can no longer be {', '.join(gone)}: give rows that are "
            "another value before you run the new version."
        )
    if before and column.values and not before.values:
        yield (
            f"{table}.{column.name} can only be {', '.join(column.values[:10])} from now "
            "on: give rows that are something else one of these before you run the new "
            "version."
        )
