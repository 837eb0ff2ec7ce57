"""Turns a spec into the view that the Go templates render."""

from __future__ import annotations

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.accounts import (
    ACCOUNT_ENTITY,
    ACCOUNT_FIELDS,
    capabilities,
    needs_user,
    relations_left_out,
)
from autonomous_coder.languages.common.links import LinkGraph
from autonomous_coder.languages.common.naming import Unique, label, singular, snake, sql_name
from autonomous_coder.languages.go.pack_fields import FieldView, view_field
from autonomous_coder.languages.go.pack_names import (
    RESERVED_ACCOUNT_FIELDS,
    RESERVED_FIELDS,
    RESERVED_FILES,
    RESERVED_FILTERS,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_TYPES,
    exported,
    kebab,
    unexported,
)
from autonomous_coder.languages.go.pack_names import sql as in_sql
from autonomous_coder.languages.go.pack_view import (
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.spec import (
    Access,
    DeleteRule,
    Entity,
    FieldType,
    ProjectSpec,
    Relation,
    RelationKind,
)

MODULE = "example.com"
"""A first part with a dot keeps the module apart from the standard library."""
DERIVED = ("Values", "Changes", "Query")
"""What the names of an entity's other types end with."""
ON_DELETE = {
    DeleteRule.CASCADE: "CASCADE",
    DeleteRule.SET_NULL: "SET NULL",
    DeleteRule.RESTRICT: "RESTRICT",
}


class _Members:
    """Names within one entity: those on the wire, its struct's, and those of its query."""

    def __init__(self, entity: str, reserved: frozenset[str]) -> None:
        self._entity = entity
        self._wire = Unique()
        self.go = Unique(reserved, suffix="Field")
        self.query = Unique(RESERVED_QUERY)
        self.filter = Unique(RESERVED_FILTERS, suffix="Filter")

    def claim(self, name: str) -> str:
        """The name on the wire, which nothing else of the entity may have."""
        if self._wire(name) != name:
            raise UnsupportedError(
                f"two members of '{self._entity}' would both be called '{name}'",
                hint="Rename one of them in the spec.",
            )
        return name


class ViewBuilder:
    """Names everything once, then builds entities in the spec's order."""

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        self._spec = spec
        self._accounts = "accounts" in features
        self._notes: list[str] = []
        self._stored = [entity for entity in spec.entities if not self._is_account(entity)]
        self._types = Unique(self._reserved_types(), suffix="Record")
        self._plurals = Unique(suffix="List")
        self._files = Unique(RESERVED_FILES, suffix="list")
        self._choices = Unique(suffix="s")
        self._links = Unique(suffix="s")
        self._sql = Unique({"schema_migrations", *({"users"} if self._accounts else ())})
        self._targets = self._name_targets()
        self._graph = LinkGraph(spec, ACCOUNT_ENTITY if self._accounts else "")

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        entities = tuple(self._entity(entity) for entity in self._stored)
        by_name = {entity.name: entity for entity in entities}
        account = self._account()
        title = self._spec.title or self._spec.name.replace("-", " ").capitalize()
        return SpecView(
            name=self._spec.name,
            module=f"{MODULE}/{self._spec.name}",
            title=title,
            summary=self._spec.description.strip() or f"The {title} service.",
            entities=entities,
            backs=self._backs(by_name),
            creation=tuple(by_name[name] for name in self._graph.order),
            account=account,
            accounts=self._accounts,
            notes=(*self._graph.notes, *self._notes),
        )

    def _is_account(self, entity: Entity) -> bool:
        return self._accounts and entity.name == ACCOUNT_ENTITY

    def _reserved_types(self) -> set[str]:
        made = {f"{entity.name}{suffix}" for entity in self._spec.entities for suffix in DERIVED}
        return set(RESERVED_TYPES) | made

    def _name_targets(self) -> dict[str, TargetView]:
        """Every entity's names, unique in the project."""
        paths, snakes = Unique(RESERVED_PATHS, suffix="-list"), Unique()
        targets = {}
        for entity in self._spec.entities:
            account = self._is_account(entity)
            targets[entity.name] = TargetView(
                name=entity.name,
                type="User" if account else self._types(entity.name),
                sql="users" if account else in_sql(self._sql(_table(entity.plural))),
                snake="user" if account else snakes(snake(entity.name)),
                path="/auth" if account else "/" + paths(kebab(entity.plural)),
                private=not account and self._accounts and entity.access is Access.PRIVATE,
                account=account,
                label="user" if account else label(snake(entity.name)),
            )
        return targets

    def _entity(self, entity: Entity) -> EntityView:
        target = self._targets[entity.name]
        reads, writes = needs_user(entity.access, accounts=self._accounts)
        owned = self._accounts and entity.access in {Access.PRIVATE, Access.OWNER_WRITE}
        members = _Members(entity.name, RESERVED_FIELDS)
        fields = self._fields(entity, members)
        relations = [self._relation(entity, r, members) for r in entity.relations]
        return EntityView(
            name=entity.name,
            type=target.type,
            types=self._plurals(exported(entity.plural)),
            low=unexported(target.type),
            file=self._files(entity.plural.replace("_", "")),
            sql=target.sql,
            snake=target.snake,
            path=target.path,
            label=target.label,
            labels=label(entity.plural),
            description=entity.description,
            fields=fields,
            links=tuple(r for r in relations if not r.many),
            manys=tuple(r for r in relations if r.many),
            access=entity.access.value,
            owned=owned,
            private=target.private,
            owner_write=owned and not target.private,
            shared=self._accounts and entity.access is Access.SHARED,
            reads_need_user=reads,
            writes_need_user=writes,
            sees_private=any(r.target.private for r in relations),
            capacity=self._graph.capacity(entity),
        )

    def _fields(self, entity: Entity, members: _Members) -> tuple[FieldView, ...]:
        views = []
        for field in entity.fields:
            if self._is_account(entity) and field.name in ACCOUNT_FIELDS:
                continue
            members.claim(field.name)
            choices = ""
            if field.type is FieldType.ENUM:
                low = unexported(self._targets[entity.name].type)
                choices = self._choices(f"{low}{exported(field.name)}Values")
            query = members.query(field.name)
            views.append(
                view_field(
                    entity.name, field, members.go(exported(field.name)), choices, query,
                    members.filter(exported(query)),
                )
            )  # fmt: skip
        return tuple(views)

    def _relation(self, entity: Entity, relation: Relation, members: _Members) -> RelationView:
        many = relation.kind is RelationKind.MANY_TO_MANY
        target = self._targets[relation.target]
        if many and target.account:
            raise UnsupportedError(
                f"'{entity.name}.{relation.name}' is a many-to-many relation with the accounts",
                hint="Model it as an entity of its own with a many_to_one relation to User.",
            )
        optional = (entity.name, relation.name) in self._graph.optional
        required = relation.required and not many and not optional
        single = f"{singular(relation.name)}_id"
        field = members.claim(f"{single}s" if many else f"{relation.name}_id")
        to_self = relation.target == entity.name
        rule = relation.on_delete
        if many and rule is DeleteRule.SET_NULL:
            rule = DeleteRule.CASCADE
        query = members.query(single if many else field)
        low = unexported(self._targets[entity.name].type)
        name = sql_name(f"{entity.plural}_{relation.name}")
        return RelationView(
            name=relation.name,
            go=members.go(exported(field)),
            many=many,
            one_to_one=relation.kind is RelationKind.ONE_TO_ONE,
            target=target,
            field=field,
            required=required,
            nullable=not required or relation.on_delete is DeleteRule.SET_NULL,
            ondelete=ON_DELETE[rule],
            on_delete=relation.on_delete.value,
            query=query,
            filter=members.filter(exported(query)),
            association=in_sql(self._sql(name)) if many else "",
            near=f"{self._targets[entity.name].snake}_id",
            far=("other_" if to_self else "") + f"{target.snake}_id",
            links=self._links(f"{low}{exported(relation.name)}Links") if many else "",
            label=label(relation.name),
            back=relation.back_name or "",
        )

    def _backs(self, by_name: dict[str, EntityView]) -> dict[str, tuple[BackView, ...]]:
        found: dict[str, list[BackView]] = {}
        names: dict[str, Unique] = {}
        for entity in self._stored:
            view = by_name[entity.name]
            for relation in entity.relations:
                if relation.back_name is None or self._targets[relation.target].account:
                    continue
                far = by_name[relation.target]
                name = names.setdefault(relation.target, Unique())(relation.back_name)
                held = next(r for r in view.relations if r.name == relation.name)
                found.setdefault(relation.target, []).append(
                    BackView(
                        name=name,
                        operation=f"list{self._plurals(far.type + exported(name))}",
                        path=kebab(name),
                        entity=view,
                        relation=held,
                        needs_user=far.reads_need_user or view.reads_need_user,
                    )
                )
        return {name: tuple(views) for name, views in found.items()}

    def _account(self) -> AccountView:
        entity = next((e for e in self._spec.entities if self._is_account(e)), None)
        if entity is None:
            return AccountView(fields=(), entity="")
        self._notes += relations_left_out(entity)
        return AccountView(
            fields=self._fields(entity, _Members(entity.name, RESERVED_ACCOUNT_FIELDS)),
            entity=entity.name,
            capabilities=capabilities(entity),
        )


def _table(plural: str) -> str:
    """SQLite keeps names that begin with `sqlite_` to itself."""
    return f"the_{plural}" if plural.startswith("sqlite_") else plural
