"""Lists of attributes: `(title, status (open, done), price: decimal)` and `name and price`."""

from __future__ import annotations

from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.fieldtypes import TYPE_WORDS, make
from autonomous_coder.engines.intelligence.limits import limited
from autonomous_coder.engines.intelligence.names import identifier, value_identifier
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.models.spec import ADDED_FIELDS, EntityField, FieldType

SEPARATORS = {",", "and", "or", "&", "/", "|", ";", "+", "plus"}
MAX_VALUES = 100
_PLAIN_TYPES = {"string", "integer", "int", "decimal", "boolean", "bool", "float", "flag", "str",
                "datetime", "timestamp"}  # fmt: skip
_YES_OR_NO = frozenset({"yes", "no", "true", "false", "or", "y", "n"})
MEASURED = {
    **dict.fromkeys(("seconds", "minutes", "hours", "days", "weeks", "months", "years", "pieces"),
                    FieldType.INTEGER),
    **dict.fromkeys(("kg", "g", "km", "m", "cm", "mm", "l", "ml", "percent", "celsius"),
                    FieldType.FLOAT),
    **dict.fromkeys(("euro", "euros", "eur", "usd", "dollars", "gbp"), FieldType.DECIMAL),
}  # fmt: skip
"""What an attribute is counted in (`runtime (minutes)`), and the type it has then."""


@dataclass(slots=True)
class Item:
    """One entry of a list: its words, and what stands in brackets behind it."""

    words: list[Token] = field(default_factory=list)
    inner: list[Token] = field(default_factory=list)
    before: str = ","
    """The separator in front of it."""
    typed: list[Token] = field(default_factory=list)


def closing(tokens: list[Token], index: int) -> int:
    """Index of the bracket that closes the one at `index` (the end when there is none)."""
    depth = 0
    for at in range(index, len(tokens)):
        if tokens[at].text in "([{":
            depth += 1
        elif tokens[at].text in ")]}":
            depth -= 1
            if not depth:
                return at
    return len(tokens)


def items(tokens: list[Token]) -> list[Item]:
    """Split at commas and conjunctions outside brackets."""
    out = [Item()]
    index = 0
    in_type = False
    while index < len(tokens):
        token = tokens[index]
        if token.text in "([{":
            end = closing(tokens, index)
            out[-1].inner += tokens[index + 1 : end]
            index = end + 1
            continue
        if (in_type and token.text in {"/", "|", "or"}) or (
            in_type and token.text == "," and _or_ahead(tokens, index)
        ):
            token.neutral = True
            out[-1].typed.append(Token(",", ",", False, ","))
        elif token.text in SEPARATORS:
            token.neutral = True
            if out[-1].words or out[-1].inner:
                out.append(Item(before=token.text))
            elif token.text in {"or", "and"}:
                out[-1].before = token.text
            in_type = False
        elif token.text in {":", "="}:
            in_type = True
        elif in_type:
            out[-1].typed.append(token)
        elif token.is_word:
            out[-1].words.append(token)
        index += 1
    return [item for item in out if item.words or item.inner]


def _or_ahead(tokens: list[Token], index: int) -> bool:
    """Whether the list of values that a comma stands in ends with `or`."""
    for token in tokens[index + 1 : index + 16]:
        if token.text in {":", "and", "(", ")"}:
            return False
        if token.text == "or":
            return True
    return False


def values_of(tokens: list[Token]) -> list[str]:
    """Enum values of a list such as `open, in progress or done`."""
    values = []
    for item in items(tokens):
        words = [
            w
            for w in item.words
            if w.text not in {"a", "an", "the", "either", "one", "of", "eg", "be", "can"}
        ]
        name = value_identifier(" ".join(word.text for word in (words or item.words)[:4]))
        if name and name not in values:
            values.append(name)
    return values[:MAX_VALUES]


def understood(tokens: list[Token]) -> None:
    for token in tokens:
        token.understood = True


