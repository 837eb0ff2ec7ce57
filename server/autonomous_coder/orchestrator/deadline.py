"""Deadlines: a moment, or a span from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from autonomous_coder.errors import InvalidInputError

_SPAN = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)?")
_HINT = "Use a time such as 2026-12-01T18:00:00+00:00, or a span such as '90s', '10m' or '2h'."


def parse_deadline(text: str, *, now: datetime | None = None) -> datetime | None:
    """The moment meant by `text`, in UTC; None for an empty text.

    Raises:
        InvalidInputError: not a time or span, or already past.
    """
    moment = now or datetime.now(UTC)
    text = text.strip()
    if not text:
        return None
    span = _SPAN.fullmatch(text.lower())
    if span:
        unit = (span[2] or "s")[0]
        deadline = moment + timedelta(seconds=int(span[1]) * {"s": 1, "m": 60, "h": 3600}[unit])
    else:
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError as error:
            raise InvalidInputError("The deadline is not a time.", hint=_HINT) from error
        deadline = parsed.astimezone(UTC)
    if deadline <= moment:
        raise InvalidInputError("The deadline is already past.", hint=_HINT)
    return deadline
