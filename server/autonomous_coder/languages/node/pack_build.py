"""Turns a spec into the view that the templates of TypeScript and JavaScript render."""

from __future__ import annotations

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.naming import Unique, pascal, snake, sql_name
from autonomous_coder.languages.common.pack_builder import (
    BackFacts,
    PackBuilder,
    RelationFacts,
    TargetFacts,
)
from autonomous_coder.languages.node.pack_fields import FieldView, view_field
from autonomous_coder.languages.node.pack_names import (
    FEATURE_MODULES,
    FEATURE_PLURALS,
    FEATURE_TYPES,
    FEATURE_VARIABLES,
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_QUERY_OF,
    RESERVED_TABLES,
    RESERVED_TABLES_OF,
    RESERVED_TYPES,
    RESERVED_TYPES_OF,
    camel,
    kebab,
    named_by,
)
from autonomous_coder.languages.node.pack_view import (
    FEATURE_TABLES,
    SESSION_TABLES,
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, Relation


class ViewBuilder(PackBuilder[TargetView, FieldView, RelationView, EntityView, BackView]):
    """Adds to what all languages share the names of types, modules and tables."""

    reserved_paths = RESERVED_PATHS
    derived = ("Create", "Update", "Query", "Page")

    def __init__(self, spec: ProjectSpec, features: frozenset[str], suffix: str = "ts") -> None:
        super().__init__(spec, features)
        self._suffix = suffix
        reserved = RESERVED_TYPES | RESERVED_TYPES_OF.get(spec.archetype, frozenset())
        served = features if spec.archetype == "rest_api" else frozenset()
        reserved |= named_by(served, FEATURE_TYPES)
        self._types = Unique(reserved | self._made_types(), suffix="Record")
        self._plurals = Unique(named_by(served, FEATURE_PLURALS), suffix="List")
        self._modules = RESERVED_MODULES | named_by(served, FEATURE_MODULES)
        variables = RESERVED_TABLES | RESERVED_TABLES_OF.get(spec.archetype, frozenset())
        variables |= named_by(served, FEATURE_VARIABLES)
        self._tables = Unique(variables, suffix="Table")
        self._sql = Unique(
            {
                "migrations",
                "worker_job_runs",
                "worker_job_schedules",
                *({"users"} if self._accounts else ()),
                *(SESSION_TABLES if spec.archetype == "next_app" and self._accounts else ()),
                *(name for each in served for name in FEATURE_TABLES.get(each, ())),
            }
        )

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        facts = self._spec_facts()
        account = AccountView(**self._account_facts())
        return SpecView(
            **facts, account=account, suffix=self._suffix, archetype=self._spec.archetype
        )

    def _target(self, entity: Entity, facts: TargetFacts) -> TargetView:
        if facts["account"]:
            return TargetView(**facts, type="User", table="users", sql="users")
        return TargetView(
            **facts,
            type=self._types(entity.name),
            table=self._tables(camel(entity.plural)),
            sql=self._sql(entity.plural),
        )

    def _entity(self, entity: Entity, target: TargetView) -> EntityView:
        queries, members = Unique(self._taken_queries()), Unique()
        fields = [self._field(entity, field, queries(field.name)) for field in entity.fields]
        for field in fields:
            self._claim(entity, field.name, members)
        relations = [self._relation(entity, r, members, queries) for r in entity.relations]
        return EntityView(
            **self._entity_facts(entity, fields, relations),
            type=target.type,
            types=self._plurals(pascal(entity.plural)),
            module=self._module(target),
            table=target.table,
            sql=target.sql,
        )

    def _module(self, target: TargetView) -> str:
        name = kebab(target.sql)
        return f"{name}-list" if name in self._modules else name

    def _field(self, entity: Entity, field: EntityField, query: str) -> FieldView:
        values = ""
        if field.type is FieldType.ENUM:
            values = self._tables(camel(f"{snake(entity.name)}_{field.name}_values"))
        served = self._spec.archetype in {"rest_api", "next_app"}
        return view_field(entity.name, field, values, query, text=served)

    def _taken_queries(self) -> frozenset[str]:
        return RESERVED_QUERY | RESERVED_QUERY_OF.get(self._spec.archetype, frozenset())

    def _account_field(self, entity: Entity, field: EntityField) -> FieldView:
        return self._field(entity, field, field.name)

    def _claim(self, entity: Entity, name: str, members: Unique) -> str:
        if name == "constructor":
            raise UnsupportedError(
                f"'{entity.name}.{name}' cannot be held apart from what every object in JavaScript "
                "has",
                hint="Rename it in the spec, for example to 'builder'.",
            )
        return super()._claim(entity, name, members)

    def _relation(
        self, entity: Entity, relation: Relation, members: Unique, queries: Unique
    ) -> RelationView:
        field = self._claim(entity, self._wire(entity, relation), members)
        facts: RelationFacts[TargetView] = self._relation_facts(entity, relation, field, queries)
        name = f"{entity.plural}_{relation.name}"
        return RelationView(
            **facts,
            association=self._tables(camel(name)) if facts["many"] else "",
            association_sql=self._sql(sql_name(name)) if facts["many"] else "",
            variable=camel(field),
        )

    def _back(self, far: EntityView, facts: BackFacts[EntityView, RelationView]) -> BackView:
        operation = f"list{self._plurals(far.type + pascal(facts['name']))}"
        return BackView(**facts, operation=operation)
