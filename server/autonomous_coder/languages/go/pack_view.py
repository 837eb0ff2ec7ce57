"""A spec as the Go templates see it: safe names, resolved relations, access rules."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.naming import article
from autonomous_coder.languages.go.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class TargetView:
    """The far end of a relation: an entity, or the account of a user."""

    name: str
    type: str
    sql: str
    """The table, as it stands in SQL."""
    snake: str
    path: str
    private: bool
    account: bool
    label: str


@dataclass(frozen=True, slots=True)
class RelationView:
    """A link held by an entity. `field` is the id field on the wire (`post_id`, `tag_ids`)."""

    name: str
    go: str
    """The field of the struct."""
    many: bool
    one_to_one: bool
    target: TargetView
    field: str
    required: bool
    nullable: bool
    ondelete: str
    """What SQL does when the row that is pointed at is deleted."""
    on_delete: str
    query: str
    filter: str
    """The field of the query's struct."""
    association: str
    """The table of a many-to-many relation."""
    near: str
    far: str
    """Columns of that table."""
    links: str
    """The variable that holds the table."""
    label: str
    back: str


@dataclass(frozen=True, slots=True)
class BackView:
    """The other side of a relation: rows of `entity` that point at this one."""

    name: str
    operation: str
    """The handler, and the operation in the document."""
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
    low: str
    """`type` with a small letter, for names that are not exported."""
    file: str
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
        return tuple(field for field in self.fields if field.choices)

    @property
    def creates_with_user(self) -> bool:
        """Whether storing a row takes the user's number."""
        return self.owned or self.sees_private

    @property
    def changes_with_user(self) -> bool:
        """Whether changing a row takes the user's number."""
        return self.private or self.sees_private

    @property
    def maybe_user(self) -> bool:
        """Whether writing asks who it is without demanding a login."""
        return self.sees_private and not self.writes_need_user

    @property
    def field_capabilities(self) -> tuple[str, ...]:
        return tuple(f"field:{self.name}.{field.name}" for field in self.fields)

    @property
    def example(self) -> dict[str, object]:
        """What creates a row."""
        body = {field.name: field.example for field in self.fields if field.required}
        return body | {link.field: 1 for link in self.links if link.required}

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
        return tuple(field for field in self.fields if field.choices)

    @property
    def example(self) -> dict[str, object]:
        """What registration demands beside the address and password."""
        return {field.name: field.example for field in self.fields if field.required}


@dataclass(frozen=True, slots=True)
class SpecView:
    """All of a spec: what every template is given as `spec`."""

    name: str
    module: str
    """The path that the packages are imported by."""
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

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """Fields of all entities and of accounts."""
        own = tuple(field for entity in self.entities for field in entity.fields)
        return own + self.account.fields

    @property
    def types(self) -> frozenset[str]:
        """Field types in use anywhere."""
        return frozenset(field.type for field in self.fields)

    @property
    def asked_types(self) -> frozenset[str]:
        """Types of fields that lists are filtered by."""
        return frozenset(f.type for entity in self.entities for f in entity.filters)

    @property
    def exact_decimals(self) -> bool:
        """Whether the code holds decimals of the spec: bounds or defaults."""
        return any("MustDecimal" in f.rule + f.default for f in self.fields)

    @property
    def links(self) -> tuple[RelationView, ...]:
        """Foreign keys of all entities."""
        return tuple(link for entity in self.entities for link in entity.links)

    @property
    def manys(self) -> tuple[RelationView, ...]:
        """Many-to-many relations of all entities."""
        return tuple(many for entity in self.entities for many in entity.manys)

    @property
    def readers(self) -> frozenset[str]:
        """Functions that read the members of a body."""
        open_links = [link for link in self.links if not link.required]
        firm = [link for link in self.links if link.required]
        kept = [field for entity in self.entities for field in entity.fields]
        used = {
            "required": self.accounts or firm or any(f.required for f in self.fields),
            "orDefault": self.manys or any(f.default and not f.nullable for f in self.fields),
            "orNull": open_links or any(f.nullable and not f.default for f in self.fields),
            "orNullDefault": any(f.nullable and f.default for f in self.fields),
            "change": self.manys or firm or any(not f.nullable for f in kept),
            "changeOrNull": open_links or any(f.nullable for f in kept),
        }
        return frozenset(name for name, needed in used.items() if needed)

    @property
    def example(self) -> EntityView | None:
        """An entity to show in documents: one that can be created first."""
        simple = [e for e in self.entities if not any(link.required for link in e.links)]
        return next(iter((*simple, *self.creation)), None)

    def back(self, entity: EntityView) -> tuple[BackView, ...]:
        return self.backs.get(entity.name, ())
