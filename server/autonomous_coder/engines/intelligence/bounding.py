"""The words that say how long or how great something may be: `at most 500 characters`, `1-5`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autonomous_coder.engines.intelligence.text import Limits, Token
from autonomous_coder.engines.intelligence.wordset import word_set

LENGTH = word_set("character char letter symbol")
_STARS = word_set("star point")
UNITS = LENGTH | _STARS
MEASURES = word_set(
    "km kilometer kilometre m meter metre cm mm kg g gram mg l liter litre ml euro eur dollar usd"
    " percent % second minute hour day week month year"
)
_NUMBERS = {
    "zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "twelve": 12.0, "twenty": 20.0,
    "fifty": 50.0, "hundred": 100.0,
}  # fmt: skip
_MOST = (
    ("at", "most"), ("no", "more", "than"), ("not", "more", "than"), ("no", "longer", "than"),
    ("not", "longer", "than"), ("limited", "to"), ("up", "to"), ("not", "exceeding"),
    ("maximum", "length", "of"), ("max", "length", "of"), ("maximum", "length"),
    ("max", "length"), ("a", "maximum", "of"), ("a", "max", "of"), ("maximum", "of"),
    ("max", "of"), ("maximum",), ("max",), ("<", "="), ("≤",),
)  # fmt: skip
_LEAST = (
    ("at", "least"), ("no", "less", "than"), ("not", "less", "than"), ("minimum", "length", "of"),
    ("a", "minimum", "of"), ("minimum", "of"), ("min", "length"), ("minimum",), ("min",),
    (">", "="), ("≥",),
)  # fmt: skip
_BELOW = (
    ("less", "than"), ("fewer", "than"), ("shorter", "than"), ("lower", "than"),
    ("smaller", "than"), ("under",), ("below",), ("<",),
)  # fmt: skip
_ABOVE = (
    ("more", "than"), ("greater", "than"), ("longer", "than"), ("higher", "than"),
    ("larger", "than"), ("bigger", "than"), ("over",), ("above",), (">",),
)  # fmt: skip
_BEHIND = (("max",), ("maximum",), ("at", "most"), ("or", "less"), ("or", "fewer"), ("long",))
SIDES = (*_MOST, *_LEAST, *_BELOW, *_ABOVE)
_RANGES = (("from",), ("between",), ("in", "the", "range"), ("of",), ("on", "a", "scale", "of"))
_FIRST = frozenset(words[0] for words in (*SIDES, *_BEHIND, *_RANGES, ("out", "of")))
_SCALES = frozenset((low, high) for low in (0.0, 1.0) for high in (5.0, 6.0, 7.0, 10.0, 100.0))
"""What is rated by, where nothing else says that a range is meant (`rate books 1 to 5`)."""
TO = frozenset({"-", "–", "—", "to"})
BEGINNING = _FIRST | _NUMBERS.keys()
"""Words that a limit may begin with, beside numbers."""


class Found(NamedTuple):
    """Limits, and the place behind the words that say them."""

    limits: Limits
    end: int


def limits_at(tokens: Sequence[Token], at: int, *, inside: bool) -> Found | None:
    """What is said at this place; in brackets a bare range or length will do."""
    for phrases, side, step in (
        (_MOST, 1, 0.0), (_LEAST, 0, 0.0), (_BELOW, 1, -1.0), (_ABOVE, 0, 1.0),
    ):  # fmt: skip
        start = phrase_end(tokens, at, phrases)
        if start and start < len(tokens) and tokens[start].text == ":":
            start += 1
        number = number_of(tokens[start]) if start and start < len(tokens) else None
        if number is None:
            continue
        of, end = _unit(tokens, start + 1)
        low, high = (None, number) if side else (number, None)
        return Found(Limits(words_of(tokens, at, end), low, high, of, step), end)
    ranged = _range(tokens, at, inside=inside)
    if ranged is not None:
        return ranged
    if phrase_end(tokens, at, (("out", "of"),)):
        number = number_of(tokens[at + 2]) if at + 2 < len(tokens) else None
        if number is not None:
            return Found(Limits(words_of(tokens, at, at + 3), 1.0, number, "points"), at + 3)
        return None
    number = number_of(tokens[at])
    if number is None:
        return None
    if at + 1 < len(tokens) and tokens[at + 1].text == "+":
        return Found(Limits(words_of(tokens, at, at + 2), number, None), at + 2)
    of, end = _unit(tokens, at + 1)
    behind = phrase_end(tokens, end, _BEHIND)
    if of == "length" and (behind or inside):
        end = behind or end
        return Found(Limits(words_of(tokens, at, end), None, number, of), end)
    return None


def _range(tokens: Sequence[Token], at: int, *, inside: bool) -> Found | None:
    """`from 18 to 67`, `between 0 and 100`, `1-5 stars`."""
    start = phrase_end(tokens, at, _RANGES)
    lead = tokens[at].text if start else ""
    start = start or at
    if start + 2 >= len(tokens):
        return None
    low, high = number_of(tokens[start]), number_of(tokens[start + 2])
    joint = tokens[start + 1].text
    if low is None or high is None or low >= high:
        return None
    if joint not in TO and not (joint == "and" and lead == "between"):
        return None
    of, end = _unit(tokens, start + 3)
    if lead == "of" and not of:
        return None
    if joint == "to" and not (lead or of or inside or (low, high) in _SCALES):
        return None
    if end < len(tokens) and tokens[end].text in TO:
        return None
    return Found(Limits(words_of(tokens, at, end), low, high, of), end)


def _unit(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """What is counted, and where it ends: `length`, `points` or nothing."""
    if at < len(tokens) and tokens[at].text == "-" and at + 1 < len(tokens):
        at += tokens[at + 1].lemma in UNITS
    if at < len(tokens) and tokens[at].lemma in UNITS:
        return ("length" if tokens[at].lemma in LENGTH else "points"), at + 1
    measured = at < len(tokens) and tokens[at].lemma in MEASURES
    return "", at + measured


def number_of(token: Token) -> float | None:
    text = token.text
    if text in _NUMBERS:
        return _NUMBERS[text]
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12
    return float(text) if plain else None


def phrase_end(tokens: Sequence[Token], at: int, phrases: Sequence[tuple[str, ...]]) -> int:
    """Where the first of the phrases that begins here ends, or 0."""
    if at >= len(tokens) or tokens[at].text not in _FIRST:
        return 0
    for words in phrases:
        if words[0] != tokens[at].text:
            continue
        end = at + len(words)
        if end <= len(tokens) and all(
            token.text == word for token, word in zip(tokens[at:end], words, strict=True)
        ):
            return end
    return 0


def words_of(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])[:80]
