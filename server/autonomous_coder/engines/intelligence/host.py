"""What the host already knows: lenient JSON in, strict parts of a ProjectSpec out.

Entities may be a list (of names or objects) or a mapping; fields may be strings such as
`price: decimal?` or objects; relations strings such as `belongs_to: Post`; requirements plain
sentences. Unknown keys are refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Never

from pydantic import TypeAdapter, ValidationError

from autonomous_coder.engines.intelligence.fieldtypes import parse
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.lexicon import noun
from autonomous_coder.engines.intelligence.names import (
    class_name,
    identifier,
    plural_identifier,
    snake,
)
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import (
    MAX_ENTITIES,
    Access,
    DeleteRule,
    Entity,
    EntityField,
    ProjectSpec,
    Relation,
    RelationKind,
)

ACCEPTED = (
    "name", "title", "description", "archetype", "language", "framework", "entities", "commands",
    "jobs", "channels", "pages", "features", "constraints", "preferences", "extra_files",
    "requirements", "assumptions", "questions",
)  # fmt: skip
COMPUTED = frozenset({"provenance", "confidence"})
_ENTITY_KEYS = ("name", "plural", "fields", "relations", "access", "description")
_RELATIONS = {
    "belongs_to": RelationKind.MANY_TO_ONE, "many_to_one": RelationKind.MANY_TO_ONE,
    "has_one": RelationKind.ONE_TO_ONE, "one_to_one": RelationKind.ONE_TO_ONE,
    "many_to_many": RelationKind.MANY_TO_MANY, "has_and_belongs_to_many": RelationKind.MANY_TO_MANY,
}  # fmt: skip
_EXAMPLE = 'For example {"entities": {"Todo": {"fields": ["title", "done: boolean"]}}}.'


class HostSpec:
    """The host's part of the spec: `values` are validated, `notes` say what was renamed."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.requirements: list[tuple[str, list[str]]] = []
        self.notes: list[str] = []
        self.access_given: set[str] = set()


def read_host_spec(raw: Mapping[str, Any] | None) -> HostSpec:
    """Check and complete what the host sent.

    Raises:
        InvalidInputError: a key is unknown or a value malformed; the message names the place.
    """
    spec = HostSpec()
    if raw is None:
        return spec
    if not isinstance(raw, Mapping):
        _refuse("spec", f"must be an object, not {type(raw).__name__}")
    for key, value in raw.items():
        if key in COMPUTED:
            continue
        if key not in ACCEPTED:
            raise InvalidInputError(
                f"Unknown key 'spec.{_short(key)}'.", hint=f"Accepted are: {', '.join(ACCEPTED)}."
            )
        if value is None:
            continue
        if key == "entities":
            spec.values[key] = _entities(value, spec)
        elif key == "requirements":
            spec.requirements = _requirements(value)
        else:
            spec.values[key] = _plain(key, value)
    return spec


def _short(value: object) -> str:
    return str(value)[:60]


def _refuse(place: str, why: str) -> Never:
    raise InvalidInputError(f"'{place}' {why}.", hint=_EXAMPLE)


def _plain(key: str, value: Any) -> Any:
    if key == "features" and isinstance(value, Sequence) and not isinstance(value, str):
        value = [identifier(v) if isinstance(v, str) else v for v in value]
        value = list(dict.fromkeys(value)) if all(isinstance(v, str) for v in value) else value
    if key in {"constraints", "preferences"} and isinstance(value, Mapping):
        value = {str(k): v if isinstance(v, str) else str(v) for k, v in value.items()}
    if key in {"commands", "jobs", "channels", "pages"} and isinstance(value, Sequence):
        value = [{"name": identifier(v)} if isinstance(v, str) else v for v in value]
    adapter: TypeAdapter[Any] = TypeAdapter(_annotation(key))
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        _refuse(_place(f"spec.{key}", first["loc"]), _why(first["msg"], first["type"]))


def _annotation(key: str) -> Any:
    """The type of a field of the spec with its constraints."""
    field = ProjectSpec.model_fields[key]
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _place(base: str, loc: Sequence[object]) -> str:
    return base + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc)


