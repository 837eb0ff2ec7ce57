"""How long or how great something may be: `messages of at most 500 characters`, `age from 18 to
67`, `reviews (1-5 stars)`. The words that say so are taken out of a sentence before it is read;
what they mean is kept with the word they are about.
"""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.bounding import (
    BEGINNING,
    LENGTH,
    MEASURES,
    SIDES,
    TO,
    UNITS,
    limits_at,
    number_of,
    phrase_end,
    words_of,
)
from autonomous_coder.engines.intelligence.limits import RATED
from autonomous_coder.engines.intelligence.text import Limits, Token

_LEADING = frozenset({"of", "with", ":"})
"""Words between what is limited and its limit (`messages of at most 500 characters`)."""
_RULING = v.MODALS | v.BE | {"have", "has"}
"""Words of a rule about what is limited (`the title must have at most 100 characters`)."""
_BEGINNING = BEGINNING | _LEADING | _RULING | {"("}


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
            said = limits_at([*words, *_nothing()], 0, inside=True) if words else None
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
        said = limits_at(tokens, start, inside=False) if start < len(tokens) else None
        if said is None or not _ends(tokens, said.end) or holder.limits:
            return 0
        holder.limits = said.limits
        out += tokens[at:start]
        out[-1].end = tokens[said.end - 1].end
        return said.end
    if tokens[at].text in _LEADING and at + 1 < len(tokens):
        start = at + (2 if tokens[at + 1].text in {"a", "an"} else 1)
    said = limits_at(tokens, start, inside=False) if start < len(tokens) else None
    if start > at and (said is None or (tokens[at].text == "with" and not said.limits.of)):
        said = limits_at(tokens, at, inside=False)
    if said is None or not _ends(tokens, said.end) or holder.limits:
        return 0
    limits, end = said
    if end + 1 < len(tokens) and tokens[end].text == "and":
        # `at least 10 and at most 500`
        other = limits_at(tokens, end + 1, inside=False)
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
    number = number_of(tokens[at])
    if number is None:
        return None
    low, end = None, at + 1
    if end + 1 < len(tokens) and tokens[end].text in TO:
        high = number_of(tokens[end + 1])
        if high is not None:
            low, number, end = number, high, end + 2
    while end < len(tokens) and tokens[end].text == "-":
        end += 1
    if end + 1 >= len(tokens) or tokens[end].lemma not in UNITS or tokens[end].plural:
        return None
    following = tokens[end + 1]
    if not following.is_word or following.text in v.FUNCTION:
        return None
    of = "length" if tokens[end].lemma in LENGTH else "points"
    if of == "points" and following.lemma not in RATED:
        return None
    words = " ".join(token.text for token in tokens[at : end + 1])
    return Limits(words, 1.0 if of == "points" and low is None else low, number, of), end + 1


def _counted(tokens: list[Token], at: int) -> tuple[Limits, int] | None:
    """`up to 4 photos`: how many there may be, which is told as not understood."""
    start = phrase_end(tokens, at, SIDES)
    first = at + (tokens[at].text == "between")
    joints = {"and"} if first > at else TO
    ranged = first + 2 < len(tokens) and tokens[first + 1].text in joints
    if not start and ranged and number_of(tokens[first]) is not None:
        start = first + 2
    if not start or start + 1 >= len(tokens) or number_of(tokens[start]) is None:
        return None
    following = tokens[start + 1]
    free = following.is_word and following.text not in v.FUNCTION
    if not free or not following.plural or following.lemma in UNITS | MEASURES:
        return None
    return Limits(words_of(tokens, at, start + 1), None, None, "count"), start + 1


def _nothing() -> list[Token]:
    return [Token("", "", False) for _ in range(3)]


def _nameable(token: Token) -> bool:
    return token.is_word and token.text not in v.FUNCTION and not token.text[0].isdigit()


def _ends(tokens: list[Token], at: int) -> bool:
    """Whether nothing is counted by the number before (`capacity max 30 people`)."""
    if at >= len(tokens) or tokens[at - 1].lemma in UNITS:
        return True
    following = tokens[at]
    return not following.is_word or following.text in v.FUNCTION | {"required", "optional"}
