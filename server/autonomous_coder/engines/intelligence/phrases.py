"""Noun phrases: what a run of words names (an application, a stored thing, a login)."""

from __future__ import annotations

from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.domains import DOMAINS, ONLY_DOMAIN
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.engines.intelligence.wordset import word_set

MAX_WORDS = 8


@dataclass(slots=True)
class Phrase:
    """Words that belong together; `kind` is container, domain, login, role, entity or empty."""

    words: list[Token]
    kind: str = ""
    noun: str = ""
    plural: bool = False
    counted: str = ""
    """The determiner or quantifier before it (`each`, `many`, `a`)."""
    of: str = ""
    """A noun it qualifies by standing after it (`product` in "product reviews")."""
    rest: list[Token] = field(default_factory=list)
    """Words in it that nothing is known of."""

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.words)


def compound(tokens: list[Token], index: int) -> int:
    """Number of tokens from here that form a compound noun we know (2 to 4), or 0."""
    for length in (4, 3, 2):
        part = tokens[index : index + length]
        if len(part) == length and all(token.is_word for token in part):
            words = [token.text for token in part[:-1]]
            if noun(" ".join([*words, part[-1].lemma])):
                return length
    return 0


def classify(words: list[Token], counted: str, *, listed: bool) -> Phrase:
    """What a noun phrase names. `listed`: it stands where stored things are expected."""
    phrase = Phrase(list(words), counted=counted, plural=words[-1].plural)
    core = [word for word in words if word.text not in v.QUALITIES] or list(words)
    if noun(_join(words)) or _join(words) in DOMAINS:
        core = list(words)
    joined = _join(core)
    if phrase.plural and len(core) > 1 and core[0].lemma in v.LOGIN_WORDS:
        core = core[1:]
        joined = _join(core)
    if joined in DOMAINS and not (phrase.plural and noun(joined)):
        return _named(phrase, "domain", joined)
    if (
        len(core) == 1
        and core[0].lemma in v.LOGIN_WORDS
        and (not listed or core[0].lemma == "user")
    ):
        return _named(phrase, "login", core[0].lemma)
    if noun(joined) and not (len(core) == 1 and _is_stop(core[0], listed, counted)):
        if joined in ONLY_DOMAIN and not phrase.plural and not listed:
            return _named(phrase, "domain", joined)
        return _named(phrase, "entity", canonical(joined))
    if len(core) == 1:
        return _single(phrase, core[0], listed, counted)
    stripped = list(core)
    if not (phrase.plural and noun(core[-1].lemma)):
        if stripped[-1].text in _BUSINESSES and _join(stripped[:-1]) in DOMAINS:
            stripped.pop()
        while stripped and (stripped[-1].lemma in v.HEADS or stripped[-1].text in v.HEADS):
            if len(stripped) > 1 and _join(stripped) in DOMAINS:
                break
            stripped.pop()
    if not stripped:
        return _named(phrase, "container", "")
    if len(stripped) < len(core):
        return _application(phrase, stripped)
    return _thing(phrase, core)


def _join(words: list[Token]) -> str:
    return " ".join([*(word.text for word in words[:-1]), words[-1].lemma])


def _named(phrase: Phrase, kind: str, name: str) -> Phrase:
    phrase.kind, phrase.noun = kind, name
    return phrase


def _is_stop(word: Token, listed: bool, counted: str) -> bool:
    if word.plural and word.lemma in _PERSONS:
        return False
    if word.text not in v.STOP_NOUNS and word.lemma not in v.STOP_NOUNS:
        return False
    return not (listed and (word.plural or counted in {"each", "every"}) and noun(word.lemma))


def _single(phrase: Phrase, word: Token, listed: bool, counted: str) -> Phrase:
    if word.lemma in v.LOGIN_WORDS:
        return _named(phrase, "login", word.lemma)
    if word.lemma in v.ROLE_WORDS and not noun(word.lemma):
        return _named(phrase, "role", word.lemma)
    if _is_stop(word, listed, counted) or word.lemma in v.HEADS:
        return _named(phrase, "container", "")
    if word.text in v.QUALITIES:
        return _named(phrase, "quality", "")
    return _named(phrase, "entity", word.lemma)


