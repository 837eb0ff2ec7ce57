"""A spec as the templates of a server-rendered web application see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from autonomous_coder.languages.common.bounds import (
    DECIMAL_PLACES,
    NUMERIC,
    TEXTUAL,
    bounds,
)
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.python.pack_feature_tables import sessions_table
from autonomous_coder.languages.python.pack_fields import FieldView
from autonomous_coder.languages.python.pack_names import RESERVED_PATHS
from autonomous_coder.languages.python.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.languages.python.pack_web_view import (
    EntityPages,
    InputView,
    PageView,
    RelationInput,
    WebView,
)
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec

MAX_COLUMNS = 5
"""Beside the name of a row."""
NAMES = ("title", "name", "full_name", "display_name", "label", "subject", "headline", "username")
"""Fields that name a row wherever they are."""
PEOPLE = ("name", "full_name", "display_name", "username", "nickname", "handle")
"""Fields of an account that others may see."""
_TYPES = {
    FieldType.TEXT: "textarea",
    FieldType.INTEGER: "number",
    FieldType.FLOAT: "number",
    FieldType.DECIMAL: "number",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.EMAIL: "email",
    FieldType.URL: "url",
    FieldType.ENUM: "choice",
}
WIDE = frozenset({"text", "url", "uuid"})
_FILTERS = frozenset({FieldType.ENUM, FieldType.BOOLEAN, FieldType.DATE})
_LOGGED_IN = "sa.true() if user else sa.false()"


def web_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with what pages need."""
    given = {entity.name: entity for entity in spec.entities}
    views = {entity.name: entity for entity in view.entities}
    web = WebView(
        entities={name: _pages(entity, given[name], views) for name, entity in views.items()},
        pages=_further(view, spec),
        account_inputs=_account_inputs(view, given),
        account_naming=_account_naming(view),
    )
    return replace(
        view, web=web, keeps=(sessions_table(view.account.table),) if view.accounts else ()
    )


def _pages(entity: EntityView, given: Entity, views: dict[str, EntityView]) -> EntityPages:
    fields = {field.name: field for field in given.fields}
    naming, titled = row_naming(entity)
    inputs = [_input(entity.name, field, fields[field.name]) for field in entity.fields]
    inputs += [_choice(relation) for relation in entity.relations]
    narrow = [f.name for f in entity.fields if f.type not in WIDE and f.name != titled]
    links = [link.field for link in entity.links][:2]
    return EntityPages(
        inputs=tuple(inputs),
        columns=(*narrow[: MAX_COLUMNS - len(links)], *links),
        relations=tuple(_relation(entity, relation, views) for relation in entity.relations),
        naming=naming,
        titled=titled,
        enums=tuple(f.name for f in entity.fields if f.type in {"enum", "boolean"}),
        markup=next((f.name for f in given.fields if _takes_any(entity.name, f)), ""),
    )


def _takes_any(entity: str, field: EntityField) -> bool:
    """Whether a text of some ten characters fits, whatever other rows have."""
    limit = bounds(entity, field)
    return field.type in TEXTUAL and not field.unique and limit.low <= 10 and limit.high >= 20


def row_naming(entity: EntityView) -> tuple[str, str]:
    """The expression of a row's name, and the field that it is."""
    number = f'f"{entity.label.capitalize()} {{self.id}}"'
    by_name = {field.name: field for field in entity.fields}
    first, last = by_name.get("first_name"), by_name.get("last_name")
    if first and last and not (first.nullable or last.nullable):
        return 'f"{self.first_name} {self.last_name}"', ""
    strings = [field for field in entity.fields if field.type == "string"]
    known = [field for field in strings if field.name in NAMES]
    for field in (*known, *strings):
        name = f"self.{field.attr}"
        return (f"{name} or {number}" if field.nullable else name), field.name
    texts = [f for f in entity.fields if f.type in {"email", "text"} and not f.nullable]
    for field in texts:
        return f"self.{field.attr}[:80]", field.name if field.type == "email" else ""
    return number, ""


def _account_naming(view: SpecView) -> str:
    """What others see of an account, which is not its address."""
    local = 'self.email.partition("@")[0]'
    strings = {field.name: field for field in view.account.fields if field.type == "string"}
    for name in PEOPLE:
        if field := strings.get(name):
            return f"self.{field.attr} or {local}" if field.nullable else f"self.{field.attr}"
    return local


