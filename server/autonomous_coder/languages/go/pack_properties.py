"""What property tests make of a field: values that it takes, and values that it refuses.

Both are generators of rapid for JSON values, written as expressions; functions and variables that
stand without a package are beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from autonomous_coder.languages.common.bounds import DECIMAL_PLACES, INT64, TEXTUAL, Bounds, bounds
from autonomous_coder.languages.go.pack_literals import literal, number, units
from autonomous_coder.languages.go.pack_names import unexported
from autonomous_coder.languages.go.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

FEATURE = "property_tests"
_ROOM = 40
"""How much longer than it must be a text gets."""
_LONGEST = 60
"""Texts that have to be longer than this are one letter, over and over."""
_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_NAMES = re.compile(r"(?<![\w.])[A-Za-z]\w*")
_NULL = "rapid.Just[any](nil)"
_PLAIN = {
    FieldType.BOOLEAN: "rapid.Bool()",
    FieldType.DATE: "days",
    FieldType.DATETIME: "moments",
    FieldType.EMAIL: r"rapid.StringMatching(`[A-Za-z][a-z0-9+_-]{0,19}@[a-z]{1,20}\.(com|org)`)",
    FieldType.URL: r"rapid.StringMatching(`https?://[a-z]{1,20}\.(com|org)/[a-z0-9?=&#]{0,20}`)",
    FieldType.UUID: "rapid.StringMatching(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)",
}


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A member of a body: values it takes, and those it refuses."""

    name: str
    taken: str
    refused: str


@dataclass(frozen=True, slots=True)
class PropertiesView:
    """An entity: its members, and the rows that its bodies refer to."""

    members: tuple[PropertyView, ...]
    targets: tuple[tuple[str, RelationView], ...]
    """Relations to rows that are there before any body is made, and the variables of these."""

    @property
    def uses(self) -> frozenset[str]:
        """Names that stand in the expressions without a package."""
        code = " ".join(f"{member.taken} {member.refused}" for member in self.members)
        return frozenset(_NAMES.findall(_TEXTS.sub(" ", code)))


def properties_of(view: SpecView, spec: ProjectSpec) -> dict[str, PropertiesView]:
    """The members of each entity's bodies, where property tests are asked for."""
    if FEATURE not in view.features:
        return {}
    return {entity.name: _properties(view, spec, entity) for entity in view.entities}


def _properties(view: SpecView, spec: ProjectSpec, entity: EntityView) -> PropertiesView:
    members = [_field(entity.name, field) for field in spec.entity(entity.name).fields]
    # Rows of its own kind could hold what a body says and no second row may.
    seeded = {relation.field for relation in view.seeded(entity)}
    there = [r for r in entity.relations if r.field in seeded and not r.to_self]
    targets = [(unexported(r.go), r) for r in there if not r.target.account]
    members += [_link(link, link in there) for link in entity.links]
    members += [_many(many, many in there) for many in entity.manys]
    return PropertiesView(tuple(members), tuple(targets))


def _link(link: RelationView, there: bool) -> PropertyView:
    row = f"rapid.Just[any]({'c.id' if link.target.account else unexported(link.go)})"
    taken = f"orNull({row})" if there and link.nullable else row if there else _NULL
    return PropertyView(link.field, taken, _one_of("noRow", *([] if link.nullable else [_NULL])))


def _many(many: RelationView, there: bool) -> PropertyView:
    lists = f"{{}}, {unexported(many.go)}" if there else "{}"
    return PropertyView(many.field, f"rapid.SampledFrom([][]any{{{lists}}})", "noRows")


def _field(entity: str, field: EntityField) -> PropertyView:
    limit = bounds(entity, field)
    taken, refused = _taken(field, limit), [*_refused(field, limit)]
    if field.required:
        return PropertyView(field.name, taken, _one_of(*refused, _NULL))
    return PropertyView(field.name, f"orNull({taken})", _one_of(*refused))


def _one_of(*generators: str) -> str:
    return generators[0] if len(generators) == 1 else f"rapid.OneOf({', '.join(generators)})"


def _taken(field: EntityField, limit: Bounds) -> str:
    kind = field.type
    if kind in TEXTUAL:
        low, high = int(limit.low), int(limit.high)
        return f"longText({low})" if low > _LONGEST else f"textOf({low}, {min(high, low + _ROOM)})"
    if kind is FieldType.INTEGER:
        return f"rapid.Int64Range({number(limit.low)}, {number(limit.high)})"
    if kind is FieldType.FLOAT:
        least = number(limit.low) if field.minimum is not None else "-math.MaxFloat64"
        most = number(limit.high) if field.maximum is not None else "math.MaxFloat64"
        return f"rapid.Float64Range({least}, {most})"
    if kind is FieldType.DECIMAL:
        exact = Decimal(1).scaleb(-DECIMAL_PLACES)
        first = units(limit.low.quantize(exact, rounding=ROUND_CEILING))
        last = units(limit.high.quantize(exact, rounding=ROUND_FLOOR))
        return f"decimals({first}, {last})"
    if kind is FieldType.ENUM:
        return f"rapid.SampledFrom({_values(field)})"
    return _PLAIN[kind]


def _refused(field: EntityField, limit: Bounds) -> Iterable[str]:
    kind = field.type
    if kind in TEXTUAL:
        over = int(limit.high) + 1
        exact = f"textOf({over}, {over})" if over <= _LONGEST else f"longText({over})"
        yield from (f"{exact}.AsAny()", "noText")
        if limit.low > 0:
            yield "blanks"
    elif kind is FieldType.ENUM:
        yield from (f"otherThan({_literals(field)})", "noText")
    elif kind is FieldType.INTEGER:
        if limit.low > -(2**63):
            yield f"rapid.Int64Max({number(limit.low - 1)}).AsAny()"
        if limit.high < INT64:
            yield f"rapid.Int64Min({number(limit.high + 1)}).AsAny()"
        yield from ("rapid.Just[any](0.5)", "letters")
    elif kind in {FieldType.FLOAT, FieldType.DECIMAL}:
        if field.maximum is not None:
            yield _near(int(limit.high) + 1, 1)
        if field.minimum is not None:
            yield _near(int(limit.low) - 1, -1)
        if kind is FieldType.DECIMAL:
            yield 'rapid.Just[any]("0.00001")'
        yield "letters"
    else:
        yield from ("letters", "rapid.Float64().AsAny()" if kind is FieldType.BOOLEAN else "noText")
        if kind is FieldType.DATETIME:
            yield "beyondTime"


def _near(first: int, direction: int) -> str:
    low, high = sorted((first, first + direction * 10**6))
    return f"rapid.Int64Range({low}, {high}).AsAny()"


def _values(field: EntityField) -> str:
    return f"[]string{{{_literals(field)}}}"


def _literals(field: EntityField) -> str:
    return ", ".join(map(literal, dict.fromkeys(field.values)))
