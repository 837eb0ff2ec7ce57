"""A spec as the Python templates see it: safe names, resolved relations, access rules."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.naming import article
from autonomous_coder.languages.python.pack_command_view import CliView, CommandView, LibraryView
from autonomous_coder.languages.python.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class TargetView:
    """The far end of a relation: an entity, or the account of a user."""

    name: str
    cls: str
    module: str
    table: str
    snake: str
    path: str
    private: bool
    account: bool
    label: str


@dataclass(frozen=True, slots=True)
class RelationView:
    """A link held by an entity. `field` is the id field on the wire (`post_id`, `tag_ids`)."""

    name: str
    kind: str
    many: bool
    one_to_one: bool
    target: TargetView
    to_self: bool
    field: str
    attr: str
    relationship: str
    """The ORM attribute of a many-to-many relation."""
    required: bool
    nullable: bool
    ondelete: str
    on_delete: str
    query: str
    query_attr: str
    association: str
    late: bool
    """Whether the foreign key can only be added once both tables exist."""
    label: str
    back: str
    """What the request calls the other side; empty when it names none."""

    @property
    def alias(self) -> bool:
        return self.attr != self.field


@dataclass(frozen=True, slots=True)
class BackView:
    """The other side of a relation: rows of `entity` that point at this one."""

    name: str
    function: str
    path: str
    entity: EntityView
    relation: RelationView
    needs_user: bool


@dataclass(frozen=True, slots=True)
class EntityView:
    """A stored thing. `cls` is the model's class, `name` the name the request used."""

    name: str
    cls: str
    schema: str
    """What the names of its schemas begin with."""
    plural: str
    module: str
    table: str
    snake: str
    snakes: str
    """Used in function names for many rows."""
    var: str
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
    updatable: FieldView | None
    text: str

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
        return tuple(field for field in self.fields if field.enum_class)

    @property
    def field_capabilities(self) -> tuple[str, ...]:
        return tuple(f"field:{self.name}.{field.name}" for field in self.fields)

    @property
    def example(self) -> str:
        """A JSON object that creates a row."""
        pairs = [f'"{f.name}": {f.example}' for f in self.fields if f.required]
        pairs += [f'"{link.field}": 1' for link in self.links if link.required]
        return "{" + ", ".join(pairs) + "}"

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)

    @property
    def article(self) -> str:
        """`a` or `an`, as the label sounds."""
        return article(self.label)


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account of a user: its table, and fields the request added to it."""

    table: str
    fields: tuple[FieldView, ...]
    entity: str
    """Name of the entity in the request that is the account; empty when there is none."""
    capabilities: tuple[str, ...] = ()
    """The entity and its fields, as far as the account has them."""

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.enum_class)

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)

    @property
    def example(self) -> str:
        """What registration demands beside the address and password, as JSON pairs."""
        return "".join(f', "{f.name}": {f.example}' for f in self.fields if f.required)


@dataclass(frozen=True, slots=True)
class SpecView:
    """All of a spec: what every template of the Python pack is given as `spec`."""

    name: str
    title: str
    summary: str
    """The description, or a sentence in its stead; free text."""
    entities: tuple[EntityView, ...]
    backs: dict[str, tuple[BackView, ...]]
    """Entity name -> other sides of relations that point at it."""
    creation: tuple[EntityView, ...]
    """Entities so that a table comes after the tables it points at, cycles apart."""
    account: AccountView
    accounts: bool
    postgresql: bool
    notes: tuple[str, ...]
    package: str = "app"
    """What the modules of the project are imported from."""
    root: str = "app"
    """The folder that the package is."""
    stored: bool = True
    """Whether there is a database."""
    operations: tuple[CommandView, ...] = ()
    """Commands whose work is done by the host's own files."""
    cli: CliView | None = None
    library: LibraryView | None = None
    provides: tuple[str, ...] = ()
    """Capabilities that are there, and that no test of ours proves."""

    @property
    def types(self) -> frozenset[str]:
        """Field types in use anywhere."""
        kinds = {field.type for entity in self.entities for field in entity.fields}
        kinds |= {item.field.type for command in self.operations for item in command.arguments}
        return frozenset(kinds | {field.type for field in self.account.fields})

    @property
    def checked(self) -> bool:
        """Whether there is input that schemas check."""
        return bool(self.entities or self.accounts or self.operations)

    @property
    def example(self) -> EntityView | None:
        """An entity to show in documents: one that can be created first."""
        simple = [e for e in self.entities if not any(link.required for link in e.links)]
        return next(iter((*simple, *self.creation)), None)

    def back(self, entity: EntityView) -> tuple[BackView, ...]:
        return self.backs.get(entity.name, ())
