"""The tables of a spec that SQLite keeps, from the view that templates read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autonomous_coder.languages.common.pack_views import EntityView, RelationView, SpecView
from autonomous_coder.languages.common.tables import OWNER, Column, Schema, Table, key, schema_of

USERS = "users"


@dataclass(frozen=True, slots=True)
class Naming:
    """How a language names what it keeps: the table of an entity or of the far end of a relation,
    the table of a many-to-many relation, the column of a field. `stamps` are those of accounts."""

    table: Callable[[Any], str]
    association: Callable[[Any], str]
    column: Callable[[Any], Column]
    stamps: tuple[str, ...]


def tables_of(view: SpecView, naming: Naming) -> Schema:
    """The tables of a spec."""
    made = [_account(view, naming)] if view.accounts else []
    made += [_entity(entity, naming) for entity in view.creation]
    made += [
        _association(entity, many, naming) for entity in view.creation for many in entity.manys
    ]
    return schema_of(made)


def _account(view: SpecView, naming: Naming) -> Table:
    columns = [
        Column("email", "TEXT", nullable=False, kind="email"),
        Column("hashed_password", "TEXT", nullable=False, kind="string"),
        *map(naming.column, view.account.fields),
    ]
    uniques = {("email",), *((field.name,) for field in view.account.fields if field.unique)}
    return Table(
        USERS, "accounts", _named(columns), uniques=frozenset(uniques), stamps=naming.stamps
    )


def _entity(entity: EntityView[Any, Any], naming: Naming) -> Table:
    columns = [naming.column(field) for field in entity.fields]
    columns += [_link(link, naming) for link in entity.links]
    indexes = {link.field for link in entity.links if not link.one_to_one}
    if entity.owned:
        columns.append(key(OWNER, "INTEGER", USERS, "CASCADE", nullable=False))
        indexes.add(OWNER)
    owner = (OWNER,) if entity.private else ()
    uniques = {(*owner, field.name) for field in entity.fields if field.unique}
    uniques |= {(link.field,) for link in entity.links if link.one_to_one}
    return Table(
        naming.table(entity),
        entity.name,
        _named(columns),
        uniques=frozenset(uniques),
        indexes=frozenset(indexes),
    )


def _association(entity: EntityView[Any, Any], many: RelationView, naming: Naming) -> Table:
    near, far = naming.table(entity), naming.table(many.target)
    columns = [
        key(many.near, "INTEGER", near, "CASCADE", nullable=False, primary=True),
        key(many.far, "INTEGER", far, many.ondelete, nullable=False, primary=True),
    ]
    return Table(
        naming.association(many),
        f"{entity.name}.{many.name}",
        _named(columns),
        indexes=frozenset({many.far}),
        association=True,
    )


def _link(link: RelationView, naming: Naming) -> Column:
    target = naming.table(link.target)
    return key(link.field, "INTEGER", target, link.ondelete, nullable=link.nullable)


def _named(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}
