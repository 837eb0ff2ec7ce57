"""
Reads a request clause by clause and collects what it asks for. A small grammar,
left to right: each step looks at one token and what stands around it, marks what it
understood and moves on; nothing is read twice, so the cost is linear.
"""

from __future__ import annotations

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import (
    Item,
    closing,
    field_of,
    items,
    join_enums,
    understood,
    values_of,
)
from autonomous_coder.engines.intelligence.clauses import split
from autonomous_coder.engines.intelligence.domains import DOMAINS
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Clause, Findings, Link
from autonomous_coder.engines.intelligence.lexicon import WEAK, canonical, noun
from autonomous_coder.engines.intelligence.names import identifier
from autonomous_coder.engines.intelligence.phrases import MAX_WORDS, Phrase, classify, compound
from autonomous_coder.engines.intelligence.tagging import Tag, tag
from autonomous_coder.engines.intelligence.text import Token, sentences, tokenise
from autonomous_coder.models.spec import FieldType

_BELONG = {
    "belong",
    "belongs",
    "assigned",
    "linked",
    "attached",
    "related",
    "associated",
    "connected",
    "owned",
    "written",
    "placed",
    "grouped",
    "organized",
    "organised",
    "categorized",
    "categorised",
    "taught",
    "made",
    "created",
    "published",
    "supplied",
    "produced",
    "part",
    "sold",
    "stored",
    "located",
    "tagged",
    "directed",
    "given",
    "led",
    "labeled",
    "labelled",
    "treated",
    "submitted",
    "sent",
    "authored",
    "performed",
    "hosted",
    "referenced",
    "borrowed",
    "stays",
    "stay",
    "lives",
    "live",
    "works",
    "sits",
    "resides",
}
_LINK_PREPOSITIONS = {
    "for",
    "of",
    "to",
    "on",
    "in",
    "into",
    "from",
    "by",
    "under",
    "per",
    "at",
    "with",
}
_HARD_VERBS = frozenset(
    [
        "add",
        "create",
        "edit",
        "delete",
        "remove",
        "manage",
        "browse",
        "get",
        "submit",
        "upload",
        "update",
        "borrow",
        "buy",
        "enroll",
        "attend",
        "adopt",
        "donate",
        "subscribe",
        "reserve",
        "choose",
        "pick",
        "sell",
        "publish",
    ]
)
"""Verbs that are never nouns."""
_BOOKED = frozenset({"appointment", "reservation", "booking", "meeting", "viewing", "consultation"})
_KNOWN_VERBS = v.CRUD | v.BUILD | v.TRANSITIVE | frozenset(v.TRANSITIONS) | frozenset(v.EVENTS)


def read(text: str) -> Findings:
    """Everything found in a normalised description."""
    findings = Findings()
    tokens = tokenise(text)
    tag(tokens)
    prescan = _plural_nouns(tokens)
    foreign = is_foreign(tokens)
    findings.foreign = foreign
    for sentence in sentences(tokens):
        for words in split(sentence):
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


