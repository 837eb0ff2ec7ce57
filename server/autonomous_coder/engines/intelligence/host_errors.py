"""Refusals of a host's spec: the place, what is wrong there and what is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Never

from pydantic import BaseModel, ValidationError

from autonomous_coder.errors import InvalidInputError

EXAMPLE = 'For example {"entities": {"Todo": {"fields": ["title", "done: boolean"]}}}.'
_MEANINGS = {
    "missing": "is missing",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "mapping_type": "must be an object",
    "string_type": "must be a text",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
}
_IDENTIFIER = "^[a-z][a-z0-9_]{0,62}$"


def short(value: object) -> str:
    """At most 60 characters of what was sent."""
    return str(value)[:60]


def refuse(place: str, why: str, hint: str = EXAMPLE) -> Never:
    """Raise InvalidInputError for a place such as `spec.entities[1].fields[0].type`."""
    raise InvalidInputError(f"'{place}' {why}.", hint=hint)


def refuse_unknown(place: str, accepted: Sequence[str]) -> Never:
    """Refuse a key, with the accepted ones as the hint."""
    raise InvalidInputError(f"Unknown key '{place}'.", hint=f"Accepted are: {', '.join(accepted)}.")


def refuse_invalid(
    place: str, error: ValidationError, model: type[BaseModel] | None = None, hint: str = EXAMPLE
) -> Never:
    """Refuse with the first finding of a validation; `model` names the accepted keys."""
    first = error.errors(include_input=False, include_url=False)[0]
    here = place + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
    if first["type"] == "extra_forbidden":
        if model is None:
            refuse(here, "is an unknown key", hint)
        refuse_unknown(here, list(model.model_fields))
    refuse(here, _why(first["msg"], first["type"], first.get("ctx") or {}), hint)


def _why(message: str, kind: str, context: Mapping[str, Any]) -> str:
    if kind in _MEANINGS:
        return _MEANINGS[kind]
    if kind == "enum":
        return f"must be {context.get('expected', 'another value')}"
    if kind == "string_pattern_mismatch" and context.get("pattern") == _IDENTIFIER:
        return "must be lower-case letters, digits and '_' and begin with a letter"
    return "is not valid: " + message.removeprefix("Value error, ")[:300]
