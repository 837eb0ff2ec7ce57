"""Ids, times and bounded text and JSON for the database."""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any, TypeVar

from autonomous_coder.errors import InvalidInputError, NotFoundError, StateError
from autonomous_coder.models.base import Model

MAX_JSON_CHARS = 32_000_000
ID = re.compile(r"(prj|run|cp|rep)_[a-z2-7]{12}")

M = TypeVar("M", bound=Model)


def new_id(prefix: str) -> str:
    """`prefix_` and twelve random lower-case base32 characters (60 bits)."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(8)).decode('ascii').lower()[:12]}"


def known_id(value: str, prefix: str, what: str, hint: str) -> str:
    """`value` when it looks like one of our ids.

    Raises:
        NotFoundError: it does not, so it cannot be known.
    """
    if not ID.fullmatch(value) or not value.startswith(prefix + "_"):
        raise unknown(value, what, hint)
    return value


def unknown(value: str, what: str, hint: str) -> NotFoundError:
    """The error for an id nobody knows."""
    printable = "".join(c if c.isprintable() else "?" for c in value[:60])
    return NotFoundError(f"There is no {what} '{printable}'.", hint=hint)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def bounded(value: str, what: str, limit: int) -> str:
    """`value` when it is UTF-8 of at most `limit` characters.

    Raises:
        InvalidInputError: it is not.
    """
    if len(value) > limit:
        raise InvalidInputError(
            f"The {what} has {len(value):,} characters; at most {limit:,} are allowed.",
            hint="Shorten it.",
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"The {what} is not valid Unicode text.", hint="Remove the broken characters."
        ) from error
    return value


def dump(data: dict[str, Any], what: str) -> str:
    """A JSON object as text.

    Raises:
        InvalidInputError: it holds what JSON cannot, or is too large.
    """
    try:
        text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"The {what} cannot be stored as JSON.",
            hint="Use text, numbers, lists and objects only.",
        ) from error
    return _sized(text, what)


def load(text: str, what: str) -> dict[str, Any]:
    """The inverse of `dump`.

    Raises:
        StateError: the stored text is no JSON object.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise StateError(
            f"The stored {what} is unreadable.", hint="Run `autonomous-coder doctor`."
        ) from error
    if not isinstance(value, dict):
        raise StateError(f"The stored {what} is unreadable.", hint="Run `autonomous-coder doctor`.")
    return value


def dump_model(model: Model, what: str) -> str:
    """A model as JSON text.

    Raises:
        InvalidInputError: it holds what JSON cannot, or is too large.
    """
    try:
        return _sized(model.model_dump_json(), what)
    except ValueError as error:
        raise InvalidInputError(
            f"The {what} cannot be stored as JSON.",
            hint="Use text, numbers, lists and objects only.",
        ) from error


def load_model(kind: type[M], text: str, what: str) -> M:
    """The inverse of `dump_model`.

    Raises:
        StateError: the stored text does not fit the model.
    """
    try:
        return kind.model_validate_json(text)
    except ValueError as error:
        raise StateError(
            f"The stored {what} was written by another version and cannot be read.",
            hint="Use that version, or start over.",
        ) from error


def _sized(text: str, what: str) -> str:
    if len(text) > MAX_JSON_CHARS:
        raise InvalidInputError(
            f"The {what} is larger than {MAX_JSON_CHARS // 1_000_000} MB.",
            hint="Store less at once.",
        )
    return text


def page(limit: int, offset: int, most: int = 1_000) -> tuple[int, int]:
    """Limit and offset within bounds."""
    return max(1, min(limit, most)), max(0, min(offset, 2**31))
