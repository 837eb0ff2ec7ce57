"""The tables that a spec leads to, as its migrations make them."""

from __future__ import annotations

from ast import literal_eval

from autonomous_coder.languages.common import tables
from autonomous_coder.languages.common.tables import OWNER, Column, Schema, Table
from autonomous_coder.languages.python.pack_feature_tables import (
    runs_table,
    schedules_table,
    uploads_table,
)
from autonomous_coder.languages.python.pack_fields import FieldView
from autonomous_coder.languages.python.pack_view import EntityView, RelationView, SpecView


def schema_of(view: SpecView) -> Schema:
    """The tables of a spec."""
    made = [_account(view)] if view.accounts else []
    made += view.keeps
    made += [_entity(entity, view.account.table) for entity in view.creation]
    for entity in view.creation:
        made += [_association(entity, many) for many in entity.manys]
    if "file_upload" in view.features:
        named = {entity.snake: entity.table for entity in view.entities}
        made.append(uploads_table(view, named, view.account.table))
    if "background_jobs" in view.features:
        made += [runs_table(view, view.account.table), schedules_table()]
    return tables.schema_of(made)


def _account(view: SpecView) -> Table:
    columns = [
        Column("email", "sa.String(320)", nullable=False, kind="email"),
        Column("hashed_password", "sa.String(255)", nullable=False, kind="string"),
        *(_column(each) for each in view.account.fields),
    ]
    uniques = {("email",), *((each.name,) for each in view.account.fields if each.unique)}
    return Table(
        view.account.table, "accounts", {c.name: c for c in columns}, uniques=frozenset(uniques)
    )


def _entity(entity: EntityView, accounts: str) -> Table:
    columns = [_column(each) for each in entity.fields]
    columns += [_link(link) for link in entity.links]
    indexes = {link.field for link in entity.links if not link.one_to_one}
    if entity.owned:
        columns.append(_key(OWNER, accounts, "CASCADE", nullable=False))
        indexes.add(OWNER)
    owner = (OWNER,) if entity.private else ()
    uniques = {(*owner, each.name) for each in entity.fields if each.unique}
    uniques |= {(link.field,) for link in entity.links if link.one_to_one}
    return Table(
        entity.table,
        entity.name,
        {column.name: column for column in columns},
        uniques=frozenset(uniques),
        indexes=frozenset(indexes),
    )


def _association(entity: EntityView, many: RelationView) -> Table:
    near = f"{entity.snake}_id"
    far = f"{'other_' if many.to_self else ''}{many.target.snake}_id"
    columns = [
        _key(near, entity.table, "CASCADE", nullable=False, primary=True),
        _key(far, many.target.table, many.ondelete, nullable=False, primary=True),
    ]
    return Table(
        many.association,
        f"{entity.name}.{many.name}",
        {column.name: column for column in columns},
        indexes=frozenset({far}),
        association=True,
    )


def _column(view: FieldView) -> Column:
    return Column(
        view.name,
        view.migrated,
        nullable=view.nullable,
        kind=view.type,
        fill=view.fill,
        values=tuple(literal_eval(value) for _, value in view.members),
    )


def _link(link: RelationView) -> Column:
    return _key(
        link.field, link.target.table, link.ondelete, nullable=link.nullable, late=link.late
    )


def _key(
    name: str,
    target: str,
    ondelete: str,
    *,
    nullable: bool,
    late: bool = False,
    primary: bool = False,
) -> Column:
    return tables.key(
        name, "sa.Integer()", target, ondelete, nullable=nullable, late=late, primary=primary
    )
