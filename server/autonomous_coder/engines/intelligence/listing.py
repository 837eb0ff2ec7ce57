"""Lists a clause holds: the attributes and parts of a thing, of the users, of the project."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.attributes import (
    Item,
    closing,
    field_of,
    items,
    join_enums,
    understood,
)
from autonomous_coder.engines.intelligence.findings import Link
from autonomous_coder.engines.intelligence.lexicon import WEAK, canonical, noun
from autonomous_coder.engines.intelligence.limits import is_number
from autonomous_coder.engines.intelligence.linking import Linking
from autonomous_coder.engines.intelligence.phrases import Phrase, classify
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token

_LISTS = {"list", "set", "collection", "number", "series", "group"}
_HOLDING = {"with", "having", "containing", "including"}
_SERVING = {"backend", "back-end", "api", "server"}


class Listing(Linking):
    """Attributes and related things from lists."""

    def _attributes(self, i: int, owner: str) -> int:
        self.mode = "attributes"
        self.found.described = owner
        holder, end, listed = owner, i, False
        while child := self._child_at(end):
            owner, end = self._own(owner, child)
        while True:
            start = end
            end = self._list_end(start)
            cut = self._back_to_holder(start, end) if owner != holder else 0
            if cut:
                self._fields(owner, self.tokens[start:cut], listed=False)
                owner, end = holder, cut + 2
                continue
            listed = self._fields(owner, self.tokens[start:end], listed=False)
            child = self._child_at(end) if end > start else None
            if child is None:
                break
            owner, end = self._own(holder, child)
        self.mode = "list" if end < len(self.tokens) and not listed else "open"
        self.preposition = ""
        return max(end, i)

    def _back_to_holder(self, start: int, end: int) -> int:
        """`ingredients with quantity and unit, and steps`: where the inner list is over, or 0."""
        closed = False
        for at in range(start, end - 1):
            if closed and self.tokens[at].text == "," and self.tokens[at + 1].text == "and":
                return at
            closed = closed or self.tokens[at].text == "and"
        return 0

    def _child_at(self, i: int) -> tuple[Phrase, int] | None:
        """`exercises with sets and reps`: the thing, and where its attributes begin."""
        while i < len(self.tokens) and self.tokens[i].text in v.DETERMINERS | v.QUANTIFIERS:
            i += 1
        if [t.text for t in self.tokens[i + 1 : i + 2]] == ["of"] and self.tokens[
            i
        ].lemma in _LISTS:
            i += 2
        words: list[Token] = []
        for token in self.tokens[i : i + 4]:
            strong = isinstance(token.tag, Tag) and not token.tag.weak
            if not token.is_word or strong or token.text in v.FUNCTION:
                break
            words.append(token)
        inside = i + len(words) + 1
        if not words or not words[-1].plural or inside >= len(self.tokens):
            return None
        first = self.tokens[inside]
        if self.tokens[inside - 1].text not in _HOLDING or not first.is_word:
            return None
        if isinstance(first.tag, Tag) and not first.tag.weak:
            return None
        phrase = classify(words, "many", listed=True)
        return (phrase, inside) if phrase.kind == "entity" else None

    def _own(self, owner: str, child: tuple[Phrase, int]) -> tuple[str, int]:
        """Store a thing that `owner` has many of; its name and where its attributes begin."""
        phrase, inside = child
        self._mention(phrase)
        if phrase.noun in pairs.SHARED_PARTS and (phrase.noun, owner) not in pairs.CHILD_OF:
            self._has_many(owner, phrase.noun)
        else:
            self.found.link(Link(phrase.noun, owner))
            self.clause.need("relation", phrase.noun, owner)
        self.tokens[inside - 1].neutral = True
        return phrase.noun, inside

    def _serves(self, i: int) -> bool:
        """`a Java backend`: what it is made with, not what is stored of it."""
        here = self.tokens[i].tag if i < len(self.tokens) else None
        if not isinstance(here, Tag):
            return False
        end = i + here.length
        if self.tokens[end - 1].text not in _SERVING and here.kind in {"language", "framework"}:
            end += 1
        elif here.length == 1:
            return False
        rest = self.tokens[end - 1 : end + 1]
        over = len(rest) == 1 or (len(rest) == 2 and rest[1].text in v.FUNCTION | {",", "and", "."})
        return over and rest[0].text in _SERVING

    def _wants(self, i: int) -> bool:
        """`docker`, `a dev container`: a feature among attributes."""
        here = self.tokens[i].tag if i < len(self.tokens) else None
        if not isinstance(here, Tag) or here.weak or here.kind == "archetype":
            return False
        named = here.name not in {"docs", "tests", "file_upload", "import"} or here.length > 1
        return named and not self._phrase_wins(i)

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
            article = at == start and token.text in {"a", "an"}
            if article and (self._serves(at + 1) or self._wants(at + 1)):
                return at
            if at == start and self._wants(at):
                return at
            chosen = token.text == ":" and self.tokens[at - 1].lemma in v.ENUM_FIELDS
            if at > i and token.text in v.WITH | v.HAVE | {"(", ":"} and start > i and not chosen:
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
            if self.loose:
                made = made.model_copy(update={"required": False})
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
        if is_number(head.limits, head.lemma):
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
            mine = noun(owner)
            if head.text in v.AMBIGUOUS and not (mine and name in (*mine.parents, *mine.many)):
                return False
        understood(item.words)
        self.found.mention(name)
        self._limit(name, item.words)
        self.clause.need("entity", name)
        if many:
            self._has_many(owner, name)
        else:
            said = any(w.optional or w.text == "optional" for w in item.words)
            self.found.link(Link(owner, name, required=not (said or self.loose)))
            self.clause.need("relation", owner, name)
        if item.inner:
            self._fields(name, item.inner, listed=True)
        return True

    def _inner(self, name: str, at: int) -> int:
        """A list in brackets behind a thing says what it has."""
        if at >= len(self.tokens) or self.tokens[at].text != "(" or self._is_aside(at):
            return at
        end = closing(self.tokens, at)
        self._fields(name, self.tokens[at + 1 : end], listed=True)
        return end + 1

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
            understood([*item.words, *item.inner])
        for made in plain:
            if made.name not in {"password", "password_hash", "login"}:
                self.found.user_fields.append(made)
                self.clause.need("field", "user", made.name)
        self.found.mentions.get("user")
        self.clause.need("login", "user")
        return end

    def _lists_fields(self, i: int) -> bool:
        """Whether the list that begins here starts with an attribute (`title, due date`)."""
        first: list[Token] = []
        for token in self.tokens[i : i + 6]:
            if not token.is_word or token.text in {"and", "or"}:
                break
            here = token.tag
            if isinstance(here, Tag) and here.name in {"filtering", "sorting", "search"}:
                return False
            if token.text not in v.DETERMINERS | v.QUANTIFIERS and not (
                isinstance(token.tag, Tag) and not token.tag.weak
            ):
                first.append(token)
        return bool(first) and not first[-1].plural and first[-1].text in v.FIELD_WORDS
