"""
Fields from short forms (`price: decimal?`) and types from names (`price` is a
decimal).
"""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.engines.intelligence.names import as_said, identifier, value_identifier
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import EntityField, FieldType

TYPE_WORDS: dict[str, FieldType] = {
    **{t.value: t for t in FieldType if t is not FieldType.ENUM},
    "str": FieldType.STRING, "varchar": FieldType.STRING, "char": FieldType.STRING,
    "longtext": FieldType.TEXT, "multiline": FieldType.TEXT, "markdown": FieldType.TEXT,
    "int": FieldType.INTEGER, "number": FieldType.INTEGER, "whole": FieldType.INTEGER,
    "bigint": FieldType.INTEGER, "double": FieldType.FLOAT, "real": FieldType.FLOAT,
    "numeric": FieldType.DECIMAL, "money": FieldType.DECIMAL, "currency": FieldType.DECIMAL,
    "bool": FieldType.BOOLEAN, "flag": FieldType.BOOLEAN, "checkbox": FieldType.BOOLEAN,
    "timestamp": FieldType.DATETIME, "link": FieldType.URL, "uri": FieldType.URL,
    "guid": FieldType.UUID,
}  # fmt: skip


_TEXT = word_set(
    """
    description content body text notes note summary details bio biography message
    comment instructions steps remarks abstract excerpt requirements reason feedback
    symptoms answer explanation terms directions overview caption agenda minutes_text
    review diagnosis ingredients method procedure story lyrics transcript memo
    prescription history responsibilities
    """
)
_INTEGER = word_set(
    """
    age count quantity qty stock capacity year pages page_count number_of_pages level
    floor score points seats servings calories minutes hours days rank position order
    priority_number mileage views likes size_bytes amount_in_stock reorder_level
    minimum_stock min_stock copies duration_minutes prep_minutes cook_minutes reps sets
    bedrooms bathrooms episodes season total_count guests party_size table_number floors
    streak votes downloads attempts port weeks months credits reorder_point inventory
    stock_quantity lives goal_count target_count prep_time cook_time cooking_time
    preparation_time duration
    """
)
_DECIMAL = word_set(
    """
    price cost amount total subtotal salary fee balance budget wage tax discount revenue
    payment income rent deposit rate hourly_rate unit_price price_per_night daily_rate
    spent fare limit_amount premium tip value target_amount
    """
)
_FLOAT = word_set(
    """
    latitude longitude lat lng lon weight height width length distance temperature
    rating_average area volume percentage percent speed humidity pressure gpa ph depth
    dosage_mg distance_km voltage reading
    """
)
_BOOLEAN = word_set(
    """
    done completed complete active enabled published archived paid available read
    favorite favourite starred pinned verified approved featured visible hidden public
    private locked cancelled returned urgent important resolved closed checked flagged
    unread vegetarian vegan recurring taxable vaccinated admin finished confirmed sold
    deleted
    """
)
_DATE = word_set(
    "date birthday dob birthdate birth_date deadline day due expiry expiration anniversary"
)
_DATETIME = word_set(
    """timestamp datetime starts ends when departure arrival start_time end_time time"""
)
_URL = word_set(
    """url website link homepage uri image_url photo_url avatar_url cover_url video_url"""
)
_UNIQUE = word_set(
    """isbn sku slug barcode serial_number license_plate vin iban username code ean"""
)


class UnknownTypeError(ValueError):
    """A type no field can have."""


def infer(name: str) -> FieldType:
    """The type a field of this name most likely has; STRING when nothing speaks for another."""
    last = name.rsplit("_", 1)[-1]
    first = name.split("_", 1)[0]
    if name in {"isbn", "phone", "zip", "sku", "vin", "time_zone", "number", "time"}:
        return FieldType.STRING
    if last == "email" or name in {"email", "e_mail", "mail", "email_address"}:
        return FieldType.EMAIL
    if name in _BOOLEAN or (first in {"is", "has", "can", "was", "should"} and first != name):
        return FieldType.BOOLEAN
    if last == "at" and first != name:
        return FieldType.DATETIME
    if last in {"on", "until", "since"} and first != name:
        return FieldType.DATE
    for words, kind in (
        (_DATETIME, FieldType.DATETIME),
        (_URL, FieldType.URL),
        (_TEXT, FieldType.TEXT),
        (_INTEGER, FieldType.INTEGER),
        (_DECIMAL, FieldType.DECIMAL),
        (_FLOAT, FieldType.FLOAT),
        (_DATE, FieldType.DATE),
    ):
        if name in words:
            return kind
    if last in {"number", "name", "code", "title", "type", "method", "id", "plate", "unit"}:
        return FieldType.STRING
    if last in _DATETIME:
        return FieldType.DATETIME
    for words, kind in (
        (_URL, FieldType.URL),
        (_DATE, FieldType.DATE),
        (_DECIMAL, FieldType.DECIMAL),
        (_INTEGER, FieldType.INTEGER),
        (_FLOAT, FieldType.FLOAT),
        (_TEXT, FieldType.TEXT),
    ):
        if last in words:
            return kind
    if first in {"number", "num", "total"} and first != name:
        return FieldType.INTEGER if first != "total" else FieldType.DECIMAL
    return FieldType.STRING


