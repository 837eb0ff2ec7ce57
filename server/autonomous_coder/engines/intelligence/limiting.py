"""How long or how great something may be: `messages of at most 500 characters`, `age from 18 to
67`, `reviews (1-5 stars)`. The words that say so are taken out of a sentence before it is read;
what they mean is kept with the word they are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.limits import RATED
from autonomous_coder.engines.intelligence.text import Limits, Token
from autonomous_coder.engines.intelligence.wordset import word_set

_LENGTH = word_set("character char letter symbol")
_STARS = word_set("star point")
_UNITS = _LENGTH | _STARS
_MEASURES = word_set(
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
_FIRST_OF = (*_MOST, *_LEAST, *_BELOW, *_ABOVE)
_RANGES = (("from",), ("between",), ("in", "the", "range"), ("of",), ("on", "a", "scale", "of"))
_FIRST = frozenset(words[0] for words in (*_FIRST_OF, *_BEHIND, *_RANGES, ("out", "of")))
_SCALES = frozenset((low, high) for low in (0.0, 1.0) for high in (5.0, 6.0, 7.0, 10.0, 100.0))
"""What is rated by, where nothing else says that a range is meant (`rate books 1 to 5`)."""
_TO = frozenset({"-", "–", "—", "to"})
_LEADING = frozenset({"of", "with", ":"})
"""Words between what is limited and its limit (`messages of at most 500 characters`)."""
_RULING = v.MODALS | v.BE | {"have", "has"}
"""Words of a rule about what is limited (`the title must have at most 100 characters`)."""
_BEGINNING = _FIRST | _NUMBERS.keys() | _LEADING | _RULING | {"("}


class _Found(NamedTuple):
    limits: Limits
    end: int


def attach(tokens: list[Token]) -> list[Token]:
    """The tokens without those that say how long or how great something may be, which the word
    before them (or behind them: `a 5-star rating`) has as its `limits`."""
    tokens = _thousands(tokens)
    out: list[Token] = []
    at = 0
    ahead: Limits | None = None
    while at < len(tokens):
        token = tokens[at]
        begins = token.text in _BEGINNING or token.text[:1].isdigit()
        end = begins and (_bracket(tokens, at, out) or _bare(tokens, at, out))
        if end:
            at = end
            continue
        before = _before(tokens, at) if begins else None
        if before is not None:
            ahead, at = before
            continue
        if ahead is not None and token.is_word:
            token.limits, ahead = ahead, None
        out.append(token)
        at += 1
    return out


def _thousands(tokens: list[Token]) -> list[Token]:
    """`2,000` as one number."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        last = out[-1] if out else token
        parted = len(out) > 1 and last.text == "," and out[-2].text.isdigit()
        if parted and len(token.text) == 3 and token.text.isdigit() and token.start == last.end:
            number = out[-2].text + token.text
            out[-2:] = [Token(number, number, True, number, start=out[-2].start, end=token.end)]
        else:
            out.append(tokens[at])
    return out


def _bracket(tokens: list[Token], at: int, out: list[Token]) -> int:
    """`title (max 100 characters)`, `text (optional, up to 500 letters)`: where it ends, or 0."""
    if tokens[at].text != "(" or not (out and out[-1].is_word):
        return 0
    end = closing(tokens, at)
    part, start = list[list[Token]](), at + 1
    found: Limits | None = None
    for here in range(at + 1, end + 1):
        if here == end or tokens[here].text in {",", ";"}:
            words = tokens[start:here]
            said = _limits([*words, *_nothing()], 0, inside=True) if words else None
            if said is not None and said.end == len(words):
                found = found or said.limits
            else:
                part.append(words)
            start = here + 1
    if found is None or out[-1].limits:
        return 0
    out[-1].limits = found
    if not any(part):
        out[-1].end = tokens[end].end if end < len(tokens) else tokens[-1].end
        return min(end + 1, len(tokens))
    inside: list[Token] = []
    for words in part:
        inside += [*([Token(",", ",", False, ",")] if inside else []), *words]
    out += [tokens[at], *inside, *tokens[end : end + 1]]
    return min(end + 1, len(tokens))


