"""Finds known phrases in tokens: features, kinds of software, languages, frameworks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from autonomous_coder.engines.intelligence.archetypes import ARCHETYPES
from autonomous_coder.engines.intelligence.features import FEATURES
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORKS, NEXT
from autonomous_coder.engines.intelligence.named_languages import LANGUAGES
from autonomous_coder.engines.intelligence.text import ENDS, Token, tokenise
from autonomous_coder.engines.intelligence.vocabulary import HEADS
from autonomous_coder.engines.intelligence.wordset import word_set

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


_MADE = frozenset(
    {"written", "made", "built", "developed", "implemented", "created", "coded", "programmed"}
)
_WITH = frozenset({"in", "with", "using", "on"})
_OF_MONEY = word_set(
    """bank banking money ledger bookkeeping accounting finance budget wallet transaction payment
    customer client company crm contact lead invoice deposit balance loan"""
)
"""What has accounts of another sort."""
_BANKED = frozenset({"transaction", "budget", "ledger", "bank", "transfer", "deposit", "balance"})
_BY = frozenset({"with", "using"})
_OF_NEXT = frozenset({"app", "application", "project", "site", "website", "frontend", "router"})
_BEHIND_NEXT = frozenset({"and", "or", "with", "for", "to", "on", "that", "where", "plus"})
_OF_A_GAME = frozenset({"game", "games", "board", "player", "players", "to", "back", "on"})


def _is_go(tokens: list[Token], index: int) -> bool:
    """`an API (Go)`, `une API en Go`: the language, by its capital inside of a sentence."""
    if tokens[index].raw != "Go" or not index or tokens[index - 1].text in ENDS:
        return False
    if index + 1 < len(tokens) and tokens[index + 1].text in _OF_A_GAME:
        return False
    before = tokens[index - 1]
    return before.raw[:1].islower() or before.raw.isupper() or before.text in {"(", ",", "/"}


def _is_next(tokens: list[Token], index: int) -> bool:
    """`a Next app`, `built with Next and Tailwind`: the framework, by its capital inside of a
    sentence and what stands around it."""
    if tokens[index].raw != "Next" or not index or tokens[index - 1].text in ENDS:
        return False
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None and (after.text in _OF_NEXT or after.text.isdigit()):
        return True
    over = after is None or not after.is_word or after.text in _BEHIND_NEXT
    return over and tokens[index - 1].text in _WITH


def tag(tokens: list[Token]) -> None:
    """Set `tag` on the first token of each known phrase, the longest at each place."""
    trie = _trie()
    index = 0
    while index < len(tokens):
        if _is_go(tokens, index):
            tokens[index].tag = Tag("language", "go", 1)
        if _is_next(tokens, index):
            tokens[index].tag = Tag("framework", NEXT, 1)
        for words, kind, name, weak in trie.get(tokens[index].lemma, ()):
            end = index + len(words)
            if end <= len(tokens) and all(
                tokens[index + at].lemma == word for at, word in enumerate(words)
            ):
                if kind == "language" and words[0] == "go":
                    # What it is written for is said by the words behind it: `go api`.
                    words = words[:1]
                tokens[index].tag = Tag(kind, name, len(words), weak)
                index += len(words) - 1
                break
        index += 1
    for at, token in enumerate(tokens):
        if _holds_money(tokens, at):
            token.tag = None
        if _logs_in(tokens, at):
            token.tag = Tag("feature", "accounts", 1)
    tokens[:] = [token for at, token in enumerate(tokens) if not _is_made(tokens, at)]
    _strengthen(tokens)


_OF_SERVICES = frozenset({"roles", "monitoring"})
_JOINTS = frozenset({",", "and", "&", "plus"})


def _strengthen(tokens: list[Token]) -> None:
    """`with Postgres, roles and metrics`: beside what can only be a feature, these are some."""
    places = [at for at, token in enumerate(tokens) if isinstance(token.tag, Tag)]
    neighbours = [*pairwise(places)]
    # Once in each direction: one of these makes the next one strong.
    for first, second in (*neighbours, *((b, a) for a, b in reversed(neighbours))):
        known, doubtful = tokens[first].tag, tokens[second].tag
        assert isinstance(known, Tag)
        assert isinstance(doubtful, Tag)
        left, right = min(first, second), max(first, second)
        here = tokens[left].tag
        assert isinstance(here, Tag)
        between = tokens[left + here.length : right]
        joined = bool(between) and all(token.text in _JOINTS for token in between)
        strong = known.kind == "feature" and not known.weak
        if joined and strong and doubtful.weak and doubtful.name in _OF_SERVICES:
            tokens[second].tag = replace(doubtful, weak=False)


def _holds_money(tokens: list[Token], at: int) -> bool:
    """`accounts, transactions and budgets`: those of a bank."""
    known = tokens[at].tag
    if not isinstance(known, Tag) or known.name != "accounts" or not known.weak:
        return False
    around = [*tokens[max(at - 2, 0) : at], *tokens[at + 1 : at + 3]]
    listed = any(
        token.text in _JOINTS for token in (tokens[max(at - 1, 0)], *tokens[at + 1 : at + 2])
    )
    return listed and any(token.lemma in _BANKED for token in around)


def _logs_in(tokens: list[Token], at: int) -> bool:
    """`for recipes with accounts`: those of users, unless the sentence speaks of money or of
    customers, who have others."""
    known = tokens[at].tag
    if not isinstance(known, Tag) or known.name != "accounts" or not known.weak:
        return False
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    alone = behind is None or not behind.is_word or behind.text in {"and", "on", "in", "using"}
    return (
        alone
        and tokens[at].plural
        and tokens[max(at - 1, 0)].text == "with"
        and not any(token.lemma in _OF_MONEY for token in tokens)
    )


def _is_made(tokens: list[Token], at: int) -> bool:
    """`written in Rust`, `an app built with Foo`: a word that says nothing more."""
    if tokens[at].text not in _MADE or at + 1 >= len(tokens):
        return False
    software = at > 0 and tokens[at - 1].text in HEADS
    if software and tokens[at + 1].text in _BY and at + 2 < len(tokens):
        return True
    ahead = tokens[at + 1 : at + 3 if tokens[at + 1].text in _WITH else at + 2]
    tags = [token.tag for token in ahead]
    return any(isinstance(t, Tag) and t.kind in {"language", "framework"} for t in tags)
