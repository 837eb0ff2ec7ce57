"""What is known while one clause is read, and what every step asks about its tokens."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import closing, understood
from autonomous_coder.engines.intelligence.findings import Clause, Findings, Link
from autonomous_coder.engines.intelligence.limits import is_rated
from autonomous_coder.engines.intelligence.phrases import Phrase, compound
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token


class ClauseState:
    """One clause: its tokens, how far it was understood and what the next words would mean."""

    def __init__(
        self,
        found: Findings,
        tokens: list[Token],
        text: str,
        plurals: frozenset[str],
        *,
        foreign: bool,
    ) -> None:
        self.found = found
        self.tokens = tokens
        self.plurals = plurals
        words = [t for t in tokens if t.is_word or t.text in "()"]
        raw = text[words[0].start : max(token.end for token in tokens)] if words else ""
        line = " ".join(raw.split())[:400]
        for lead in ("and ", "but ", "then ", "so ", "where "):
            line = line.removeprefix(lead)
        if line.startswith(("that I ", "that we ", "that they ", "that it ", "that you ")):
            line = line.removeprefix("that ")
        self.clause = Clause(line)
        for token in tokens:
            for need in token.said:
                self.clause.need(*need)
            self.clause.content += bool(token.said)
            self.clause.understood += bool(token.said)
        self.mode = "open"
        """open, objects, list (of a container), attributes, by, link."""
        self.governor = found.main if not found.mentions else next(reversed(found.mentions))
        self.subjects: list[Phrase] = []
        self.group: list[str] = []
        self.verb = ""
        self.unknown_verb: Token | None = None
        self.preposition = ""
        self.source: Phrase | None = None
        """The thing right before the preposition (`comments` in "comments on posts")."""
        self.negated = False
        self.aside = 0
        """Where brackets end that say what it is made with."""
        self.last: Phrase | None = None
        self.counted = ""
        self.role = False
        self.assigned = False
        self.loose = False
        """The relation being read may be absent (`may belong to`)."""
        self.sought = ""
        """The thing that is filtered, sorted or searched in this clause."""
        self.foreign = foreign

    def _nounish(self, i: int) -> bool:
        if i >= len(self.tokens) or not self.tokens[i].is_word:
            return False
        token = self.tokens[i]
        return (
            token.text not in v.FUNCTION
            and not (self.foreign and token.text in v.FOREIGN)
            and token.text not in v.WITH | v.HAVE
            and not token.text[0].isdigit()
        )

    def _just_named(self, i: int) -> Phrase | None:
        """The thing whose last word (or bracket) stands right before this token."""
        if self.last is None or self.last.kind != "entity" or not i:
            return None
        before = self.tokens[i - 1]
        return self.last if before is self.last.words[-1] or before.text == ")" else None

    def _base(self, token: Token) -> str:
        text = token.text
        known = v.KNOWN_VERBS
        for candidate in (text, token.lemma, text.removesuffix("es")):
            if candidate in known:
                return candidate
        if text.endswith("ing") and len(text) > 5:
            stem = text[:-3]
            for candidate in (stem, stem + "e", stem[:-1]):
                if candidate in known:
                    return candidate
        return ""

    def _mention(self, phrase: Phrase) -> None:
        self.found.asked = True
        self.found.mention(phrase.noun)
        self._limit(phrase.noun, phrase.words)
        self.clause.need("entity", phrase.noun)
        understood([w for w in phrase.words if w not in phrase.rest])
        if phrase.of:
            self.found.mention(phrase.of)
            self.found.link(Link(phrase.noun, phrase.of))
            self.clause.need("relation", phrase.noun, phrase.of)

    def _limit(self, name: str, words: list[Token]) -> None:
        """Keep what is said of how long or great a thing as a whole may be."""
        for limits in (word.limits for word in words):
            if limits and not limits.used and (limits.of == "length" or is_rated(name)):
                limits.used = True
                self.found.mention(name).limits.append(limits)

    def _is_aside(self, i: int) -> bool:
        """`(Fastify, not Hono)`: what is in the brackets says what it is made with."""
        inner = self.tokens[i + 1 : closing(self.tokens, i)]
        first = next((token for token in inner if token.text not in v.FUNCTION), None)
        for token in inner:
            here = token.tag
            if isinstance(here, Tag) and not here.weak:
                of_all = here.kind == "feature" and token is first
                if of_all or here.kind in {"language", "framework"}:
                    return True
        return bool(inner) and inner[0].text in v.NEGATORS

    def _technical(self, i: int, count: int) -> bool:
        """Whether a language or framework is named among the next words."""
        tags = [token.tag for token in self.tokens[i : i + count]]
        return any(isinstance(t, Tag) and t.kind in {"language", "framework"} for t in tags)

    def _lists_technology(self, i: int) -> bool:
        """Whether a list of languages, frameworks or features goes on behind a comma."""
        return (
            self.tokens[i].text == ","
            and i + 1 < len(self.tokens)
            and isinstance(self.tokens[i + 1].tag, Tag)
        )

    def _need_accounts(self) -> None:
        self.found.features["accounts"] = None
        self.clause.need("feature", "accounts")

    def _phrase_wins(self, i: int) -> bool:
        here = self.tokens[i].tag
        length = compound(self.tokens, i)
        if not length:
            return False
        if isinstance(here, Tag):
            return length > here.length
        return True

    def _belongs_at(self, i: int) -> bool:
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        return self.tokens[i].text in pairs.BELONG and following in pairs.LINK_PREPOSITIONS
