"""A spec as the Go templates see it: what all languages have, and the names of Go's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.go.pack_fields import ASKED, PARSERS, FieldView
from autonomous_coder.models.spec import FieldType

KEEPING = frozenset({"file_upload", "background_jobs"})
"""Features that bring tables of their own."""


@dataclass(frozen=True, slots=True)
class TargetView(pack_views.TargetView):
    """See the base."""

    type: str
    sql: str
    """The table, as it stands in SQL."""


@dataclass(frozen=True, slots=True)
class RelationView(pack_views.RelationView):
    """See the base."""

    target: TargetView
    go: str
    """The field of the struct."""
    filter: str
    """The field of the query's struct."""
    association: str
    """The table of a many-to-many relation."""
    links: str
    """The variable that holds the table."""


@dataclass(frozen=True, slots=True)
class EntityView(pack_views.EntityView[FieldView, RelationView]):
    """`type` is the type of its rows."""

    type: str
    types: str
    """The plural of `type`, used in names of operations."""
    low: str
    """`type` with a small letter, for names that are not exported."""
    file: str
    sql: str

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
    def example(self) -> dict[str, object]:
        """What creates a row."""
        body = {field.name: field.example for field in self.fields if field.required}
        return body | {link.field: 1 for link in self.links if link.required}


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


@dataclass(frozen=True, slots=True)
class SpecView(pack_views.SpecView):
    """See the base."""

    entities: tuple[EntityView, ...]
    backs: dict[str, tuple[BackView, ...]]
    creation: tuple[EntityView, ...]
    account: AccountView
    module: str
    """The path that the packages are imported by."""

    face: ClassVar[str] = "api"
    """The package that others use the tables through."""

    @property
    def stored(self) -> bool:
        """Whether there is a database."""
        return True

    @property
    def kept(self) -> bool:
        """Whether there are tables."""
        return bool(self.entities) or self.accounts or bool(self.features & KEEPING)

    @property
    def postgresql(self) -> bool:
        """Whether PostgreSQL can be used beside SQLite."""
        return "postgresql" in self.features

    @property
    def forms(self) -> frozenset[str]:
        """Functions that make values of texts, in what is sent and in queries alike."""
        made = {PARSERS.get(FieldType(kind), "") for kind in self.types}
        made |= {ASKED.get(FieldType(kind), "") for kind in self.asked_types}
        made |= {"oneOf"} if "enum" in self.types else set()
        made |= {"emailAddress"} if self.accounts else set()
        made |= {"wholeNumber"} if self.links or self.manys else set()
        return frozenset(made - {"", "store.ParseDecimal"})

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """Fields of all entities and of accounts."""
        own = tuple(field for entity in self.entities for field in entity.fields)
        return own + self.account.chosen

    @property
    def asked_types(self) -> frozenset[str]:
        """Types of fields that lists are filtered by."""
        return frozenset(f.type for entity in self.entities for f in entity.filters)

    @property
    def exact_decimals(self) -> bool:
        """Whether the code holds decimals of the spec: bounds or defaults."""
        return any("MustDecimal" in f.rule + f.default for f in self.fields)

    @property
    def readers(self) -> frozenset[str]:
        """Functions that read the members of a body."""
        open_links = [link for link in self.links if not link.required]
        firm = [link for link in self.links if link.required]
        kept = [field for entity in self.entities for field in entity.fields]
        used = {
            "required": self.accounts or firm or any(f.required for f in self.fields),
            "orDefault": self.manys
            or "background_jobs" in self.features
            or any(f.default and not f.nullable for f in self.fields),
            "orNull": open_links or any(f.nullable and not f.default for f in self.fields),
            "orNullDefault": any(f.nullable and f.default for f in self.fields),
            "change": self.manys or firm or any(not f.nullable for f in kept),
            "changeOrNull": open_links or any(f.nullable for f in kept),
        }
        return frozenset(name for name, needed in used.items() if needed)
