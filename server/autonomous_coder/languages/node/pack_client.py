"""Turns a spec into the view that the templates of a web client render."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.naming import Unique, label, pascal, singular
from autonomous_coder.languages.common.pack_views import (
    BackView,
    EntityView,
    RelationView,
    SpecView,
    TargetView,
)
from autonomous_coder.languages.node.pack_client_fields import ClientField, client_field
from autonomous_coder.languages.node.pack_client_names import (
    COMPONENTS,
    MODULES,
    ROUTES,
    TYPES,
    VARIABLES,
)
from autonomous_coder.languages.node.pack_client_view import (
    ClientAccount,
    ClientBack,
    ClientEntity,
    ClientPage,
    ClientRelation,
    ClientTarget,
    ClientView,
)
from autonomous_coder.languages.node.pack_fields import view_field
from autonomous_coder.languages.node.pack_names import camel, kebab
from autonomous_coder.models.spec import Entity, ProjectSpec

CLIENTS = frozenset({"web_app", "web_client"})
API = "api_language"
"""The constraint that tells what the API is written in."""
API_FEATURES = "api_features"
"""The constraint that tells which features the API was asked for, with spaces between."""
DISPLAYS = ("title", "name", "subject", "label", "headline")


def client_view(spec: ProjectSpec, features: frozenset[str]) -> ClientView:
    """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
    # The list of all packs stands on this one.
    from autonomous_coder.languages.packs import PACKS

    language = spec.constraints.get(API, "typescript")
    served = spec.model_copy(update={"archetype": "rest_api", "language": language})
    view = PACKS[language].view(served, features)
    if not isinstance(view, SpecView):
        raise UnsupportedError(
            f"no web client can be made for an API in {language} yet",
            hint="Leave the language of the API away to have one in TypeScript.",
        )
    return pages_view(spec, view, language, charts="charts" in features)


def pages_view(
    spec: ProjectSpec,
    api: SpecView,
    language: str,
    *,
    utc: bool = False,
    taken: frozenset[str] = frozenset(),
    charts: bool = False,
) -> ClientView:
    """What the pages are made from that show what `api` stores; no page is at a `taken` address."""
    routes = Unique(ROUTES | taken | ({"/overview"} if charts else set()), suffix="-list")
    modules = Unique(MODULES | ({"overview"} if charts else set()), suffix="-list")
    return replace(_Builder(spec, api, language, routes, modules).build(), utc=utc)


@dataclass
class _Builder:
    """Names everything once; addresses and names on the wire are those of the API."""

    spec: ProjectSpec
    api: SpecView
    language: str
    _routes: Unique
    _modules: Unique
    _types: Unique = field(default_factory=lambda: Unique(TYPES, suffix="Record"))
    _plurals: Unique = field(default_factory=lambda: Unique({"Page"}, suffix="List"))
    _variables: Unique = field(default_factory=lambda: Unique(VARIABLES, suffix="Item"))

    def build(self) -> ClientView:
        asked = {entity.name: entity for entity in self.spec.entities}
        fields = {e.name: self._fields(asked[e.name], e) for e in self.api.entities}
        targets = {
            e.name: self._target(asked[e.name], e, fields[e.name]) for e in self.api.entities
        }
        entities = tuple(
            self._entity(asked[e.name], e, targets, fields[e.name]) for e in self.api.entities
        )
        return ClientView(
            name=self.api.name,
            title=self.api.title,
            summary=self.spec.description.strip() or f"Everything in {self.api.title}.",
            entities=entities,
            account=self._account(asked),
            accounts=self.api.accounts,
            pages=tuple(self._pages()),
            api=self.language,
            live="websocket" in self.spec.constraints.get(API_FEATURES, "").split(),
        )

    def _fields(self, entity: Entity, view: EntityView[Any, Any]) -> tuple[ClientField, ...]:
        queries = {shown.name: shown.query for shown in view.fields}
        return tuple(_fields(entity, queries))

    def _target(
        self, entity: Entity, view: EntityView[Any, Any], fields: tuple[ClientField, ...]
    ) -> ClientTarget:
        return ClientTarget(
            name=entity.name,
            var=self._variables(camel(entity.name)),
            vars=self._variables(camel(entity.plural)),
            module=self._modules(kebab(entity.plural)),
            path=view.path,
            route=self._routes(view.path),
            account=False,
            closed=view.reads_need_user,
            display=_display(fields),
            label=view.label.capitalize(),
            search=any(found.searchable for found in fields),
            private=view.private,
        )

    def _entity(
        self,
        entity: Entity,
        view: EntityView[Any, Any],
        targets: Mapping[str, ClientTarget],
        fields: tuple[ClientField, ...],
    ) -> ClientEntity:
        own = targets[entity.name]
        titles = Unique({f.title for f in fields} | {"Search"}, suffix=" value")
        relations = [_relation(relation, targets, titles) for relation in view.relations]
        return ClientEntity(
            name=entity.name,
            type=self._types(entity.name),
            types=self._plurals(pascal(entity.plural)),
            var=own.var,
            vars=own.vars,
            module=own.module,
            path=own.path,
            route=own.route,
            label=view.label,
            labels=view.labels,
            description=entity.description,
            fields=fields,
            links=tuple(r for r in relations if not r.many),
            manys=tuple(r for r in relations if r.many),
            backs=tuple(_backs(self.api.back(view), targets)),
            display=own.display,
            owned=view.owned,
            owner_write=view.owner_write,
            reads_need_user=view.reads_need_user,
            writes_need_user=view.writes_need_user,
            private=view.private,
        )

    def _account(self, asked: Mapping[str, Entity]) -> ClientAccount:
        account = self.api.account
        wanted = {shown.name for shown in account.fields}
        entity = asked.get(account.entity)
        fields = _fields(entity, {name: name for name in wanted}) if entity else ()
        kept = tuple(found for found in fields if found.name in wanted)
        return ClientAccount(fields=kept, capabilities=account.capabilities)

    def _pages(self) -> Iterable[ClientPage]:
        components = Unique(COMPONENTS, suffix="Page")
        for page in self.spec.pages:
            yield ClientPage(
                name=page.name,
                title=page.title or label(page.name).capitalize(),
                description=page.description,
                route=self._routes(f"/{kebab(page.name)}"),
                component=components(f"{pascal(page.name)}Page"),
            )


