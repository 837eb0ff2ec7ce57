"""Commands a host sends: names, objects with arguments, or a mapping of names to either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence import host_fields, host_told
from autonomous_coder.engines.intelligence.host_errors import (
    refuse,
    refuse_invalid,
    refuse_unknown,
    short,
)
from autonomous_coder.engines.intelligence.names import ascii_words
from autonomous_coder.models.spec import MAX_ENTITIES, Command, EntityField, FieldType

_KEYS = ("name", "description", "arguments", "options")
_SAME = {"args": "arguments", "parameters": "arguments", "flags": "options", "help": "description"}
_HINT = (
    'For example {"commands": {"convert": {"description": "Convert CSV to JSON", '
    '"arguments": ["source", "delimiter?: string", "pretty: boolean"]}}}.'
)


def read_commands(value: Any, notes: list[str]) -> list[Command]:
    """The host's commands, complete. An optional argument is an option, a boolean a flag. What is
    not called as it was sent goes into the notes.

    Raises:
        InvalidInputError: one is malformed; the message names the place.
    """
    rows = _rows(value)
    if len(rows) > MAX_ENTITIES:
        refuse("spec.commands", f"has {len(rows)} entries; at most {MAX_ENTITIES} are accepted")
    out: list[Command] = []
    for place, name, body in rows:
        made = _name(name)
        if not made:
            refuse(place, f"has no usable name ('{short(name)}')", _HINT)
        if any(command.name == made for command in out):
            refuse(place, f"names '{made}' a second time", _HINT)
        notes += host_told.called("command", name, made)
        out.append(_command(place, made, body, notes))
    return out


def _rows(value: Any) -> list[tuple[str, str, Any]]:
    if isinstance(value, Mapping):
        return [(f"spec.commands.{short(name)}", str(name), body) for name, body in value.items()]
    if isinstance(value, str) or not isinstance(value, Sequence):
        refuse("spec.commands", "must be a list or an object of commands", _HINT)
    rows: list[tuple[str, str, Any]] = []
    for index, body in enumerate(value):
        place = f"spec.commands[{index}]"
        if isinstance(body, str):
            rows.append((place, body, None))
        elif isinstance(body, Mapping) and isinstance(body.get("name"), str):
            rows.append((place, body["name"], body))
        else:
            refuse(place, "must be a name or an object with 'name'", _HINT)
    return rows


def _name(text: str) -> str:
    words = ascii_words(text)
    while words and not words[0][0].isalpha():
        words.pop(0)
    return "_".join(words)[:60].rstrip("_")


def _command(place: str, name: str, body: Any, notes: list[str]) -> Command:
    """A text is the description, a list the arguments."""
    if body is None or isinstance(body, str):
        body = {"description": body or ""}
    elif isinstance(body, Sequence):
        body = {"arguments": body}
    if not isinstance(body, Mapping):
        refuse(place, "must be an object with 'description' and 'arguments'", _HINT)
    parts: dict[str, Any] = {}
    for key, entry in body.items():
        known = _SAME.get(str(key), str(key))
        if known not in _KEYS:
            refuse_unknown(f"{place}.{short(key)}", _KEYS)
        parts[known] = entry
    arguments = [
        argument
        for key, optional in (("arguments", False), ("options", True))
        for argument in _arguments(place, key, name, parts.get(key), notes, optional=optional)
    ]
    names = [argument.name for argument in arguments]
    twice = next((known for known in names if names.count(known) > 1), "")
    if twice:
        refuse(f"{place}.arguments", f"names '{twice}' a second time", _HINT)
    try:
        return Command(name=name, description=parts.get("description") or "", arguments=arguments)
    except ValidationError as error:
        refuse_invalid(place, error, Command, _HINT)


def _arguments(
    place: str, key: str, command: str, value: Any, notes: list[str], *, optional: bool
) -> list[EntityField]:
    sent = host_fields.as_list(value)
    fields = host_fields.read_fields(f"{place}.{key}", sent) or []
    notes += host_told.of_fields(command, sent or (), fields, key.removesuffix("s"))
    fields = host_told.with_labels(sent or (), fields)
    return [_argument(field, optional=optional) for field in fields]


def _argument(field: EntityField, *, optional: bool) -> EntityField:
    """Without the bounds a stored text of that name would have; flags are off unless said."""
    changes: dict[str, Any] = {"unique": False}
    if field.type is FieldType.STRING and (field.minimum, field.maximum) == (1, 200):
        changes |= {"minimum": None, "maximum": None}
    if field.type is FieldType.BOOLEAN or optional or field.default is not None:
        changes["required"] = False
    if field.type is FieldType.BOOLEAN and field.default is None:
        changes["default"] = False
    return field.model_copy(update=changes)
