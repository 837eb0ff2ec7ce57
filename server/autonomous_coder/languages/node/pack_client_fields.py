"""A field of the spec in the pages of a client: its type, its control, its schema in a form, and
what tests enter into it.

All strings of the spec enter source code through `literal`, never as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from autonomous_coder.languages.common.bounds import TEXTUAL, Bounds
from autonomous_coder.languages.node.pack_fields import FieldView, field_bounds, literal
from autonomous_coder.models.spec import EntityField, FieldType

CONTROLS = {
    FieldType.STRING: "text",
    FieldType.TEXT: "textarea",
    FieldType.INTEGER: "number",
    FieldType.FLOAT: "number",
    FieldType.DECIMAL: "number",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
    FieldType.EMAIL: "email",
    FieldType.URL: "url",
    FieldType.UUID: "text",
    FieldType.ENUM: "select",
}
COMPONENTS = {"textarea": "TextField", "select": "SelectField", "answer": "SelectField"}
HELPERS = {
    FieldType.STRING: "text",
    FieldType.TEXT: "text",
    FieldType.INTEGER: "integer",
    FieldType.FLOAT: "number",
    FieldType.DECIMAL: "decimal",
    FieldType.BOOLEAN: "answer",
    FieldType.DATE: "date",
    FieldType.DATETIME: "moment",
    FieldType.EMAIL: "email",
    FieldType.URL: "address",
    FieldType.UUID: "uuid",
}
"""What a field's schema takes from the module of shared ones."""
WRAPS = {
    FieldType.BOOLEAN: "showAnswer",
    FieldType.DATE: "showDate",
    FieldType.DATETIME: "showMoment",
    FieldType.ENUM: "showWord",
}
TYPED_MOMENT, OTHER_MOMENT = "2026-01-31T12:30", "2026-02-01T12:30"


@dataclass(frozen=True, slots=True)
class ClientField:
    """What templates read. Names and titles are plain; values are TypeScript expressions."""

    name: str
    title: str
    type: str
    nullable: bool
    description: str
    """Free text."""
    members: tuple[str, ...]
    values: str
    """Name of the constant that lists an enum's values; empty for other types."""
    default: str
    """Empty for none."""
    ts: str
    """The type of a value that is answered, without null."""
    control: str
    """The type of its `input`, or textarea, select, checkbox, answer (yes, no or neither)."""
    attributes: tuple[str, ...]
    schema: str
    helpers: frozenset[str]
    """What its schema takes from the module of shared ones."""
    initial: str
    """What its control holds in the form of a new row."""
    prefilled: str
    """What its control holds in the form of `row`, which is null for a new one."""
    wrap: str
    """The function that shows a value; empty where it is shown as it is."""
    sent: str
    typed: str
    """A value as tests send it, and as they enter it."""
    other_sent: str
    other_typed: str
    """Another one; empty where there is none."""
    query: str
    searchable: bool
    filterable: bool
    sortable: bool

    @property
    def form_label(self) -> str:
        return f"{self.title} (optional)" if self.nullable else self.title

    @property
    def demanded(self) -> bool:
        """Whether a form without it is not sent."""
        return not self.nullable and self.control != "checkbox"

    @property
    def component(self) -> str:
        """The component that shows its control."""
        if self.control == "checkbox":
            return "CheckboxField"
        return COMPONENTS.get(self.control, "InputField")


def client_field(entity: str, field: EntityField, view: FieldView, title: str) -> ClientField:
    """A field, `view` being what an API in TypeScript knows of it."""
    kind, limit = field.type, field_bounds(entity, field)
    control = CONTROLS.get(kind, "answer" if view.nullable else "checkbox")
    helper = "checkbox" if control == "checkbox" else HELPERS.get(kind, "")
    wrapper = "" if control == "checkbox" else ("optional" if view.nullable else "required")
    values = f"{field.name.upper()}_VALUES" if kind is FieldType.ENUM else ""
    schema = _schema(kind, limit, helper, values, field)
    typed, sent = _entered(kind, view.example, control)
    other_typed, other_sent = _other(kind, view, limit)
    return ClientField(
        name=field.name,
        title=title,
        type=kind.value,
        nullable=view.nullable,
        description=field.description,
        members=view.members,
        values=values,
        default=view.default,
        ts=_type(kind, values),
        control=control,
        attributes=_attributes(kind, limit),
        schema=f"{wrapper}({schema})" if wrapper else schema,
        helpers=frozenset({wrapper, helper} - {""}),
        initial=_initial(kind, view.default, control),
        prefilled=_prefilled(field.name, kind, view, control),
        wrap=WRAPS.get(kind, ""),
        sent=sent,
        typed=typed,
        other_sent=other_sent,
        other_typed=other_typed,
        query=view.query,
        searchable=view.searchable,
        filterable=view.filterable,
        sortable=view.sortable,
    )


