"""What the OpenAPI document of a service is made from: parts of the views of any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autonomous_coder.languages.common import pack_views
from autonomous_coder.languages.common.pack_views import RelationView


class FieldView(pack_views.Field, Protocol):
    """What a document tells of a field."""

    @property
    def nullable(self) -> bool: ...
    @property
    def preset(self) -> object:
        """The default in JSON; None for none."""

    @property
    def description(self) -> str: ...
    @property
    def query(self) -> str:
        """The parameter by which lists are filtered."""

    @property
    def schema(self) -> dict[str, object]:
        """Its JSON schema in a body."""


class EntityView(Protocol):
    """What a document tells of an entity, see `pack_views.EntityView`."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str:
        """The name of its schema."""

    @property
    def types(self) -> str:
        """The plural of `type`, used in names of operations."""

    @property
    def path(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def labels(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def fields(self) -> Sequence[FieldView]: ...
    @property
    def filters(self) -> Sequence[FieldView]: ...
    @property
    def sortables(self) -> Sequence[FieldView]: ...
    @property
    def search(self) -> Sequence[FieldView]: ...
    @property
    def links(self) -> Sequence[RelationView]: ...
    @property
    def relations(self) -> Sequence[RelationView]: ...
    @property
    def owned(self) -> bool: ...
    @property
    def owner_write(self) -> bool: ...
    @property
    def reads_need_user(self) -> bool: ...
    @property
    def writes_need_user(self) -> bool: ...
    @property
    def maybe_user(self) -> bool:
        """Whether writing asks who it is without demanding a login."""


class BackView(Protocol):
    """What a document tells of the other side of a relation, see `pack_views.BackView`."""

    @property
    def path(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def entity(self) -> EntityView: ...
    @property
    def relation(self) -> RelationView: ...
    @property
    def needs_user(self) -> bool: ...


class AccountView(Protocol):
    """What a document tells of an account."""

    @property
    def fields(self) -> Sequence[FieldView]: ...
    @property
    def chosen(self) -> Sequence[FieldView]:
        """The fields that who registers may say."""

    @property
    def role(self) -> FieldView | None: ...


class SpecView(Protocol):
    """What a document tells of a spec, see `pack_views.SpecView`."""

    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def entities(self) -> Sequence[EntityView]: ...
    @property
    def backs(self) -> Mapping[str, Sequence[BackView]]: ...
    @property
    def account(self) -> AccountView: ...
    @property
    def accounts(self) -> bool: ...
    @property
    def uploads(self) -> Sequence[pack_views.EntityView[Any, Any]]:
        """Entities that files are attached to."""
