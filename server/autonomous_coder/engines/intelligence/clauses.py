"""Cuts a sentence into clauses, each of which is one demand."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.text import Token

_BOUNDARY = {
    ",",
    ":",
    "-",
    "–",
    "—",
    "and",
    "where",
    "that",
    "which",
    "while",
    "but",
    "so",
    "when",
    "if",
    "then",
    "who",
}
_PRONOUN_SUBJECTS = {"i", "we", "you", "it", "they", "there", "nobody"}
_LINKING = v.MODALS | v.HAVE | {"belongs", "belong", "need", "needs", "want", "wants"} | v.BE
_BASE_VERBS = frozenset(v.EVENTS) | v.TRANSITIVE | v.CRUD | {"log", "sign", "register"}
_MAX_LOOK = 8


def split(sentence: list[Token]) -> list[list[Token]]:
    """Clauses in order; a boundary is a mark or conjunction followed by a subject and a verb."""
    out: list[list[Token]] = [[]]
    depth = 0
    for index, token in enumerate(sentence):
        if token.text in "([{":
            depth += 1
        elif token.text in ")]}":
            depth = max(0, depth - 1)
        if not depth and token.text in _BOUNDARY and out[-1] and starts(sentence, index + 1):
            token.neutral = True
            if token.text not in _BOUNDARY - {"that", "which", "who"}:
                out.append([token])
            else:
                out.append([])
            continue
        out[-1].append(token)
    return [clause for clause in out if any(token.is_word for token in clause)]


def starts(tokens: list[Token], index: int) -> bool:
    """Whether a clause of its own begins here."""
    end = min(len(tokens), index + _MAX_LOOK)
    while index < end and tokens[index].text in {"and", ",", "then", "also", "where", "that", "so"}:
        index += 1
    if index >= end:
        return False
    first = tokens[index].text
    if first in _PRONOUN_SUBJECTS:
        return True
    if first in v.NEGATORS:
        return index + 1 < end and tokens[index + 1].text not in {"more", "longer"}
    fixed = first in {"each", "every", "a", "an", "one"}
    while index < end and (
        tokens[index].text in v.DETERMINERS | v.QUANTIFIERS or tokens[index].text in v.QUALITIES
    ):
        index += 1
    nouns = 0
    while index < end and tokens[index].is_word and nouns < 4:
        word = tokens[index]
        if nouns and word.text in _LINKING:
            return word.text not in v.WITH
        if nouns and word.lemma in _BASE_VERBS:
            previous = tokens[index - 1]
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            agrees = (previous.plural and not word.plural) or (fixed and word.plural)
            if previous.text in {"people", "staff"}:
                agrees = True
            if agrees and after is not None and after.is_word and after.text not in {"and", "or"}:
                return True
        if word.text in v.FUNCTION:
            return False
        nouns += 1
        index += 1
    return False
