"""A spec as the templates of static sites see it: its documents, and what lists show."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.html.pack_samples import record
from autonomous_coder.languages.node.pack_build import ViewBuilder
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Entity, ProjectSpec

HOME = frozenset({"home", "index", "home_page", "homepage", "start", "landing"})
NAMING = ("title", "name", "full_name", "label", "headline", "subject")
"""Fields that name a record, the likeliest first."""
RECORDS = 3
"""How many examples a list begins with."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A page of the site. Texts are free text."""

    file: str
    title: str
    description: str
    proves: str
    """The capability that it is; empty for none."""
    entity: EntityView | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """What a list shows of an entity, and the records it begins with."""

    entity: EntityView
    file: str
    """Its page."""
    naming: str
    """The field that names a record; empty when none does."""
    records: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class SiteView(SpecView):
    """`home` is the first of `documents`."""

    documents: tuple[DocumentView, ...] = ()
    lists: tuple[ListView, ...] = ()

    @property
    def home(self) -> DocumentView:
        return self.documents[0]


def site_view(spec: ProjectSpec, features: frozenset[str]) -> SiteView:
    """The view; InvalidInputError or UnsupportedError when the spec cannot be built."""
    view = ViewBuilder(spec, features - {"accounts"}, "js").build()
    files = Unique({"index", "404", "records", "site"}, suffix="-page")
    homes = [page for page in spec.pages if page.name in HOME][:1]
    title = view.title
    first = DocumentView(
        "index.html",
        (homes[0].title if homes else "") or "Home",
        (homes[0].description if homes else "") or spec.description.strip() or title,
        f"page:{homes[0].name}" if homes else "",
    )
    pages = [
        DocumentView(
            f"{files(_kebab(page.name))}.html",
            page.title or label(page.name).capitalize(),
            page.description or page.title or label(page.name).capitalize(),
            f"page:{page.name}",
        )
        for page in spec.pages
        if page not in homes
    ]
    given = {entity.name: entity for entity in spec.entities}
    lists = [
        ListView(
            entity,
            f"{files(_kebab(given[entity.name].plural))}.html",
            _naming(entity),
            json.dumps([_record(given[entity.name], entity, n) for n in range(1, RECORDS + 1)]),
        )
        for entity in view.entities
    ]
    shown = [
        DocumentView(
            listed.file,
            listed.entity.labels.capitalize(),
            listed.entity.description or f"All {listed.entity.labels}.",
            "",
            listed.entity,
        )
        for listed in lists
    ]
    base = {field.name: getattr(view, field.name) for field in fields(view)}
    return SiteView(**base, documents=(first, *pages, *shown), lists=tuple(lists))


def _record(given: Entity, entity: EntityView, number: int) -> dict[str, object]:
    row: dict[str, object] = {"id": number}
    named = _naming(entity)
    for field in given.fields:
        called = entity.label if field.name == named else ""
        row[field.name] = record(given.name, field, number, called)
    for relation in entity.relations:
        near = [] if relation.to_self else [number if relation.one_to_one else 1 + number % RECORDS]
        row[relation.field] = near if relation.many else next(iter(near), None)
    return row


def _naming(entity: EntityView) -> str:
    names = [field.name for field in entity.fields if field.type == "string"]
    return next((name for name in NAMING if name in names), names[0] if names else "")


def _kebab(name: str) -> str:
    return name.replace("_", "-").strip("-")
