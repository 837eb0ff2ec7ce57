"""A spec as the templates of a web client see it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from autonomous_coder.languages.common.naming import article
from autonomous_coder.languages.node.pack_client_fields import ClientField

MAX_COLUMNS = 4
MAX_LINK_COLUMNS = 2
NO_COLUMN = frozenset({"url", "uuid"})
FILTERS = frozenset({"select", "answer", "checkbox"})
MOST_CHARTED = 24
"""How many values a field can have whose rows charts count one by one."""
FORM_HELPERS = (
    "text", "number", "integer", "decimal", "moment", "date", "email", "address", "uuid",
    "checkbox", "answer", "row", "rows",
)  # fmt: skip
"""Schemas of single controls, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class ClientTarget:
    """The far end of a relation: an entity, or the account of a user. `var` and `vars` are what
    its row and its resource are called, `route` is where its pages lie."""

    name: str
    var: str
    vars: str
    module: str
    path: str
    route: str
    account: bool
    closed: bool
    """Whether only those who are logged in see its rows."""
    display: ClientField | None
    """What it is called by."""
    label: str
    search: bool = False
    """Whether the API searches its rows."""
    private: bool = False
    """Whether only their owner sees its rows."""

    @property
    def choice(self) -> str:
        """What tests choose."""
        if self.account:
            return '"You (me@example.com)"'
        return self.display.sent if self.display else f'"{self.label} #1"'


@dataclass(frozen=True, slots=True)
class ClientRelation:
    """A link held by an entity; `field` is its name on the wire, `query` that of its filter."""

    name: str
    title: str
    single: str
    """What one of many is called."""
    field: str
    variable: str
    query: str
    many: bool
    required: bool
    nullable: bool
    target: ClientTarget
    one_to_one: bool = False

    @property
    def form_label(self) -> str:
        return self.title if self.required else f"{self.title} (optional)"

    @property
    def choice(self) -> str:
        return self.target.choice


@dataclass(frozen=True, slots=True)
class ClientBack:
    """A list of rows that point at this one."""

    title: str
    route: str
    query: str


@dataclass(frozen=True, slots=True)
class ClientRoute:
    """A page of an entity; `open` to those who are not logged in."""

    path: str
    component: str
    open: bool


@dataclass(frozen=True, slots=True)
class ClientEntity:
    """A thing that the API stores. `path` is its own there, `route` that of its pages."""

    name: str
    type: str
    types: str
    var: str
    vars: str
    module: str
    path: str
    route: str
    label: str
    labels: str
    description: str
    fields: tuple[ClientField, ...]
    links: tuple[ClientRelation, ...]
    manys: tuple[ClientRelation, ...]
    backs: tuple[ClientBack, ...]
    display: ClientField | None
    owned: bool
    owner_write: bool
    reads_need_user: bool
    writes_need_user: bool
    private: bool = False

    @property
    def relations(self) -> tuple[ClientRelation, ...]:
        return self.links + self.manys

    @property
    def enums(self) -> tuple[ClientField, ...]:
        return tuple(field for field in self.fields if field.values)

    @property
    def search(self) -> bool:
        return any(field.searchable for field in self.fields)

    @property
    def filters(self) -> tuple[ClientField, ...]:
        """Fields by which lists are narrowed."""
        return tuple(f for f in self.fields if f.filterable and f.control in FILTERS)

    @property
    def charted_fields(self) -> tuple[ClientField, ...]:
        """Fields whose values charts count, where these are few: each takes a request."""
        return tuple(f for f in self.filters if len(f.members) <= MOST_CHARTED)

    @property
    def charted_relations(self) -> tuple[ClientRelation, ...]:
        """Relations by whose far rows charts count; one to one, there would be one of each."""
        return tuple(r for r in self.relations if not (r.target.account or r.one_to_one))

    @property
    def charted(self) -> bool:
        """Whether there is anything by which its rows can be counted."""
        return bool(self.charted_fields or self.charted_relations)

    def hides(self, target: ClientTarget) -> bool:
        """Whether its rows can refer to some that the reader does not see."""
        return target.private and not self.private

    @property
    def columns(self) -> tuple[ClientField, ...]:
        """What lists show; by the first one each row is called, where there is a display."""
        first = [self.display] if self.display else []
        more = [f for f in self.fields if f.type not in NO_COLUMN and f is not self.display]
        return tuple([*first, *more][:MAX_COLUMNS])

    @property
    def column_links(self) -> tuple[ClientRelation, ...]:
        return tuple(link for link in self.links if not link.target.account)[:MAX_LINK_COLUMNS]

    @property
    def needed(self) -> tuple[ClientTarget, ...]:
        """Entities whose rows can be chosen here, once each."""
        found = {r.target.name: r.target for r in self.relations if not r.target.account}
        return tuple(found.values())

    @property
    def account_links(self) -> bool:
        return any(link.target.account for link in self.links)

    @property
    def to_self(self) -> bool:
        return any(target.name == self.name for target in self.needed)

    @property
    def guards(self) -> str:
        """The condition under which a row may be changed; empty where whoever sees it may."""
        return f"user?.id === {self.var}.owner_id" if self.owner_write else ""

    @property
    def row_label(self) -> str:
        """What tests see a row be called."""
        if self.display:
            return self.display.sent
        return f'"{self.label.capitalize()} #1"'

    @property
    def other(self) -> ClientField | None:
        """A field that tests change."""
        return next((field for field in self.fields if field.other_sent), None)

    @property
    def routes(self) -> tuple[ClientRoute, ...]:
        reads, writes = not self.reads_need_user, not self.writes_need_user
        return (
            ClientRoute(self.route, f"List{self.types}", reads),
            ClientRoute(f"{self.route}/new", f"New{self.type}", writes),
            ClientRoute(f"{self.route}/:id", f"Show{self.type}", reads),
            ClientRoute(f"{self.route}/:id/edit", f"Edit{self.type}", writes),
        )

    @property
    def form_components(self) -> tuple[str, ...]:
        """What its form takes from the module of controls."""
        names = {field.component for field in self.fields} | {"FormEnd"}
        names |= {"ChoiceField"} if self.links else set()
        return tuple(sorted(names | ({"ChoicesField"} if self.manys else set())))

    @property
    def form_helpers(self) -> tuple[str, ...]:
        """What its schema takes from the module of shared ones."""
        names = {name for field in self.fields for name in field.helpers}
        names |= {"required" if link.required else "optional" for link in self.links}
        names |= {"row"} if self.links else set()
        return tuple(sorted(names | ({"rows"} if self.manys else set())))

    @property
    def member_capabilities(self) -> tuple[str, ...]:
        """Its fields and relations."""
        fields = tuple(f"field:{self.name}.{field.name}" for field in self.fields)
        return fields + tuple(f"relation:{self.name}.{r.name}" for r in self.relations)

    @property
    def article(self) -> str:
        return article(self.label)

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)


