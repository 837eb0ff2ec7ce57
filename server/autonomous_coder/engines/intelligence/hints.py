"""What the words around a noun phrase say about it: whose, for whom, of which kind."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import MEASURED, closing, items
from autonomous_coder.engines.intelligence.lexicon import noun
from autonomous_coder.engines.intelligence.phrases import Phrase
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.engines.intelligence.verbs import Verbs

HEAD_KINDS = frozenset({"rest_api", "web_app"})
"""Kinds of software whose name may end a noun phrase (`an inventory API`)."""
_SERVICE_HEADS = {"service": "rest_api", "endpoint": "rest_api"}


class Hints(Verbs):
    """Questions about a phrase that `Things` asks before it uses it."""

    def _is_audience(self, phrase: Phrase, following: str) -> bool:
        """`a bug tracker for teams`: who it is for, not what it stores."""
        kind = self.last.kind if self.last is not None else ""
        about = kind in {"application", "domain"} or (kind == "container" and following == "to")
        return (
            about
            and self.preposition == "for"
            and phrase.plural
            and phrase.noun in v.AUDIENCE
            and following not in v.HAVE | {"("}
        )

    def _may_be_audience(self, phrase: Phrase, following: str) -> bool:
        """`a service for teams`: teams may be whom it is for, or what it stores."""
        head = self.last.words[-1].tag if self.last and self.last.kind == "container" else True
        return (
            not head
            and self.preposition == "for"
            and phrase.plural
            and phrase.noun in v.AUDIENCE
            and following in {"", "."}
        )

    def _is_business(self, phrase: Phrase, at: int, following: str) -> bool:
        """`an API for a bakery: products, orders`: whose it is, not what it stores."""
        if (
            self.preposition != "for"
            or phrase.plural
            or phrase.counted not in {"a", "an", "my", "our"}
        ):
            return False
        if self.last is None or self.last.kind != "container":
            return False
        if following == ":":
            return not self._lists_fields(at + 1)
        return following in v.WITH and not noun(phrase.noun) and not self._lists_fields(at + 1)

    def _goes_on(self, words: list[Token], i: int) -> bool:
        """`orders and items`: a thing named right after another one."""
        before = self.tokens[i - 1].text if i else ""
        beside = self.last is not None and self.last.kind == "entity" and self.last.plural
        return before in {"and", ",", "&"} and beside and words[-1].plural and not self.verb

    def _new_subject(self, before: Token, at: int) -> bool:
        """`a todo app | users can add tasks to`: a sentence run on without a comma."""
        token = self.tokens[at]
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if after is None or before.plural or not token.plural or before.lemma not in v.HEADS:
            return False
        if after.text in v.MODALS:
            return True
        acts = token.lemma in v.LOGIN_WORDS and not after.plural
        return acts and (isinstance(after.tag, Tag) or bool(self._base(after)))

    def _kinds(self, phrase: Phrase) -> None:
        """`an inventory API`, `an e-commerce site`: the head says what is to be made."""
        for word in phrase.words:
            here = word.tag
            kind = _SERVICE_HEADS.get(word.lemma, "")
            if isinstance(here, Tag) and here.kind == "archetype" and here.name in HEAD_KINDS:
                kind = here.name
            if kind and not self.negated:
                self.found.archetypes.append(kind)
                self.clause.need("archetype", kind)

    def _is_rule(self, phrase: Phrase, following: str) -> bool:
        """`salary must be positive`: about an attribute of what was spoken of."""
        alone = self.mode == "open" and not phrase.plural and not phrase.counted
        about = phrase.noun not in self.found.mentions and phrase.noun not in self.plurals
        said = bool(self.found.described) and phrase.words[-1].text in v.FIELD_WORDS
        return alone and about and said and following in v.MODALS

    def _is_choice(self, phrase: Phrase, at: int) -> bool:
        """`condition (mint, good, poor)`: an attribute with its values, not a thing with parts."""
        word = phrase.words[-1]
        if phrase.plural or len(phrase.words) > 2 or not (self.governor or self.found.main):
            return False
        inner = self.tokens[at + 1 : closing(self.tokens, at)]
        values = [item.words[-1] for item in items(inner) if item.words and not item.typed]
        if len(values) == 1 and values[0].text in MEASURED:
            return noun(phrase.noun) is None
        attributes = any(value.text in v.FIELD_WORDS or value.optional for value in values)
        named = word.lemma in v.ENUM_FIELDS or noun(phrase.noun) is None
        return named and len(values) > 1 and not attributes

    def _is_code(self, at: int) -> bool:
        """`a library for parsing ...`, `a library with models for ...`: not one of books."""
        ahead = self.tokens[at : at + 5]
        if any(token.lemma in operations.BORROWING for token in self.tokens):
            return False
        first, second = [*(token.text for token in ahead), "", ""][:2]
        if first == "for":
            return second.endswith("ing")
        if first == "to":
            return bool(second)
        if first in {"that", "which"} and operations.base(second) in operations.WORK:
            return True
        words = [t for t in ahead[1:] if t.text not in v.DETERMINERS | v.QUALITIES]
        offers = first in {"with", "of"} | v.HAVE | {"that", "which", "offering", "providing"}
        for place, token in enumerate(words[:3]):
            if offers and token.lemma in operations.MODELS | operations.PARTS and token.plural:
                following = words[place + 1].text if place + 1 < len(words) else ""
                return token.lemma == "model" or following in {"for", "of", "to"}
        return False

    def _left(self, phrase: Phrase, at: int, words: str) -> int:
        """Name a phrase that is stored nowhere."""
        for word in phrase.words:
            word.neutral = True
        self.clause.content += len(phrase.words)
        self.clause.need("unknown", words)
        return at
