"""Turns a spec into views: the course that all languages share.

A language's builder names things as its code needs them, asks this one for what every language
has, and puts both into its own views: `EntityView(**self._entity_facts(...), type=...)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypedDict, TypeVar

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.accounts import (
    ACCOUNT_ENTITY,
    ACCOUNT_FIELDS,
    capabilities,
    needs_user,
    relations_left_out,
    role_changed,
    with_role,
)
from autonomous_coder.languages.common.links import LinkGraph
from autonomous_coder.languages.common.naming import Unique, label, singular, snake
from autonomous_coder.languages.common.pack_views import (
    EntityView,
    Field,
    RelationView,
    Seeds,
    TargetView,
)
from autonomous_coder.languages.common.seeds import seeds
from autonomous_coder.languages.common.style import Style, style_of
from autonomous_coder.models.spec import (
    Access,
    DeleteRule,
    Entity,
    EntityField,
    ProjectSpec,
    Relation,
    RelationKind,
)

TargetT = TypeVar("TargetT", bound=TargetView)
FieldT = TypeVar("FieldT", bound=Field)
LinkT = TypeVar("LinkT", bound=RelationView)
EntityT = TypeVar("EntityT", bound=EntityView[Any, Any])
BackT = TypeVar("BackT")


FEATURE_PATHS = {
    "monitoring": frozenset({"metrics"}),
    "roles": frozenset({"users"}),
    "background_jobs": frozenset({"background-jobs"}),
    "websocket": frozenset({"live"}),
}
"""First parts of addresses that features take."""


class TargetFacts(TypedDict):
    """See `TargetView`."""

    name: str
    snake: str
    plural: str
    path: str
    label: str
    private: bool
    account: bool


class RelationFacts(TypedDict, Generic[TargetT]):
    """See `RelationView`."""

    name: str
    many: bool
    one_to_one: bool
    target: TargetT
    to_self: bool
    field: str
    required: bool
    nullable: bool
    ondelete: str
    on_delete: str
    query: str
    near: str
    far: str
    label: str
    back: str


class EntityFacts(TypedDict, Generic[FieldT, LinkT]):
    """See `EntityView`."""

    name: str
    snake: str
    plural: str
    path: str
    label: str
    labels: str
    description: str
    fields: tuple[FieldT, ...]
    links: tuple[LinkT, ...]
    manys: tuple[LinkT, ...]
    access: str
    owned: bool
    private: bool
    owner_write: bool
    shared: bool
    reads_need_user: bool
    writes_need_user: bool
    sees_private: bool
    capacity: int


class BackFacts(TypedDict, Generic[EntityT, LinkT]):
    """See `BackView`."""

    name: str
    path: str
    entity: EntityT
    relation: LinkT
    needs_user: bool


class AccountFacts(TypedDict, Generic[FieldT]):
    """See `AccountView`."""

    fields: tuple[FieldT, ...]
    entity: str
    capabilities: tuple[str, ...]
    roles: bool


class SpecFacts(TypedDict, Generic[EntityT, BackT]):
    """See `SpecView`; the account apart."""

    name: str
    title: str
    summary: str
    entities: tuple[EntityT, ...]
    backs: dict[str, tuple[BackT, ...]]
    creation: tuple[EntityT, ...]
    accounts: bool
    notes: tuple[str, ...]
    style: Style
    features: frozenset[str]
    uploads: tuple[EntityT, ...]
    seeds: Seeds


class PackBuilder(ABC, Generic[TargetT, FieldT, LinkT, EntityT, BackT]):
    """Names everything once, then builds entities in the spec's order."""

    reserved_paths: ClassVar[frozenset[str]] = frozenset()
    """First parts of addresses that a service has for itself, as `kebab` writes them."""
    derived: ClassVar[tuple[str, ...]] = ()
    """What the names of an entity's other types end with."""

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        self._roles = "roles" in features
        self._notes: list[str] = [*role_changed(spec)] if self._roles else []
        spec = with_role(spec) if self._roles else spec
        self._spec = spec
        self._features = features
        self._accounts = "accounts" in features
        self._stored = [entity for entity in spec.entities if not self._is_account(entity)]
        self._graph = LinkGraph(spec, ACCOUNT_ENTITY if self._accounts else "")
        taken = (FEATURE_PATHS.get(name, frozenset()) for name in features)
        self._paths = Unique(self.reserved_paths.union(*taken), suffix="-list")
        self._snakes = Unique({"upload", "uploader"} if "file_upload" in features else ())
        self._targets: dict[str, TargetT] = {}

    @abstractmethod
    def _target(self, entity: Entity, facts: TargetFacts) -> TargetT:
        """The names of an entity that other entities need."""

    @abstractmethod
    def _entity(self, entity: Entity, target: TargetT) -> EntityT:
        """The whole of an entity."""

    @abstractmethod
    def _account_field(self, entity: Entity, field: EntityField) -> FieldT:
        """A field that the request added to the account."""

    @abstractmethod
    def _back(self, far: EntityT, facts: BackFacts[EntityT, LinkT]) -> BackT:
        """The other side of a relation; `far` is the entity it is seen from."""

    def _is_account(self, entity: Entity) -> bool:
        return self._accounts and entity.name == ACCOUNT_ENTITY

    def _made_types(self) -> set[str]:
        """Names that types made of the entities have, so that no entity may."""
        return {f"{e.name}{suffix}" for e in self._spec.entities for suffix in self.derived}

    def _spec_facts(self) -> SpecFacts[EntityT, BackT]:
        """InvalidInputError or UnsupportedError when the spec cannot be built."""
        self._targets = {
            entity.name: self._target(entity, self._target_facts(entity))
            for entity in self._spec.entities
        }
        entities = tuple(self._entity(e, self._targets[e.name]) for e in self._stored)
        by_name = {entity.name: entity for entity in entities}
        creation = tuple(by_name[name] for name in self._graph.order)
        title = self._spec.title or self._spec.name.replace("-", " ").capitalize()
        for entity in self._spec.entities:
            if self._is_account(entity):
                self._notes += relations_left_out(entity)
        return SpecFacts(
            name=self._spec.name,
            title=title,
            summary=self._spec.description.strip() or f"The {title} service.",
            entities=entities,
            backs=self._backs(by_name),
            creation=creation,
            accounts=self._accounts,
            notes=(*self._graph.notes, *self._notes),
            style=style_of(self._spec),
            features=self._features,
            uploads=tuple(by_name[name] for name in self._attaching()),
            seeds=seeds(self._spec, creation),
        )

    def _attaching(self) -> list[str]:
        """Names of the entities that files are attached to: those that say so, else all."""
        if "file_upload" not in self._features:
            return []
        chosen = [entity.name for entity in self._stored if entity.attachments]
        return chosen or [entity.name for entity in self._stored]

    def _target_facts(self, entity: Entity) -> TargetFacts:
        account = self._is_account(entity)
        kebab = entity.plural.replace("_", "-").strip("-")
        return TargetFacts(
            name=entity.name,
            snake="user" if account else self._snakes(snake(entity.name)),
            plural=entity.plural,
            path="/auth" if account else "/" + self._paths(kebab),
            label="user" if account else label(snake(entity.name)),
            private=not account and self._accounts and entity.access is Access.PRIVATE,
            account=account,
        )

    def _entity_facts(
        self, entity: Entity, fields: Iterable[FieldT], relations: Iterable[LinkT]
    ) -> EntityFacts[FieldT, LinkT]:
        target = self._targets[entity.name]
        reads, writes = needs_user(entity.access, accounts=self._accounts)
        owned = self._accounts and entity.access in {Access.PRIVATE, Access.OWNER_WRITE}
        held = list(relations)
        return EntityFacts(
            name=entity.name,
            snake=target.snake,
            plural=entity.plural,
            path=target.path,
            label=target.label,
            labels=label(entity.plural),
            description=entity.description,
            fields=tuple(fields),
            links=tuple(r for r in held if not r.many),
            manys=tuple(r for r in held if r.many),
            access=entity.access.value,
            owned=owned,
            private=target.private,
            owner_write=owned and not target.private,
            shared=self._accounts and entity.access is Access.SHARED,
            reads_need_user=reads,
            writes_need_user=writes,
            sees_private=any(r.target.private for r in held),
            capacity=self._graph.capacity(entity),
        )

    def _wire(self, entity: Entity, relation: Relation) -> str:
        """The id field of a relation: `post_id`, `tag_ids`.

        Raises:
            UnsupportedError: many accounts cannot be pointed at.
        """
        if relation.kind is not RelationKind.MANY_TO_MANY:
            return f"{relation.name}_id"
        if self._targets[relation.target].account:
            raise UnsupportedError(
                f"'{entity.name}.{relation.name}' is a many-to-many relation with the accounts",
                hint="Model it as an entity of its own with a many_to_one relation to User.",
            )
        return f"{singular(relation.name)}_ids"

    def _relation_facts(
        self, entity: Entity, relation: Relation, field: str, queries: Unique
    ) -> RelationFacts[TargetT]:
        many = relation.kind is RelationKind.MANY_TO_MANY
        optional = (entity.name, relation.name) in self._graph.optional
        required = relation.required and not many and not optional
        target, to_self = self._targets[relation.target], relation.target == entity.name
        rule = relation.on_delete
        if many and rule is DeleteRule.SET_NULL:
            rule = DeleteRule.CASCADE
        return RelationFacts(
            name=relation.name,
            many=many,
            one_to_one=relation.kind is RelationKind.ONE_TO_ONE,
            target=target,
            to_self=to_self,
            field=field,
            required=required,
            nullable=not required or relation.on_delete is DeleteRule.SET_NULL,
            ondelete=rule.value.replace("_", " ").upper(),
            on_delete=relation.on_delete.value,
            query=queries(f"{singular(relation.name)}_id" if many else field),
            near=f"{self._targets[entity.name].snake}_id",
            far=("other_" if to_self else "") + f"{target.snake}_id",
            label=label(relation.name),
            back=relation.back_name or "",
        )

    def _claim(self, entity: Entity, name: str, members: Unique) -> str:
        """The name of a member, which nothing else of the entity may have.

        Raises:
            UnsupportedError: something has it.
        """
        if members(name) != name:
            raise UnsupportedError(
                f"two members of '{entity.name}' would both be called '{name}'",
                hint="Rename one of them in the spec.",
            )
        return name

    def _backs(self, by_name: dict[str, EntityT]) -> dict[str, tuple[BackT, ...]]:
        found: dict[str, list[BackT]] = {}
        names: dict[str, Unique] = {}
        taken = {"uploads"} if "file_upload" in self._features else set()
        for entity in self._stored:
            view = by_name[entity.name]
            for relation in entity.relations:
                if relation.back_name is None or self._targets[relation.target].account:
                    continue
                far = by_name[relation.target]
                name = names.setdefault(relation.target, Unique(taken))(relation.back_name)
                held: LinkT = next(r for r in view.relations if r.name == relation.name)
                facts = BackFacts(
                    name=name,
                    path=name.replace("_", "-").strip("-"),
                    entity=view,
                    relation=held,
                    needs_user=far.reads_need_user or view.reads_need_user,
                )
                found.setdefault(relation.target, []).append(self._back(far, facts))
        return {name: tuple(views) for name, views in found.items()}

    def _account_facts(self) -> AccountFacts[FieldT]:
        """Of the entity that is the account, where there is one."""
        entity = next((e for e in self._spec.entities if self._is_account(e)), None)
        if entity is None:
            return AccountFacts(fields=(), entity="", capabilities=(), roles=False)
        return AccountFacts(
            fields=tuple(
                self._account_field(entity, field)
                for field in entity.fields
                if field.name not in ACCOUNT_FIELDS
            ),
            entity=entity.name,
            capabilities=capabilities(entity),
            roles=self._roles,
        )