def _input(entity: str, field: FieldView, given: EntityField) -> InputView:
    kind = _TYPES.get(given.type, "text")
    if given.type is FieldType.BOOLEAN:
        kind = "answer" if field.nullable else "checkbox"
    limits = _limits(entity, given)
    if kind == "answer":
        options = 'options=(forms.Option("true", "Yes"), forms.Option("false", "No"))'
    else:
        values = [f"forms.Option({value}, {words(value)!r})" for _, value in field.members]
        options = f"options=({', '.join(values)},)" if values else ""
    arguments = [
        repr(field.name),
        repr(words(field.name)),
        "" if kind == "text" else repr(kind),
        "required=False" if field.nullable or kind == "checkbox" else "",
        "unique=True" if field.unique else "",
        "sortable=True" if field.sortable else "",
        f"filter={field.query!r}" if given.type in _FILTERS else "",
        f"help={field.description}" if field.description else "",
        f"limits={limits!r}" if limits else "",
        options,
    ]
    return InputView(field.name, joined(arguments), kind)


def _choice(relation: RelationView) -> InputView:
    kind = "many" if relation.many else "one"
    arguments = [
        repr(relation.field),
        repr(words(relation.name)),
        repr(kind),
        "" if relation.required else "required=False",
        "unique=True" if relation.one_to_one else "",
        f"filter={relation.query!r}",
        "" if relation.target.account else f"path={relation.target.path!r}",
    ]
    return InputView(relation.field, joined(arguments), kind)


def _account_inputs(view: SpecView, given: dict[str, Entity]) -> tuple[InputView, ...]:
    if not view.account.fields:
        return ()
    fields = {field.name: field for field in given[view.account.entity].fields}
    return tuple(
        _input(view.account.entity, replace(field, sortable=False), fields[field.name])
        for field in view.account.fields
    )


def _limits(entity: str, given: EntityField) -> dict[str, str | int]:
    """What a browser can check by itself."""
    limit = bounds(entity, given)
    if given.type in TEXTUAL:
        shortest = {"minlength": int(limit.low)} if limit.low > 1 else {}
        return {**shortest, "maxlength": int(limit.high)}
    found: dict[str, str | int] = {}
    if given.type not in NUMERIC:
        return found
    if given.minimum is not None:
        found["min"] = _number(limit.low)
    if given.maximum is not None:
        found["max"] = _number(limit.high)
    if given.type is FieldType.DECIMAL:
        found["step"] = _number(Decimal(1).scaleb(-DECIMAL_PLACES))
    elif given.type is FieldType.FLOAT:
        found["step"] = "any"
    return found


def _number(value: Decimal) -> str | int:
    whole = value == value.to_integral_value()
    return int(value) if whole else f"{value.normalize():f}"


def _relation(
    entity: EntityView, relation: RelationView, views: dict[str, EntityView]
) -> RelationInput:
    target, anybody = relation.target, not entity.reads_need_user
    visible = ""
    if target.private:
        owner = "(user.id if user else None)" if anybody else "user.id"
        visible = f"{target.cls}.owner_id == {owner}"
    elif not target.account and views[target.name].reads_need_user and anybody:
        visible = _LOGGED_IN
    return RelationInput(
        field=relation.field,
        attr=relation.attr,
        cls=target.cls,
        many=relation.many,
        visible=visible,
        offered=_LOGGED_IN if target.account and anybody else visible,
    )


def _further(view: SpecView, spec: ProjectSpec) -> tuple[PageView, ...]:
    """Pages of the spec that are not there anyway."""
    there = {"home", "index", "login", "register", "logout"}
    there |= {entity.plural for entity in view.entities}
    paths = Unique(
        {*RESERVED_PATHS, *(e.path.removeprefix("/") for e in view.entities)}, suffix="-page"
    )
    return tuple(
        PageView(
            name=page.name,
            path="/" + paths(page.name.replace("_", "-").strip("-")),
            title=page.title or words(page.name),
            description=page.description,
        )
        for page in spec.pages
        if page.name not in there
    )


def words(name: str) -> str:
    return label(name.strip("'")).capitalize()


def joined(arguments: Iterable[str]) -> str:
    return ", ".join(argument for argument in arguments if argument)
