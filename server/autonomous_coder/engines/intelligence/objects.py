"""What a verb is done to: a thing that is stored, or what a program works on."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.rewriting import Rewriting
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token


class Objects(Rewriting):
    """Questions about noun phrases behind verbs."""

    def _is_stored(self, words: list[Token], verbs: frozenset[str]) -> bool:
        """Whether the object of a verb is kept, rather than read or made."""
        phrase = self._first(words)
        if not phrase:
            return not words or words[0].text in {"them", "it", "one", "all"}
        head = phrase[-1]
        name = self._compound(phrase)
        after = words[words.index(head) + 1].text if head is not words[-1] else ""
        listed = after in {"with", "(", "having"} and head.lemma not in o.PLAIN | o.FILES
        if listed:
            return True
        if name:
            plain = head.lemma in o.PLAIN and name == head.lemma
            kept = bool(verbs & (o.CREATE | o.KEEP)) and head.lemma not in o.FILES | o.FORMATS
            return not plain or kept
        if head.lemma in o.PLAIN or head.text in o.PLAIN or head.text in v.FIELD_PLURALS:
            return False
        if after in {"in", "from", "of", "on", "between"} or not head.plural:
            return False
        return bool(verbs & (o.CREATE | o.KEEP | o.DELETE | o.UPDATE | {"list"}))

    def _compound(self, phrase: list[Token]) -> str:
        """The known noun that a phrase ends with (`shopping list item`), or an empty string."""
        for start in range(len(phrase)):
            name = " ".join([*(t.text for t in phrase[start:-1]), phrase[-1].lemma])
            if noun(name) and not (name in v.STOP_NOUNS and len(phrase) > 1):
                return canonical(name)
        return ""

    def _heads(self, words: list[Token]) -> list[str]:
        """The stored things a verb's object lists: `tasks and projects`."""
        heads: list[str] = []
        rest = words
        while True:
            phrase = self._first(rest)
            if not phrase:
                return heads
            name = self._compound(phrase) or canonical(phrase[-1].lemma)
            if heads and not (noun(name) or phrase[-1].plural):
                return heads
            heads.append(name)
            rest = rest[rest.index(phrase[-1]) + 1 :]
            if not rest or rest[0].text not in {"and", ",", "&", "or"}:
                return heads
            rest = rest[1:]

    def _first(self, words: list[Token]) -> list[Token]:
        """The first noun phrase, without what only counts or praises it."""
        phrase: list[Token] = []
        for token in words:
            skipped = token.text in v.DETERMINERS | v.QUANTIFIERS | v.QUALITIES | v.STATES
            if not phrase and skipped:
                continue
            if not token.is_word or token.text in v.FUNCTION:
                break
            phrase.append(token)
        return phrase

    def _nounish(self, token: Token) -> bool:
        tagged = isinstance(token.tag, Tag) and token.tag.kind != "feature"
        plain = token.text not in v.FUNCTION and token.text not in v.QUALITIES
        free = not token.said and id(token) not in self._inside
        return token.is_word and plain and not tagged and free