@dataclass(frozen=True, slots=True)
class ClientChoosing:
    """A relation of an entity whose far rows can be chosen."""

    entity: ClientEntity
    relation: ClientRelation


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """The account of a user: fields that the request added to it."""

    fields: tuple[ClientField, ...]
    capabilities: tuple[str, ...]

    @property
    def form_components(self) -> tuple[str, ...]:
        return tuple(sorted({"FormEnd", "InputField", *(f.component for f in self.fields)}))

    @property
    def form_helpers(self) -> tuple[str, ...]:
        names = {name for field in self.fields for name in field.helpers}
        return tuple(sorted({"email", "required", "useForm", *names}))


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A page whose content is the user's; title and description are free text."""

    name: str
    title: str
    description: str
    route: str
    component: str


@dataclass(frozen=True, slots=True)
class ClientView:
    """All of a spec: what every template is given as `spec`."""

    name: str
    title: str
    summary: str
    """Free text."""
    entities: tuple[ClientEntity, ...]
    account: ClientAccount
    accounts: bool
    pages: tuple[ClientPage, ...]
    api: str
    """The language of the API."""
    live: bool = False
    """Whether the API tells of changes over a WebSocket."""
    notes: tuple[str, ...] = ()
    utc: bool = False
    """Whether moments are shown and entered in UTC, as pages that a server makes do."""

    @property
    def network(self) -> str:
        """How addresses of its containers begin; other names have other networks."""
        number = zlib.crc32(self.name.encode())
        return f"10.{number >> 8 & 255}.{number & 255}"

    @property
    def client(self) -> ClientView:
        """Itself: a service that makes its own pages has one, too."""
        return self

    @property
    def fields(self) -> tuple[ClientField, ...]:
        own = tuple(field for entity in self.entities for field in entity.fields)
        return own + self.account.fields

    @property
    def types(self) -> frozenset[str]:
        return frozenset(field.type for field in self.fields)

    @property
    def helpers(self) -> tuple[str, ...]:
        """Schemas of controls that are used anywhere."""
        used = {name for entity in self.entities for name in entity.form_helpers}
        used |= {*self.account.form_helpers} if self.accounts else set()
        return tuple(name for name in FORM_HELPERS if name in used)

    @property
    def closed(self) -> bool:
        """Whether a page is only for those who are logged in."""
        return any(not route.open for entity in self.entities for route in entity.routes)

    @property
    def some_closed(self) -> bool:
        """Whether there are rows that only those who are logged in see."""
        return any(entity.reads_need_user for entity in self.entities)

    @property
    def all_closed(self) -> bool:
        return bool(self.entities) and all(entity.reads_need_user for entity in self.entities)

    @property
    def charted(self) -> bool:
        """Whether there is anything to draw charts of."""
        return any(entity.charted for entity in self.entities)

    @property
    def has_charted_relations(self) -> bool:
        return any(entity.charted_relations for entity in self.entities)

    @property
    def has_links(self) -> bool:
        return any(entity.links for entity in self.entities)

    @property
    def has_manys(self) -> bool:
        return any(entity.manys for entity in self.entities)

    @property
    def choosing(self) -> ClientChoosing | None:
        """Where tests choose among many rows; those of another entity, if there are any."""
        found = [
            ClientChoosing(entity, relation)
            for entity in self.entities
            for relation in entity.relations
            if not relation.target.account
        ]
        return min(found, key=lambda c: c.relation.target.name == c.entity.name, default=None)

    @property
    def has_choices(self) -> bool:
        """Whether rows of another entity are chosen anywhere."""
        return self.choosing is not None

    @property
    def has_relations(self) -> bool:
        return self.has_links or self.has_manys

    def has_controls(self, *controls: str) -> bool:
        return any(field.control in controls for field in self.fields)
