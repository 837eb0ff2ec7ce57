"""Noun phrases of a clause: applications, log-ins, attributes to filter by, stored things."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import (
    closing,
    field_of,
    items,
    understood,
)
from autonomous_coder.engines.intelligence.domains import DOMAINS
from autonomous_coder.engines.intelligence.hints import HEAD_KINDS
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.phrases import MAX_WORDS, Phrase, classify, compound
from autonomous_coder.engines.intelligence.seeking import Seeking
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token

_GIVING = frozenset({"leave", "leaves", "give", "gives"})
"""Verbs that say no more than `write` (`users can leave reviews`)."""


def _is_head(found: Tag) -> bool:
    """Whether a kind of software is one word that may end a noun phrase."""
    return found.length == 1 and found.name in HEAD_KINDS


class Things(Seeking):
    """What a noun phrase adds to the findings."""

    def _noun_phrase(self, i: int) -> int:
        words: list[Token] = []
        at = i
        while at < len(self.tokens) and len(words) < MAX_WORDS and self._nounish(at):
            if words and not compound(self.tokens, at - 1):
                here = self.tokens[at].tag
                if isinstance(here, Tag) and not here.weak and here.kind != "archetype":
                    break
                of_kind = isinstance(here, Tag) and here.kind == "archetype"
                if isinstance(here, Tag) and of_kind and not _is_head(here):
                    break
                if self._new_subject(words[-1], at):
                    break
                if (
                    self.tokens[at].text in v.HARD_VERBS
                    and at + 1 < len(self.tokens)
                    and self.tokens[at + 1].is_word
                ):
                    break
                if self._belongs_at(at) or self._verb_after(words, at):
                    break
            words.append(self.tokens[at])
            at += 1
        listed = self.mode in {"objects", "list", "link"} or self.preposition in {"for", "of"}
        following = self.tokens[at].text if at < len(self.tokens) else ""
        if (
            following in {"", ",", "and"}
            and words[-1].plural
            and not self.verb
            and all(t.neutral or not t.is_word for t in self.tokens[:i])
        ):
            listed = True
        listed = listed or self._goes_on(words, i)
        listed = listed or following in v.HAVE | {"(", "belongs", "belong"} | v.MODALS
        listed = listed or (following in v.WITH and words[-1].plural and self._lists_fields(at + 1))
        if (
            following == "of"
            and len(words) == 1
            and words[0].lemma in v.HEADS | {"stock", "inventory"}
        ):
            listed = False
        if following in v.MODALS and words[-1].lemma == "person":
            listed = False
        phrase = classify(words, self.counted, listed=listed)
        self.counted = ""
        return self._use(phrase, at)

    def _use(self, phrase: Phrase, at: int) -> int:
        if self.mode == "by" and self._past_by(phrase, at):
            self.mode, self.preposition = "list", ""
            phrase = classify(phrase.words, phrase.counted, listed=True)
        kind = phrase.kind
        following = self.tokens[at].text if at < len(self.tokens) else ""
        known = [w for w in phrase.words if w not in phrase.rest]
        if kind == "quality":
            for word in phrase.words:
                word.neutral = True
            return at
        if self.mode == "by":
            return self._by(phrase, at)
        if kind in {"container", "domain", "application"}:
            return self._container(phrase, at, known)
        if kind == "login":
            return self._login(phrase, at, known)
        if kind == "role":
            self.last = phrase
            self.found.features["roles"] = None
            self.clause.need("feature", "roles")
            understood(known)
            return at
        if self._is_audience(phrase, following):
            understood(known)
            return at
        if self._may_be_audience(phrase, following):
            self.found.audience = phrase.text
        if self._is_business(phrase, at, following):
            return self._container(phrase, at, known)
        if self.negated:
            known_thing = noun(phrase.noun) is not None or phrase.noun in self.found.mentions
            if known_thing:
                self.found.absent[phrase.noun] = None
                self.clause.need("refused_entity", phrase.noun)
            else:
                self.clause.need("unknown", f"not {phrase.text}")
            understood(known)
            self.last = phrase
            return at
        return self._entity(phrase, at, known, following)

    def _container(self, phrase: Phrase, at: int, known: list[Token]) -> int:
        if phrase.noun == "library" and not self.preposition and self._is_code(at):
            self.found.archetypes.append("library")
        self.found.asked = True
        self._kinds(phrase)
        for word in known:
            word.understood = True
        for word in phrase.words:
            if word.text in v.STOP_NOUNS | v.HEADS or word.lemma in v.HEADS:
                word.understood, word.neutral = False, True
        if phrase.kind == "domain":
            self.found.domains.append(phrase.noun)
            self.found.main = self.found.main or canonical(DOMAINS[phrase.noun][0])
            self.clause.need("domain", phrase.noun)
        elif phrase.kind == "application":
            self.found.main = self.found.main or phrase.noun
            self.found.mention(phrase.noun)
            self.clause.need("entity", phrase.noun)
        if phrase.kind != "container" and not self.found.title:
            self.found.title = " ".join(w.text for w in known if w.text not in v.QUALITIES)
        self.last = phrase
        if self.verb in v.BUILD:
            self.verb = ""
        if self.mode == "attributes":
            self.mode = "list"
        return at

    def _login(self, phrase: Phrase, at: int, known: list[Token]) -> int:
        understood(known)
        following = self.tokens[at].text if at < len(self.tokens) else ""
        if following == "(":
            end = closing(self.tokens, at)
            inner = self.tokens[at + 1 : end]
            for item in items(inner):
                made = field_of(item)
                if made:
                    self.found.user_fields.append(made)
                    self.clause.need("field", "user", made.name)
            understood(inner)
            self.clause.need("login", phrase.noun)
            at = end + 1
        elif self.mode == "link" and self.last is not None and self.last.kind == "entity":
            self._need_accounts()
            if self.assigned:
                self.clause.need("relation", self.last.noun, "user")
            self.found.private = True
            self.mode = "open"
        elif phrase.counted in {"each", "every"} or self.preposition == "per":
            self.found.private = True
            self.found.features["accounts"] = None
            self.clause.need("feature", "accounts")
        elif (self.verb and phrase.noun == "user" and self.mode == "objects") or (
            self.mode == "list" and phrase.noun in {"user", "account"}
        ):
            self.found.features["accounts"] = None
            self.clause.need("feature", "accounts")
        self.last = phrase
        return at

    def _entity(self, phrase: Phrase, at: int, known: list[Token], following: str) -> int:
        name = phrase.noun
        head = phrase.words[-1]
        certain = noun(name) is not None or name in self.found.mentions
        if self.unknown_verb is not None and self.unknown_verb.text in _GIVING and certain:
            self.unknown_verb.neutral, self.unknown_verb = True, None
        stored = (
            following in v.HAVE | v.WITH | {"(", ":", "belongs", "belong"}
            or self.mode in {"link"}
            or (
                self.mode == "objects"
                and not self.unknown_verb
                and (
                    certain
                    or phrase.plural
                    or self.verb in v.STORE | v.CREATE
                    or phrase.counted != ""
                )
            )
            or (
                self.mode == "list"
                and (certain or (phrase.plural and head.text not in v.FIELD_PLURALS))
            )
            or (self.preposition in {"for", "of", "about"} and (certain or phrase.plural))
        )
        if (
            self.mode == "list"
            and not phrase.plural
            and self.found.main
            and following not in v.WITH | {"("}
            and head.text in v.FIELD_WORDS
        ):
            return self._field_of_main(self.found.main, phrase, at)
        if self._is_rule(phrase, following):
            return self._field_of_main(self.found.described, phrase, at)
        if following == "(" and self._is_choice(phrase, at):
            return self._field_of_main(self.governor or self.found.main, phrase, at)
        if head.limits and head.plural and head.lemma in v.FIELD_WORDS and not certain:
            head.text = head.lemma
        if head.limits and self.found.main and not certain and head.text in v.FIELD_WORDS:
            return self._field_of_main(self.governor or self.found.main, phrase, at)
        count = self.tokens[at - len(phrase.words) - 1] if at > len(phrase.words) else None
        if count is not None and count.text[0].isdigit() and head.lemma in pairs.TIME_UNITS:
            # `for 14 days`: how long, not what is stored.
            count.neutral = True
            return self._left(phrase, at, f"{count.text} {phrase.text}")
        if self.preposition == "per" and head.lemma in pairs.TIME_UNITS:
            return self._left(phrase, at, f"per {phrase.text}")
        if self.verb in v.TRANSITIONS and self.mode == "objects" and not certain:
            change, self.verb = self.verb, ""
            return self._left(phrase, at, f"{change} {phrase.text}")
        if self.unknown_verb is not None and self.mode == "objects":
            verb, self.unknown_verb = self.unknown_verb, None
            self.mode = "open"
            verb.neutral = True
            self.clause.content += 1
            self.clause.need("unknown", f"{verb.text} {phrase.text}")
            if certain and not phrase.rest:
                understood(known)
                self._mention(phrase)
                self.last = phrase
            else:
                for word in phrase.words:
                    word.neutral = True
                self.clause.content += len(phrase.words)
            return at
        if self.mode == "open" and not stored:
            subject = at < len(self.tokens) and (
                following in v.MODALS or self._verb_after(phrase.words, at) or self._belongs_at(at)
            )
            acts = subject and phrase.plural and self._acts(at)
            stored = (
                (subject and certain)
                or acts
                or (certain and (phrase.plural or self.preposition != ""))
            )
        if (
            self.mode == "open"
            and self.verb == ""
            and not stored
            and certain
            and not self.found.mentions
        ):
            stored = True
        if (
            self.mode == "objects"
            and self.verb in v.BUILD - v.CRUD
            and not certain
            and not phrase.plural
        ):
            stored = False
        if not stored:
            self.last = phrase if certain else self.last
            return at
        understood(known)
        source = self.last
        behind = self.source is not None and self.preposition not in {"", "with"}
        self._mention(phrase)
        self._relate(phrase, source)
        if behind:
            self.last = phrase
            return self._inner(name, at)
        self.group.append(name)
        if self.mode == "objects" and self.verb in v.TRANSITIONS:
            self.clause.need("transition", phrase.noun, self.verb)
        elif self.mode == "objects" and self.verb in v.EVENTS:
            self._event(phrase)
        elif self.mode == "objects":
            self._actor(phrase)
        if self.mode != "link":
            self.last = phrase
        if not self.found.main and self.found.domains == []:
            self.found.main = name
        self.preposition = "" if self.mode in {"objects"} else self.preposition
        return self._inner(name, at)