class _ClauseReader:
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
        raw = text[words[0].start : tokens[-1].end] if words else ""
        line = " ".join(raw.split())[:400]
        for lead in ("and ", "but ", "then "):
            line = line.removeprefix(lead)
        self.clause = Clause(line)
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
        self.before_container = False
        self.last: Phrase | None = None
        self.counted = ""
        self.role = False
        self.assigned = False
        self.foreign = foreign

    def run(self) -> None:
        index = 0
        while index < len(self.tokens):
            index = max(index + 1, self.step(index))
        self.close()

    # -- one step ---------------------------------------------------------------------------

    def step(self, i: int) -> int:
        token = self.tokens[i]
        if token.is_word and not self._phrase_wins(i):
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
        ):
            end = closing(self.tokens, i)
            self._fields(self.found.main, self.tokens[i + 1 : end], listed=True)
            return end + 1
        if token.text == ":" and self.last is not None:
            if self.last.kind == "entity" and self.mode != "attributes":
                return self._attributes(i + 1, self.last.noun)
            self.mode = "list"
        return i + 1

    def _phrase_wins(self, i: int) -> bool:
        here = self.tokens[i].tag
        length = compound(self.tokens, i)
        if not length:
            return False
        if isinstance(here, Tag):
            return length > here.length
        return True

    # -- known phrases ----------------------------------------------------------------------

    def _tagged(self, i: int) -> int:
        here = self.tokens[i].tag
        if not isinstance(here, Tag):
            return 0
        end = i + here.length
        following = self.tokens[end].text if end < len(self.tokens) else ""
        if here.weak and self._is_thing(end, following):
            return 0
        span = self.tokens[i:end]
        if here.kind == "archetype":
            if (
                here.name in {"web_app", "rest_api"}
                and self.found.mentions
                and self.mode == "attributes"
            ):
                return 0
            understood(span)
            self.found.asked = True
            if not self.negated:
                self.found.archetypes.append(here.name)
                self.clause.need("archetype", here.name)
                self.last = Phrase(list(span), kind="container")
                self.mode = "open"
                self.governor = self.governor or ""
                self.before_container = True
            return end
        understood(span)
        if here.kind == "feature":
            self._feature(here.name, following)
        elif here.kind == "language":
            if not self.negated:
                self.found.languages.append(here.name)
            self.clause.need("language", here.name)
        else:
            if not self.negated:
                self.found.frameworks.append(here.name)
            self.clause.need("framework", here.name)
        return end

    def _is_thing(self, end: int, following: str) -> bool:
        if self.mode == "attributes" or self.verb in v.STORE or following == "(":
            return True
        if following in v.HAVE | {"belongs", "belong"}:
            return True
        if self.counted in {"each", "every"}:
            return True
        return (
            end < len(self.tokens)
            and self._nounish(end)
            and following
            not in {
                "support",
                "integration",
                "feature",
                "features",
                "functionality",
                "capability",
                "system",
                "function",
                "management",
            }
        )

    def _feature(self, name: str, following: str) -> None:
        self.found.asked = True
        if self.negated:
            self.found.refused[name] = None
            self.clause.need("refused", name)
            return
        if (
            name == "accounts"
            and self.last is not None
            and self.last.kind == "entity"
            and self.subjects
        ):
            self.found.assumptions.append(
                f"'{self.last.text}' who log in are the login accounts of the service."
            )
        self.found.features[name] = None
        self.clause.need("feature", name)
        if self.subjects and not self.verb and self.mode == "open":
            self.verb = "use"
        if name in {"filtering", "sorting", "search"} and (
            following in {"by", "for", "on", "through", "in"}
            or following not in v.FUNCTION | {",", "", "(", ")", ":"}
        ):
            self.mode = "by"
        elif self.mode == "attributes":
            self.mode = "list"
        self.unknown_verb = None

    # -- function words ---------------------------------------------------------------------

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

    def _just_named(self, i: int) -> Phrase | None:
        """The thing whose last word (or bracket) stands right before this token."""
        if self.last is None or self.last.kind != "entity" or not i:
            return None
        before = self.tokens[i - 1]
        return self.last if before is self.last.words[-1] or before.text == ")" else None

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
        self.negated = False
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
        if (
            previous is not None
            and previous.kind == "entity"
            and previous.noun in self.found.mentions
        ):
            return self._attributes(i + 1, previous.noun)
        if previous is not None and previous.kind == "entity" and not self.negated:
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

    def _lists_fields(self, i: int) -> bool:
        """Whether the list that begins here starts with an attribute (`title, due date`)."""
        first: list[Token] = []
        for token in self.tokens[i : i + 6]:
            if not token.is_word or token.text in {"and", "or"}:
                break
            if token.text not in v.DETERMINERS | v.QUANTIFIERS and not (
                isinstance(token.tag, Tag) and not token.tag.weak
            ):
                first.append(token)
        return bool(first) and not first[-1].plural and first[-1].text in v.FIELD_WORDS

    def _user_attributes(self, i: int) -> int:
        end = self._list_end(i)
        plain = []
        for item in items(self.tokens[i:end]):
            many = item.words and (item.words[0].text in v.MANY or item.words[-1].plural)
            if many and noun(item.words[-1].lemma):
                target = canonical(item.words[-1].lemma)
                self.found.mention(target)
                self.found.features["accounts"] = None
                self.found.private = True
                self.clause.need("entity", target)
                self.clause.need("feature", "accounts")
            else:
                made = field_of(item)
                if made:
                    plain.append(made)
            understood(item.words)
        for made in plain:
            if made.name not in {"password", "password_hash", "login"}:
                self.found.user_fields.append(made.name)
                self.clause.need("field", "user", made.name)
        self.found.mentions.get("user")
        self.clause.need("login", "user")
        return end

    # -- relations --------------------------------------------------------------------------

    def _belongs(self, i: int) -> int:
        """`belongs to`, `is written by`, `assigned to`: the next noun is what it points at."""
        token = self.tokens[i]
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        if token.text not in _BELONG or following not in _LINK_PREPOSITIONS or self.last is None:
            return 0
        if self.last.kind not in {"entity", "login"}:
            return 0
        token.understood = True
        self.tokens[i + 1].neutral = True
        self.assigned = token.text in {"assigned", "linked", "sent", "given"}
        if self.last.kind == "entity":
            self._mention(self.last)
        self.mode = "link"
        self.counted = ""
        return i + 2

    def _link(self, source: str, target: Phrase, *, back: bool = False) -> None:
        """`source` refers to the thing a phrase names; taxonomy always hangs on the other side."""
        a, b = source, target.noun
        if a == b:
            return
        first, second = noun(a), noun(b)
        plural = target.plural or target.counted in v.MANY
        if first and first.kind == "t" and not (second and second.kind == "t"):
            self.found.link(Link(b, a, many=a != "category"))
        elif second and second.kind == "t":
            many = plural or b in {"tag", "label", "skill", "ingredient", "amenity", "allergen"}
            self.found.link(Link(a, b, many=many, required=not many and b != "category"))
        elif back:
            self.found.link(Link(b, a))
        else:
            self.found.link(Link(a, b, many=plural and target.counted in v.MANY))
        self.clause.need("relation", a, b)

    # -- verbs ------------------------------------------------------------------------------

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
        if token.text in _HARD_VERBS and before.is_word and before.text not in v.FUNCTION:
            return True
        if token.text.endswith("ing") and not base and before.text in {"for", "by", "about"}:
            return (
                len(token.text) > 5
                and not compound(self.tokens, i)
                and not noun(token.text)
                and after is not None
                and after.plural
            )
        if token.text.endswith("ing") and base:
            return after is not None and (
                self._nounish(i + 1) or after.text in v.DETERMINERS | v.QUANTIFIERS
            )
        if self.last is not None and self.last.words and self.last.words[-1] is before:
            agrees = before.plural or before.lemma in {"person", "staff"}
            third = self.last.counted in {"each", "every", "a", "an", "one", "the"} and token.plural
            kind = self.last.kind in {"entity", "login", "role"}
            return bool(base) and kind and ((agrees and not token.plural) or third)
        return False

    def _base(self, token: Token) -> str:
        text = token.text
        known = _KNOWN_VERBS
        for candidate in (text, token.lemma, text.removesuffix("es")):
            if candidate in known:
                return candidate
        if text.endswith("ing") and len(text) > 5:
            stem = text[:-3]
            for candidate in (stem, stem + "e", stem[:-1]):
                if candidate in known:
                    return candidate
        return ""

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

    def _need_accounts(self) -> None:
        self.found.features["accounts"] = None
        self.clause.need("feature", "accounts")

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

    # -- nouns ------------------------------------------------------------------------------

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

    def _noun_phrase(self, i: int) -> int:
        words: list[Token] = []
        at = i
        while at < len(self.tokens) and len(words) < MAX_WORDS and self._nounish(at):
            if words and not compound(self.tokens, at - 1):
                here = self.tokens[at].tag
                if isinstance(here, Tag) and not here.weak and here.kind != "archetype":
                    break
                if isinstance(here, Tag) and here.kind == "archetype" and here.length > 1:
                    break
                if (
                    self.tokens[at].text in _HARD_VERBS
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
        listed = listed or following in v.HAVE | {"(", "belongs", "belong"} | v.MODALS
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

    def _belongs_at(self, i: int) -> bool:
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        return self.tokens[i].text in _BELONG and following in _LINK_PREPOSITIONS

    def _verb_after(self, words: list[Token], i: int) -> bool:
        token = self.tokens[i]
        base = self._base(token)
        if not base:
            return False
        fixed = self.counted in {"each", "every", "a", "an", "one", "the", "only"}
        agrees = words[-1].plural or words[-1].lemma in {"person", "staff"}
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if after is None or not after.is_word:
            return False
        if token.text.endswith("ing"):
            return False
        return (agrees and not token.plural) or (
            fixed and token.plural and token.text not in v.STOP_NOUNS
        )

    def _use(self, phrase: Phrase, at: int) -> int:
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
        if self._is_business(phrase, at, following):
            return self._container(phrase, at, known)
        if self.negated:
            self.clause.need("refused_entity", phrase.noun)
            understood(known)
            self.last = phrase
            return at
        return self._entity(phrase, at, known, following)

    def _is_audience(self, phrase: Phrase, following: str) -> bool:
        """`a bug tracker for teams`: who it is for, not what it stores."""
        about = self.last is not None and self.last.kind in {"application", "domain"}
        return (
            about
            and self.preposition == "for"
            and phrase.plural
            and phrase.noun in v.AUDIENCE
            and following not in v.HAVE | {"("}
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

    def _by(self, phrase: Phrase, at: int) -> int:
        """`filter products by price and category`: a thing that is stored, or an attribute."""
        understood(phrase.words)
        if self.preposition != "by" and phrase.kind in {"entity", "domain", "application", "login"}:
            if phrase.kind == "entity" and noun(phrase.noun):
                self._mention(phrase)
            elif phrase.kind == "entity":
                self.clause.need("by", self.governor, phrase.noun)
        elif phrase.kind != "quality":
            name = " ".join(w.lemma if w is phrase.words[-1] else w.text for w in phrase.words)
            stored = canonical(name) in self.found.mentions or canonical(name) in self.plurals
            owner = next(reversed(self.found.mentions), "")
            if (
                name in v.FIELD_WORDS
                and name not in {"date", "name", "title"}
                and owner
                and not stored
            ):
                known = noun(owner)
                if not any(name in f.name for f in (known.fields if known else ())):
                    self.found.mention(owner).add(make(identifier(name)))
            self.clause.need("by", owner, name)
        return at

    def _container(self, phrase: Phrase, at: int, known: list[Token]) -> int:
        after = [t.text for t in self.tokens[at : at + 2]]
        if phrase.noun == "library" and len(after) == 2 and not self.preposition:
            if (after[0] == "for" and after[1].endswith("ing")) or after[0] == "to":
                self.found.archetypes.append("library")
        self.found.asked = True
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
                    self.found.user_fields.append(made.name)
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
        ):
            main = self.found.main
            if head.text in v.FIELD_WORDS or not certain:
                if head.text in v.FIELD_WORDS or (head.lemma in WEAK and certain):
                    return self._field_of_main(main, phrase, at)
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

    def _inner(self, name: str, at: int) -> int:
        """A list in brackets behind a thing says what it has."""
        if at >= len(self.tokens) or self.tokens[at].text != "(":
            return at
        end = closing(self.tokens, at)
        self._fields(name, self.tokens[at + 1 : end], listed=True)
        return end + 1

    def _acts(self, at: int) -> bool:
        """Whether a verb we know follows (behind `can`), so that its subject is worth storing."""
        if self.tokens[at].text in v.MODALS:
            at += 1
        return at < len(self.tokens) and bool(self._base(self.tokens[at]))

    def _field_of_main(self, main: str, phrase: Phrase, at: int) -> int:
        end = at
        inner: list[Token] = []
        if at < len(self.tokens) and self.tokens[at].text == "(":
            end = closing(self.tokens, at)
            inner = self.tokens[at + 1 : end]
        made = field_of(Item(phrase.words, inner))
        if made:
            self.found.mention(main).add(made)
            self.clause.need("field", main, made.name)
        understood([*phrase.words, *inner])
        return end + 1 if inner else at

    def _mention(self, phrase: Phrase) -> None:
        self.found.asked = True
        self.found.mention(phrase.noun)
        self.clause.need("entity", phrase.noun)
        understood([w for w in phrase.words if w not in phrase.rest])
        if phrase.of:
            self.found.mention(phrase.of)
            self.found.link(Link(phrase.noun, phrase.of))
            self.clause.need("relation", phrase.noun, phrase.of)

    def _relate(self, phrase: Phrase, source: Phrase | None) -> None:
        """`comments for posts`, `belongs to a supplier`, `add tags to posts`."""
        if self.mode == "link" and source is not None and source.noun in self.found.mentions:
            self._link(source.noun, phrase)
        elif self.source is not None and self.preposition in _LINK_PREPOSITIONS - {"with"}:
            if self.source.noun in self.found.mentions:
                for name in self.group[-3:] or [self.source.noun]:
                    self._link(name, phrase)
            self.preposition, self.source = "", None

    def _event(self, phrase: Phrase) -> None:
        event = canonical(v.EVENTS[self.verb])
        actor = next((s.noun for s in self.subjects if s.kind == "entity"), "")
        if phrase.noun in _BOOKED and self.verb in {"book", "reserve"}:
            if actor:
                self.found.link(Link(phrase.noun, actor))
                self.clause.need("relation", phrase.noun, actor)
            return
        if event == phrase.noun or actor == phrase.noun:
            self._actor(phrase)
            return
        if (event, actor, phrase.noun) not in self.found.events:
            self.found.events.append((event, actor, phrase.noun))
        self.clause.need("entity", event)
        self.clause.need("relation", event, phrase.noun)
        if actor:
            self.clause.need("relation", event, actor)

    def _actor(self, phrase: Phrase) -> None:
        """`customers place orders`, `teachers teach courses`: who does it is kept with it."""
        if self.verb not in v.TRANSITIVE | v.CREATE:
            return
        for subject in self.subjects:
            if subject.kind == "entity" and subject.noun != phrase.noun:
                self._mention(subject)
                self.found.link(Link(phrase.noun, subject.noun))
                self.clause.need("relation", phrase.noun, subject.noun)

    # -- attributes -------------------------------------------------------------------------

    def _attributes(self, i: int, owner: str) -> int:
        self.mode = "attributes"
        end = self._list_end(i)
        listed = self._fields(owner, self.tokens[i:end], listed=False)
        self.mode = "list" if end < len(self.tokens) and not listed else "open"
        self.preposition = ""
        return max(end, i)

    def _list_end(self, i: int) -> int:
        """Where a list of attributes stops: a clause's end, a feature, another thing's list."""
        at = i
        start = i
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.text in "([{":
                at = closing(self.tokens, at) + 1
                continue
            if token.text in {",", "and", "&", "or"}:
                start = at + 1
            here = token.tag
            if (
                isinstance(here, Tag)
                and not here.weak
                and not self._phrase_wins(at)
                and here.kind != "archetype"
                and at == start
            ) and (here.name not in {"docs", "tests", "file_upload", "import"} or here.length > 1):
                return at
            if at > i and token.text in v.WITH | v.HAVE | {"(", ":"} and start > i:
                return start
            if at > i and token.text in v.PREPOSITIONS - {
                "of",
                "as",
                "in",
                "at",
                "on",
                "by",
                "for",
                "from",
                "to",
                "per",
            }:
                return at
            if at > i and token.text in v.BE:
                return start if start > i else at
            if at > i and token.text in {
                "that",
                "which",
                "who",
                "where",
                "so",
                "without",
                "but",
                "using",
            }:
                return at
            if at > i and token.text in {"for", "from", "to", "in", "on", "by"} and start < at:
                return at
            after = self.tokens[at + 1].text if at + 1 < len(self.tokens) else ""
            if (
                at >= start
                and start > i
                and token.plural
                and noun(token.lemma)
                and after in v.WITH | v.HAVE | {"("}
            ):
                return start
            at += 1
        return len(self.tokens)

    def _fields(self, owner: str, tokens: list[Token], *, listed: bool) -> bool:
        """Attributes and relations of `owner` from a list; whether anything was there."""
        mention = self.found.mention(owner)
        self.clause.need("entity", owner)
        count = 0
        entries = join_enums(items(tokens))
        for item in entries:
            if not item.words:
                continue
            if self._related(owner, item):
                continue
            made = field_of(item)
            understood([*item.words, *item.inner, *item.typed])
            if made is None:
                continue
            count += 1
            mention.add(made)
            self.clause.need("field", owner, made.name)
        if count >= 2 or (listed and count):
            mention.listed = True
        return bool(entries)

    def _related(self, owner: str, item: Item) -> bool:
        """Whether an entry is another entity (`tags`, `an author` where authors are stored)."""
        words = [
            w
            for w in item.words
            if w.text not in v.DETERMINERS | v.QUANTIFIERS and w.text not in v.QUALITIES
        ]
        counted = item.words[0].text if item.words else ""
        if not words:
            understood(item.words)
            return bool(item.words)
        head = words[-1]
        if head.lemma in v.LOGIN_WORDS and head.lemma != "person":
            understood(item.words)
            if head.plural:
                self.clause.need("unknown", f"{owner} with {head.text}")
            else:
                self._need_accounts()
            return True
        if item.typed or (item.inner and not head.plural):
            return False
        name = canonical(" ".join([*(w.text for w in words[:-1]), head.lemma]))
        if len(words) > 1 and not noun(name):
            name = canonical(head.lemma) if head.plural and noun(head.lemma) else name
        many = head.plural or counted in v.MANY
        known = noun(name)
        if many:
            if head.text in v.FIELD_PLURALS and name not in self.found.mentions:
                return False
            if head.lemma in v.FIELD_WORDS and not known:
                return False
            if not known and name not in self.found.mentions and len(words) > 1:
                return False
        else:
            if name == owner or (
                head.text in v.FIELD_WORDS
                and name not in self.found.mentions
                and name not in self.plurals
            ):
                return False
            explicit = name in self.found.mentions or name in self.plurals
            if not (known and (explicit or name not in WEAK)):
                return False
        understood(item.words)
        self.found.mention(name)
        self.clause.need("entity", name)
        if many:
            self._has_many(owner, name)
        else:
            self.found.link(
                Link(
                    owner,
                    name,
                    required=not any(w.optional or w.text == "optional" for w in item.words),
                )
            )
            self.clause.need("relation", owner, name)
        if item.inner:
            self._fields(name, item.inner, listed=True)
        return True

    def _has_many(self, owner: str, name: str) -> None:
        known, mine = noun(name), noun(owner)
        shared = known is not None and (
            known.kind == "t" or (name in _SHARED_PARTS and owner not in known.parents)
        )
        if mine is not None and name in mine.parents and known is not None and known.kind != "t":
            self.found.link(Link(owner, name))
        elif shared or (mine is not None and name in mine.many):
            self.found.link(Link(owner, name, many=True))
        elif Link(owner, name) not in self.found.links:
            self.found.link(Link(name, owner))
        self.clause.need("relation", owner, name)

    # -- the end ----------------------------------------------------------------------------

    def close(self) -> None:
        """Count what was understood and name what was not."""
        self._flush()
        run: list[Token] = []
        only_quality: list[Token] = []
        for token in [*self.tokens, Token("", "", False)]:
            if not token.is_word or self._neutral(token):
                if token.is_word and token.text in v.QUALITIES:
                    only_quality.append(token)
                if run and (not token.is_word or token.text not in v.PREPOSITIONS | v.DETERMINERS):
                    self._unknown(run)
                    run = []
                continue
            self.clause.content += 1
            if token.understood:
                self.clause.understood += 1
                if run:
                    self._unknown(run)
                run = []
            else:
                run.append(token)
        if (
            not self.clause.needs
            and self.verb in v.CRUD
            and self.governor
            and not self.clause.content
        ):
            self.clause.need("entity", self.governor)
        if not self.clause.needs and only_quality:
            self._unknown(only_quality)
            self.clause.content += len(only_quality)
        if self.clause.needs:
            self.found.clauses.append(self.clause)

    def _neutral(self, token: Token) -> bool:
        if token.understood:
            return False
        return bool(
            token.neutral
            or token.text in v.FUNCTION
            or token.text in v.QUALITIES
            or token.text in v.GREETINGS
            or token.text in v.STOP_NOUNS
            or token.text in v.CRUD | v.BUILD
        )

    def _unknown(self, run: list[Token]) -> None:
        phrase = " ".join(token.text for token in run[:8])[:120]
        self.clause.need("unknown", phrase)


_SHARED_PARTS = frozenset(
    [
        "author",
        "actor",
        "director",
        "artist",
        "speaker",
        "player",
        "student",
        "teacher",
        "course",
        "genre",
        "category",
        "ingredient",
        "exercise",
        "song",
        "amenity",
        "doctor",
        "writer",
        "medication",
        "volunteer",
        "skill",
        "employee",
        "musician",
        "instructor",
        "developer",
        "attendee",
        "sponsor",
        "supplier",
        "keyword",
        "member",
        "participant",
        "track",
        "product",
        "book",
        "movie",
        "film",
        "game",
        "dish",
        "item",
        "food",
        "recipe",
        "menu_item",
    ]
)
"""Things several owners share, so that "books have authors" is many to many."""