def _bare(tokens: list[Token], at: int, out: list[Token]) -> int:
    """`price between 0 and 10000`, `messages of at most 280 characters`: where it ends, or 0."""
    holder = out[-1] if out else None
    if holder is None or not _nameable(holder):
        return 0
    start = at
    while start < len(tokens) and start < at + 3 and tokens[start].text in _RULING:
        start += 1
    if start > at:
        said = _limits(tokens, start, inside=False) if start < len(tokens) else None
        if said is None or not _ends(tokens, said.end) or holder.limits:
            return 0
        holder.limits = said.limits
        out += tokens[at:start]
        out[-1].end = tokens[said.end - 1].end
        return said.end
    if tokens[at].text in _LEADING and at + 1 < len(tokens):
        start = at + (2 if tokens[at + 1].text in {"a", "an"} else 1)
    said = _limits(tokens, start, inside=False) if start < len(tokens) else None
    if start > at and (said is None or (tokens[at].text == "with" and not said.limits.of)):
        said = _limits(tokens, at, inside=False)
    if said is None or not _ends(tokens, said.end) or holder.limits:
        return 0
    limits, end = said
    if end + 1 < len(tokens) and tokens[end].text == "and":
        # `at least 10 and at most 500`
        other = _limits(tokens, end + 1, inside=False)
        if other and _ends(tokens, other.end) and limits.minimum is None is other.limits.maximum:
            limits.minimum, end = other.limits.minimum, other.end
        elif other and _ends(tokens, other.end) and limits.maximum is None is other.limits.minimum:
            limits.maximum, end = other.limits.maximum, other.end
    holder.limits = limits
    holder.end = tokens[end - 1].end
    return end


def _before(tokens: list[Token], at: int) -> tuple[Limits, int] | None:
    """`a 5-star rating`, `280-character messages`, `up to 4 photos`: limits of the next word."""
    counted = _counted(tokens, at)
    if counted is not None:
        return counted
    number = _number(tokens[at])
    if number is None:
        return None
    low, end = None, at + 1
    if end + 1 < len(tokens) and tokens[end].text in _TO:
        high = _number(tokens[end + 1])
        if high is not None:
            low, number, end = number, high, end + 2
    while end < len(tokens) and tokens[end].text == "-":
        end += 1
    if end + 1 >= len(tokens) or tokens[end].lemma not in _UNITS or tokens[end].plural:
        return None
    following = tokens[end + 1]
    if not following.is_word or following.text in v.FUNCTION:
        return None
    of = "length" if tokens[end].lemma in _LENGTH else "points"
    if of == "points" and following.lemma not in RATED:
        return None
    words = " ".join(token.text for token in tokens[at : end + 1])
    return Limits(words, 1.0 if of == "points" and low is None else low, number, of), end + 1


def _counted(tokens: list[Token], at: int) -> tuple[Limits, int] | None:
    """`up to 4 photos`: how many there may be, which is told as not understood."""
    start = _phrase(tokens, at, _FIRST_OF)
    first = at + (tokens[at].text == "between")
    joints = {"and"} if first > at else _TO
    ranged = first + 2 < len(tokens) and tokens[first + 1].text in joints
    if not start and ranged and _number(tokens[first]) is not None:
        start = first + 2
    if not start or start + 1 >= len(tokens) or _number(tokens[start]) is None:
        return None
    following = tokens[start + 1]
    free = following.is_word and following.text not in v.FUNCTION
    if not free or not following.plural or following.lemma in _UNITS | _MEASURES:
        return None
    return Limits(_said(tokens, at, start + 1), None, None, "count"), start + 1


