"""A field of the spec in a Go library: its type, the rule for its values, its value in examples."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from autonomous_coder.languages.common.naming import Unique
from autonomous_coder.languages.go.pack_fields import FieldView
from autonomous_coder.languages.go.pack_literals import literal
from autonomous_coder.languages.go.pack_names import exported

KINDS = {"date": "Date", "decimal": "Decimal", "datetime": "time.Time"}
RULES = {
    "date": "day",
    "datetime": "moment",
    "email": "emailAddress",
    "url": "webAddress",
    "uuid": "uuid",
}
LONG = 60
"""Characters of a text that examples write out."""


@dataclass(frozen=True, slots=True)
class RecordFieldView:
    """What templates read of a field. Strings other than names are Go expressions."""

    field: FieldView
    kind: str
    """The type without a pointer."""
    rule: str
    """What a value must obey; empty where every value of the type is fine."""
    default: str
    """What the field begins with; empty for the zero value."""
    example: str
    """A value, as another package writes it."""
    constants: tuple[tuple[str, str], ...]
    """Names and values of an enum."""
    told: bool
    """Whether a field that was never set is refused."""

    @property
    def stored(self) -> str:
        """The type of the struct's field."""
        return f"*{self.kind}" if self.field.nullable else self.kind


def view_record_field(
    entity: str, package: str, field: FieldView, types: Unique
) -> RecordFieldView:
    """`entity` is the type that has the field; `types` hands out names in the package."""
    enum = types(f"{entity}{field.go}") if field.type == "enum" else ""
    constants = tuple((types(f"{enum}{exported(value)}"), value) for value in field.members)
    kind = enum or KINDS.get(field.type, field.go_type)
    names = {value: name for name, value in constants}
    default = field.default.replace("store.", "")
    if default and field.type == "enum":
        default = names[str(field.preset)]
    if default and field.type == "date":
        default = _day(str(field.preset))
    if default and field.nullable:
        default = f"new({kind}({default}))" if kind in {"int64", "float64"} else f"new({default})"
    return RecordFieldView(
        field=field,
        kind=kind,
        rule=_rule(field, tuple(names.values())),
        default=default,
        example=_example(field, package, names),
        constants=constants,
        told=field.zero_refused and not field.nullable,
    )


def _rule(field: FieldView, constants: tuple[str, ...]) -> str:
    kind = field.type
    if kind in RULES:
        return RULES[kind]
    if kind == "enum":
        return f"oneOf({', '.join(constants)})"
    if kind == "boolean":
        return ""
    rule = field.rule.replace("store.", "")
    for name, generic in (("integer", "int64"), ("float", "float64"), ("decimal", "Decimal")):
        if rule.startswith(f"{name}("):
            return f"between[{generic}]{rule.removeprefix(name)}"
    return rule


def _day(text: str) -> str:
    day = dt.date.fromisoformat(text)
    return f"Date{{{day.year}, {day.month}, {day.day}}}"


def _example(field: FieldView, package: str, names: dict[str, str]) -> str:
    kind, value = field.type, field.example
    if kind == "enum":
        return f"{package}.{names[str(value)]}"
    if kind == "date":
        day = dt.date.fromisoformat(str(value))
        return f"{package}.Date{{Year: {day.year}, Month: {day.month}, Day: {day.day}}}"
    if kind == "datetime":
        at = dt.datetime.fromisoformat(str(value))
        return f"time.Date({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, 0, 0, time.UTC)"
    if kind == "decimal":
        return f"{package}.MustDecimal({literal(value)})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return literal(text) if len(text) <= LONG else f'strings.Repeat("x", {len(text)})'
