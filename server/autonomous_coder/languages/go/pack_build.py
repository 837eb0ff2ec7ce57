"""Turns a spec into the view that the Go templates render."""

from __future__ import annotations

from typing import ClassVar

from autonomous_coder.languages.common.naming import Unique, sql_name
from autonomous_coder.languages.common.pack_builder import (
    BackFacts,
    PackBuilder,
    RelationFacts,
    TargetFacts,
)
from autonomous_coder.languages.go.pack_fields import FieldView, view_field
from autonomous_coder.languages.go.pack_names import (
    FEATURE_NAMES,
    RESERVED_ACCOUNT_FIELDS,
    RESERVED_FIELDS,
    RESERVED_FILES,
    RESERVED_FILTERS,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_TYPES,
    exported,
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
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, Relation

MODULE = "example.com"
"""A first part with a dot keeps the module apart from the standard library."""


class _Members:
    """Names within one entity: those on the wire, its struct's, and those of its query."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self.wire = Unique()
        self.go = Unique(reserved, suffix="Field")
        self.query = Unique(RESERVED_QUERY)
        self.filter = Unique(RESERVED_FILTERS, suffix="Filter")


class ViewBuilder(PackBuilder[TargetView, FieldView, RelationView, EntityView, BackView]):
    """Adds to what all languages share the names of Go's types, fields and files."""

    reserved_paths = RESERVED_PATHS
    derived: ClassVar[tuple[str, ...]] = ("Values", "Changes", "Query")
    reserved_types: frozenset[str] = RESERVED_TYPES
    reserved_fields: frozenset[str] = RESERVED_FIELDS
    reserved_files: frozenset[str] = RESERVED_FILES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        super().__init__(spec, features)
        own = {"Viewer"} if self._roles else set()
        plurals = {"Users"} if self._roles else set()
        files, tables = set(self.reserved_files), {"schema_migrations"}
        for name in features & FEATURE_NAMES.keys():
            taken = FEATURE_NAMES[name]
            own, plurals = own | taken.types, plurals | taken.plurals
            files, tables = files | taken.files, tables | taken.tables
        reserved = self.reserved_types | self._made_types() | own
        self._types = Unique(reserved, suffix="Record")
        self._plurals = Unique(plurals, suffix="List")
        self._files = Unique(files, suffix="list")
        self._choices = Unique(suffix="s")
        self._links = Unique(suffix="s")
        self._sql = Unique({*tables, *({"users"} if self._accounts else ())})
        self._account_members = _Members(RESERVED_ACCOUNT_FIELDS)

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        facts = self._spec_facts()
        account = AccountView(**self._account_facts())
        return SpecView(**facts, account=account, module=self.module)

    @property
    def module(self) -> str:
        """The path of the module, until it is published under another."""
        return f"{MODULE}/{self._spec.name}"

    def _target(self, entity: Entity, facts: TargetFacts) -> TargetView:
        if facts["account"]:
            return TargetView(**facts, type="User", sql="users")
        table = in_sql(self._sql(_table(entity.plural)))
        return TargetView(**facts, type=self._types(entity.name), sql=table)

    def _entity(self, entity: Entity, target: TargetView) -> EntityView:
        members = _Members(self.reserved_fields)
        fields = [self._field(entity, field, members) for field in entity.fields]
        relations = [self._relation(entity, r, members) for r in entity.relations]
        return EntityView(
            **self._entity_facts(entity, fields, relations),
            type=target.type,
            types=self._plurals(exported(entity.plural)),
            low=unexported(target.type),
            file=self._files(entity.plural.replace("_", "")),
            sql=target.sql,
        )

    def _field(self, entity: Entity, field: EntityField, members: _Members) -> FieldView:
        self._claim(entity, field.name, members.wire)
        choices = ""
        if field.type is FieldType.ENUM:
            low = unexported(self._targets[entity.name].type)
            choices = self._choices(f"{low}{exported(field.name)}Values")
        query = members.query(field.name)
        go = members.go(exported(field.name))
        return view_field(entity.name, field, go, choices, query, members.filter(exported(query)))

    def _account_field(self, entity: Entity, field: EntityField) -> FieldView:
        return self._field(entity, field, self._account_members)

    def _relation(self, entity: Entity, relation: Relation, members: _Members) -> RelationView:
        field = self._claim(entity, self._wire(entity, relation), members.wire)
        facts: RelationFacts[TargetView] = self._relation_facts(
            entity, relation, field, members.query
        )
        low = unexported(self._targets[entity.name].type)
        name = sql_name(f"{entity.plural}_{relation.name}")
        return RelationView(
            **facts,
            go=members.go(exported(field)),
            filter=members.filter(exported(facts["query"])),
            association=in_sql(self._sql(name)) if facts["many"] else "",
            links=self._links(f"{low}{exported(relation.name)}Links") if facts["many"] else "",
        )

    def _back(self, far: EntityView, facts: BackFacts[EntityView, RelationView]) -> BackView:
        if "file_upload" in self._features and facts["path"] == "uploads":
            facts["path"] = "uploads-list"
        operation = f"list{self._plurals(far.type + exported(facts['name']))}"
        return BackView(**facts, operation=operation)


def _table(plural: str) -> str:
    """SQLite keeps names that begin with `sqlite_` to itself."""
    return f"the_{plural}" if plural.startswith("sqlite_") else plural