def join_enums(entries: list[Item]) -> list[Item]:
    """`priority low, medium or high` arrives as three entries and leaves as one with values."""
    out: list[Item] = []
    index = 0
    while index < len(entries):
        item = entries[index]
        words = item.words
        at = next((i for i, w in enumerate(words) if w.lemma in v.ENUM_FIELDS), None)
        tail = words[at + 1 :] if at is not None else []
        tail = [w for w in tail if w.text not in {"of", "is", "either", "being", "can", "be"}]
        if at is not None and tail and tail[0].text not in TYPE_WORDS and not item.inner:
            last = index
            for ahead in range(index + 1, min(len(entries), index + 12)):
                if entries[ahead].before in {"and", "&"}:
                    break
                if entries[ahead].before in {"or", "/", "|"}:
                    last = ahead
            if last > index:
                inner = list(tail)
                for entry in entries[index + 1 : last + 1]:
                    comma = Token(",", ",", False, ",")
                    inner += [comma, *entry.words]
                out.append(Item(words[: at + 1], inner, item.before))
                index = last + 1
                continue
        out.append(item)
        index += 1
    return out


def field_of(item: Item) -> EntityField | None:
    """The attribute an entry describes; None for one every entity has, or no usable name."""
    words = [w for w in item.words if w.text not in v.DETERMINERS]
    flags = {w.text for w in words} & {"optional", "optionally", "required", "mandatory", "unique"}
    kept = [
        w
        for w in words
        if w.text not in v.FLAGS
        and w.text not in v.QUALITIES - {"public", "private", "free", "current"}
    ] or words
    inner = [w.text for w in item.inner if w.is_word]
    flags |= set(inner) & {"optional", "required", "unique"}
    kind: FieldType | None = FieldType.BOOLEAN if words and words[-1].text == "flag" else None
    values: list[str] = []
    typed = [w.text for w in item.typed if w.is_word]
    if typed:
        kind = TYPE_WORDS.get(typed[0])
        if kind is None and len(typed) >= 2:
            values = values_of(item.typed)
    if inner and {*inner} <= _YES_OR_NO:
        kind = FieldType.BOOLEAN
    elif len(inner) == 1 and not kind and inner[0] in MEASURED:
        kind = MEASURED[inner[0]]
    if inner and not kind:
        meaning = [w for w in inner if w not in flags and w not in v.FUNCTION]
        if meaning and meaning[0] in TYPE_WORDS:
            kind = TYPE_WORDS[meaning[0]]
        elif len(meaning) >= 2 or (meaning and "or" in inner):
            values = values_of(
                [w for w in item.inner if w.text not in {"optional", "required", "unique"}]
            )
    for at, word in enumerate(kept):
        if word.text in {"as", "being"} and at and at + 1 < len(kept):
            kind = TYPE_WORDS.get(kept[-1].text, kind)
            kept = kept[:at]
            break
    names = [w.text for w in kept]
    if "of" in names:
        names = names[:5]
    if len(names) > 1 and names[-1] in _PLAIN_TYPES and kind is None and not values:
        kind = TYPE_WORDS[names[-1]]
        names = names[:-1]
    while names and names[0] in v.PREPOSITIONS | v.CONJUNCTIONS:
        names = names[1:]
    if not names or " ".join(names) in v.IMPLICIT_FIELDS:
        return None
    if names[:2] == ["date", "of"] and len(names) == 3:
        names = [names[2], "date"]
    if names[:2] in (["number", "of"], ["amount", "of"]) and len(names) == 3:
        names, kind = (
            [names[2], "count"] if names[2] not in v.FIELD_PLURALS else [names[2]],
            FieldType.INTEGER,
        )
    name = identifier(" ".join(names[:5]))
    if not name or name in ADDED_FIELDS:
        return None
    optional = bool(flags & {"optional", "optionally"}) or any(w.optional for w in item.words)
    required = False if optional else (True if flags & {"required", "mandatory"} else None)
    if name == "rating" and kind is None and not values:
        kind = FieldType.INTEGER
    made = make(
        name, kind, required=required, values=values, unique=True if "unique" in flags else None
    )
    return _within_limits(made, item.words)


def _within_limits(field: EntityField, words: list[Token]) -> EntityField:
    """The field within what is said of how long or great it may be."""
    for limits in (word.limits for word in words):
        within = limited(field, limits) if limits and not limits.used else None
        if within and limits:
            limits.used, field = True, within
    return field
