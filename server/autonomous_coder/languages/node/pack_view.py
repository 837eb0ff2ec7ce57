"""A spec as the templates of TypeScript and JavaScript see it: safe names, relations, access."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.naming import article
from autonomous_coder.languages.node.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class TargetView:
    """The far end of a relation: an entity, or the account of a user."""

    name: str
    type: str
    table: str
    """The variable that holds the table."""
    sql: str
    """The table's name in the database."""
    snake: str
    path: str
    private: bool
    account: bool
    label: str


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
    query: str
    association: str
    """The variable that holds the table of a many-to-many relation."""
    association_sql: str
    near: str
    far: str
    """Columns of that table."""
    variable: str
    label: str
    back: str


@dataclass(frozen=True, slots=True)
class BackView:
    """The other side of a relation: rows of `entity` that point at this one."""

    name: str
    operation: str
    path: str
    entity: EntityView
    relation: RelationView
    needs_user: bool


@dataclass(frozen=True, slots=True)
class EntityView:
    """A stored thing. `type` is the type of its rows, `name` the name the request used."""

    name: str
    type: str
    types: str
    """The plural of `type`, used in names of operations."""
    module: str
    table: str
    sql: str
    snake: str
    path: str
    label: str
    labels: str
    description: str
    fields: tuple[FieldView, ...]
    links: tuple[RelationView, ...]
    """Foreign keys."""
    manys: tuple[RelationView, ...]
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

    @property
    def relations(self) -> tuple[RelationView, ...]:
        return self.links + self.manys

    @property
    def search(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.searchable)

    @property
    def filters(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.filterable)

    @property
    def sortables(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.sortable)

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.values)

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared ones."""
        used = {name for field in self.fields for name in field.helpers}
        used |= {name for field in self.filters for name in field.asked_helpers}
        used |= {"plainText"} if self.search else set()
        return tuple(sorted({*used, "RowId"} if self.links or self.manys else used))

    @property
    def field_capabilities(self) -> tuple[str, ...]:
        return tuple(f"field:{self.name}.{field.name}" for field in self.fields)

    @property
    def example(self) -> str:
        """A JSON object that creates a row."""
        pairs = [f'"{f.name}": {f.example}' for f in self.fields if f.required]
        pairs += [f'"{link.field}": 1' for link in self.links if link.required]
        return "{" + ", ".join(pairs) + "}"

    @property
    def article(self) -> str:
        """`a` or `an`, as the label sounds."""
        return article(self.label)


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account of a user: fields the request added to it."""

    fields: tuple[FieldView, ...]
    entity: str
    """Name of the entity in the request that is the account; empty when there is none."""
    capabilities: tuple[str, ...] = ()

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.values)

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared ones."""
        return tuple(sorted({name for field in self.fields for name in field.helpers}))

    @property
    def example(self) -> str:
        """What registration demands beside the address and password, as JSON pairs."""
        return "".join(f', "{f.name}": {f.example}' for f in self.fields if f.required)


@dataclass(frozen=True, slots=True)
class SpecView:
    """All of a spec: what every template is given as `spec`."""

    name: str
    title: str
    summary: str
    """The description, or a sentence in its stead; free text."""
    entities: tuple[EntityView, ...]
    backs: dict[str, tuple[BackView, ...]]
    creation: tuple[EntityView, ...]
    """Entities so that a table comes after the tables it points at, cycles apart."""
    account: AccountView
    accounts: bool
    notes: tuple[str, ...]
    suffix: str
    """What the names of code files end with: `ts` or `js`."""

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
    def column_kinds(self) -> frozenset[str]:
        """Functions that the tables' columns are made with."""
        stored = {f.stored.partition("(")[0] for e in self.entities for f in e.fields}
        stored |= {f.stored.partition("(")[0] for f in self.account.fields}
        return frozenset(stored)

    @property
    def example(self) -> EntityView | None:
        """An entity to show in documents: one that can be created first."""
        simple = [e for e in self.entities if not any(link.required for link in e.links)]
        return next(iter((*simple, *self.creation)), None)

    def back(self, entity: EntityView) -> tuple[BackView, ...]:
        return self.backs.get(entity.name, ())
