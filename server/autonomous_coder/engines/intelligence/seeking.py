"""What lists are filtered, sorted and searched by: a thing that is stored, or an attribute."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import understood
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.hints import Hints
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.phrases import Phrase
from autonomous_coder.engines.intelligence.tagging import Tag

_THERE = frozenset({"id", "created_at", "updated_at", "owner", "owner_id"})
_ALWAYS = frozenset({"date", "keyword", "item", "word", "term"})
"""What every list can be sought by, or what names no attribute."""
_MOST = 200
"""Attributes added for being sought by; what is beyond is reported as not understood."""


class Seeking(Hints):
    """`filter products by price and category`, `search by title`."""

    def _by(self, phrase: Phrase, at: int) -> int:
        understood(phrase.words)
        if self.preposition != "by" and phrase.kind in {"entity", "domain", "application", "login"}:
            if phrase.kind == "entity" and noun(phrase.noun):
                self._mention(phrase)
                self.sought = phrase.noun
            elif phrase.kind == "entity":
                self.clause.need("by", self.governor, phrase.noun)
        elif phrase.kind != "quality":
            name = " ".join(w.lemma if w is phrase.words[-1] else w.text for w in phrase.words)
            self._seek(name)
        return at

    def _seek(self, name: str) -> None:
        """An attribute that can be one is there in the end: see `assemble`."""
        label = canonical(name)
        stored = label in self.found.mentions or label in self.plurals
        known = noun(self.sought or self.found.main)
        meant = noun(label)
        tagged = meant is not None and meant.kind == "t" and name not in v.FIELD_WORDS
        if not stored and (tagged or (known and label in known.many)):
            self.found.mention(label)
            stored = True
        if not stored and self._is_attribute(name) and len(self.found.sought) < _MOST:
            self.found.sought.append((self.sought, make(identifier(name))))
        self.clause.need("by", self.sought, name)

    def _is_attribute(self, name: str) -> bool:
        last = name.rsplit(" ", 1)[-1]
        made = identifier(name)
        if not made or made in _THERE or name in _ALWAYS | v.LOGIN_WORDS:
            return False
        return last in v.FIELD_WORDS or name in v.ENUM_FIELDS or noun(name) is not None

    def _sought_here(self, i: int) -> bool:
        """`searchable by email`: a word of a feature that is an attribute here."""
        here = self.tokens[i].tag
        alone = isinstance(here, Tag) and here.length == 1 and not self._nounish(i + 1)
        by = self.mode == "by" and self.preposition == "by"
        return by and alone and self.tokens[i].text in v.FIELD_WORDS

    def _past_by(self, phrase: Phrase, at: int) -> bool:
        """`filtering by status, projects and comments`: the list of the project goes on."""
        start = at - len(phrase.words)
        before = self.tokens[start - 1].text if start else ""
        known = noun(canonical(phrase.words[-1].lemma))
        several = phrase.plural and phrase.words[-1].text not in v.FIELD_PLURALS
        told = self.preposition == "by" and before in {",", "and", "&"}
        return told and several and known is not None and known.kind != "t"
