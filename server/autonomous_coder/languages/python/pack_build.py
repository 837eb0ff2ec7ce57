"""Turns a spec into the view that the Python templates render."""

from __future__ import annotations

from autonomous_coder.languages.common.accounts import ACCOUNT_ENTITY
from autonomous_coder.languages.common.naming import Unique, pascal, sql_name
from autonomous_coder.languages.common.pack_builder import (
    BackFacts,
    PackBuilder,
    RelationFacts,
    TargetFacts,
)
from autonomous_coder.languages.python.pack_feature_tables import tables_of
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_names import (
    FEATURE_CLASSES,
    FEATURE_LISTS,
    FEATURE_MODULES,
    FEATURE_VARIABLES,
    RESERVED_ATTRIBUTES,
    RESERVED_BY_ARCHETYPE,
    RESERVED_CLASSES,
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_VARIABLES,
    attribute,
    taken,
)
from autonomous_coder.languages.python.pack_view import (
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, Relation


class ViewBuilder(PackBuilder[TargetView, FieldView, RelationView, EntityView, BackView]):
    """Adds to what all languages share the names of classes, modules and attributes."""

    reserved_paths = RESERVED_PATHS
    derived = ("Create", "Update", "Read", "Query")

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        super().__init__(spec, features)
        self._postgresql = "postgresql" in features
        reserved = RESERVED_CLASSES | self._made_types() | taken(FEATURE_CLASSES, features)
        reserved |= RESERVED_BY_ARCHETYPE.get(spec.archetype, frozenset())
        account = {ACCOUNT_ENTITY} if self._accounts else set()
        self._classes = Unique(reserved | account, suffix="Record")
        self._tables = Unique(
            {
                "alembic_version",
                *({"users", "auth_sessions"} if self._accounts else ()),
                *tables_of(features),
            }
        )
        self._modules = Unique(RESERVED_MODULES | taken(FEATURE_MODULES, features))
        self._variables = RESERVED_VARIABLES | taken(FEATURE_VARIABLES, features)
        self._lists = Unique(taken(FEATURE_LISTS, features))
        self._account_queries = Unique(RESERVED_ATTRIBUTES)

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        facts = self._spec_facts()
        account = AccountView(**self._account_facts())
        return SpecView(**facts, account=account, postgresql=self._postgresql)

    def _target(self, entity: Entity, facts: TargetFacts) -> TargetView:
        if facts["account"]:
            return TargetView(**facts, cls="User", module="auth", table="users")
        return TargetView(
            **facts,
            cls=self._classes(entity.name),
            module=self._modules(entity.plural),
            table=self._tables(entity.plural),
        )

    def _entity(self, entity: Entity, target: TargetView) -> EntityView:
        queries = Unique(RESERVED_QUERY | {"owner_id"})
        attributes = Unique()
        fields = [self._field(entity, field, queries(field.name)) for field in entity.fields]
        for field in fields:
            self._claim(entity, field.attr, attributes)
        relations = [self._relation(entity, r, attributes, queries) for r in entity.relations]
        return EntityView(
            **self._entity_facts(entity, fields, relations),
            cls=target.cls,
            schema=self._schema(entity.name),
            module=target.module,
            table=target.table,
            snakes=self._lists(target.module.rstrip("_")),
            var=f"{target.snake}_" if target.snake in self._variables else target.snake,
            updatable=next(iter(fields), None),
            text=next((f.name for f in fields if f.searchable), ""),
        )

    def _schema(self, name: str) -> str:
        made = {f"{name}{suffix}" for suffix in self.derived}
        return f"{name}Record" if made & RESERVED_CLASSES else name

    def _field(self, entity: Entity, field: EntityField, query: str) -> FieldView:
        enum_class = ""
        if field.type is FieldType.ENUM:
            enum_class = self._classes(f"{entity.name}{pascal(field.name)}")
        return view_field(entity.name, field, enum_class, query)

    def _account_field(self, entity: Entity, field: EntityField) -> FieldView:
        return self._field(entity, field, self._account_queries(field.name))

    def _relation(
        self, entity: Entity, relation: Relation, attributes: Unique, queries: Unique
    ) -> RelationView:
        wanted = self._wire(entity, relation)
        attr = attributes(attribute(wanted))
        field = wanted if attr == attribute(wanted) else attr
        facts: RelationFacts[TargetView] = self._relation_facts(entity, relation, field, queries)
        many = facts["many"]
        return RelationView(
            **facts,
            attr=attr,
            relationship=attributes(attribute(relation.name)) if many else "",
            query_attr=attribute(facts["query"]),
            association=self._tables(sql_name(f"{entity.plural}_{relation.name}")) if many else "",
            late=(entity.name, relation.name) in self._graph.late,
        )

    def _back(self, far: EntityView, facts: BackFacts[EntityView, RelationView]) -> BackView:
        listed = self._lists(f"{far.snake}_{facts['name']}")
        return BackView(**facts, function=f"list_{listed}")
