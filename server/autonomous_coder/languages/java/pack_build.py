"""Turns a spec into the view that the Java templates render."""

from __future__ import annotations

from typing import ClassVar

from autonomous_coder.languages.common.naming import Unique, pascal, sql_name
from autonomous_coder.languages.common.pack_builder import (
    BackFacts,
    PackBuilder,
    RelationFacts,
    TargetFacts,
)
from autonomous_coder.languages.java.pack_fields import FieldView, view_field
from autonomous_coder.languages.java.pack_names import (
    JAVA_LANG,
    KEYWORDS,
    RESERVED_PACKAGES,
    RESERVED_PATHS,
    RESERVED_QUERY,
    RESERVED_TYPES,
    RESERVED_VARIABLES,
    low,
    member,
    package,
)
from autonomous_coder.languages.java.pack_names import sql as in_sql
from autonomous_coder.languages.java.pack_view import (
    AccountView,
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, Relation

GROUP = "com.example"
NESTED = RESERVED_TYPES | JAVA_LANG
VIEWING = {"CurrentViewer", "Viewer"}
"""What code of entities imports where there are roles."""
UPLOADING = {
    *("FileStore", "MediaTypes", "Orphans", "Resource", "Upload", "UploadController"),
    *("UploadPlace", "UploadQuery", "UploadRepository", "UploadService", "UploadSettings"),
}
"""What code of files is made of."""


class _Members:
    """Names within one entity: those on the wire, of its query and of its enums."""

    def __init__(self, owner: str) -> None:
        self.wire = Unique()
        self.query = Unique(RESERVED_QUERY)
        self.enum = Unique(NESTED | {owner}, suffix="Choice")


class ViewBuilder(PackBuilder[TargetView, FieldView, RelationView, EntityView, BackView]):
    """Adds to what all languages share the names of Java's classes, packages and components."""

    reserved_paths = RESERVED_PATHS
    derived = (*SpecView.class_ends, "Test")
    reserved_types: frozenset[str] = RESERVED_TYPES
    reserved_packages: ClassVar[frozenset[str]] = RESERVED_PACKAGES
    reserved_variables: ClassVar[frozenset[str]] = RESERVED_VARIABLES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        super().__init__(spec, features)
        files = "file_upload" in features
        own = (VIEWING if self._roles else set()) | (UPLOADING if files else set())
        reserved = self.reserved_types | self._made_types() | own
        self._types = Unique(reserved, suffix="Record")
        self._plurals = Unique({"Users"} if self._roles else (), suffix="List")
        packages = self.reserved_packages | ({"uploads"} if files else set())
        self._packages = Unique(packages, suffix="list")
        seen = {"viewer"} if self._roles else set()
        seen |= {"request", "uploads"} if files else set()
        self._variables = Unique(self.reserved_variables | seen, suffix="Row")
        self._sql = Unique(
            {
                "flyway_schema_history",
                *({"users"} if self._accounts else ()),
                *({"uploads"} if files else ()),
            }
        )
        self._account_members = _Members("User")

    def build(self) -> SpecView:
        """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
        facts = self._spec_facts()
        account = AccountView(**self._account_facts())
        return SpecView(**facts, account=account, base=base_of(self._spec.name))

    def _target(self, entity: Entity, facts: TargetFacts) -> TargetView:
        if facts["account"]:
            return TargetView(**facts, type="User", low="user", package="accounts", sql="users")
        made = self._types(entity.name)
        return TargetView(
            **facts,
            type=made,
            low=self._variables(low(made)),
            package=self._packages(package(entity.plural)),
            sql=in_sql(self._sql(_table(entity.plural))),
        )

    def _entity(self, entity: Entity, target: TargetView) -> EntityView:
        members = _Members(target.type)
        fields = [self._field(entity, field, members) for field in entity.fields]
        relations = [self._relation(entity, r, members) for r in entity.relations]
        return EntityView(
            **self._entity_facts(entity, fields, relations),
            type=target.type,
            types=self._plurals(pascal(entity.plural)),
            low=target.low,
            lows=self._variables(low(pascal(entity.plural))),
            package=target.package,
            sql=target.sql,
        )

    def _field(self, entity: Entity, field: EntityField, members: _Members) -> FieldView:
        self._claim(entity, field.name, members.wire)
        enum = members.enum(pascal(field.name)) if field.type is FieldType.ENUM else ""
        owner = self._targets[entity.name].type
        return view_field(entity.name, owner, field, enum, members.query(field.name))

    def _account_field(self, entity: Entity, field: EntityField) -> FieldView:
        return self._field(entity, field, self._account_members)

    def _relation(self, entity: Entity, relation: Relation, members: _Members) -> RelationView:
        field = self._claim(entity, self._wire(entity, relation), members.wire)
        facts: RelationFacts[TargetView] = self._relation_facts(
            entity, relation, field, members.query
        )
        name = sql_name(f"{entity.plural}_{relation.name}")
        return RelationView(
            **facts,
            java=member(field),
            method=pascal(field),
            query_java=member(facts["query"]),
            association=in_sql(self._sql(name)) if facts["many"] else "",
            links=relation.name.upper() + "_LINKS" if facts["many"] else "",
        )

    def _back(self, far: EntityView, facts: BackFacts[EntityView, RelationView]) -> BackView:
        operation = f"list{self._plurals(far.type + pascal(facts['name']))}"
        return BackView(**facts, operation=operation)


def base_of(name: str) -> str:
    """The package of the application of that name."""
    made = package(name)
    return f"{GROUP}.{made}app" if made in KEYWORDS else f"{GROUP}.{made}"


def _table(plural: str) -> str:
    """SQLite keeps names that begin with `sqlite_` to itself."""
    return f"the_{plural}" if plural.startswith("sqlite_") else plural