def _fields(entity: Entity, queries: Mapping[str, str]) -> Iterable[ClientField]:
    titles = Unique({"Search"}, suffix=" value")
    for asked in entity.fields:
        if asked.name == "constructor":
            raise UnsupportedError(
                f"'{entity.name}.{asked.name}' cannot be held apart from what every object in "
                "JavaScript has",
                hint="Rename it in the spec, for example to 'builder'.",
            )
        view = view_field(entity.name, asked, "", queries.get(asked.name, asked.name))
        title = titles(label(asked.name).capitalize())
        yield client_field(entity.name, asked, view, title)


def _display(fields: tuple[ClientField, ...]) -> ClientField | None:
    """The field that a row is called by."""
    lines = [found for found in fields if found.type == "string"]
    named = [found for name in DISPLAYS for found in lines if found.name == name]
    emails = [found for found in fields if found.type == "email"]
    return next(iter([*named, *lines, *emails]), None)


def _relation(
    relation: RelationView, targets: Mapping[str, ClientTarget], titles: Unique
) -> ClientRelation:
    title = titles(relation.label.capitalize())
    return ClientRelation(
        name=relation.name,
        title=title,
        single=label(singular(relation.name)).capitalize() if relation.many else title,
        field=relation.field,
        variable=camel(relation.field),
        query=relation.query,
        many=relation.many,
        required=relation.required,
        nullable=relation.nullable,
        target=_far(relation.target, targets),
        one_to_one=relation.one_to_one,
    )


def _far(target: TargetView, targets: Mapping[str, ClientTarget]) -> ClientTarget:
    if not target.account:
        return targets[target.name]
    return ClientTarget(
        name=target.name,
        var="user",
        vars="users",
        module="",
        path=target.path,
        route="",
        account=True,
        closed=True,
        display=None,
        label="User",
    )


def _backs(
    backs: tuple[BackView, ...], targets: Mapping[str, ClientTarget]
) -> Iterable[ClientBack]:
    for back in backs:
        many = sum(other.entity.name == back.entity.name for other in backs) > 1
        beside = f" ({back.relation.label})" if many else ""
        yield ClientBack(
            title=f"{back.entity.labels.capitalize()}{beside}",
            route=targets[back.entity.name].route,
            query=back.relation.query,
        )


def html_text(value: object) -> str:
    """Free text as the text of an HTML element."""
    return escape(re.sub(r"[\x00-\x1f\x7f\s]+", " ", str(value)).strip())
