"""Turns a spec into the view that the Rust templates render."""

from __future__ import annotations

from typing import ClassVar

from autonomous_coder.languages.common.naming import Unique, pascal, sql_name
from autonomous_coder.languages.common.pack_builder import (
    BackFacts,
    PackBuilder,
    RelationFacts,
    TargetFacts,
)
from autonomous_coder.languages.rust.pack_fields import FieldView, Names, view_field
from autonomous_coder.languages.rust.pack_names import (
    CRATES,
    KEYWORDS,
    NOT_RAW,
    POSTGRESQL_MODULES,
    POSTGRESQL_TYPES,
    RESERVED_ACCOUNT_FIELDS,
    RESERVED_FIELDS,
    RESERVED_FILTERS,
    RESERVED_MODULES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_TYPES,
    RESERVED_VARIABLES,
    sql_of_both,
    squeezed,
)
from autonomous_coder.languages.rust.pack_names import sql as in_sqlite
from autonomous_coder.languages.rust.pack_uses import NAMES
from autonomous_coder.languages.rust.pack_view import (
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, Relation


class _Members:
    """Names within one entity: those on the wire, its struct's, and those of its query."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self.wire = Unique()
        self.rust = Unique(reserved | NOT_RAW)
        self.variable = Unique(RESERVED_VARIABLES | NOT_RAW)
        self.query = Unique(RESERVED_QUERY)
        self.filter = Unique(RESERVED_FILTERS | NOT_RAW)


class ViewBuilder(PackBuilder[TargetView, FieldView, RelationView, EntityView, BackView]):
    """Adds to what all languages share the names of Rust's types, fields and modules."""

    reserved_paths = RESERVED_PATHS
    derived: ClassVar[tuple[str, ...]] = ("Values", "Changes", "Query")
    reserved_types: ClassVar[frozenset[str]] = RESERVED_TYPES | NAMES
    reserved_modules: frozenset[str] = RESERVED_MODULES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        super().__init__(spec, features)
        both = "postgresql" in features
        types, modules = (
            (POSTGRESQL_TYPES, POSTGRESQL_MODULES) if both else (frozenset(), frozenset())
        )
        self._in_sql = sql_of_both if both else in_sqlite
        self._types = Unique(self.reserved_types | types | self._made_types(), suffix="Record")
        self._plurals = Unique(suffix="List")
        self._modules = Unique(self.reserved_modules | modules | KEYWORDS, suffix="_list")
        self._sql = Unique({"_sqlx_migrations", *({"users"} if self._accounts else ())})
        self._account_members = _Members(RESERVED_ACCOUNT_FIELDS)

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        facts = self._spec_facts()
        return SpecView(
            **facts, account=AccountView(**self._account_facts()), crate=crate(self._spec)
        )

    def _target(self, entity: Entity, facts: TargetFacts) -> TargetView:
        if facts["account"]:
            return TargetView(**facts, type="User", sql="users")
        table = self._in_sql(self._sql(_table(entity.plural)))
        return TargetView(**facts, type=self._types(entity.name), sql=table)

    def _entity(self, entity: Entity, target: TargetView) -> EntityView:
        members = _Members(RESERVED_FIELDS)
        fields = [self._field(entity, field, members) for field in entity.fields]
        relations = [self._relation(entity, r, members) for r in entity.relations]
        return EntityView(
            **self._entity_facts(entity, fields, relations),
            type=target.type,
            types=self._plurals(pascal(entity.plural)),
            module=self._modules(squeezed(entity.plural)),
            sql=target.sql,
        )

    def _field(self, entity: Entity, field: EntityField, members: _Members) -> FieldView:
        self._claim(entity, field.name, members.wire)
        short = squeezed(field.name)
        query = members.query(field.name)
        choices = ""
        if field.type is FieldType.ENUM:
            choices = self._types(f"{self._targets[entity.name].type}{pascal(field.name)}")
        names = Names(
            rust=members.rust(short),
            variable=members.variable(short),
            query=query,
            filter=members.filter(squeezed(query)),
            choices=choices,
            column=self._in_sql(field.name),
        )
        return view_field(entity.name, field, names)

    def _account_field(self, entity: Entity, field: EntityField) -> FieldView:
        return self._field(entity, field, self._account_members)

    def _relation(self, entity: Entity, relation: Relation, members: _Members) -> RelationView:
        field = self._claim(entity, self._wire(entity, relation), members.wire)
        facts: RelationFacts[TargetView] = self._relation_facts(
            entity, relation, field, members.query
        )
        short = squeezed(field)
        name = sql_name(f"{entity.plural}_{relation.name}")
        return RelationView(
            **facts,
            rust=members.rust(short),
            variable=members.variable(short),
            filter=members.filter(squeezed(facts["query"])),
            association=self._in_sql(self._sql(name)) if facts["many"] else "",
        )

    def _back(self, far: EntityView, facts: BackFacts[EntityView, RelationView]) -> BackView:
        name = facts["name"]
        operation = f"list{self._plurals(far.type + pascal(name))}"
        return BackView(**facts, operation=operation, plain=squeezed(name))


def crate(spec: ProjectSpec) -> str:
    """The package's name, which no other of its crates has."""
    taken = spec.name.replace("-", "_") in CRATES | KEYWORDS | RESERVED_CRATES
    return f"{spec.name}-app" if taken else spec.name


RESERVED_CRATES = frozenset({"deps", "examples", "incremental", "tests"})
"""Directories that cargo makes below its target."""


def _table(plural: str) -> str:
    """SQLite keeps names that begin with `sqlite_` to itself."""
    return f"the_{plural}" if plural.startswith("sqlite_") else plural
