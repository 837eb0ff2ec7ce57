"""Turns a spec into the view that the Python templates render."""

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
from autonomous_coder.languages.python.pack_fields import view_field
from autonomous_coder.languages.python.pack_names import (
    RESERVED_ATTRIBUTES,
    RESERVED_CLASSES,
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_VARIABLES,
    attribute,
)
from autonomous_coder.languages.python.pack_view import (
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

SCHEMAS = ("Create", "Update", "Read", "Query")


class ViewBuilder:
    """Names everything once, then builds entities in the spec's order."""

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        self._spec = spec
        self._accounts = "accounts" in features
        self._postgresql = "postgresql" in features
        self._notes: list[str] = []
        self._stored = [entity for entity in spec.entities if not self._is_account(entity)]
        self._classes = Unique(self._reserved_classes(), suffix="Record")
        self._tables = Unique({"alembic_version", *({"users"} if self._accounts else ())})
        self._lists = Unique()
        self._targets = self._name_targets()
        account = ACCOUNT_ENTITY if self._accounts else ""
        self._graph = LinkGraph(spec, account)

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
            postgresql=self._postgresql,
            notes=(*self._graph.notes, *self._notes),
        )

    def _is_account(self, entity: Entity) -> bool:
        return self._accounts and entity.name == ACCOUNT_ENTITY

    def _reserved_classes(self) -> set[str]:
        names = [entity.name for entity in self._spec.entities]
        made = {f"{name}{suffix}" for name in names for suffix in SCHEMAS}
        return set(RESERVED_CLASSES) | made | ({ACCOUNT_ENTITY} if self._accounts else set())

    def _name_targets(self) -> dict[str, TargetView]:
        """Every entity's names, unique in the project."""
        modules, paths = Unique(RESERVED_MODULES), Unique(RESERVED_PATHS, suffix="-list")
        snakes = Unique()
        targets = {}
        for entity in self._spec.entities:
            if self._is_account(entity):
                targets[entity.name] = TargetView(
                    name=entity.name,
                    cls="User",
                    module="auth",
                    table="users",
                    snake="user",
                    path="/auth",
                    private=False,
                    account=True,
                    label="user",
                )
                continue
            targets[entity.name] = TargetView(
                name=entity.name,
                cls=self._classes(entity.name),
                module=modules(entity.plural),
                table=self._tables(entity.plural),
                snake=snakes(snake(entity.name)),
                path="/" + paths(entity.plural.replace("_", "-")),
                private=self._accounts and entity.access is Access.PRIVATE,
                account=False,
                label=label(snake(entity.name)),
            )
        return targets

    def _entity(self, entity: Entity) -> EntityView:
        target = self._targets[entity.name]
        reads, writes = needs_user(entity.access, accounts=self._accounts)
        owned = self._accounts and entity.access in {Access.PRIVATE, Access.OWNER_WRITE}
        queries = Unique(RESERVED_QUERY | {"owner_id"})
        attributes = Unique()
        fields = tuple(
            view_field(
                entity.name,
                field,
                self._enum_class(entity.name, field.name) if field.type is FieldType.ENUM else "",
                queries(field.name),
            )
            for field in entity.fields
        )
        for field in fields:
            self._claim(entity.name, field.attr, attributes)
        relations = [self._relation(entity, r, attributes, queries) for r in entity.relations]
        links = tuple(r for r in relations if not r.many)
        manys = tuple(r for r in relations if r.many)
        return EntityView(
            name=entity.name,
            cls=target.cls,
            schema=self._schema(entity.name),
            plural=entity.plural,
            module=target.module,
            table=target.table,
            snake=target.snake,
            snakes=self._lists(target.module.rstrip("_")),
            var=f"{target.snake}_" if target.snake in RESERVED_VARIABLES else target.snake,
            path=target.path,
            label=target.label,
            labels=label(entity.plural),
            description=entity.description,
            fields=fields,
            links=links,
            manys=manys,
            access=entity.access.value,
            owned=owned,
            private=target.private,
            owner_write=owned and not target.private,
            shared=self._accounts and entity.access is Access.SHARED,
            reads_need_user=reads,
            writes_need_user=writes,
            sees_private=any(r.target.private for r in relations),
            capacity=self._graph.capacity(entity),
            updatable=next(iter(fields), None),
            text=next((f.name for f in fields if f.searchable), ""),
        )

    def _schema(self, name: str) -> str:
        made = {f"{name}{suffix}" for suffix in SCHEMAS}
        return f"{name}Record" if made & RESERVED_CLASSES else name

    def _claim(self, entity: str, name: str, attributes: Unique) -> None:
        if attributes(name) != name:
            raise UnsupportedError(
                f"two members of '{entity}' would both be called '{name}'",
                hint="Rename one of them in the spec.",
            )

    def _enum_class(self, entity: str, field: str) -> str:
        return self._classes(f"{entity}{pascal(field)}")

    def _relation(
        self, entity: Entity, relation: Relation, attributes: Unique, queries: Unique
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
        set_null = relation.on_delete is DeleteRule.SET_NULL
        single = f"{singular(relation.name)}_id"
        field = f"{single}s" if many else f"{relation.name}_id"
        attr = attributes(attribute(field))
        field = field if attr == attribute(field) else attr
        wanted = f"{singular(relation.name)}_id" if many else field
        return RelationView(
            name=relation.name,
            kind=relation.kind.value,
            many=many,
            one_to_one=relation.kind is RelationKind.ONE_TO_ONE,
            target=target,
            to_self=relation.target == entity.name,
            field=field,
            attr=attr,
            relationship=attributes(attribute(relation.name)) if many else "",
            required=required,
            nullable=not required or set_null,
            ondelete={
                DeleteRule.CASCADE: "CASCADE",
                DeleteRule.SET_NULL: "CASCADE" if many else "SET NULL",
                DeleteRule.RESTRICT: "RESTRICT",
            }[relation.on_delete],
            on_delete=relation.on_delete.value,
            query=(query := queries(wanted)),
            query_attr=attribute(query),
            association=self._tables(sql_name(f"{entity.plural}_{relation.name}")) if many else "",
            late=(entity.name, relation.name) in self._graph.late,
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
                unique = names.setdefault(relation.target, Unique())
                name = unique(relation.back_name)
                held = next(r for r in view.relations if r.name == relation.name)
                found.setdefault(relation.target, []).append(
                    BackView(
                        name=name,
                        function=f"list_{self._lists(f'{far.snake}_{name}')}",
                        path=name.replace("_", "-"),
                        entity=view,
                        relation=held,
                        needs_user=far.reads_need_user or view.reads_need_user,
                    )
                )
        return {name: tuple(views) for name, views in found.items()}

    def _account(self) -> AccountView:
        entity = next((e for e in self._spec.entities if self._is_account(e)), None)
        if entity is None:
            return AccountView(table="users", fields=(), entity="")
        self._notes += relations_left_out(entity)
        queries = Unique(RESERVED_ATTRIBUTES)
        return AccountView(
            table="users",
            fields=tuple(
                view_field(
                    entity.name,
                    field,
                    self._enum_class(entity.name, field.name)
                    if field.type is FieldType.ENUM
                    else "",
                    queries(field.name),
                )
                for field in entity.fields
                if field.name not in ACCOUNT_FIELDS
            ),
            entity=entity.name,
            capabilities=capabilities(entity),
        )