def _type(kind: FieldType, values: str) -> str:
    if kind is FieldType.ENUM:
        return f"(typeof {values})[number]"
    if kind is FieldType.BOOLEAN:
        return "boolean"
    return "number" if kind in {FieldType.INTEGER, FieldType.FLOAT} else "string"


def _schema(kind: FieldType, limit: Bounds, helper: str, values: str, field: EntityField) -> str:
    if kind is FieldType.ENUM:
        return f"z.enum({values})"
    if kind in TEXTUAL or kind is FieldType.INTEGER:
        return f"{helper}({int(limit.low)}, {int(limit.high)})"
    if kind is FieldType.FLOAT:
        low = "" if field.minimum is None else repr(float(limit.low))
        high = "" if field.maximum is None else repr(float(limit.high))
        bounds = ", ".join((low or "undefined", high) if high else (low,) if low else ())
        return f"{helper}({bounds})"
    if kind is FieldType.DECIMAL:
        return f'{helper}("{limit.low.normalize():f}", "{limit.high.normalize():f}")'
    return helper


def _attributes(kind: FieldType, limit: Bounds) -> tuple[str, ...]:
    if kind is FieldType.STRING:
        return (f"maxLength={{{int(limit.high)}}}",)
    return ('step="any"',) if kind in {FieldType.FLOAT, FieldType.DECIMAL} else ()


def _initial(kind: FieldType, default: str, control: str) -> str:
    if control == "checkbox":
        return default or "false"
    if not default:
        return '""'
    if kind is FieldType.DATETIME:
        return f"localMoment({default})"
    return f'"{default}"' if control == "answer" else default


def _prefilled(name: str, kind: FieldType, view: FieldView, control: str) -> str:
    """A default stands in a new row only: what was emptied stays empty."""
    default = view.default
    if control == "checkbox":
        return f"row?.{name} ?? {default or 'false'}"
    if kind is FieldType.DATETIME:
        held = f"row ? row.{name} : {default}" if default else f"row?.{name}"
        return f"localMoment({held})"
    if not default:
        return f'String(row?.{name} ?? "")' if control == "answer" else f'row?.{name} ?? ""'
    if control == "answer":
        return f'row ? String(row.{name} ?? "") : "{default}"'
    return f'row ? (row.{name} ?? "") : {default}' if view.nullable else f"row?.{name} ?? {default}"


def _entered(kind: FieldType, example: str, control: str) -> tuple[str, str]:
    """(as typed, as sent)"""
    if kind is FieldType.DATETIME:
        return literal(TYPED_MOMENT), f'new Date("{TYPED_MOMENT}").toISOString()'
    if control == "checkbox":
        return "true", "true"
    value = json.loads(example)
    typed = json.dumps(value) if not isinstance(value, str) else value
    return literal(typed), example


def _other(kind: FieldType, view: FieldView, limit: Bounds) -> tuple[str, str]:
    """As `_entered`, for another value; empty where none is at hand."""
    if kind is FieldType.DATETIME:
        return literal(OTHER_MOMENT), f'new Date("{OTHER_MOMENT}").toISOString()'
    value = json.loads(view.example)
    if kind is FieldType.BOOLEAN:
        return literal("false"), "false"
    if kind is FieldType.DATE:
        return literal("2026-02-01"), literal("2026-02-01")
    if kind is FieldType.ENUM:
        other = next((member for member in view.members if member != value), "")
        return (literal(other), literal(other)) if other else ("", "")
    if kind in TEXTUAL:
        room = len(value) < limit.high
        text = f"{value}x" if room else ("y" + value[1:] if value[0] != "y" else "z" + value[1:])
        return literal(text), literal(text)
    if kind is FieldType.INTEGER:
        number = value + 1 if Decimal(value + 1) <= limit.high else value - 1
        return (literal(number), str(number)) if number >= limit.low else ("", "")
    return "", ""
