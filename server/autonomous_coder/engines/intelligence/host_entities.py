"""Entities a host sends: a list of names or objects, or a mapping of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence import host_fields, host_relations, host_told
from autonomous_coder.engines.intelligence.fieldtypes import parse
from autonomous_coder.engines.intelligence.host_errors import (
    refuse,
    refuse_invalid,
    refuse_unknown,
    short,
)
from autonomous_coder.engines.intelligence.lexicon import noun
from autonomous_coder.engines.intelligence.names import class_name, plural_identifier, snake
from autonomous_coder.models.spec import MAX_ENTITIES, Access, Entity

_KEYS = ("name", "plural", "fields", "relations", "access", "attachments", "description")
_FIELDS = ("attributes", "columns", "properties")
_RELATIONS = (*host_relations.KINDS, *host_relations.MANY)


@dataclass(slots=True)
class Sent:
    """One entity as it was sent: where it stands, its name there, and its parts."""

    place: str
    name: str
    body: dict[str, Any]
    relations: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class HostEntities:
    """`access_given` are the classes whose access was stated; `notes` say what was renamed."""

    entities: list[Entity]
    access_given: set[str]
    notes: list[str]


def read_entities(value: Any) -> HostEntities:
    """The host's entities, complete.

    Raises:
        InvalidInputError: one is malformed; the message names the place.
    """
    rows = _rows(value)
    if len(rows) > MAX_ENTITIES:
        refuse("spec.entities", f"has {len(rows)} entries; at most {MAX_ENTITIES} are accepted")
    names: dict[str, str] = {}
    notes: list[str] = []
    for row in rows:
        made = class_name(row.name)
        if not made:
            refuse(row.place, f"has no usable name ('{short(row.name)}')")
        if made in names.values():
            refuse(row.place, f"names '{made}' a second time")
        if made != row.name:
            notes.append(host_told.entity_called(row.name, made))
        names[row.name] = made
    for row in rows:
        _split_relations(row, names)
    _turn(rows, names)
    given = {names[row.name] for row in rows if "access" in row.body}
    return HostEntities([_entity(row, names, notes) for row in rows], given, notes)


def _rows(value: Any) -> list[Sent]:
    if isinstance(value, Mapping):
        sent = [(f"spec.entities.{short(name)}", str(name), body) for name, body in value.items()]
        return [Sent(place, name, _body(place, body, keyed=True)) for place, name, body in sent]
    if isinstance(value, str) or not isinstance(value, Sequence):
        refuse("spec.entities", "must be a list or an object of entities")
    rows = []
    for index, body in enumerate(value):
        place = f"spec.entities[{index}]"
        if isinstance(body, str):
            rows.append(Sent(place, body, {}))
        elif isinstance(body, Mapping) and isinstance(body.get("name"), str):
            rows.append(Sent(place, body["name"], _body(place, body, keyed=False)))
        else:
            refuse(place, "must be a name or an object with 'name'")
    return rows


def _body(place: str, body: Any, *, keyed: bool) -> dict[str, Any]:
    """An entity's parts under the accepted keys; `{"title": "string"}` are fields alone."""
    if body is None:
        return {}
    if isinstance(body, Sequence) and not isinstance(body, str):
        return {"fields": body}
    if not isinstance(body, Mapping):
        refuse(place, "must be an object with 'fields', or a list of fields")
    if keyed and body and all(host_fields.names_a_type(entry) for entry in body.values()):
        return {"fields": host_fields.as_list(body)}
    out: dict[str, Any] = {}
    for key, entry in body.items():
        if key in _FIELDS and "fields" not in body:
            out["fields"] = entry
        elif key in _KEYS or key in _RELATIONS:
            out[str(key)] = entry
        else:
            refuse_unknown(f"{place}.{short(key)}", _KEYS)
    out["fields"] = host_fields.as_list(out.get("fields"))
    return out


def _split_relations(row: Sent, names: Mapping[str, str]) -> None:
    """Gather relations: stated ones, `belongs_to` as a key, and fields whose type is an entity."""
    entries = host_relations.listed(row.body.get("relations"))
    if entries is None:
        refuse(f"{row.place}.relations", "must be a list such as ['belongs_to: Post']")
    keyed = {key: row.body.pop(key) for key in _RELATIONS if key in row.body}
    row.relations = [*entries, *(host_relations.listed(keyed) or [])]
    fields = row.body.get("fields")
    if not isinstance(fields, list | tuple):
        return
    kept = []
    for entry in fields:
        made = _as_relation(entry, names)
        if made is None:
            kept.append(entry)
        else:
            row.relations.append(made)
    row.body["fields"] = kept


def _as_relation(entry: Any, names: Mapping[str, str]) -> dict[str, Any] | None:
    """`post: Post` says a relation when Post is an entity."""
    if isinstance(entry, str):
        left, _, right = entry.partition(":")
        name, kind = left.strip(), right.strip()
    elif isinstance(entry, Mapping) and isinstance(entry.get("type"), str):
        name, kind = str(entry.get("name", "")), entry["type"]
    else:
        return None
    target = names.get(kind.removesuffix("?"), "")
    if not target or host_fields.names_a_type(kind):
        return None
    optional = kind.endswith("?") or name.endswith("?")
    name = snake(name.removesuffix("?"))
    return {"name": name, "kind": "many_to_one", "target": target, "required": not optional}


def _turn(rows: list[Sent], names: Mapping[str, str]) -> None:
    """`has_many: comments` of Post becomes `belongs_to: Post` of Comment."""
    by_class = {names[row.name]: row for row in rows}
    for row in rows:
        kept = []
        for entry in row.relations:
            part = host_relations.said_of_many(entry, names)
            if part:
                by_class[part].relations.append(f"belongs_to: {names[row.name]}")
            else:
                kept.append(entry)
        row.relations[:] = kept


def _entity(row: Sent, names: Mapping[str, str], notes: list[str]) -> Entity:
    """The entity; what is not as it was sent goes into the notes."""
    body, made = row.body, names[row.name]
    sent = body.get("fields")
    fields = host_fields.read_fields(f"{row.place}.fields", sent)
    if fields is not None:
        notes += host_told.of_fields(made, sent or (), fields)
        fields = host_told.with_labels(sent or (), fields)
    else:
        known = noun(snake(made).replace("_", " "))
        fields = list(known.fields) if known else [parse("name"), parse("description?: text")]
    relations = host_relations.read_relations(f"{row.place}.relations", row.relations, names)
    unique = {relation.name: relation for relation in reversed(relations)}
    try:
        entity = Entity(
            name=made,
            plural=body.get("plural") or plural_identifier(made),
            fields=fields,
            relations=[r for r in relations if unique[r.name] is r],
            access=body.get("access", Access.OPEN),
            attachments=body.get("attachments", False),
            description=body.get("description") or ("" if row.name.isascii() else row.name[:500]),
        )
    except ValidationError as error:
        refuse_invalid(row.place, error)
    notes += host_told.of_relations(entity, relations)
    notes += [host_told.without_fields(entity)] if sent is None else []
    return entity
