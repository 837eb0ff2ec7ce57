"""Strict arguments: unknown ones refused by name, wrong ones in a sentence without the value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from autonomous_coder.errors import InvalidInputError

MAX_ARGUMENT_BYTES = 4_000_000
MAX_NAME_SHOWN = 60
MAX_PROBLEMS = 8


def check_arguments(
    tool: Tool, arguments: Mapping[str, Any], *, defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """The validated arguments of a call: nulls count as not given, `defaults` fill gaps.

    Raises:
        InvalidInputError: an unknown argument, a missing or malformed one, or too much in all.
    """
    accepted = list(tool.parameters["properties"])
    unknown = [name for name in arguments if name not in accepted]
    if unknown:
        named = ", ".join(f"'{shown(name)}'" for name in unknown[:MAX_PROBLEMS])
        raise InvalidInputError(
            f"{tool.name} has no argument {named}.",
            hint=f"It accepts: {', '.join(accepted)}. Call it again with these names only.",
        )
    given = {name: value for name, value in arguments.items() if value is not None}
    for name, value in defaults.items():
        if name in accepted:
            given.setdefault(name, value)
    _bound(tool.name, given)
    try:
        return tool.fn_metadata.validate_arguments(given)
    except ValidationError as error:
        raise InvalidInputError(
            f"{tool.name} was called with unusable arguments: {_problems(error)}.",
            hint="Correct them and call it again; nothing was done.",
        ) from None
    except RecursionError:
        raise InvalidInputError(
            f"An argument of {tool.name} is nested too deeply.", hint="Flatten it and try again."
        ) from None


def shown(name: object) -> str:
    """A caller's own name for something, safe to repeat: one short printable line."""
    text = "".join(c if c.isprintable() else "?" for c in str(name))
    return text if len(text) <= MAX_NAME_SHOWN else text[:MAX_NAME_SHOWN] + "…"


def _bound(tool: str, arguments: Mapping[str, Any]) -> None:
    try:
        size = len(json.dumps(arguments, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        raise InvalidInputError(
            f"An argument of {tool} is nested too deeply.", hint="Flatten it and try again."
        ) from None
    if size > MAX_ARGUMENT_BYTES:
        raise InvalidInputError(
            f"The arguments of {tool} are {size} characters in all; the limit is "
            f"{MAX_ARGUMENT_BYTES}.",
            hint="Send less; large files belong in the project's directory.",
        )


def _problems(error: ValidationError) -> str:
    sentences = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        place = ".".join(shown(part) for part in item["loc"]) or "arguments"
        if item["type"] == "missing":
            sentences.append(f"'{place}' is required")
        else:
            message = item["msg"].removeprefix("Value error, ")
            sentences.append(f"'{place}': {message[:1].lower()}{message[1:]}")
    extra = len(sentences) - MAX_PROBLEMS
    return "; ".join(sentences[:MAX_PROBLEMS]) + (f"; and {extra} more" if extra > 0 else "")
