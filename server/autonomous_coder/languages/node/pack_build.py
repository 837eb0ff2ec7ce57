"""Turns a spec into the view that the templates of TypeScript and JavaScript render."""

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
from autonomous_coder.languages.common.naming import (
    Unique,
    label,
    pascal,
    singular,
    snake,
    sql_name,
)
from autonomous_coder.languages.node.pack_fields import FieldView, view_field
from autonomous_coder.languages.node.pack_names import (
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_TABLES,
    RESERVED_TYPES,
    camel,
    kebab,
)
from autonomous_coder.languages.node.pack_view import (
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
    EntityField,
    FieldType,
    ProjectSpec,
    Relation,
    RelationKind,
)

SCHEMAS = ("Create", "Update", "Query", "Page")
ON_DELETE = {
    DeleteRule.CASCADE: "cascade",
    DeleteRule.SET_NULL: "set null",
    DeleteRule.RESTRICT: "restrict",
}


class ViewBuilder:
    """Names everything once, then builds entities in the spec's order."""

    def __init__(self, spec: ProjectSpec, features: frozenset[str], suffix: str = "ts") -> None:
        self._spec = spec
        self._suffix = suffix
        self._accounts = "accounts" in features
        self._notes: list[str] = []
        self._stored = [entity for entity in spec.entities if not self._is_account(entity)]
        self._types = Unique(self._reserved_types(), suffix="Record")
        self._plurals = Unique(suffix="List")
        self._tables = Unique(RESERVED_TABLES, suffix="Table")
        self._sql = Unique({"migrations", *({"users"} if self._accounts else ())})
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
            title=title,
            summary=self._spec.description.strip() or f"The {title} service.",
            entities=entities,
            backs=self._backs(by_name),
            creation=tuple(by_name[name] for name in self._graph.order),
            account=account,
            accounts=self._accounts,
            notes=(*self._graph.notes, *self._notes),
            suffix=self._suffix,
        )

    def _is_account(self, entity: Entity) -> bool:
        return self._accounts and entity.name == ACCOUNT_ENTITY

    def _reserved_types(self) -> set[str]:
        made = {f"{entity.name}{suffix}" for entity in self._spec.entities for suffix in SCHEMAS}
        return set(RESERVED_TYPES) | made

    def _name_targets(self) -> dict[str, TargetView]:
        """Every entity's names, unique in the project."""
        paths, snakes = Unique(RESERVED_PATHS, suffix="-list"), Unique()
        targets = {}
        for entity in self._spec.entities:
            if self._is_account(entity):
                targets[entity.name] = TargetView(
                    name=entity.name,
                    type="User",
                    table="users",
                    sql="users",
                    snake="user",
                    path="/auth",
                    private=False,
                    account=True,
                    label="user",
                )
                continue
            targets[entity.name] = TargetView(
                name=entity.name,
                type=self._types(entity.name),
                table=self._tables(camel(entity.plural)),
                sql=self._sql(entity.plural),
                snake=snakes(snake(entity.name)),
                path="/" + paths(kebab(entity.plural)),
                private=self._accounts and entity.access is Access.PRIVATE,
                account=False,
                label=label(snake(entity.name)),
            )
        return targets

    def _entity(self, entity: Entity) -> EntityView:
        target = self._targets[entity.name]
        reads, writes = needs_user(entity.access, accounts=self._accounts)
        owned = self._accounts and entity.access in {Access.PRIVATE, Access.OWNER_WRITE}
        queries, members = Unique(RESERVED_QUERY), Unique()
        fields = tuple(self._field(entity, field, queries(field.name)) for field in entity.fields)
        for field in fields:
            self._claim(entity.name, field.name, members)
        relations = [self._relation(entity, r, members, queries) for r in entity.relations]
        return EntityView(
            name=entity.name,
            type=target.type,
            types=self._plurals(pascal(entity.plural)),
            module=self._module(target),
            table=target.table,
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

    def _module(self, target: TargetView) -> str:
        name = kebab(target.sql)
        return f"{name}-list" if name in RESERVED_MODULES else name

    def _field(self, entity: Entity, field: EntityField, query: str) -> FieldView:
        values = ""
        if field.type is FieldType.ENUM:
            values = self._tables(camel(f"{snake(entity.name)}_{field.name}_values"))
        return view_field(entity.name, field, values, query)

    def _claim(self, entity: str, name: str, members: Unique) -> str:
        if name == "constructor":
            raise UnsupportedError(
                f"'{entity}.{name}' cannot be held apart from what every object in JavaScript has",
                hint="Rename it in the spec, for example to 'builder'.",
            )
        if members(name) != name:
            raise UnsupportedError(
                f"two members of '{entity}' would both be called '{name}'",
                hint="Rename one of them in the spec.",
            )
        return name

    def _relation(
        self, entity: Entity, relation: Relation, members: Unique, queries: Unique
    ) -> RelationView:
        many = relation.kind is RelationKind.MANY_TO_MANY
        target = self._targets[relation.target]
        if many and target.account:
            raise UnsupportedError(
                f"'{entity.name}.{relation.name}' is a many-to-many relation with the accounts",
                hint="Model it as an entity of its own with a many_to_one relation to User.",
            )
        required = (
            relation.required
            and not many
            and (entity.name, relation.name) not in self._graph.optional
        )
        single = f"{singular(relation.name)}_id"
        field = self._claim(entity.name, f"{single}s" if many else f"{relation.name}_id", members)
        to_self = relation.target == entity.name
        own = f"{self._targets[entity.name].snake}_id"
        rule = relation.on_delete
        if many and rule is DeleteRule.SET_NULL:
            rule = DeleteRule.CASCADE
        name = f"{entity.plural}_{relation.name}"
        return RelationView(
            name=relation.name,
            many=many,
            one_to_one=relation.kind is RelationKind.ONE_TO_ONE,
            target=target,
            to_self=to_self,
            field=field,
            required=required,
            nullable=not required or relation.on_delete is DeleteRule.SET_NULL,
            ondelete=ON_DELETE[rule],
            on_delete=relation.on_delete.value,
            query=queries(single if many else field),
            association=self._tables(camel(name)) if many else "",
            association_sql=self._sql(sql_name(name)) if many else "",
            near=own,
            far=("other_" if to_self else "") + f"{target.snake}_id",
            variable=camel(field),
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
                        operation=f"list{self._plurals(far.type + pascal(name))}",
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
            fields=tuple(
                self._field(entity, field, field.name)
                for field in entity.fields
                if field.name not in ACCOUNT_FIELDS
            ),
            entity=entity.name,
            capabilities=capabilities(entity),
        )