def make(
    name: str,
    kind: FieldType | None = None,
    *,
    required: bool | None = None,
    values: list[str] | None = None,
    unique: bool | None = None,
) -> EntityField:
    """A field with what its name and type suggest: bounds, default, uniqueness, need."""
    kind = FieldType.ENUM if values else (kind or infer(as_said(name)))
    minimum: float | None = None
    maximum: float | None = None
    default: str | int | float | bool | None = None
    if kind is FieldType.STRING:
        minimum, maximum = 1, 200
    elif (kind is FieldType.DECIMAL and name not in {"balance", "value", "amount"}) or (
        kind is FieldType.INTEGER and (name in _INTEGER or name.endswith("_count"))
    ):
        minimum = 0
    elif name == "rating" and kind in {FieldType.INTEGER, FieldType.FLOAT}:
        minimum, maximum = 1, 5
    elif kind is FieldType.BOOLEAN:
        default = name in {"active", "is_active", "enabled", "available", "is_available"}
    elif kind is FieldType.ENUM and values:
        default = values[0] if required is not False else None
    soft = {FieldType.TEXT, FieldType.URL} if name not in {"body", "content", "text"} else set()
    return EntityField(
        name=name,
        type=kind,
        required=(kind not in soft) if required is None else required,
        unique=(name in _UNIQUE) if unique is None else unique,
        values=values or [],
        minimum=minimum,
        maximum=maximum,
        default=default,
    )


def members(words: Sequence[str]) -> list[str]:
    """The values of an enum as identifiers, each word once.

    Raises: ValueError: a word has no letter and no digit, or two become one.
    """
    called: dict[str, str] = {}
    for word in words:
        made = value_identifier(word)
        if not made:
            raise ValueError(f"the value '{word[:40]}' has no letter and no digit")
        other = called.setdefault(made, word)
        if other != word:
            raise ValueError(f"the values '{other[:40]}' and '{word[:40]}' would be the same")
    return list(called)


def parse(short: str) -> EntityField:
    """`name`, `name?`, `name: type`, `name: type?`, `status: open|done`, `status: enum(a, b)`.

    Raises: ValueError: the name or the type cannot be used; the message says which are known.
    """
    left, _, right = short.partition(":")
    left, right = left.strip(), right.strip()
    optional = left.endswith("?") or right.endswith("?")
    left, right = left.removesuffix("?").strip(), right.removesuffix("?").strip()
    unique = right.endswith("!")
    right = right.removesuffix("!").strip()
    name = identifier(left)
    if not name:
        raise ValueError(f"'{left[:60]}' is no usable field name")
    required = False if optional else None
    if right.startswith("enum(") and right.endswith(")"):
        right = right[5:-1].replace(",", "|")
    if "|" in right:
        words = [word.strip() for word in right.split("|") if word.strip()]
        if not words:
            raise ValueError(f"field '{left[:60]}' lists no usable values")
        return make(name, values=members(words), required=required)
    kind: FieldType | None = None
    if right:
        word, _, length = right.lower().removesuffix(")").partition("(")
        kind = TYPE_WORDS.get(word.strip())
        if kind is FieldType.STRING and length.isdecimal() and 0 < len(length) < 6:
            made = make(name, kind, required=required, unique=True if unique else None)
            return made.model_copy(update={"maximum": max(1, int(length))})
        if kind is None or length:
            raise UnknownTypeError(
                f"field '{left[:60]}' has the unknown type '{right[:60]}'; types are "
                f"{', '.join(t.value for t in FieldType)} (an enum as 'a|b|c')"
            )
    if name == "rating" and kind is None:
        kind = FieldType.INTEGER
    return make(name, kind, required=required, unique=True if unique else None)
