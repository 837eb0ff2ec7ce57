"""What a host is told of names and values that are not as it sent them."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from typing import Any

from autonomous_coder.engines.intelligence.host_errors import short
from autonomous_coder.engines.intelligence.names import (
    as_said,
    ascii_words,
    listing,
    snake,
    value_identifier,
)
from autonomous_coder.languages.java.pack_names import KEYWORDS as JAVA
from autonomous_coder.languages.node.pack_names import KEYWORDS as TYPESCRIPT
from autonomous_coder.languages.rust.pack_names import KEYWORDS as RUST
from autonomous_coder.models.spec import DeleteRule, Entity, EntityField, Relation, RelationKind

_VALUES = ("values", "choices", "options", "enum", "enum_values")
_RESERVED = {
    "Python": frozenset(map(str.lower, (*keyword.kwlist, *keyword.softkwlist))),
    "TypeScript": TYPESCRIPT,
    "Java": JAVA,
    "Rust": RUST,
}
PLAIN = "names there are of plain letters"
MAX_VALUES = 12


def called(what: str, sent: str, made: str) -> list[str]:
    """A note on a name that is more than another spelling of what was sent; none where it is not.

    `what` says whose name it is, e.g. `field` or `field of 'Order'`."""
    plain = "_".join(ascii_words(sent))
    if made == plain and sent.isascii():
        return []
    if not sent.isascii():
        why = PLAIN
    elif made == f"{plain}_value":
        why = f"{taken_by(plain)}, and names are the same in every language"
    elif len(plain) > len(made) and plain.startswith(made):
        why = "longer names do not fit everywhere"
    else:
        why = "names there begin with a letter"
    return [f"The {what} '{short(sent)}' is called '{made}' in the code: {why}."]


def taken_by(word: str) -> str:
    """Why nothing can be called by a word, e.g. `'class' is reserved in Python and Java`."""
    languages = [name for name, reserved in _RESERVED.items() if word in reserved]
    if languages:
        return f"'{short(word)}' is reserved in {listing(languages)}"
    return f"'{short(word)}' means something in libraries that it is written with"


def entity_called(sent: str, made: str) -> str:
    """The note on the name of an entity."""
    words = ascii_words(sent)
    plain = "".join(word.capitalize() for word in words)
    note = f"The entity '{short(sent)}' is called '{made}' in the code"
    if not sent.isascii():
        return f"{note}: {PLAIN}."
    if made == f"{plain}Record":
        return f"{note}: {taken_by('_'.join(words))}."
    return f"{note}: longer names do not fit everywhere." if len(made) < len(plain) else f"{note}."


def of_fields(
    entity: str, sent: Sequence[Any], made: Sequence[EntityField], what: str = "field"
) -> list[str]:
    """Notes on the fields of an entity; `made` are what became of `sent`, in the same order."""
    notes: list[str] = []
    for entry, field in zip(sent, made, strict=True):
        name, values = _sent(entry)
        notes += called(f"{what} of '{entity}'", name, field.name)
        other = [v for v in values if value_identifier(v) != v and value_identifier(v)]
        if other:
            listed = ", ".join(f"'{value_identifier(v)}' ({short(v)})" for v in other[:MAX_VALUES])
            more = " and so on" if len(other) > MAX_VALUES else ""
            notes.append(f"Values of '{entity}.{field.name}' are written {listed}{more}.")
    return notes


def with_labels(sent: Sequence[Any], made: Sequence[EntityField]) -> list[EntityField]:
    """The fields, described by what they were called in letters that names cannot have."""
    names = [_sent(entry)[0] for entry in sent]
    return [
        field
        if field.description or name.isascii()
        else field.model_copy(update={"description": name[:500]})
        for name, field in zip(names, made, strict=True)
    ]


def of_relations(entity: Entity, stated: Sequence[Relation]) -> list[str]:
    """Notes on links that can only be had otherwise than they were `stated`."""
    name = entity.name
    notes = [
        f"'{name}.{link.name}' is stated more than once: what was said first of it is taken."
        for link in entity.relations
        if sum(other.name == link.name for other in stated) > 1
    ]
    notes += [
        f"The relation of '{name}' to '{link.target}' is called '{link.name}' in the code: "
        f"{taken_by(as_said(link.name))}."
        for link in entity.relations
        if as_said(link.name) != link.name and as_said(link.name) == snake(link.target)
    ]
    notes += [
        f"'{name}.{link.name}' links many: the link goes with its {link.target}, "
        "and nothing is left to be emptied."
        for link in entity.relations
        if link.kind is RelationKind.MANY_TO_MANY and link.on_delete is DeleteRule.SET_NULL
    ]
    return notes + [
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
