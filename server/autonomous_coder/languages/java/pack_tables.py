"""The tables of a spec as Flyway makes them, and the step from one spec to the next."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePosixPath

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES
from autonomous_coder.languages.common.postgresql_beside import Beside
from autonomous_coder.languages.common.postgresql_changes import TYPES
from autonomous_coder.languages.common.sqlite_changes import Dialect, next_migration
from autonomous_coder.languages.common.tables import OWNER, Column, Schema, Table, key, schema_of
from autonomous_coder.languages.java.pack_fields import FieldView
from autonomous_coder.languages.java.pack_names import sql
from autonomous_coder.languages.java.pack_view import (
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.generation import Migration

DATABASES = "src/main/resources/db"
MIGRATIONS = f"{DATABASES}/migration"
POSTGRESQL = f"{DATABASES}/postgresql"
BESIDE = Beside(MIGRATIONS, POSTGRESQL, "V1__initial.sql", sql)
USERS = "users"
UPLOADED = ("key", "name", "media_type", "sha256")
"""What is known of files, in words."""
DIALECT = Dialect(
    quote=sql,
    id="INTEGER PRIMARY KEY AUTOINCREMENT",
    moment="TIMESTAMP",
    link=" WITHOUT ROWID",
)
_VERSION = re.compile(r"V(\d+)(?:__\w+)?\.sql")


def migration(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    """See `next_migration`; Flyway wants names such as `V2__add_tags.sql`.
    A program that runs its migrations itself finds them by their numbers alone: `V2.sql`."""
    made = _sqlite_step(before, now, existing)
    if not now.postgresql:
        return made
    old, new = _postgresql(before), _postgresql(now)
    return BESIDE.step(made, old, new, existing, asked=before.postgresql)


def postgresql_tables(view: SpecView) -> str:
    """A script that makes all tables in PostgreSQL."""
    return BESIDE.tables(_postgresql(view))


def _sqlite_step(before: SpecView, now: SpecView, existing: Mapping[str, str]) -> Migration | None:
    named = {path: _VERSION.fullmatch(PurePosixPath(path).name) for path in existing}
    numbered = {f"{m[1]}_.sql": existing[path] for path, m in named.items() if m}
    made = next_migration(tables(before), tables(now), numbered, MIGRATIONS, DIALECT)
    if made is None or not made.path:
        return made
    number, _, slug = PurePosixPath(made.path).name.partition("_")
    version = f"V{int(number)}"
    notes = [note.replace(f"Migration {number} ", f"Migration {version} ") for note in made.notes]
    name = f"{version}__{slug}" if now.face == "api" else f"{version}.sql"
    return Migration(path=f"{MIGRATIONS}/{name}", text=made.text, notes=notes)


def _postgresql(view: SpecView) -> Schema:
    """The tables with the types of PostgreSQL."""
    known = tables(view).tables
    return Schema({name: _retyped(table) for name, table in known.items()})


def _retyped(table: Table) -> Table:
    columns = {
        column.name: replace(
            column,
            type=TYPES.get(column.kind, "TEXT"),
            fill=_postgresql_fill(column.kind, column.fill),
        )
        for column in table.columns.values()
    }
    return replace(table, columns=columns)


def _postgresql_fill(kind: str, fill: str) -> str:
    """What rows get that lack a value, which is written for SQLite."""
    if not fill:
        return ""
    if kind == "boolean":
        return "TRUE" if fill == "1" else "FALSE"
    if kind == "decimal":
        return f"{Decimal(fill).scaleb(-DECIMAL_PLACES):f}"
    if kind == "datetime":
        return f"'{dt.datetime.fromtimestamp(int(fill) / 1000, dt.UTC).isoformat()}'"
    return fill


def tables(view: SpecView) -> Schema:
    """The tables of a spec."""
    made = [_account(view)] if view.accounts else []
    made += [_entity(entity) for entity in view.creation]
    made += [_association(entity, many) for entity in view.creation for many in entity.manys]
    made += [_uploads(view)] if "file_upload" in view.features else []
    return schema_of(made)


def _account(view: SpecView) -> Table:
    columns = [
        Column("email", "TEXT", nullable=False, kind="email"),
        Column("hashed_password", "TEXT", nullable=False, kind="string"),
        *map(_column, view.account.fields),
    ]
    uniques = {("email",), *((field.name,) for field in view.account.fields if field.unique)}
    return Table(
        USERS, "accounts", _named(columns), uniques=frozenset(uniques), stamps=("created_at",)
    )


def _entity(entity: EntityView) -> Table:
    columns = [*map(_column, entity.fields), *map(_link, entity.links)]
    indexes = {link.field for link in entity.links if not link.one_to_one}
    if entity.owned:
        columns.append(key(OWNER, "INTEGER", USERS, "CASCADE", nullable=False))
        indexes.add(OWNER)
    owner = (OWNER,) if entity.private else ()
    uniques = {(*owner, field.name) for field in entity.fields if field.unique}
    uniques |= {(link.field,) for link in entity.links if link.one_to_one}
    return Table(
        _table(entity),
        entity.name,
        _named(columns),
        uniques=frozenset(uniques),
        indexes=frozenset(indexes),
    )


def _association(entity: EntityView, many: RelationView) -> Table:
    columns = [
        key(many.near, "INTEGER", _table(entity), "CASCADE", nullable=False, primary=True),
        key(many.far, "INTEGER", _table(many.target), many.ondelete, nullable=False, primary=True),
    ]
    return Table(
        many.association.replace('"', ""),
        f"{entity.name}.{many.name}",
        _named(columns),
        indexes=frozenset({many.far}),
        association=True,
    )


def _uploads(view: SpecView) -> Table:
    """What is known of files, and the rows that they are attached to."""
    texts = [Column(name, "TEXT", nullable=False, kind="string") for name in UPLOADED]
    size = Column("size", "INTEGER", nullable=False, kind="integer")
    pointed = {f"{entity.snake}_id": _table(entity) for entity in view.uploads}
    pointed |= {"uploader_id": USERS} if view.accounts else {}
    keys = [key(name, "INTEGER", to, "SET NULL", nullable=True) for name, to in pointed.items()]
    return Table(
        "uploads",
        "files",
        _named([*texts[:3], size, *texts[3:], *keys]),
        uniques=frozenset({("key",)}),
        indexes=frozenset(pointed),
        stamps=("created_at",),
    )


def _column(field: FieldView) -> Column:
    return Column(
        field.name,
        field.sql,
        nullable=field.nullable,
        kind=field.type,
        fill=field.fill,
        values=tuple(member.text for member in field.members),
    )


def _link(link: RelationView) -> Column:
    target = _table(link.target)
    return key(link.field, "INTEGER", target, link.ondelete, nullable=link.nullable)


def _table(of: EntityView | TargetView) -> str:
    return of.sql.replace('"', "")


def _named(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}