def _application(phrase: Phrase, core: list[Token]) -> Phrase:
    """`expense tracker`, `library management system`: what stands before the head."""
    for start in range(len(core)):
        name = _join(core[start:])
        if name in DOMAINS:
            phrase.rest = [w for w in core[:start] if not _known(w)]
            return _named(phrase, "domain", name)
        if noun(name):
            phrase.rest = [w for w in core[:start] if not _known(w)]
            return _named(phrase, "application", canonical(name))
    for start in range(len(core)):
        name = _join(core[start : start + 1])
        if name in DOMAINS or noun(name):
            phrase.rest = [w for w in core if w is not core[start] and not _known(w)]
            kind = "domain" if name in DOMAINS else "application"
            return _named(phrase, kind, name if kind == "domain" else canonical(name))
    if all(word.lemma in v.LOGIN_WORDS | v.ROLE_WORDS for word in core):
        return _named(phrase, "login", core[-1].lemma)
    if any(word.lemma == "clone" for word in phrase.words):
        phrase.rest = core
        return _named(phrase, "container", "")
    phrase.rest = [w for w in core[:-2] if not _known(w)]
    return _named(phrase, "application", _join(core[-2:]))


def _thing(phrase: Phrase, core: list[Token]) -> Phrase:
    """`product reviews`, `training session`, `overdue books`."""
    head = core[-1]
    before = core[:-1]
    phrase.rest = [word for word in before if word.text in v.STATES]
    before = [word for word in before if word.text not in v.STATES]
    for start in range(len(before)):
        name = _join(core[-1 - (len(before) - start) :])
        if noun(name):
            phrase.rest += [w for w in before[:start] if not _known(w)]
            owner = before[start - 1].lemma if start else ""
            if owner and noun(owner) and owner not in ONLY_DOMAIN:
                phrase.of = canonical(owner)
            return _named(phrase, "entity", canonical(name))
    if not before:
        return _named(phrase, "entity", canonical(head.lemma))
    owner = before[-1].lemma
    if owner in v.LOGIN_WORDS:
        return _named(phrase, "entity", canonical(head.lemma))
    if head.lemma in _KEPT and phrase.plural and before[-1].text not in _DATA | v.STATES:
        phrase.rest += [w for w in before[:-1] if not _known(w)]
        name = canonical(owner) if noun(owner) else f"{before[-1].text} {head.lemma}"
        return _named(phrase, "entity", name)
    if noun(head.lemma) and (noun(owner) or owner in DOMAINS):
        phrase.rest += [w for w in before[:-1] if not _known(w)]
        if owner not in ONLY_DOMAIN and noun(owner):
            phrase.of = canonical(owner)
        return _named(phrase, "entity", canonical(head.lemma))
    if head.lemma in v.HEADS or head.text in v.STOP_NOUNS:
        return _named(phrase, "container", "")
    phrase.rest += [w for w in before[:-1] if not _known(w)]
    return _named(phrase, "entity", f"{before[-1].text} {head.lemma}")


_KEPT = frozenset({"record", "entry"})
"""What is kept of things (`vinyl records`, `customer records`)."""
_DATA = word_set("data database db table entity model sample example demo test seed new all")
"""Words before `records` that say nothing of what they are about."""
_PERSONS = frozenset({"organizer", "organiser", "manager", "planner", "builder", "explorer"})
_BUSINESSES = word_set(
    """
    agency business center centre chain company department enthusiast firm institution lover
    office organisation organization owner practice provider startup studio team
    """
)
"""Heads of a phrase that name who runs it (`a car rental company`)."""


def _known(word: Token) -> bool:
    return bool(
        word.lemma in DOMAINS
        or noun(word.lemma)
        or word.text in v.QUALITIES
        or word.text in v.STOP_NOUNS
        or word.lemma in v.LOGIN_WORDS
    )