def _why(message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return "is an unknown key"
    return "is not valid: " + message.removeprefix("Value error, ")[:300]


def _requirements(value: Any) -> list[tuple[str, list[str]]]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        _refuse("spec.requirements", "must be a list of sentences or of {text, needs}")
    out: list[tuple[str, list[str]]] = []
    for index, entry in enumerate(value[:200]):
        place = f"spec.requirements[{index}]"
        if isinstance(entry, str):
            entry = {"text": entry}
        if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
            _refuse(place, "must be a sentence or an object with 'text'")
        unknown = set(entry) - {"text", "needs", "id", "status", "evidence"}
        if unknown:
            _refuse(
                f"{place}.{_short(sorted(map(str, unknown))[0])}",
                "is an unknown key; accepted are text and needs",
            )
        needs = entry.get("needs", [])
        if (
            isinstance(needs, str)
            or not isinstance(needs, Sequence)
            or not all(isinstance(n, str) for n in needs)
        ):
            _refuse(f"{place}.needs", "must be a list of capabilities such as 'feature:accounts'")
        text = " ".join(entry["text"].split())[:500]
        if not text or any(ord(char) < 32 or ord(char) == 127 for char in text):
            _refuse(f"{place}.text", "must be one line of text")
        out.append((text, [n[:200] for n in needs]))
    return out


def _entities(value: Any, spec: HostSpec) -> list[Entity]:
    rows: list[tuple[str, str, Any]] = []
    if isinstance(value, Mapping):
        rows = [(f"spec.entities.{_short(name)}", str(name), body) for name, body in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, body in enumerate(value):
            place = f"spec.entities[{index}]"
            if isinstance(body, str):
                rows.append((place, body, {}))
            elif isinstance(body, Mapping) and isinstance(body.get("name"), str):
                rows.append((place, body["name"], body))
            else:
                _refuse(place, "must be a name or an object with 'name'")
    else:
        _refuse("spec.entities", "must be a list or an object of entities")
    if len(rows) > MAX_ENTITIES:
        _refuse("spec.entities", f"has {len(rows)} entries; at most {MAX_ENTITIES} are accepted")
    names: dict[str, str] = {}
    for place, name, _ in rows:
        made = class_name(name)
        if not made:
            _refuse(place, f"has no usable name ('{_short(name)}')")
        if made in names.values():
            _refuse(place, f"names '{made}' a second time")
        if made != name:
            spec.notes.append(f"The entity '{_short(name)}' is called '{made}' in the code.")
        names[name] = made
    spec.access_given = {
        names[name] for _, name, body in rows if isinstance(body, Mapping) and "access" in body
    }
    return [_entity(place, name, body, names) for place, name, body in rows]


def _entity(place: str, name: str, body: Any, names: dict[str, str]) -> Entity:
    if body is None:
        body = {}
    if isinstance(body, Sequence) and not isinstance(body, str):
        body = {"fields": body}
    if not isinstance(body, Mapping):
        _refuse(place, "must be an object with 'fields', or a list of fields")
    unknown = [key for key in body if key not in _ENTITY_KEYS]
    if unknown:
        raise InvalidInputError(
            f"Unknown key '{place}.{_short(unknown[0])}'.",
            hint=f"Accepted are: {', '.join(_ENTITY_KEYS)}.",
        )
    made = names[name]
    fields = _fields(f"{place}.fields", body.get("fields"))
    if fields is None:
        known = noun(snake(made).replace("_", " "))
        fields = list(known.fields) if known else [parse("name"), parse("description?: text")]
    relations = _relations(f"{place}.relations", body.get("relations") or [], names)
    try:
        return Entity(
            name=made,
            plural=body.get("plural") or plural_identifier(made),
            fields=fields,
            relations=relations,
            access=body.get("access", Access.OPEN),
            description=body.get("description") or "",
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        _refuse(_place(place, first["loc"]), _why(first["msg"], first["type"]))


def _fields(place: str, value: Any) -> list[EntityField] | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = [
            f"{k}: {v}" if isinstance(v, str) else {"name": k, **v} if isinstance(v, Mapping) else v
            for k, v in value.items()
        ]
    if isinstance(value, str) or not isinstance(value, Sequence):
        _refuse(place, "must be a list of fields")
    out = []
    for index, entry in enumerate(value):
        here = f"{place}[{index}]"
        try:
            if isinstance(entry, str):
                out.append(parse(entry))
            elif isinstance(entry, Mapping):
                out.append(_field(entry))
            else:
                _refuse(here, "must be a string such as 'price: decimal' or an object")
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            _refuse(_place(here, first["loc"]), _why(first["msg"], first["type"]))
        except ValueError as error:
            _refuse(here, f"is not valid: {error}")
    return out


def _field(entry: Mapping[str, Any]) -> EntityField:
    name = entry.get("name")
    values = dict(entry)
    if isinstance(name, str):
        bare = parse(name) if ":" not in name else None
        if bare is not None and bare.name:
            values["name"] = bare.name
            if "type" not in values:
                values["type"] = "enum" if values.get("values") else bare.type
            if name.endswith("?"):
                values.setdefault("required", False)
    kind = values.get("type")
    if isinstance(kind, str) and kind not in {"enum"}:
        short = parse(f"{values.get('name', 'x')}: {kind}")
        values["type"] = short.type
        if short.values:
            values["values"] = short.values
        if kind.endswith("?"):
            values.setdefault("required", False)
    return EntityField.model_validate(values)


def _relations(place: str, value: Any, names: dict[str, str]) -> list[Relation]:
    if isinstance(value, Mapping):
        value = [
            f"{v}: {k}" if isinstance(v, str) else {"name": k, **v} if isinstance(v, Mapping) else v
            for k, v in value.items()
        ]
    if isinstance(value, str) or not isinstance(value, Sequence):
        _refuse(place, "must be a list such as ['belongs_to: Post']")
    out = []
    for index, entry in enumerate(value):
        here = f"{place}[{index}]"
        if isinstance(entry, str):
            out.append(_short_relation(here, entry, names))
        elif isinstance(entry, Mapping):
            values = dict(entry)
            if isinstance(values.get("target"), str):
                values["target"] = names.get(values["target"], values["target"])
            if isinstance(values.get("kind"), str):
                values["kind"] = _RELATIONS.get(values["kind"], values["kind"])
            if "name" not in values and isinstance(values.get("target"), str):
                many = values.get("kind") is RelationKind.MANY_TO_MANY
                target = values["target"]
                values["name"] = plural_identifier(target) if many else identifier(snake(target))
            try:
                out.append(Relation.model_validate(values))
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                _refuse(_place(here, first["loc"]), _why(first["msg"], first["type"]))
        else:
            _refuse(here, "must be a string such as 'belongs_to: Post' or an object")
    return out


def _short_relation(place: str, text: str, names: dict[str, str]) -> Relation:
    left, _, right = text.partition(":")
    word = left.strip().lower().replace(" ", "_").replace("-", "_")
    optional = right.strip().endswith("?")
    target = right.strip().removesuffix("?").strip()
    made = names.get(target) or class_name(target)
    if made not in names.values():
        alone = class_name(singular(target.lower()))
        made = alone if alone in names.values() else made
    if word == "has_many":
        _refuse(
            place,
            f"says has_many; write 'belongs_to' in '{made}' instead, or 'many_to_many: {made}'",
        )
    if word not in _RELATIONS or not made:
        _refuse(
            place,
            f"is no relation ('{_short(text)}'); write one of {', '.join(_RELATIONS)}, "
            "e.g. 'belongs_to: Post'",
        )
    if made not in names.values():
        _refuse(
            place,
            f"points at '{_short(target)}', which is no entity of the spec "
            f"({', '.join(names.values())})",
        )
    kind = _RELATIONS[word]
    many = kind is RelationKind.MANY_TO_MANY
    return Relation(
        name=plural_identifier(made) if many else identifier(snake(made)),
        kind=kind,
        target=made,
        required=not optional and not many,
        on_delete=DeleteRule.SET_NULL if optional else DeleteRule.CASCADE,
    )
