"""A spec as the Java templates see it: what all languages have, and the names of Java's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.java.pack_fields import FieldView
from autonomous_coder.languages.java.pack_names import sql

MAX_LINKS = 100


@dataclass(frozen=True, slots=True)
class TargetView(pack_views.TargetView):
    """See the base."""

    type: str
    low: str
    package: str
    sql: str
    """The table, as it stands in SQL."""


@dataclass(frozen=True, slots=True)
class RelationView(pack_views.RelationView):
    """See the base."""

    target: TargetView
    java: str
    """The component of the records."""
    method: str
    """`java` with a capital letter, as part of a method's name."""
    query_java: str
    """The component of the query's record."""
    association: str
    """The table of a many-to-many relation."""
    links: str
    """The constant that holds the table."""

    @property
    def component(self) -> str:
        """What a client says of it, as a component of a record."""
        if self.many:
            return f"@NotNull @Size(max = {MAX_LINKS}) List<@NotNull @Positive Long> {self.java}"
        return f"{'@NotNull ' if self.required else ''}@Positive Long {self.java}"


@dataclass(frozen=True, slots=True)
class EntityView(pack_views.EntityView[FieldView, RelationView]):
    """`type` is the type of its rows."""

    type: str
    types: str
    """The plural of `type`, used in names of operations."""
    low: str
    """`type` with a small letter, for names of variables."""
    lows: str
    """The plural of `low`."""
    package: str
    sql: str

    @property
    def creates_with_user(self) -> bool:
        """Whether storing a row takes the user's number."""
        return self.owned or self.sees_private

    @property
    def changes_with_user(self) -> bool:
        """Whether changing a row takes the user's number."""
        return self.owned or self.sees_private

    @property
    def maybe_user(self) -> bool:
        """Whether writing asks who it is without demanding a login."""
        return self.sees_private and not self.writes_need_user

    @property
    def example(self) -> dict[str, object]:
        """What creates a row."""
        body = {field.name: field.example for field in self.fields if field.required}
        return body | {link.field: 1 for link in self.links if link.required}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that a client fills."""
        names = (field.name for field in self.fields)
        return (*names, *(link.field for link in self.links))

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The column of the owner, where rows have one."""
        return ("owner_id",) if self.owned else ()

    @property
    def assigned(self) -> tuple[str, ...]:
        """What a change sets, in SQL."""
        return (*(f"{sql(name)} = :{name}" for name in self.columns), "updated_at = :updated_at")

    @property
    def given(self) -> tuple[str, ...]:
        """Values of a new row, in SQL."""
        names = (*self.columns, *self.own_columns, "created_at", "created_at")
        return tuple(f":{name}" for name in names)

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Columns with their values in Java."""
        made = [(f.name, f"input.{f.java}()", f.converted) for f in self.fields]
        made += [(link.field, f"input.{link.java}()", False) for link in self.links]
        return tuple((n, f"Columns.stored({value})" if c else value) for n, value, c in made)

    @property
    def components(self) -> tuple[str, ...]:
        """What a client says of a row, as components of a record."""
        return (*(f.component for f in self.fields), *(r.component for r in self.relations))

    @property
    def inputs(self) -> tuple[str, ...]:
        """What a row is made from, as components of a record that checks itself."""
        links = (f"{'Long' if r.nullable else 'long'} {r.java}" for r in self.links)
        manys = (f"List<Long> {r.java}" for r in self.manys)
        return (*(f"{f.kept} {f.java}" for f in self.fields), *links, *manys)

    @property
    def values(self) -> tuple[str, ...]:
        """What its columns are filled with."""
        names = (*(f.java for f in self.fields), *(link.java for link in self.links))
        return tuple(f"input.{name}()" for name in names)

    @property
    def settings(self) -> tuple[str, ...]:
        """What a change sets, in SQL with values in their order."""
        return (*(f"{sql(name)} = ?" for name in self.columns), "updated_at = ?")

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Values of a new row, in SQL with values in their order."""
        return ("?",) * (len(self.columns) + 2)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of these components."""
        return (*(f.java for f in self.fields), *(r.java for r in self.relations))

    @property
    def presets(self) -> tuple[str, ...]:
        """Their values where nothing is said."""
        links = ("List.of()" if r.many else "null" for r in self.relations)
        return (*(f.default or "null" for f in self.fields), *links)

    @property
    def query_names(self) -> tuple[str, ...]:
        """Components of the query."""
        search = ("search",) if self.search else ()
        filters = (f.query_java for f in self.filters)
        links = (r.query_java for r in self.relations)
        return ("limit", "offset", "sort", *search, *filters, *links)

    @property
    def counted(self) -> bool:
        """Whether tests count rows, to make them distinct."""
        return any(not field.fixed for field in self.fields)

    @property
    def counter(self) -> str:
        """What they are counted with."""
        return f"{self.snake.upper()}_NUMBERS"

    @property
    def seen_from(self) -> tuple[RelationView, ...]:
        """Relations whose other side lists the rows."""
        return tuple(r for r in self.relations if r.back and not r.target.account)


@dataclass(frozen=True, slots=True)
class BackView(pack_views.BackView):
    """See the base."""

    entity: EntityView
    relation: RelationView
    operation: str
    """The handler, and the operation in the document."""


@dataclass(frozen=True, slots=True)
class AccountView(pack_views.AccountView[FieldView]):
    """See the base."""

    @property
    def example(self) -> dict[str, object]:
        """What registration demands beside the address and password."""
        return {field.name: field.example for field in self.fields if field.required}

    @property
    def presets(self) -> tuple[str, ...]:
        """What these fields have where nothing is said."""
        return tuple(field.default or "null" for field in self.chosen)

    @property
    def given(self) -> tuple[str, ...]:
        """Values of a new row, in SQL."""
        names = ("email", "hashed_password", *(f.name for f in self.fields), "created_at")
        return tuple(f":{name}" for name in names)


@dataclass(frozen=True, slots=True)
class SpecView(pack_views.SpecView):
    """See the base."""

    entities: tuple[EntityView, ...]
    backs: dict[str, tuple[BackView, ...]]
    creation: tuple[EntityView, ...]
    account: AccountView
    uploads: tuple[EntityView, ...]
    base: str
    """The package of the application."""

    face: ClassVar[str] = "api"
    """What others use the project through."""
    class_ends: ClassVar[tuple[str, ...]] = (
        "Input",
        "Query",
        "Repository",
        "Service",
        "Controller",
    )
    """What the names of other classes of an entity end with."""
    open_packages: ClassVar[frozenset[str]] = frozenset({"seeds", "uploads"})
    """Packages beside those of entities that know the classes of all entities."""

    @property
    def more_packages(self) -> dict[str, str]:
        """The packages of other classes of this project alone, by their names."""
        return {}

    @property
    def stored(self) -> bool:
        """Whether there is a database."""
        return True

    @property
    def kept(self) -> bool:
        """Whether there are tables."""
        return bool(self.entities) or self.accounts or "file_upload" in self.features

    @property
    def postgresql(self) -> bool:
        """Whether PostgreSQL can be used beside SQLite."""
        return "postgresql" in self.features

    @property
    def first_migration(self) -> str:
        """The file that makes the tables."""
        return "V1__initial.sql" if self.face == "api" else "V1.sql"

    @property
    def place(self) -> str:
        """The directory of the application's package."""
        return self.base.replace(".", "/")

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of all tables."""
        own = ("users",) if self.accounts else ()
        links = (many.association for e in self.creation for many in e.manys)
        files = ("uploads",) if "file_upload" in self.features else ()
        made = (*(e.sql for e in self.creation), *links, *files)
        return (*own, *(name.replace('"', "") for name in made))

    @property
    def guarded_backs(self) -> tuple[str, ...]:
        """Paths that need a login below entities that anybody may read."""
        open_to_all = (entity for entity in self.entities if not entity.reads_need_user)
        listed = ((e, b) for e in open_to_all for b in self.backs.get(e.name, ()))
        return tuple(f"{e.path}/{{id}}/{b.path}" for e, b in listed if b.needs_user)

    def others(self, entity: EntityView) -> tuple[EntityView, ...]:
        """Other entities that are listed as belonging to one."""
        seen = {b.entity.name: b.entity for b in self.backs.get(entity.name, ())}
        return tuple(other for name, other in seen.items() if name != entity.name)

    @property
    def packages(self) -> dict[str, str]:
        """The packages of all classes that are made of entities, by their names."""
        ends = ("", *self.class_ends)
        made = {f"{e.type}{end}": e.package for e in self.entities for end in ends}
        return made | self.more_packages
