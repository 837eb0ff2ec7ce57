"""From the tables of one spec to those of the next, as lines of an Alembic migration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autonomous_coder.languages.common.tables import Alteration, Column, Schema, Table, compare


@dataclass(slots=True)
class Changes:
    """Lines of a function's body; `guards` come first."""

    guards: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def body(self) -> list[str]:
        return [*self.guards, *self.lines]


def changes(before: Schema, after: Schema) -> Changes:
    """What leads from the tables of before to those after; no lines when nothing changed.

    Raises:
        UnsupportedError: a column would have to hold values of another kind.
    """
    compared, out = compare(before, after), Changes()
    for table in compared.added:
        out.lines += _created(table)
    for table in compared.added:
        out.lines += _late_keys(table)
    for alteration in compared.altered:
        _alter(alteration, out)
    for table in compared.removed:
        for column in table.foreign():
            if column.late:
                out.lines += _batch(table.name, [_drop_key(table.name, column.name)])
    out.lines += [
        f'op.drop_table("{table.name}")' for table in compared.removed if table.association
    ]
    out.lines += [
        f'op.drop_table("{table.name}")' for table in compared.removed if not table.association
    ]
    return out


def _created(table: Table) -> list[str]:
    lines = [f'op.create_table("{table.name}",']
    if not table.association:
        lines.append('    sa.Column("id", sa.Integer(), primary_key=True),')
    for column in table.columns.values():
        parts = [f'"{column.name}"', column.type]
        if column.target and not column.late:
            parts.append(f'sa.ForeignKey("{column.target}.id", ondelete="{column.ondelete}")')
        parts.append("primary_key=True" if column.primary else f"nullable={column.nullable}")
        if (column.name,) in table.uniques:
            parts.append("unique=True")
        lines.append(f"    sa.Column({', '.join(parts)}),")
    if not table.association:
        lines += [
            f'    sa.Column("{name}", sa.DateTime(timezone=True), nullable=False),'
            for name in table.stamps
        ]
    lines += [
        f"    sa.UniqueConstraint({_quoted(columns)}),"
        for columns in sorted(table.uniques)
        if len(columns) > 1
    ]
    return [*lines, ")", *_indexed(table, table.indexes)]


def _late_keys(table: Table) -> list[str]:
    return [
        line
        for column in table.foreign()
        if column.late
        for line in _batch(table.name, [_create_key(table.name, column)])
    ]


def _alter(alteration: Alteration, out: Changes) -> None:
    old, new, name = alteration.old, alteration.new, alteration.new.name
    added, removed, rekeyed = alteration.added, alteration.removed, alteration.rekeyed
    first = [_drop_unique(name, columns) for columns in sorted(old.uniques - new.uniques)]
    first += [_drop_key(name, c.name) for c in (*removed, *(a for a, _ in rekeyed)) if c.target]
    first += [f'batch.drop_column("{column.name}")' for column in removed]
    second: list[str] = []
    for column in added:
        first.append(_added(name, column, out))
        if not column.nullable and column.fill:
            second.append(f'batch.alter_column("{column.name}", server_default=None)')
    for was, now in alteration.kept:
        first += _altered(name, was, now, out)
    first += [_create_key(name, c) for c in (*added, *(b for _, b in rekeyed)) if c.target]
    first += [
        f'batch.create_unique_constraint("uq_{name}_{"_".join(columns)}", [{_quoted(columns)}])'
        for columns in sorted(new.uniques - old.uniques)
    ]
    out.lines += [
        f'op.drop_index(op.f("ix_{name}_{column}"), "{name}")'
        for column in sorted(old.indexes - new.indexes)
    ]
    out.lines += _batch(name, first) + _batch(name, second)
    out.lines += _indexed(new, new.indexes - old.indexes)


def _added(table: str, column: Column, out: Changes) -> str:
    default = ""
    if not column.nullable:
        if column.fill:
            default = f", server_default={column.fill}"
        else:
            out.guards.append(f'demand_no_rows("{table}", "{column.name}")')
    return (
        f'batch.add_column(sa.Column("{column.name}", {column.type}, '
        f"nullable={column.nullable}{default}))"
    )


def _altered(table: str, was: Column, now: Column, out: Changes) -> list[str]:
    changed = []
    if was.type != now.type:
        changed.append(f"type_={now.type}")
    if was.nullable != now.nullable:
        changed.append(f"nullable={now.nullable}")
        if not now.nullable:
            out.guards += _without_nulls(table, now)
    if not changed:
        return []
    options = ", ".join([f"existing_type={was.type}", *changed])
    return [f'batch.alter_column("{now.name}", {options})']


def _without_nulls(table: str, column: Column) -> list[str]:
    if not column.fill:
        return [f'demand_no_rows("{table}", "{column.name}", empty=True)']
    return [
        f'op.execute(sa.table("{table}", sa.column("{column.name}")).update()'
        f'.where(sa.column("{column.name}").is_(None))'
        f'.values({{"{column.name}": {column.fill}}}))'
    ]


def _batch(table: str, lines: Iterable[str]) -> list[str]:
    inner = [f"    {line}" for line in lines]
    return [f'with op.batch_alter_table("{table}") as batch:', *inner] if inner else []


def _drop_key(table: str, column: str) -> str:
    return f'batch.drop_constraint(batch.f("fk_{table}_{column}"), type_="foreignkey")'


def _create_key(table: str, column: Column) -> str:
    return (
        f'batch.create_foreign_key(batch.f("fk_{table}_{column.name}"), "{column.target}", '
        f'["{column.name}"], ["id"], ondelete="{column.ondelete}")'
    )


def _drop_unique(table: str, columns: tuple[str, ...]) -> str:
    return f'batch.drop_constraint(batch.f("uq_{table}_{"_".join(columns)}"), type_="unique")'


def _indexed(table: Table, columns: Iterable[str]) -> list[str]:
    return [f'op.create_index(None, "{table.name}", ["{column}"])' for column in sorted(columns)]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
