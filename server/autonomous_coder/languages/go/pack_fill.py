"""What rows that are there already are given when a field is added to their table."""

from __future__ import annotations

import datetime as dt

from autonomous_coder.languages.common import filling
from autonomous_coder.languages.common.bounds import Bounds
from autonomous_coder.languages.common.filling import NEUTRAL as NEUTRAL
from autonomous_coder.models.spec import EntityField


def fill(field: EntityField, limit: Bounds, values: tuple[str, ...], preset: object) -> str:
    """See `filling.fill`; times are microseconds since 1970."""
    return filling.fill(field, limit, values, preset, _micros)


def _micros(moment: str) -> str:
    return str(int(dt.datetime.fromisoformat(moment).timestamp()) * 10**6)
