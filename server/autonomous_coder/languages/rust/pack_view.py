"""A spec as the Rust templates see it: what all languages have, and the names of Rust's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.rust.pack_fields import PARSERS, FieldView
from autonomous_coder.models.spec import FieldType


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
    rust: str
    """The field of the struct, and part of longer names."""
    variable: str
    filter: str
    """The field of the query's struct."""
    association: str
    """The table of a many-to-many relation."""

    @property
    def renamed(self) -> bool:
        """Whether the struct's field is called otherwise than the column."""
        return self.rust != self.field


@dataclass(frozen=True, slots=True)
class EntityView(pack_views.EntityView[FieldView, RelationView]):
    """`type` is the type of its rows."""

    type: str
    types: str
    """The plural of `type`, used in names of operations."""
    module: str
    """Where its code stands, below `store`, `api` and the tests."""
    sql: str

    @property
    def bare(self) -> bool:
        """Whether rows hold nothing of their own."""
        return not self.fields and not self.relations

    @property
    def filtered(self) -> bool:
        """Whether lists can be asked for in part."""
        return bool(self.search or self.filters or self.relations)

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
    """The operation in the document."""
    plain: str
    """Part of longer names."""


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
    crate: str
    """The package."""

    face: ClassVar[str] = "api"
    """The module that others use the tables through."""

    @property
    def stored(self) -> bool:
        """Whether there is a database."""
        return True

    @property
    def postgresql(self) -> bool:
        """Whether PostgreSQL can be used beside SQLite."""
        return "postgresql" in self.features

    @property
    def listed(self) -> bool:
        """Whether there are lists that are asked for."""
        return bool(self.entities or self.account.role)

    @property
    def typed_types(self) -> frozenset[str]:
        """Types of all that is read from texts."""
        return self.types

    @property
    def forms(self) -> frozenset[str]:
        """Functions that make values of texts, whatever a text is part of."""
        made = {PARSERS.get(FieldType(kind), "") for kind in self.types}
        made |= {"forms::email"} if self.accounts else set()
        return frozenset(
            name.removeprefix("forms::") for name in made if name.startswith("forms::")
        )

    @property
    def library(self) -> str:
        """The crate, as its code is named elsewhere."""
        return self.crate.replace("-", "_")

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """Fields of all entities and of accounts."""
        own = tuple(field for entity in self.entities for field in entity.fields)
        return own + self.account.fields

    @property
    def asked_types(self) -> frozenset[str]:
        """Types of fields that lists are filtered by."""
        return frozenset(f.type for entity in self.entities for f in entity.filters)

    @property
    def exact_decimals(self) -> bool:
        """Whether the code holds decimals of the spec."""
        return any("from_ten_thousandths" in f.rule + f.sample for f in self.fields)

    @property
    def readers(self) -> frozenset[str]:
        """Functions that read the members of a body."""
        open_links = [link for link in self.links if not link.required]
        firm = [link for link in self.links if link.required]
        kept = [field for entity in self.entities for field in entity.fields]
        # Nobody chooses the own role: only an administrator names one, and then it is required.
        read = [*kept, *self.account.chosen]
        used = {
            "required": self.accounts or firm or any(f.required for f in read),
            "defaulted": any(f.default and not f.nullable for f in read),
            "nullable_defaulted": any(f.default and f.nullable for f in read),
            "nullable": open_links or any(f.nullable for f in read),
            "optional": self.manys or firm or any(not f.nullable for f in kept),
        }
        return frozenset(name for name, needed in used.items() if needed)
