"""Verbs of a clause: which words are verbs, and what they ask for."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import (
    understood,
)
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.lexicon import WEAK, canonical, noun
from autonomous_coder.engines.intelligence.listing import Listing
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.phrases import MAX_WORDS, compound
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.models.spec import FieldType

_BEFORE_NOUNS = frozenset({"a", "an", "the", "its", "their"})
_DONE = v.KNOWN_VERBS - (v.BUILD - v.CRUD - v.TRANSITIVE - frozenset(v.EVENTS))
"""Verbs for what is done in the software, not for making it."""


class Verbs(Listing):
    """What is done, and by whom."""

    def _is_verb(self, i: int) -> bool:
        token = self.tokens[i]
        before = self.tokens[i - 1] if i else None
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if after is not None and after.text in v.MODALS | v.HAVE and token.plural:
            return False
        base = self._base(token)
        if token.text == "mark" and any(t.text == "as" for t in self.tokens[i + 1 : i + 7]):
            return True
        if before is None or (
            before.neutral
            and before.text in {"and", ",", "then", "also", "please", "where", ":", "-"}
            and not self.last
        ):
            return bool(base) and not (
                token.plural and token.text not in {"manages", "tracks", "stores"}
            )
        if before.text in v.MODALS or before.text in {
            "not",
            "i",
            "we",
            "you",
            "they",
            "that",
            "who",
            "which",
            "it",
            "don't",
        }:
            return True
        if before.text == "to":
            return (
                self.preposition == "to"
                and (
                    bool(base)
                    or self.last is None
                    or self.last.kind != "entity"
                    or not token.plural
                )
                and not token.plural
            )
        joined = before.text in {"and", ","}
        if joined and base and token.plural and after is not None and after.text in _BEFORE_NOUNS:
            return True
        if self.verb and before.text in {"and", ",", "or", "/"} and not self.group:
            return bool(base) and not token.plural
        if (
            before.text in {"and", ","}
            and self.verb
            and base
            and after is not None
            and not token.plural
        ):
            if not noun(token.text) and (base in v.EVENTS or base in v.TRANSITIONS):
                return True
            return (
                token.text in v.CRUD | v.BUILD
                and (self._nounish(i + 1) or after.text in {"the", "a", "their", "and", ","})
                and token.text not in WEAK
            )
        if token.text in v.HARD_VERBS and before.is_word and before.text not in v.FUNCTION:
            return True
        if token.text.endswith("ing") and not base and before.text in {"for", "by", "about"}:
            return (
                len(token.text) > 5
                and not compound(self.tokens, i)
                and not noun(token.text)
                and after is not None
                and after.plural
            )
        named = self.last is not None and bool(self.last.words) and self.last.words[-1] is before
        if named and self._does(before, i):
            return True
        if token.text.endswith("ing") and base and not compound(self.tokens, i):
            return after is not None and (
                self._nounish(i + 1) or after.text in v.DETERMINERS | v.QUANTIFIERS
            )
        if self.last is not None and self.last.words and self.last.words[-1] is before:
            agrees = before.plural or before.lemma in {"person", "staff"}
            third = self.last.counted in {"each", "every", "a", "an", "one", "the"} and token.plural
            kind = self.last.kind in {"entity", "login", "role"}
            return bool(base) and kind and ((agrees and not token.plural) or third)
        return False

    def _does(self, before: Token, i: int) -> bool:
        """`members | borrowing books`: who does something, and what is done to what."""
        token = self.tokens[i]
        if not (token.text.endswith("ing") and len(token.text) > 5):
            return False
        if not (before.plural or before.text in {"people", "staff"}) or compound(self.tokens, i):
            return False
        people = self._acting(before)
        if not people and (noun(token.text) or self._base(token) not in _DONE):
            return False
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if after is not None and after.text in v.DETERMINERS | v.QUANTIFIERS:
            return True
        end = i + 1
        while end <= i + MAX_WORDS and self._nounish(end):
            end += 1
        last = self.tokens[end - 1]
        return end > i + 1 and (last.plural or (people and last.lemma not in v.HEADS))

    def _acting(self, token: Token) -> bool:
        """Whether a word names people, who do things."""
        known = noun(token.lemma)
        people = pairs.ACTORS | v.LOGIN_WORDS | v.ROLE_WORDS | v.AUDIENCE
        reached = known is not None and any(f.name == "email" for f in known.fields)
        return token.lemma in people or reached

    def _orders(self, i: int) -> bool:
        """`customers ordering products`: an event, though its word may ask for a feature."""
        before = self.tokens[i - 1] if i else None
        if before is None or self._base(self.tokens[i]) not in v.EVENTS:
            return False
        return before.is_word and self._acting(before) and self._does(before, i)

    def _verb(self, i: int) -> int:
        token = self.tokens[i]
        base = self._base(token)
        self._flush()
        if (
            base in {"keep", "take"}
            and i + 2 < len(self.tokens)
            and self.tokens[i + 2].text == "of"
        ):
            understood(self.tokens[i : i + 3])
            self.mode, self.verb, self.group, self.last = "objects", "track", [], None
            self.found.asked = True
            return i + 3
        if self.last is not None and not self.verb:
            self.subjects = [self.last]
        self._subject()
        self.mode = "objects"
        self.group = []
        self.counted = ""
        self.preposition, self.source = "", None
        if not base:
            if self.verb and token.text in v.FIELD_WORDS:
                return i + 1
            self.unknown_verb = token
            self.verb = token.text
            return i + 1
        token.understood = True
        self.unknown_verb = None
        self.found.asked = self.found.asked or base in v.BUILD | v.CRUD or base in v.EVENTS
        self.verb = base
        if base in v.TRANSITIONS:
            token.understood = False
            token.neutral = True
        if base == "mark" or (base == "set"):
            return self._mark_as(i)
        return i + 1

    def _subject(self) -> None:
        for subject in self.subjects:
            if subject.kind == "role" or (self.role and subject.kind in {"login"}):
                self.found.features["roles"] = None
                self.clause.need("feature", "roles")
                self.clause.restricted = True
                understood(subject.words)

    def _flush(self) -> None:
        """A verb that stood alone: `users can comment`, `customers can pay`."""
        verb, self.verb = self.verb, "" if not self.group else self.verb
        if self.group or not verb:
            self.verb = verb
            return
        if verb in {"register", "sign"}:
            self._need_accounts()
        elif verb == "pay":
            self.found.features["payments"] = None
            self.clause.need("feature", "payments")
        elif verb in v.EVENTS and not any(n[0] == "feature" for n in self.clause.needs):
            event = canonical(v.EVENTS[verb])
            self.found.mention(event)
            self.clause.need("entity", event)
        elif verb in v.TRANSITIONS:
            self.clause.need("unknown", verb)
        self.verb = verb

    def _mark_as(self, i: int) -> int:
        """`mark todos as done` asks for a boolean attribute."""
        stop = min(len(self.tokens), i + MAX_WORDS)
        at = next((k for k in range(i + 1, stop) if self.tokens[k].text == "as"), 0)
        if not at or at + 1 >= len(self.tokens):
            return i + 1
        nouns = [t for t in self.tokens[i + 1 : at] if t.is_word and t.text not in v.FUNCTION]
        owner = canonical(nouns[-1].lemma) if nouns else self.governor
        if nouns and nouns[-1].lemma in {"it", "them", "one", "item"}:
            owner = self.governor or self.found.main
        if not owner:
            return i + 1
        flag = identifier(self.tokens[at + 1].text)
        self.tokens[at].neutral = True
        understood([*nouns, self.tokens[at + 1]])
        mention = self.found.mention(owner)
        known = noun(owner)
        names = {f.name for f in (known.fields if known else ())} | {f.name for f in mention.fields}
        name = (
            "done"
            if flag in {"complete", "completed", "finished", "done"} and "done" in names
            else flag
        )
        if flag == "complete" and name == flag:
            name = "completed"
        mention.add(make(name, FieldType.BOOLEAN))
        self.clause.need("field", owner, name)
        return at + 2

    def _acts(self, at: int) -> bool:
        """Whether a verb we know follows (behind `can`), so that its subject is worth storing."""
        if self.tokens[at].text in v.MODALS:
            at += 1
        return at < len(self.tokens) and bool(self._base(self.tokens[at]))

    def _verb_after(self, words: list[Token], i: int) -> bool:
        token = self.tokens[i]
        if token.text.endswith("ing"):
            return self._does(words[-1], i)
        base = self._base(token)
        if not base:
            return False
        fixed = self.counted in {"each", "every", "a", "an", "one", "the", "only"}
        agrees = words[-1].plural or words[-1].lemma in {"person", "staff"}
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if after is None or not after.is_word:
            return False
        return (agrees and not token.plural) or (
            fixed and token.plural and token.text not in v.STOP_NOUNS
        )
