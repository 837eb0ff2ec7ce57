"""Relations a host sends: `belongs_to: Post`, `{"belongs_to": "Post"}` or a whole object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence.host_errors import refuse, refuse_invalid, short
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.names import (
    class_name,
    identifier,
    plural_identifier,
    snake,
)
from autonomous_coder.models.spec import DeleteRule, Relation, RelationKind

KINDS = {
    "belongs_to": RelationKind.MANY_TO_ONE, "many_to_one": RelationKind.MANY_TO_ONE,
    "has_one": RelationKind.ONE_TO_ONE, "one_to_one": RelationKind.ONE_TO_ONE,
    "many_to_many": RelationKind.MANY_TO_MANY, "has_and_belongs_to_many": RelationKind.MANY_TO_MANY,
}  # fmt: skip
MANY = ("has_many", "one_to_many")
"""Said from the other side: `Post has_many: comments` is `Comment belongs_to: Post`."""
_SAME = {"type": "kind", "entity": "target", "to": "target", "model": "target"}
_HINT = (
    f"Kinds are {', '.join(KINDS)}; for example 'belongs_to: Post', "
    'or {"kind": "many_to_one", "target": "Post", "required": false}.'
)


def listed(value: Any) -> list[Any] | None:
    """Relations as a list of entries; None when they are no list and no mapping."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        out: list[Any] = []
        for key, entry in value.items():
            if _word(key) in (*KINDS, *MANY):
                many = isinstance(entry, Sequence) and not isinstance(entry, str)
                out += [f"{key}: {target}" for target in (entry if many else [entry])]
            elif isinstance(entry, str):
                out.append(f"{entry}: {key}")
            else:
                out.append({"name": key, **entry} if isinstance(entry, Mapping) else entry)
        return out
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    return [_brief(entry) for entry in value]


def _brief(entry: Any) -> Any:
    """`{"belongs_to": "Post"}` as `belongs_to: Post`; anything else as it is."""
    if isinstance(entry, Mapping) and len(entry) == 1:
        key, target = next(iter(entry.items()))
        if _word(key) in (*KINDS, *MANY) and isinstance(target, str):
            return f"{key}: {target}"
    return entry


def _word(key: object) -> str:
    return snake(str(key))


def target_of(text: str, names: Mapping[str, str]) -> str:
    """The class a word stands for (`Post`, `posts`, `post`); empty when there is none."""
    text = text.strip().removesuffix("?").strip()
    made = names.get(text) or class_name(text)
    if made in names.values():
        return made
    alone = class_name(singular(snake(text).replace("_", " ")))
    return alone if alone in names.values() else ""


def said_of_many(entry: Any, names: Mapping[str, str]) -> str:
    """The entity that an entry such as `has_many: comments` gives the relation to."""
    if isinstance(entry, str):
        left, _, right = entry.partition(":")
        return target_of(right, names) if _word(left) in MANY else ""
    if isinstance(entry, Mapping):
        values = {_SAME.get(str(key), str(key)): value for key, value in entry.items()}
        if _word(values.get("kind", "")) in MANY:
            return target_of(str(values.get("target", "")), names)
    return ""


def read_relations(place: str, value: Any, names: Mapping[str, str]) -> list[Relation]:
    """Relations to the entities of `names` (sent name -> class).

    Raises:
        InvalidInputError: one is malformed or points nowhere; the message names it.
    """
    entries = listed(value)
    if entries is None:
        refuse(place, "must be a list such as ['belongs_to: Post']", _HINT)
    out: list[Relation] = []
    for index, entry in enumerate(entries):
        here = f"{place}[{index}]"
        if isinstance(entry, str):
            made = _short_relation(here, entry, names)
        elif isinstance(entry, Mapping):
            made = _relation(here, entry, names)
        else:
            refuse(here, "must be a string such as 'belongs_to: Post' or an object", _HINT)
        if made not in out:
            out.append(made)
    return out


def _relation(place: str, entry: Mapping[str, Any], names: Mapping[str, str]) -> Relation:
    values = {_SAME.get(str(key), str(key)): value for key, value in entry.items()}
    for key in ("nullable", "optional"):
        if isinstance(values.get(key), bool):
            values.setdefault("required", not values[key])
            del values[key]
    if isinstance(values.get("target"), str):
        target = target_of(values["target"], names)
        if not target:
            _points_nowhere(f"{place}.target", values["target"], names)
        values["target"] = target
    if isinstance(values.get("kind"), str):
        values["kind"] = KINDS.get(_word(values["kind"]), values["kind"])
    if isinstance(values.get("on_delete"), str):
        values["on_delete"] = _word(values["on_delete"])
    if values.get("required") is False:
        values.setdefault("on_delete", DeleteRule.SET_NULL)
    if "name" not in values and isinstance(values.get("target"), str):
        many = values.get("kind") is RelationKind.MANY_TO_MANY
        values["name"] = _named(values["target"], many=many)
    try:
        return Relation.model_validate(values)
    except ValidationError as error:
        refuse_invalid(place, error, Relation, _HINT)


def _named(target: str, *, many: bool) -> str:
    return plural_identifier(target) if many else identifier(snake(target))


def _points_nowhere(place: str, text: str, names: Mapping[str, str]) -> None:
    known = ", ".join(names.values())
    refuse(place, f"points at '{short(text)}', which is no entity of the spec ({known})", _HINT)


def _short_relation(place: str, text: str, names: Mapping[str, str]) -> Relation:
    left, _, right = text.partition(":")
    word = _word(left)
    if word not in KINDS or not right.strip():
        refuse(
            place,
            f"is no relation ('{short(text)}'); write one of {', '.join(KINDS)}, "
            "e.g. 'belongs_to: Post'",
            _HINT,
        )
    target = target_of(right, names)
    if not target:
        _points_nowhere(place, right.strip(), names)
    optional = right.strip().endswith("?")
    kind = KINDS[word]
    many = kind is RelationKind.MANY_TO_MANY
    return Relation(
        name=_named(target, many=many),
        kind=kind,
        target=target,
        required=not optional and not many,
        **({"on_delete": DeleteRule.SET_NULL} if optional else {}),
    )
