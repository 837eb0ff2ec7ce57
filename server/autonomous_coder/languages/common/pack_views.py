"""What every language's templates read of a spec: safe names, resolved relations, access rules.

A language's own views stand on these and add the names that only its code needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from autonomous_coder.languages.common.naming import article
from autonomous_coder.languages.common.style import Style


class Field(Protocol):
    """What is common to the fields of all languages."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def searchable(self) -> bool: ...
    @property
    def filterable(self) -> bool: ...
    @property
    def sortable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class TargetView:
    """The far end of a relation: an entity, or the account of a user."""

    name: str
    """As the request says it."""
    snake: str
    plural: str
    """As the request says it."""
    path: str
    """Where it is served: `/blog-posts`."""
    label: str
    private: bool
    account: bool


@dataclass(frozen=True, slots=True)
class RelationView:
    """A link held by an entity. `field` is the id field on the wire (`post_id`, `tag_ids`)."""

    name: str
    many: bool
    one_to_one: bool
    target: TargetView
    to_self: bool
    field: str
    required: bool
    nullable: bool
    ondelete: str
    """What SQL does when the row that is pointed at is deleted."""
    on_delete: str
    """What the spec says of it."""
    query: str
    """The parameter by which lists are filtered."""
    near: str
    far: str
    """Columns of the table of a many-to-many relation: this row's and the other one's."""
    label: str
    back: str
    """What the request calls the other side; empty when it names none."""


Seeds = Mapping[str, Sequence[Mapping[str, object]]]
"""Plural of an entity -> its rows as they go over the wire, in an order in which they can be made.
A link is the number of a row in the table it points at, counted from 1; that of an account is 1,
whoever it is."""
FieldT = TypeVar("FieldT", bound=Field)
LinkT = TypeVar("LinkT", bound=RelationView)


@dataclass(frozen=True, slots=True)
class EntityView(Generic[FieldT, LinkT]):
    """A stored thing; `name` is the name that the request uses."""

    name: str
    snake: str
    plural: str
    """As the request says it."""
    path: str
    label: str
    labels: str
    description: str
    fields: tuple[FieldT, ...]
    links: tuple[LinkT, ...]
    """Foreign keys."""
    manys: tuple[LinkT, ...]
    """Many-to-many."""
    access: str
    owned: bool
    private: bool
    owner_write: bool
    shared: bool
    reads_need_user: bool
    writes_need_user: bool
    sees_private: bool
    """Whether a relation points at rows that only their owner sees."""
    capacity: int
    """How many rows tests can make, see `LinkGraph.capacity`."""

    @property
    def relations(self) -> tuple[LinkT, ...]:
        return self.links + self.manys

    @property
    def search(self) -> tuple[FieldT, ...]:
        return tuple(field for field in self.fields if field.searchable)

    @property
    def filters(self) -> tuple[FieldT, ...]:
        return tuple(field for field in self.fields if field.filterable)

    @property
    def sortables(self) -> tuple[FieldT, ...]:
        return tuple(field for field in self.fields if field.sortable)

    @property
    def enums(self) -> tuple[FieldT, ...]:
        return tuple(field for field in self.fields if field.type == "enum")

    @property
    def field_capabilities(self) -> tuple[str, ...]:
        return tuple(f"field:{self.name}.{field.name}" for field in self.fields)

    @property
    def article(self) -> str:
        """`a` or `an`, as the label sounds."""
        return article(self.label)

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)


@dataclass(frozen=True, slots=True)
class BackView:
    """The other side of a relation: rows of `entity` that point at this one."""

    name: str
    path: str
    entity: EntityView[Any, Any]
    relation: RelationView
    needs_user: bool


@dataclass(frozen=True, slots=True)
class AccountView(Generic[FieldT]):
    """The account of a user: fields that the request added to it."""

    fields: tuple[FieldT, ...]
    entity: str
    """Name of the entity in the request that is the account; empty when there is none."""
    capabilities: tuple[str, ...] = ()
    """The entity and its fields, as far as the account has them."""

    roles: bool = False
    """Whether accounts have roles."""

    @property
    def role(self) -> FieldT | None:
        """The field that holds the role, where there are roles."""
        return next((f for f in self.fields if self.roles and f.name == "role"), None)

    @property
    def chosen(self) -> tuple[FieldT, ...]:
        """The fields that who registers may say."""
        return tuple(field for field in self.fields if field is not self.role)

    @property
    def enums(self) -> tuple[FieldT, ...]:
        return tuple(field for field in self.fields if field.type == "enum")

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)


@dataclass(frozen=True, slots=True)
class SpecView:
    """All of a spec: what every template is given as `spec`."""

    name: str
    title: str
    summary: str
    """The description, or a sentence in its stead; free text."""
    entities: tuple[EntityView[Any, Any], ...]
    backs: Mapping[str, tuple[BackView, ...]]
    """Entity name -> other sides of relations that point at it."""
    creation: tuple[EntityView[Any, Any], ...]
    """Entities so that a table comes after the tables it points at, cycles apart."""
    account: AccountView[Any]
    accounts: bool
    notes: tuple[str, ...]
    """What was decided otherwise than asked."""
    style: Style
    features: frozenset[str]
    uploads: tuple[EntityView[Any, Any], ...]
    """Entities that files are attached to."""
    seeds: Seeds
    """Rows to try it with."""

    @property
    def seed_text(self) -> str:
        """The rows to try it with, as JSON."""
        return json.dumps(self.seeds, indent=2, ensure_ascii=False)

    @property
    def seeded_to_account(self) -> bool:
        """Whether rows to try it with need an account that they belong to, point at, or see by."""
        return self.accounts and any(
            e.owned or e.sees_private or any(link.target.account for link in e.links)
            for e in self.creation
        )

    def seeded(self, entity: EntityView[Any, Any]) -> tuple[RelationView, ...]:
        """Relations of an entity that rows to try it with have: to what is there before them."""
        names = [e.name for e in self.creation]
        there = {*names[: names.index(entity.name) + 1]}
        return tuple(r for r in entity.relations if r.target.account or r.target.name in there)

    @property
    def types(self) -> frozenset[str]:
        """Field types in use anywhere."""
        kinds = {field.type for entity in self.entities for field in entity.fields}
        return frozenset(kinds | {field.type for field in self.account.fields})

    @property
    def links(self) -> tuple[RelationView, ...]:
        """Foreign keys of all entities."""
        return tuple(link for entity in self.entities for link in entity.links)

    @property
    def manys(self) -> tuple[RelationView, ...]:
        """Many-to-many relations of all entities."""
        return tuple(many for entity in self.entities for many in entity.manys)

    @property
    def example(self) -> EntityView[Any, Any] | None:
        """An entity to show in documents: one that can be created first."""
        simple = [e for e in self.entities if not any(link.required for link in e.links)]
        return next(iter((*simple, *self.creation)), None)

    def back(self, entity: EntityView[Any, Any]) -> tuple[BackView, ...]:
        return self.backs.get(entity.name, ())
