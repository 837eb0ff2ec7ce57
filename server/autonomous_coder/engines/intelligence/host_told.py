"""What a host is told of names and values that are not as it sent them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autonomous_coder.engines.intelligence.host_errors import short
from autonomous_coder.engines.intelligence.names import ascii_words, value_identifier
from autonomous_coder.models.spec import DeleteRule, Entity, EntityField, Relation, RelationKind

_VALUES = ("values", "choices", "options", "enum", "enum_values")
MAX_VALUES = 12


def called(what: str, sent: str, made: str) -> list[str]:
    """A note on a name that is more than another spelling of what was sent; none where it is not.

    `what` says whose name it is, e.g. `field` or `field of 'Order'`."""
    plain = "_".join(ascii_words(sent))
    if made == plain and sent.isascii():
        return []
    if not sent.isascii():
        why = "names there are of plain letters"
    elif made == f"{plain}_value":
        why = f"'{short(plain)}' means something in languages or libraries that it is written with"
    elif len(plain) > len(made) and plain.startswith(made):
        why = "longer names do not fit everywhere"
    else:
        why = "names there begin with a letter"
    return [f"The {what} '{short(sent)}' is called '{made}' in the code: {why}."]


def of_fields(entity: str, sent: Sequence[Any], made: Sequence[EntityField]) -> list[str]:
    """Notes on the fields of an entity; `made` are what became of `sent`, in the same order."""
    notes: list[str] = []
    for entry, field in zip(sent, made, strict=True):
        name, values = _sent(entry)
        notes += called(f"field of '{entity}'", name, field.name)
        other = [v for v in values if value_identifier(v) != v and value_identifier(v)]
        if other:
            listed = ", ".join(f"'{value_identifier(v)}' ({short(v)})" for v in other[:MAX_VALUES])
            more = " and so on" if len(other) > MAX_VALUES else ""
            notes.append(f"Values of '{entity}.{field.name}' are written {listed}{more}.")
    return notes


def of_relations(entity: Entity) -> list[str]:
    """Notes on links that can only be had otherwise than they were stated."""
    return [
        f"'{entity.name}.{link.name}' has to be given, and is emptied when its {link.target} is "
        "deleted: so it may be empty in the table."
        for link in entity.relations
        if _emptied(link)
    ]


def _emptied(link: Relation) -> bool:
    to_one = link.kind is not RelationKind.MANY_TO_MANY
    return to_one and link.required and link.on_delete is DeleteRule.SET_NULL


def without_fields(entity: Entity) -> str:
    """The note on an entity of which nothing was said."""
    names = ", ".join(f"'{field.name}'" for field in entity.fields)
    return f"Nothing is said of what '{entity.name}' has: {names} are taken."


def _sent(entry: Any) -> tuple[str, list[str]]:
    """The name and the enum's values as a host wrote them."""
    if isinstance(entry, str):
        name, _, kind = entry.partition(":")
        return _bare(name), _members(kind)
    if not isinstance(entry, Mapping):
        return "", []
    name, _, kind = str(entry.get("name", "")).partition(":")
    listed = next((entry[key] for key in _VALUES if key in entry), None)
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        return _bare(name), [value for value in listed if isinstance(value, str)]
    return _bare(name), _members(str(entry.get("type", kind)))


def _bare(text: str) -> str:
    return text.strip().removesuffix("?").strip()


def _members(kind: str) -> list[str]:
    """The values of `a|b` and `enum(a, b)`."""
    kind = _bare(kind).removesuffix("!").strip()
    if kind.startswith("enum(") and kind.endswith(")"):
        kind = kind[5:-1].replace(",", "|")
    return [part.strip() for part in kind.split("|") if part.strip()] if "|" in kind else []
