"""What rows that are there already are given when a field is added to their table."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, NUMERIC, TEXTUAL, Bounds
from autonomous_coder.models.spec import EntityField, FieldType

ON_SQLITE = 'op.get_context().dialect.name == "sqlite"'
_NEUTRAL = {
    FieldType.EMAIL: '"unknown@example.com"',
    FieldType.URL: '"https://example.com/"',
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def fill(field: EntityField, limit: Bounds, values: tuple[str, ...]) -> str:
    """A SQL value as a Python expression: the field's default, else the most neutral value that
    it accepts; empty when one value for all rows cannot do. The default is known to be valid."""
    if field.unique:
        return ""
    kind, default = field.type, field.default
    if kind is FieldType.BOOLEAN:
        return "sa.true()" if str(default).lower() in {"true", "1", "yes"} else "sa.false()"
    if kind in NUMERIC:
        zero = min(max(Decimal(0), limit.low), limit.high)
        return _number(kind, Decimal(str(default)) if default is not None else zero)
    if kind in TEXTUAL:
        return repr(str(default).strip() if default is not None else "-" * int(limit.low))
    if kind is FieldType.ENUM:
        return repr(str(default) if default is not None else values[0])
    if kind in _NEUTRAL:
        return repr(str(default)) if default is not None else _NEUTRAL[kind]
    return f'sa.text("{_moment(kind, default)}")'


def _number(kind: FieldType, value: Decimal) -> str:
    if kind is FieldType.INTEGER:
        return f'sa.text("{int(value)}")'
    if kind is FieldType.FLOAT:
        return f'sa.text("{float(value)!r}")'
    scaled = int(value.scaleb(DECIMAL_PLACES))
    if scaled == value:
        return f'sa.text("{scaled}")'
    return f'sa.text("{scaled}" if {ON_SQLITE} else "{value}")'


def _moment(kind: FieldType, default: str | int | float | bool | None) -> str:
    """A date, time or UUID as a quoted SQL literal that every database takes."""
    if kind is FieldType.UUID:
        return f"'{(uuid.UUID(str(default)) if default is not None else uuid.UUID(int=0)).hex}'"
    if kind is FieldType.DATE:
        return f"'{dt.date.fromisoformat(str(default)) if default is not None else _EPOCH.date()}'"
    moment = dt.datetime.fromisoformat(str(default)) if default is not None else _EPOCH
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    return f"'{moment:%Y-%m-%d %H:%M:%S.%f}'"
