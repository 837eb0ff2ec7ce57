"""Turns a spec into the view that the Python templates render."""

from __future__ import annotations

from collections import Counter

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.python.pack_fields import view_field
from autonomous_coder.languages.python.pack_names import (
    RESERVED_ATTRIBUTES,
    RESERVED_CLASSES,
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_VARIABLES,
    Unique,
    attribute,
    label,
    pascal,
    singular,
    snake,
    sql_name,
)
from autonomous_coder.languages.python.pack_view import (
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
    needs_user,
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
ACCOUNT_ENTITY = "User"
ACCOUNT_FIELDS = frozenset({"email", "password", "hashed_password", "password_hash"})


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
        self._optional = self._break_cycles()
        self._late = self._late_links()

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
            creation=tuple(by_name[name] for name in self._creation_order()),
            account=account,
            accounts=self._accounts,
            postgresql=self._postgresql,
            notes=tuple(self._notes),
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

    def _links(self, entity: Entity) -> list[Relation]:
        return [r for r in entity.relations if r.kind is not RelationKind.MANY_TO_MANY]

    def _break_cycles(self) -> set[tuple[str, str]]:
        """Required links that would keep the first row from ever being made; they become
        optional."""
        optional: set[tuple[str, str]] = set()
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            entity = self._spec.entity(name)
            for link in self._links(entity):
                if not link.required or self._targets[link.target].account:
                    continue
                if link.target == name or link.target in path:
                    optional.add((name, link.name))
                    self._notes.append(
                        f"{name}.{link.name} was made optional: it is part of a circle of required "
                        "relations, in which no first row could be created."
                    )
                elif link.target not in done:
                    visit(link.target, (*path, name))
            done.add(name)

        for entity in self._stored:
            if entity.name not in done:
                visit(entity.name, ())
        return optional

    def _creation_order(self) -> list[str]:
        order: list[str] = []
        visiting: set[str] = set()

        def visit(name: str) -> None:
            if name in order or name in visiting:
                return
            visiting.add(name)
            for link in self._links(self._spec.entity(name)):
                if not self._targets[link.target].account:
                    visit(link.target)
            visiting.discard(name)
            order.append(name)

        for entity in self._stored:
            visit(entity.name)
        return order

    def _late_links(self) -> set[tuple[str, str]]:
        """Links to a table that is created later."""
        order = self._creation_order()
        return {
            (entity.name, link.name)
            for entity in self._stored
            for link in self._links(entity)
            if not self._targets[link.target].account
            and order.index(link.target) > order.index(entity.name)
        }

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
            capacity=self._capacity(entity),
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

    def _capacity(self, entity: Entity) -> int:
        """How many rows the test factories can create in one database, at most 1000: each row
        takes new rows of what it has to refer to."""
        return min(
            self._distinct(self._spec.entity(name)) // count
            for name, count in self._rows_made(entity).items()
        )

    def _distinct(self, entity: Entity) -> int:
        """How many rows of one user the entity's unique members allow, at most 1000."""
        if any(
            link.required
            and link.kind is RelationKind.ONE_TO_ONE
            and self._targets[link.target].account
            for link in self._links(entity)
        ):
            return 1
        unique = [field for field in entity.fields if field.unique]
        views = [view_field(entity.name, field, "Any", field.name) for field in unique]
        return min([1000, *(view.capacity for view in views)])

    def _rows_made(self, entity: Entity) -> Counter[str]:
        """Rows that creating one row makes, by entity."""
        made = Counter({entity.name: 1})
        for link in self._links(entity):
            open_link = not link.required or (entity.name, link.name) in self._optional
            if not open_link and not self._targets[link.target].account:
                made += self._rows_made(self._spec.entity(link.target))
        return made

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
            relation.required and not many and (entity.name, relation.name) not in self._optional
        )
        set_null = relation.on_delete is DeleteRule.SET_NULL or (
            relation.required
            and not required
            and relation.on_delete is DeleteRule.CASCADE
            and relation.target == entity.name
        )
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
            late=(entity.name, relation.name) in self._late,
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
        for relation in entity.relations:
            self._notes.append(
                f"{entity.name}.{relation.name} was left out: accounts hold no relations; "
                f"let {relation.target} point at {entity.name} instead."
            )
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
            capabilities=(
                f"entity:{entity.name}",
                *(f"field:{entity.name}.{field.name}" for field in entity.fields),
            ),
        )
