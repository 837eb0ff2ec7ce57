"""Finds known phrases in tokens: features, kinds of software, languages, frameworks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from autonomous_coder.engines.intelligence.features import (
    ARCHETYPES,
    FEATURES,
    LANGUAGES,
)
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORKS
from autonomous_coder.engines.intelligence.text import Token, tokenise

Trie = dict[str, list[tuple[tuple[str, ...], str, str, bool]]]


@dataclass(frozen=True, slots=True)
class Tag:
    """A phrase of `length` tokens. `kind` is feature, archetype, language or framework."""

    kind: str
    name: str
    length: int
    weak: bool = False


def _rows() -> Iterable[tuple[str, str, str, bool]]:
    for archetype, phrases in ARCHETYPES.items():
        yield from ((phrase, "archetype", archetype, False) for phrase in phrases)
    for name, feature in FEATURES.items():
        yield from ((phrase, "feature", name, False) for phrase in feature.phrases)
        yield from ((phrase, "feature", name, True) for phrase in feature.weak)
    for language, phrases in LANGUAGES.items():
        yield from ((phrase, "language", language, False) for phrase in phrases)
    for name, framework in FRAMEWORKS.items():
        for phrase in framework.phrases or (name,):
            yield phrase, "framework", name, False


@lru_cache(maxsize=1)
def _trie() -> Trie:
    trie: Trie = {}
    for phrase, kind, name, weak in _rows():
        words = tuple(token.lemma for token in tokenise(phrase))
        trie.setdefault(words[0], []).append((words, kind, name, weak))
    for rows in trie.values():
        rows.sort(key=lambda row: (-len(row[0]), row[3]))
    return trie


def tag(tokens: list[Token]) -> None:
    """Set `tag` on the first token of each known phrase, the longest at each place."""
    trie = _trie()
    index = 0
    while index < len(tokens):
        for words, kind, name, weak in trie.get(tokens[index].lemma, ()):
            end = index + len(words)
            if end <= len(tokens) and all(
                tokens[index + at].lemma == word for at, word in enumerate(words)
            ):
                tokens[index].tag = Tag(kind, name, len(words), weak)
                index = end - 1
                break
        index += 1
