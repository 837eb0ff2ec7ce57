"""What fields become that may only be so long or so great (`limiting` finds what is said of it)."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.fieldtypes import infer, make
from autonomous_coder.engines.intelligence.text import Limits
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import EntityField, FieldType

RATED = word_set("rating review score feedback vote evaluation assessment")
"""Things that `1-5 stars` may be said of."""
_POINTS = ("rating", "score", "stars", "points", "value", "grade", "level")
_USUAL = {(None, None), (1, 200)}
"""Bounds of texts of which nothing is said."""
_TEXTS = ("body", "text", "content", "message", "comment", "description", "note", "caption")


def is_number(limits: Limits | None, noun: str) -> bool:
    """Whether what is limited is a number, and no thing of its own (`stars (1-5)`)."""
    return limits is not None and limits.of in {"", "points"} and not is_rated(noun)


def is_rated(noun: str) -> bool:
    """Whether points or stars are given by such a thing (`reviews (1-5 stars)`)."""
    return noun.rsplit(" ", 1)[-1] in RATED


def limited(field: EntityField, limits: Limits) -> EntityField | None:
    """The field within its limits; None for one that has no such limits."""
    kind = field.type
    if limits.of == "count":
        return None
    if kind in {FieldType.STRING, FieldType.TEXT}:
        if limits.of == "length" or (not limits.of and _is_text(field, limits)):
            return _within(field, limits)
        if field.type is FieldType.TEXT or field.values:
            return None
        number = FieldType.INTEGER if _is_whole(limits) else FieldType.FLOAT
        made = make(field.name, number, required=field.required, unique=field.unique)
        return _within(made, limits)
    if kind is FieldType.INTEGER and limits.of != "length" and not _is_whole(limits):
        # `hours (0.25 to 24)`
        return _within(make(field.name, FieldType.FLOAT, required=field.required), limits)
    if kind in {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT} and limits.of != "length":
        return _within(field, limits)
    return None


def _is_whole(limits: Limits) -> bool:
    bounds = [bound for bound in (limits.minimum, limits.maximum) if bound is not None]
    return all(bound.is_integer() for bound in bounds)


def _is_text(field: EntityField, limits: Limits) -> bool:
    """`title max 100`: its length, as a name is no number."""
    long = limits.minimum is None and limits.maximum is not None and limits.maximum >= 20
    last = field.name.rsplit("_", 1)[-1]
    return infer(field.name) is FieldType.TEXT or (long and last in v.FIELD_WORDS)


def _within(field: EntityField, limits: Limits) -> EntityField:
    step = {FieldType.DECIMAL: 0.01, FieldType.FLOAT: 0.0}.get(field.type, 1.0) * limits.step
    low, high = limits.minimum, limits.maximum
    low = field.minimum if low is None else round(low + step, 2)
    high = field.maximum if high is None else round(high + step, 2)
    if low is not None and high is not None and low > high:
        low, high = (None, high) if limits.minimum is None else (low, None)
    return field.model_copy(update={"minimum": low, "maximum": high})


def among(fields: list[EntityField], limits: Limits) -> list[EntityField]:
    """The fields of a thing that is limited as a whole: what it says, or its points."""
    wanted = _TEXTS if limits.of == "length" else _POINTS
    kinds = (
        {FieldType.TEXT, FieldType.STRING} if limits.of == "length"
        else {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT}
    )  # fmt: skip
    fitting = [field for field in fields if field.type in kinds]
    free = [f for f in fitting if (f.minimum, f.maximum) in _USUAL or limits.of != "length"]
    chosen = next((f for name in wanted for f in free if f.name == name), None)
    chosen = chosen or next(iter(free), None)
    if chosen is not None:
        return [_within(field, limits) if field is chosen else field for field in fields]
    if limits.of != "length":
        return [_within(make("rating", FieldType.INTEGER), limits), *fields]
    name = "name" if fitting and "name" not in {field.name for field in fields} else "text"
    made = make(name, FieldType.TEXT if name == "text" else None, required=True)
    return [_within(made, limits), *(field for field in fields if field.name != name)]
