"""
Reads a request clause by clause and collects what it asks for. A small grammar,
left to right: each step looks at one token and what stands around it, marks what it
understood and moves on; nothing is read twice, so the cost is linear.
"""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import (
    closing,
    understood,
    values_of,
)
from autonomous_coder.engines.intelligence.clauses import split
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.leftovers import Leftovers
from autonomous_coder.engines.intelligence.lexicon import canonical
from autonomous_coder.engines.intelligence.limiting import attach
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.tagging import tag
from autonomous_coder.engines.intelligence.text import Token, sentences, tokenise


def read(text: str) -> Findings:
    """Everything found in a normalised description."""
    tokens = tokenise(text)
    tag(tokens)
    return read_sentences(text, tokens, sentences(tokens))


def read_sentences(text: str, tokens: list[Token], parts: list[list[Token]]) -> Findings:
    """Everything found in `parts`, the sentences that `tokens` were cut into."""
    findings = Findings()
    prescan = findings.named_plural = _plural_nouns(tokens)
    foreign = is_foreign(tokens)
    findings.foreign = foreign
    for sentence in parts:
        for words in split(attach(sentence)):
            _ClauseReader(findings, words, text, prescan, foreign=foreign).run()
    return findings


def is_foreign(tokens: list[Token]) -> bool:
    """Whether the request seems to be in another language than English."""
    words = [token.text for token in tokens[:400] if token.is_word]
    english = sum(word in v.FUNCTION for word in words)
    foreign = sum(word in v.FOREIGN for word in words)
    strange = sum(any(ord(char) > 0x24F for char in word) for word in words)
    return bool(words) and (strange * 2 > len(words) or foreign > english)


def _plural_nouns(tokens: list[Token]) -> frozenset[str]:
    return frozenset(canonical(t.lemma) for t in tokens if t.is_word and t.plural)


class _ClauseReader(Leftovers):
    """Steps through a clause from left to right."""

    def run(self) -> None:
        index = 0
        while index < len(self.tokens):
            index = max(index + 1, self.step(index))
        self.close()

    def step(self, i: int) -> int:
        token = self.tokens[i]
        if token.is_word and not self._phrase_wins(i) and not self._sought_here(i):
            done = self._tagged(i)
            if done:
                return done
        text = token.text
        if not token.is_word:
            return self._mark(i)
        if text in v.NEGATORS:
            token.neutral = self.negated = True
            return i + 1
        if text in v.WITH | v.HAVE and not (text == "have" and self.mode == "open" and not i):
            return self._with(i)
        if text in v.FUNCTION or (self.foreign and text in v.FOREIGN):
            return self._function(i)
        if text in v.GREETINGS:
            token.neutral = True
            return i + 1
        relation = self._belongs(i)
        if relation:
            return relation
        if self.mode != "attributes" and self._is_verb(i):
            return self._verb(i)
        if text[0].isdigit():
            return i + 1
        return self._noun_phrase(i)

    def _mark(self, i: int) -> int:
        token = self.tokens[i]
        if (
            token.text == "("
            and self.last is not None
            and self.last.kind in {"domain", "application", "container"}
            and self.found.main
            and not self._is_aside(i)
        ):
            end = closing(self.tokens, i)
            self._fields(self.found.main, self.tokens[i + 1 : end], listed=True)
            return end + 1
        if token.text == "(" and self._is_aside(i):
            self.mode, self.verb, self.aside = "list", "", closing(self.tokens, i)
            return i + 1
        if i <= self.aside and token.text in {")", ","} and not self._lists_technology(i):
            self.negated = False
        if token.text == ":" and self.last is not None:
            if self.last.kind == "entity" and self.mode != "attributes":
                return self._attributes(i + 1, self.last.noun)
            self.mode = "list"
        return i + 1

    def _function(self, i: int) -> int:
        token = self.tokens[i]
        token.neutral = True
        text = token.text
        if text in {"own", "my", "private"}:
            self.found.private = True
        if text in v.QUANTIFIERS | {"a", "an", "the", "own"}:
            self.counted = text
        if text == "only":
            self.role = True
        if text in v.BE:
            enum = self._is_enum(i)
            if enum:
                return enum
        if text in v.MODALS and self.last is not None:
            self.subjects = [self.last]
        if text == "by" and self.mode == "by":
            self.preposition = "by"
        if text in v.PREPOSITIONS and self.mode not in {"by", "link"}:
            self.preposition = text
            self.source = self._just_named(i)
        if text in {"who", "that", "which", "where"} and self.mode == "attributes":
            self.mode = "open"
        if text == "but":
            self.negated = False
        return i + 1

    def _is_enum(self, i: int) -> int:
        """`status is open or closed`, `the priority can be low, medium or high`."""
        if (
            self.last is None
            or not self.last.words
            or self.last.words[-1].lemma not in v.ENUM_FIELDS
        ):
            return 0
        tail = self.tokens[i + 1 :]
        if not any(t.text in {"or", "/"} for t in tail):
            return 0
        name = identifier(self.last.words[-1].lemma)
        values = values_of(tail)
        owner = self.governor or self.found.main
        if len(values) < 2 or not owner:
            return 0
        understood(tail)
        understood(self.last.words)
        self.found.mention(owner).add(make(name, values=values))
        self.clause.need("field", owner, name)
        return len(self.tokens)

    def _with(self, i: int) -> int:
        token = self.tokens[i]
        token.neutral = True
        self.counted = ""
        if self.negated and self._technical(i + 1, 2):
            return i + 1
        self.negated = False
        self.loose = i > 0 and self.tokens[i - 1].text in pairs.MAYBE
        previous = self.last
        if token.text in {"include", "includes", "including"} and (
            previous is None or previous.kind == "login"
        ):
            self.mode = "list"
            return i + 1
        if (
            token.text not in v.WITH
            and i + 1 < len(self.tokens)
            and self.tokens[i + 1].text == "to"
        ):
            return i + 2
        if previous is None and self.governor and i <= 2:
            return self._attributes(i + 1, self.governor)
        if previous is not None and previous.kind == "entity":
            if previous.noun not in self.found.mentions:
                self._mention(previous)
            return self._attributes(i + 1, previous.noun)
        if previous is not None and previous.kind == "login":
            return self._user_attributes(i + 1)
        main = self.found.main
        if (
            previous is not None
            and previous.kind in {"application", "domain"}
            and main
            and self._lists_fields(i + 1)
        ):
            return self._attributes(i + 1, main)
        self.mode = "list"
        self.preposition, self.source = "", None
        self.verb = ""
        return i + 1