def _limits(tokens: Sequence[Token], at: int, *, inside: bool) -> _Found | None:
    """What is said at this place; in brackets a bare range or length will do."""
    for phrases, side, step in (
        (_MOST, 1, 0.0), (_LEAST, 0, 0.0), (_BELOW, 1, -1.0), (_ABOVE, 0, 1.0),
    ):  # fmt: skip
        start = _phrase(tokens, at, phrases)
        if start and start < len(tokens) and tokens[start].text == ":":
            start += 1
        number = _number(tokens[start]) if start and start < len(tokens) else None
        if number is None:
            continue
        of, end = _unit(tokens, start + 1)
        low, high = (None, number) if side else (number, None)
        return _Found(Limits(_said(tokens, at, end), low, high, of, step), end)
    ranged = _range(tokens, at, inside=inside)
    if ranged is not None:
        return ranged
    if _phrase(tokens, at, (("out", "of"),)):
        number = _number(tokens[at + 2]) if at + 2 < len(tokens) else None
        if number is not None:
            return _Found(Limits(_said(tokens, at, at + 3), 1.0, number, "points"), at + 3)
        return None
    number = _number(tokens[at])
    if number is None:
        return None
    if at + 1 < len(tokens) and tokens[at + 1].text == "+":
        return _Found(Limits(_said(tokens, at, at + 2), number, None), at + 2)
    of, end = _unit(tokens, at + 1)
    behind = _phrase(
        tokens, end, (("max",), ("maximum",), ("at", "most"), ("or", "less"), ("long",))
    )
    if of == "length" and (behind or inside):
        end = behind or end
        return _Found(Limits(_said(tokens, at, end), None, number, of), end)
    return None


def _range(tokens: Sequence[Token], at: int, *, inside: bool) -> _Found | None:
    """`from 18 to 67`, `between 0 and 100`, `1-5 stars`."""
    start = _phrase(tokens, at, _RANGES)
    lead = tokens[at].text if start else ""
    start = start or at
    if start + 2 >= len(tokens):
        return None
    low, high = _number(tokens[start]), _number(tokens[start + 2])
    joint = tokens[start + 1].text
    if low is None or high is None or low >= high:
        return None
    if joint not in _TO and not (joint == "and" and lead == "between"):
        return None
    of, end = _unit(tokens, start + 3)
    if lead == "of" and not of:
        return None
    if joint == "to" and not (lead or of or inside or (low, high) in _SCALES):
        return None
    if end < len(tokens) and tokens[end].text in _TO:
        return None
    return _Found(Limits(_said(tokens, at, end), low, high, of), end)


def _unit(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """What is counted, and where it ends: `length`, `points` or nothing."""
    if at < len(tokens) and tokens[at].text == "-" and at + 1 < len(tokens):
        at += tokens[at + 1].lemma in _UNITS
    if at < len(tokens) and tokens[at].lemma in _UNITS:
        return ("length" if tokens[at].lemma in _LENGTH else "points"), at + 1
    measured = at < len(tokens) and tokens[at].lemma in _MEASURES
    return "", at + measured


def _number(token: Token) -> float | None:
    text = token.text
    if text in _NUMBERS:
        return _NUMBERS[text]
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12
    return float(text) if plain else None


def _phrase(tokens: Sequence[Token], at: int, phrases: Sequence[tuple[str, ...]]) -> int:
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


def _nothing() -> list[Token]:
    return [Token("", "", False) for _ in range(3)]


def _said(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])[:80]


def _nameable(token: Token) -> bool:
    return token.is_word and token.text not in v.FUNCTION and not token.text[0].isdigit()


def _ends(tokens: list[Token], at: int) -> bool:
    """Whether nothing is counted by the number before (`capacity max 30 people`)."""
    if at >= len(tokens) or tokens[at - 1].lemma in _UNITS:
        return True
    following = tokens[at]
    return not following.is_word or following.text in v.FUNCTION | {"required", "optional"}
