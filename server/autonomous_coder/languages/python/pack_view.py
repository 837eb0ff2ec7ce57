"""A spec as the Python templates see it: what all languages have, and the names of its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.common.pack_jobs import WorkerView
from autonomous_coder.languages.common.tables import Table
from autonomous_coder.languages.python.pack_command_view import CliView, CommandView, LibraryView
from autonomous_coder.languages.python.pack_feature_tables import FEATURE_TABLES, tables_of
from autonomous_coder.languages.python.pack_fields import FieldView
from autonomous_coder.languages.python.pack_property_view import PropertyView
from autonomous_coder.languages.python.pack_realtime_view import RealtimeView
from autonomous_coder.languages.python.pack_web_view import WebView


@dataclass(frozen=True, slots=True)
class TargetView(pack_views.TargetView):
    """See the base."""

    cls: str
    module: str
    table: str


@dataclass(frozen=True, slots=True)
class RelationView(pack_views.RelationView):
    """See the base."""

    target: TargetView
    attr: str
    relationship: str
    """The ORM attribute of a many-to-many relation."""
    query_attr: str
    association: str
    late: bool
    """Whether the foreign key can only be added once both tables exist."""

    @property
    def alias(self) -> bool:
        return self.attr != self.field


@dataclass(frozen=True, slots=True)
class EntityView(pack_views.EntityView[FieldView, RelationView]):
    """`cls` is the model's class."""

    cls: str
    schema: str
    """What the names of its schemas begin with."""
    module: str
    table: str
    snakes: str
    """Used in function names for many rows."""
    var: str
    updatable: FieldView | None
    text: str

    @property
    def example(self) -> str:
        """A JSON object that creates a row."""
        pairs = [f'"{f.name}": {f.example}' for f in self.fields if f.required]
        pairs += [f'"{link.field}": 1' for link in self.links if link.required]
        return "{" + ", ".join(pairs) + "}"


@dataclass(frozen=True, slots=True)
class BackView(pack_views.BackView):
    """See the base."""

    entity: EntityView
    relation: RelationView
    function: str


@dataclass(frozen=True, slots=True)
class AccountView(pack_views.AccountView[FieldView]):
    """See the base."""

    table: str = "users"

    @property
    def example(self) -> str:
        """What registration demands beside the address and password, as JSON pairs."""
        return "".join(f', "{f.name}": {f.example}' for f in self.fields if f.required)


@dataclass(frozen=True, slots=True)
class SpecView(pack_views.SpecView):
    """See the base."""

    entities: tuple[EntityView, ...]
    backs: dict[str, tuple[BackView, ...]]
    creation: tuple[EntityView, ...]
    account: AccountView
    postgresql: bool
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
    web: WebView | None = None
    realtime: RealtimeView | None = None
    keeps: tuple[Table, ...] = ()
    """Tables that are there beside those of entities, accounts and features."""
    properties: Mapping[str, tuple[PropertyView, ...]] = field(default_factory=dict)
    """Entity name -> what property tests make of its fields."""
    jobs: WorkerView[EntityView] | None = None
    """Jobs that a service does in the background."""
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
        sent = self.operations or self.realtime or "websocket" in self.features
        return bool(self.tabled or sent)

    @property
    def tabled(self) -> bool:
        """Whether there are tables."""
        return bool(self.entities or self.accounts or self.keeps or tables_of(self.features))

    @property
    def finds(self) -> bool:
        """Whether rows are looked up by their numbers."""
        return bool(self.entities or self.features & {"roles", *FEATURE_TABLES})
