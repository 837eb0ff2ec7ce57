"""Fields a host sends: `price: decimal?`, `{"name": …, "type": …}` or a mapping of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence.fieldtypes import (
    TYPE_WORDS,
    UnknownTypeError,
    members,
    parse,
)
from autonomous_coder.engines.intelligence.host_errors import refuse, refuse_invalid
from autonomous_coder.engines.intelligence.names import value_identifier
from autonomous_coder.models.spec import EntityField, FieldType

_SAME = {
    "choices": "values", "options": "values", "enum": "values", "enum_values": "values",
    "min": "minimum", "min_value": "minimum", "min_length": "minimum",
    "max": "maximum", "max_value": "maximum", "max_length": "maximum",
}  # fmt: skip
_INVERTED = ("nullable", "optional")
_TYPES = ", ".join(kind.value for kind in FieldType)
_HINT = f"Types are {_TYPES}; an enum may be written 'status: open|done', an optional field 'due?'."


def names_a_type(value: object) -> bool:
    """Whether a value can only be the type of a field (`string`, `a|b`, `{"type": …}`)."""
    if isinstance(value, Mapping):
        return "type" in value
    if not isinstance(value, str):
        return False
    bare = value.strip().rstrip("?!").split("(")[0].lower()
    return "|" in value or bare in TYPE_WORDS or bare == "enum"


def as_list(value: Any) -> Any:
    """A mapping of names to types or objects as a list of entries; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    return [
        f"{k}: {v}" if isinstance(v, str) else {"name": k, **v} if isinstance(v, Mapping) else v
        for k, v in value.items()
    ]


def read_fields(place: str, value: Any) -> list[EntityField] | None:
    """The fields, or None when none were sent.

    Raises:
        InvalidInputError: one is malformed; the message names it.
    """
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Sequence):
        refuse(place, "must be a list of fields")
    out = []
    for index, entry in enumerate(value):
        here = f"{place}[{index}]"
        try:
            if isinstance(entry, str):
                out.append(parse(entry))
            elif isinstance(entry, Mapping):
                out.append(_field(entry))
            else:
                refuse(here, "must be a string such as 'price: decimal' or an object", _HINT)
        except ValidationError as error:
            refuse_invalid(here, error, EntityField, _HINT)
        except UnknownTypeError as error:
            refuse(f"{here}.type", f"is not valid: {error}", _HINT)
        except ValueError as error:
            refuse(here, f"is not valid: {error}", _HINT)
    return out


def _field(entry: Mapping[str, Any]) -> EntityField:
    values = {_SAME.get(str(key), str(key)): value for key, value in entry.items()}
    for key in _INVERTED:
        if isinstance(values.get(key), bool):
            values.setdefault("required", not values[key])
            del values[key]
    listed = values.get("values")
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        values |= _members(listed, values)
    name = values.get("name")
    if isinstance(name, str):
        bare = parse(name) if ":" not in name else None
        if bare is not None and bare.name:
            values["name"] = bare.name
            values.setdefault("type", "enum" if values.get("values") else bare.type)
            if name.endswith("?"):
                values.setdefault("required", False)
    kind = values.get("type")
    if isinstance(kind, str) and kind != "enum":
        brief = parse(f"{values.get('name', 'x')}: {kind}")
        values["type"] = brief.type
        if brief.values:
            values["values"] = brief.values
        if "(" in kind and brief.type is FieldType.STRING:
            values.setdefault("maximum", brief.maximum)
        if kind.endswith("?"):
            values.setdefault("required", False)
    return EntityField.model_validate(values)


def _members(listed: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an enum as identifiers, and the default among them, which may be spelled as
    the host spelled them. ValueError where two become one."""
    made = [value_identifier(v) if isinstance(v, str) else v for v in listed]
    words = [v for v in listed if isinstance(v, str)]
    members(words)
    default = values.get("default")
    if isinstance(default, str) and default in words:
        return {"values": made, "default": value_identifier(default)}
    return {"values": made}
