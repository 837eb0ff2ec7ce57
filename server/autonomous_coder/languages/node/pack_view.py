"""A spec as the templates of TypeScript and JavaScript see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.common.pack_jobs import WorkerView
from autonomous_coder.languages.common.pack_pipelines import PipelineView
from autonomous_coder.languages.node.pack_client_view import ClientEntity, ClientView
from autonomous_coder.languages.node.pack_command_view import CliView, CommandView, LibraryView
from autonomous_coder.languages.node.pack_drizzle import POSTGRESQL, SQLITE, Drizzle
from autonomous_coder.languages.node.pack_fields import FieldView
from autonomous_coder.languages.node.pack_mcp_view import McpView
from autonomous_coder.languages.node.pack_properties import PropertyView
from autonomous_coder.languages.node.pack_realtime_view import RealtimeView

FEATURE_TABLES = {"file_upload": ("uploads",), "background_jobs": ("job_runs", "job_schedules")}
"""Tables of a service that features bring."""
SESSION_TABLES = ("auth_sessions", "auth_attempts")
"""Tables of an application that logs people in itself."""
_STORING = frozenset({"rest_api", "next_app", "worker"})
"""Kinds of software that have a database whatever the spec."""


@dataclass(frozen=True, slots=True)
class TargetView(pack_views.TargetView):
    """See the base."""

    type: str
    table: str
    """The variable that holds the table."""
    sql: str
    """The table's name in the database."""


@dataclass(frozen=True, slots=True)
class RelationView(pack_views.RelationView):
    """See the base."""

    target: TargetView
    association: str
    """The variable that holds the table of a many-to-many relation."""
    association_sql: str
    variable: str


@dataclass(frozen=True, slots=True)
class EntityView(pack_views.EntityView[FieldView, RelationView]):
    """`type` is the type of its rows."""

    type: str
    types: str
    """The plural of `type`, used in names of operations."""
    module: str
    table: str
    sql: str

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared ones."""
        used = {name for field in self.fields for name in field.helpers}
        used |= {name for field in self.filters for name in field.asked_helpers}
        used |= {"plainText"} if self.search else set()
        return tuple(sorted({*used, "RowId"} if self.links or self.manys else used))

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
    operation: str


@dataclass(frozen=True, slots=True)
class AccountView(pack_views.AccountView[FieldView]):
    """See the base."""

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared ones."""
        return tuple(sorted({name for field in self.fields for name in field.helpers}))

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
    suffix: str
    """What the names of code files end with: `ts` or `js`."""
    archetype: str
    operations: tuple[CommandView, ...] = ()
    """Commands whose work is done by the host's own files."""
    cli: CliView | None = None
    library: LibraryView | None = None
    mcp: McpView | None = None
    realtime: RealtimeView | None = None
    worker: WorkerView[EntityView] | None = None
    pipeline: PipelineView[EntityView] | None = None
    client: ClientView | None = None
    """What pages made by the service itself show and ask for."""
    jobs: WorkerView[EntityView] | None = None
    """What a service does in the background."""
    properties: Mapping[str, tuple[PropertyView, ...]] = field(default_factory=dict)
    """Values for property tests, by entity."""
    provides: tuple[str, ...] = ()
    """Capabilities that are there, and that no test of ours proves."""

    @property
    def stored(self) -> bool:
        """Whether there is a database."""
        return self.archetype in _STORING or bool(
            self.entities and not (self.library or self.pipeline)
        )

    @property
    def postgresql(self) -> bool:
        """Whether rows are kept in PostgreSQL, and not in SQLite."""
        return self.archetype == "rest_api" and "postgresql" in self.features

    @property
    def drizzle(self) -> Drizzle:
        """How tables are written."""
        return POSTGRESQL if self.postgresql else SQLITE

    @property
    def tabled(self) -> bool:
        """Whether the database has tables beside that of its migrations."""
        return bool(self.stamped or self.worker)

    @property
    def stamped(self) -> bool:
        """Whether rows tell when they were made."""
        return bool(self.entities or self.accounts or self.brought)

    @property
    def linking(self) -> bool:
        """Whether tables of features have indexes."""
        files = "file_upload" in self.brought and bool(self.uploads or self.accounts)
        return files or self.sessions or "background_jobs" in self.brought

    @property
    def sessions(self) -> bool:
        """Whether logins are rows."""
        return self.archetype == "next_app" and self.accounts

    @property
    def listing(self) -> bool:
        """Whether lists are asked for."""
        return bool(self.entities or self.brought or "roles" in self.features)

    @property
    def brought(self) -> frozenset[str]:
        """Features that bring tables."""
        return self.features & FEATURE_TABLES.keys() if self.served else frozenset()

    @property
    def paged(self) -> bool:
        """Whether lists are given in parts."""
        return self.archetype not in {"cli", "worker"}

    @property
    def served(self) -> bool:
        """Whether what is asked for comes by HTTP."""
        return self.archetype in {"rest_api", "next_app"}

    @property
    def documented(self) -> bool:
        """Whether schemas describe an API, too."""
        return self.archetype == "rest_api"

    @property
    def screens(self) -> tuple[tuple[EntityView, ClientEntity], ...]:
        """Each entity with what its pages show of it."""
        return tuple(zip(self.entities, self.client.entities, strict=True)) if self.client else ()

    @property
    def checked(self) -> bool:
        """Whether there is input that schemas check."""
        return self.archetype in _STORING or bool(self.entities or self.operations)

    @property
    def helpers(self) -> frozenset[str]:
        """What any module of schemas takes from the shared ones."""
        if self.realtime:
            return self.realtime.helpers
        given = (*self.account.fields, *(a.field for o in self.operations for a in o.arguments))
        used = {name for field in given for name in field.helpers}
        if self.library:
            return frozenset(used.union(*(record.helpers for record in self.library.records)))
        return frozenset(used.union(*(entity.helpers for entity in self.entities)))

    @property
    def column_kinds(self) -> frozenset[str]:
        """Functions that the tables' columns are made with."""
        fields = (*self.account.fields, *(f for e in self.entities for f in e.fields))
        return frozenset(self.drizzle.column(field).partition("(")[0] for field in fields)
