"""What a program is asked to do: its verbs are taken out of the sentence before the things it
keeps are read, so that `add, list and delete expenses with an amount` is one thing with a field
and three commands. One pass from left to right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.arguments import (
    argument,
    arguments_of,
    option_at,
    past,
    taken_at,
)
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import EntityField

_JOINED = frozenset({",", "and", "or", "/", "&", "plus", "then", "also"})
_CUTS = _JOINED | {":", "-", "–", "—", ";"}
_LEADS = _CUTS | {
    "with", "has", "have", "having", "including", "it", "there", "is", "should", "a", "an", "the",
    "supports", "support", "supporting", "optional", "also",
}  # fmt: skip
_PROJECT = word_set(
    """tests docs ci docker logging sqlite postgresql license openapi accounts oauth roles
    two_factor frontend dashboard health cors redis mysql mongodb"""
)
"""Features of a whole project, which end what a verb is about."""
_HOLDERS = o.COMMAND_HEADS | o.PARTS | frozenset({"tool", "program", "app", "application"})
_USES = word_set(
    """
    use uses using need needs want wants work works run runs be do does did has have had support
    supports supporting include includes provide provides provided build create make write develop
    generate implement design called named written based follow follows
    """
)
_MAKING = word_set("build create make write develop generate implement design need want")
_MOST_WORDS = 40
_QUOTES = frozenset({"`", "'", '"', "\u2018", "\u2019", "\u201c", "\u201d"})
_BEFORE_NAMES = frozenset({"a", "an", "the"}) | _QUOTES
_BARE = frozenset({"search", "export", "import"})
"""Commands that a list of features names (`with search and export to JSON`)."""


@dataclass(slots=True)
class Said:
    """One thing to do. `noun` is what is stored (empty for the main thing), `phrase` what is
    done, in the words of the request; `stored` says that it is done to something stored."""

    verb: str
    phrase: str
    stored: bool
    noun: str = ""
    name: str = ""
    """The command's name where it was given as one."""
    head: str = ""
    """The last word of what it is done to."""
    by: list[str] = field(default_factory=list)
    """What a list of stored things is narrowed by (`list expenses by category`)."""
    arguments: list[EntityField] = field(default_factory=list)


class Saying:
    """Rewrites one sentence: `parts` are the sentences that are left to be read for things."""

    def __init__(self, tokens: list[Token], text: str, kind: str, sayings: list[Said]) -> None:
        self._tokens = tokens
        self._text = text
        self._kind = kind
        self._sayings = sayings
        self._pending: list[EntityField] = []
        self._first_said = len(sayings)
        """The first of the sayings that were read last."""
        self._inside = _inside(tokens)
        self.parts: list[list[Token]] = [[]]

    def run(self) -> list[list[Token]]:
        """The sentence, cut where a new demand begins."""
        at = 0
        while at < len(self._tokens):
            at = max(at + 1, self._step(at))
        return [part for part in self.parts if any(token.is_word for token in part)]

    def _step(self, i: int) -> int:
        token = self._tokens[i]
        for read in (
            self._contents,
            self._written,
            self._taken,
            self._option,
            self._commands,
            self._agent,
            self._purpose,
        ):
            end = read(i)
            if end:
                return end
        verbs, end = self._group(i)
        if verbs:
            return self._act(i, verbs, end)
        if token.text == "(" and self.parts[-1]:
            end = closing(self._tokens, i) + 1
            self.parts[-1] += self._tokens[i:end]
            return end
        offered = self._kind == "library" and token.lemma in o.PARTS
        self.parts[-1].append(_nothing(token, "kit") if offered else token)
        return i + 1

    # what is handed in

    def _written(self, i: int) -> int:
        """`and writes it to a file`: where what was worked out goes."""
        tokens = self._tokens
        verb = o.base(tokens[i].text) if tokens[i].is_word else ""
        worked = bool(self._sayings) and not self._sayings[-1].stored
        if verb not in {"write", "save", "store", "print"} or not worked or not self._says_where(i):
            return 0
        end = self._object_end(i + 1)
        return self._hand_in(i, end, [a for a in [argument("output", required=False)] if a])

    def _taken(self, i: int) -> int:
        found = taken_at(self._tokens, i) if self._sayings or i else None
        return self._hand_in(i, *found) if found else 0

    def _option(self, i: int) -> int:
        before = self._tokens[i - 1].text if i else ""
        if not (before in _LEADS or not i or self._tokens[i].text == "-"):
            return 0
        found = option_at(self._tokens, i)
        return self._hand_in(i, *found) if found else 0

    def _hand_in(self, i: int, end: int, arguments: list[EntityField]) -> int:
        self._trim(_LEADS)
        need = []
        if self._sayings:
            alike = [said for said in self._sayings[self._first_said :] if not said.stored]
            for said in alike or self._sayings[-1:]:
                held = {known.name for known in said.arguments}
                said.arguments += [made for made in arguments if made.name not in held]
            need = [("command", str(len(self._sayings) - 1))]
        else:
            self._pending += arguments
        self._emit(i, end, need)
        return end

    # commands by name

    def _commands(self, i: int) -> int:
        """`with commands add, list and done`, `an encode and a decode command`."""
        tokens = self._tokens
        if self._kind != "cli":
            return 0
        if tokens[i].lemma in o.COMMAND_HEADS and tokens[i].plural:
            at = i + 1
            at = past(tokens, at, frozenset({":", "called", "named", "like", "are"}))
            if at < len(tokens) and tokens[at].text in {"to", "for"}:
                self._trim(_LEADS)
                return i + 1
            return self._named(i, at)
        if tokens[i].text in _BARE and self._bare(i):
            return self._add_bare(i)
        names, at = self._names(i)
        if names and at < len(tokens) and tokens[at].lemma in o.COMMAND_HEADS:
            return self._name(i, names, at + 1)
        return 0

    def _named(self, i: int, at: int) -> int:
        names, end = self._names(at)
        return self._name(i, names, end) if names else 0

    def _names(self, i: int) -> tuple[list[tuple[str, list[EntityField]]], int]:
        out: list[tuple[str, list[EntityField]]] = []
        tokens, at = self._tokens, i
        end = i
        while at < len(tokens) and len(out) < 30:
            at = past(tokens, at, _BEFORE_NAMES)
            if at >= len(tokens) or not tokens[at].is_word or tokens[at].text in v.FUNCTION:
                break
            if tokens[at].lemma in o.COMMAND_HEADS:
                break
            name = tokens[at].text
            at += 1
            given: list[EntityField] = []
            at = past(tokens, at, _QUOTES)
            if at < len(tokens) and tokens[at].text == "(":
                inside = closing(tokens, at)
                given = arguments_of(
                    [Token("given", "given", True, "given"), *tokens[at + 1 : inside]]
                )
                at = inside + 1
            at = past(tokens, at, _QUOTES)
            out.append((name, given))
            end = at
            joined = past(tokens, at, _JOINED)
            if joined == at:
                break
            at = joined
        return out, end

    def _name(self, i: int, names: list[tuple[str, list[EntityField]]], end: int) -> int:
        first = len(self._sayings)
        for name, given in names:
            verb = o.base(name) or name
            self._say(Said(verb, verb, verb in o.STORED, name=name, arguments=given))
        self._trim(_LEADS)
        self._emit(i, end, [("command", str(n)) for n in range(first, len(self._sayings))])
        return end

    def _bare(self, i: int) -> bool:
        before = self._tokens[i - 1].text if i else ""
        after = self._tokens[i + 1].text if i + 1 < len(self._tokens) else ""
        ends = {"", ",", "and", "to", "from", "by", "functionality", "function", "support"}
        return before in {"with", "and", ",", "including", "plus"} and after in ends

    def _add_bare(self, i: int) -> int:
        verb = self._tokens[i].text
        end = i + 1
        while end < len(self._tokens) and self._tokens[end].text not in _JOINED:
            end += 1
        self._say(Said(verb, self._raw(self._tokens[i:end]), True))
        self._trim(_LEADS)
        self._emit(i, end, self._needs(1))
        return end

    # heads that say what is done

    def _agent(self, i: int) -> int:
        """`a password generator`, `a duration parsing library`."""
        token = self._tokens[i]
        verb = o.AGENTS.get(token.lemma, "")
        after = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        if not verb and token.text.endswith("ing") and after is not None:
            ended = isinstance(after.tag, Tag) and after.tag.kind == "archetype"
            ended = ended or after.lemma in {"library", "package", "module", "tool", "cli"}
            verb = o.base(token.text) if ended else ""
            verb = verb if verb in o.WORK else ""
        if not verb:
            return 0
        words: list[Token] = []
        part = self.parts[-1]
        while part and self._nounish(part[-1]) and len(words) < 3:
            words.insert(0, part.pop())
        end = i + 1
        if not words and end < len(self._tokens) and self._tokens[end].text in {"for", "of"}:
            stop = self._object_end(end + 1)
            words, end = self._tokens[end + 1 : stop], stop
        if not words and not token.text.endswith(("er", "or")):
            return 0
        start = self._tokens.index(words[0]) if words and words[0].start < token.start else i
        phrase = " ".join([verb, *(word.raw for word in words)])
        self._say(Said(verb, phrase, False, head="*", arguments=arguments_of(words, verb)))
        self._emit(start, end, self._needs(1))
        return end

    def _purpose(self, i: int) -> int:
        """`a library for date arithmetic`, `a package with functions for rounding`."""
        tokens = self._tokens
        if self._kind != "library" or tokens[i].text not in {"for", "of"} or not i:
            return 0
        before = tokens[i - 1]
        holder = before.lemma in o.PARTS | {"library", "package", "module", "crate", "sdk"}
        if not holder or i + 1 >= len(tokens):
            return 0
        if tokens[i + 1].text.endswith("ing") and o.base(tokens[i + 1].text):
            return 0
        end = self._object_end(i + 1)
        words = tokens[i + 1 : end]
        if not words or self._is_stored(words, frozenset()):
            return 0
        phrase = self._raw(words)
        self._say(Said("", phrase, False))
        self._emit(i, end, self._needs(1))
        return end

    def _contents(self, i: int) -> int:
        """`a library of string helpers: slugify, truncate and camel case`: each is to be done."""
        tokens, part = self._tokens, self.parts[-1]
        if self._kind != "library" or tokens[i].text != ":" or not (part and part[-1].said):
            return 0
        first, words = len(self._sayings), list[Token]()
        if any(t.text in v.FUNCTION - _JOINED or not (t.is_word or t.text == ",")
               for t in tokens[i + 1 :]):  # fmt: skip
            return 0
        for token in [*tokens[i + 1 :], Token(",", ",", False, ",")]:
            if token.text not in _JOINED:
                words.append(token)
            elif words:
                self._say(Said("", self._raw(words), False))
                words = []
        self._emit(i, len(tokens), self._needs(len(self._sayings) - first))
        return len(tokens)

    # verbs

    def _group(self, i: int) -> tuple[list[str], int]:
        """The verbs that begin here (`add, list and delete`), and where their object begins."""
        if not self._is_verb(i):
            return [], i
        tokens = self._tokens
        verbs, at = [o.infinitive(tokens[i].text)], i + 1
        if at < len(tokens) and tokens[at].text in {"up", "down", "off"}:
            verbs = [f"{verbs[0]}{tokens[at].text}"]
            at += 1
        while True:
            following = past(tokens, at, _JOINED)
            if following == at or following >= len(tokens):
                break
            word = tokens[following]
            if not word.is_word or not o.base(word.text) or word.text in o.LIKELY_NOUNS:
                break
            if word.text.endswith("ing") != tokens[i].text.endswith("ing"):
                break
            verbs.append(o.base(word.text))
            at = following + 1
        return verbs, at

    def _is_verb(self, i: int) -> bool:
        token = self._tokens[i]
        text = token.text
        if not token.is_word or text in v.FUNCTION or text in _USES - o.KNOWN:
            return False
        if isinstance(token.tag, Tag) and token.tag.kind != "feature":
            return False
        before = self._tokens[i - 1].text if i else ""
        if isinstance(token.tag, Tag) and token.tag.length > 1 and token.tag.name == "accounts":
            return False
        base = o.base(text)
        if base in o.LIKELY_NOUNS and before not in o.SUBJECTS and not self._acts(i):
            return False
        if base in {"store", "save", "keep", "write"} and self._says_where(i):
            return False
        if text in _MAKING and (not i or before in {"i", "we", "to", "please", "you", "can"}):
            return not self._makes(i) and bool(base)
        if before in o.SUBJECTS:
            return not text.endswith("ing") and text not in _USES
        if before == "to":
            return text not in o.FORMATS and self._to(i, bool(base))
        if text.endswith("ing"):
            return (
                before in {"for", "by", "about", "on"} | _CUTS
                and bool(base)
                and self._has_object(i)
            )
        if i > 1 and self._tokens[i - 2].text in o.LETTING and before in {"me", "you", "us"}:
            return True
        if not base or before not in _CUTS | {""}:
            return self._third(i) if before in {"and", ",", "then"} else False
        return self._starts(i, token)

    def _acts(self, i: int) -> bool:
        """`report the top addresses`: a verb, though it may be a noun as well."""
        following = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        if following is None or not following.is_word:
            return False
        if following.text in v.DETERMINERS:
            return True
        headed = following.lemma in v.HEADS or following.lemma in o.AGENTS
        return not (headed or self._tokens[i].plural or following.text in v.FUNCTION)

    def _to(self, i: int, known: bool) -> bool:
        """Whether the word behind `to` is a verb (`a tool to rename files`)."""
        if i < 2:
            return known
        lead = self._tokens[i - 2]
        held = lead.lemma in _HOLDERS or lead.text in o.LETTING | v.PRONOUNS
        held = held or lead.text in {"able", "want", "used", "users", "user", "one"}
        held = held or (isinstance(lead.tag, Tag) and lead.tag.kind == "archetype")
        return (known and not lead.plural) or (held and not self._tokens[i].plural)

    def _third(self, i: int) -> bool:
        token = self._tokens[i]
        return token.plural and bool(o.base(token.text)) and self._has_object(i)

    def _starts(self, i: int, token: Token) -> bool:
        """Whether a known verb behind a mark or conjunction is one, not a noun in a list."""
        following = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        before = self._tokens[i - 1].text if i else ""
        if before in {"", ":", "-", "–", "—"}:
            return True
        if following is None:
            return bool(self._sayings) and token.text in o.STORED - o.LIKELY_NOUNS
        if following.text in _JOINED:
            return token.text in o.KNOWN - o.LIKELY_NOUNS and not self._in_list()
        if token.text in v.FIELD_WORDS and not following.plural:
            return False
        return self._has_object(i)

    def _in_list(self) -> bool:
        """Whether attributes are being listed (`with name, note and price`)."""
        return any(token.text in {"with", "(", "have", "has"} for token in self.parts[-1])

    def _has_object(self, i: int) -> bool:
        if i + 1 >= len(self._tokens):
            return False
        following = self._tokens[i + 1]
        if following.text in v.DETERMINERS | v.QUANTIFIERS | {"them", "it", "one"} | _JOINED:
            return True
        return following.is_word and following.text not in v.FUNCTION

    def _says_where(self, i: int) -> bool:
        """`stores its data in SQLite`: where, not what."""
        ahead = [token.text for token in self._tokens[i + 1 : i + 4]]
        words = [word for word in ahead if word not in v.DETERMINERS]
        return bool(words) and words[0] in o.ITS_DATA

    def _makes(self, i: int) -> bool:
        """`create a CLI ...`: the order to make the program, not something it does."""
        ahead = self._tokens[i + 1 : i + 9]
        made = [t for t in ahead if isinstance(t.tag, Tag) and t.tag.kind == "archetype"]
        heads = [t for t in ahead if t.lemma in v.HEADS | {"library", "package", "script"}]
        return bool(made or heads) and not any(t.text in {"to", "that", ":"} for t in ahead[:1])

    def _act(self, i: int, verbs: list[str], end: int) -> int:
        """Take a group of verbs out of the sentence, with its object when nothing is stored."""
        tokens = self._tokens
        if tokens[i].text == "mark" and any(t.text == "as" for t in tokens[i : i + 8]):
            return self._mark(i)
        stop = self._object_end(end)
        if stop > end and tokens[end].text in _JOINED:
            stop = end
        words = tokens[end:stop]
        known = frozenset(verbs)
        if self._first(words) and self._first(words)[-1].lemma == "one":
            words = []
        stored = self._is_stored(words, known) and bool(known & o.STORED)
        if not words and self._kind == "library":
            stored = False
        if stored and known <= o.KEEP and (len(verbs) == 1 or not known & o.CREATE):
            if self._new_part(i):
                self._cut()
            self.parts[-1].append(tokens[i])
            return i + 1 if len(verbs) == 1 else end
        again = self._again(verbs[0]) if len(verbs) == 1 and not stored else None
        if again is not None:
            said = self._sayings[again]
            said.phrase, said.head = " ".join([verbs[0], self._raw(words)]), ""
            held = {known.name for known in said.arguments}
            said.arguments += [a for a in arguments_of(words, said.verb) if a.name not in held]
            self._emit(i, stop, [("command", str(again))])
            return stop
        first = self._first_said = len(self._sayings)
        heads = self._heads(words)
        for verb in verbs:
            mine = stored and verb in o.STORED
            phrase = " ".join(filter(None, [verb, self._raw(words)]))
            said = Said(verb, phrase, mine, noun=heads[0] if mine and heads else "")
            said.arguments = [] if mine else arguments_of(words, verb)
            said.head = self._first(words)[-1].lemma if self._first(words) else ""
            self._say(said)
            if mine:
                for other in heads[1:]:
                    self._say(Said(verb, phrase, True, noun=other))
        needs = [("command", str(n)) for n in range(first, len(self._sayings))]
        if self._new_part(i):
            self._cut()
        if not stored:
            self._emit(i, stop, needs)
            return stop
        text = "managing" if tokens[i].text.endswith("ing") else "manage"
        token = Token(text, text, True, text, start=tokens[i].start, end=tokens[end - 1].end)
        token.said = tuple(needs)
        self.parts[-1].append(token)
        pronoun = bool(words) and words[0].text in {"them", "it", "one", "all"}
        if not words or pronoun:
            token.text, token.lemma, token.neutral = "please", "please", True
            return stop
        if known <= o.MOVED | o.LIST | o.SEARCH:
            return self._narrowed(token, end, stop, first)
        return end

    def _again(self, verb: str) -> int | None:
        """What a head said before in one word (`a log parser that parses ...`)."""
        said = ((n, said) for n, said in enumerate(self._sayings) if said.head == "*")
        return next((n for n, known in said if known.verb == verb), None)

    def _narrowed(self, token: Token, end: int, stop: int, first: int) -> int:
        """Keep the things of `list expenses by category`, `import contacts from a CSV file`."""
        said, at = self._sayings[first:], end
        tokens = self._tokens
        while at < stop and tokens[at].text not in {"by", "from", "to", "as", "into"}:
            self.parts[-1].append(tokens[at])
            at += 1
        if at == end:
            token.text, token.lemma, token.neutral = "please", "please", True
        if at < stop and tokens[at].text == "by":
            words = [t for t in tokens[at + 1 : stop] if t.is_word and t.text not in v.FUNCTION]
            names = [t.lemma for t in words][:4]
            token.said += tuple(("by", said[0].noun, name) for name in names)
            for one in said:
                one.by = names
        return stop

    def _mark(self, i: int) -> int:
        """`mark tasks as done`: a command called by the state, and a flag for the thing."""
        tokens = self._tokens
        at = next(k for k in range(i, len(tokens)) if tokens[k].text == "as")
        state = tokens[at + 1].text if at + 1 < len(tokens) else "done"
        heads = self._heads(tokens[i + 1 : at])
        phrase = self._raw(tokens[i : at + 2])
        self._say(Said("mark", phrase, True, noun=heads[0] if heads else "", name=state))
        if self._new_part(i):
            self._cut()
        tokens[i].said = tuple(self._needs(1))
        self.parts[-1] += tokens[i : at + 2]
        return at + 2

    def _object_end(self, start: int) -> int:
        """Where the object of a verb ends."""
        at = start
        tokens = self._tokens
        while at < min(len(tokens), start + _MOST_WORDS):
            token = tokens[at]
            here = token.tag
            before = tokens[at - 1].text
            if isinstance(here, Tag) and (
                here.kind in {"language", "framework"}
                or (
                    here.name in _PROJECT
                    and before in (_LEADS | {"without", "no"}) - {"a", "an", "the"}
                )
            ):
                return self._back(at, start)
            if token.text == "(":
                at = closing(tokens, at) + 1
                continue
            if token.text in {";", ".", ":"}:
                return at
            if at > start and option_at(tokens, at) and tokens[at - 1].text in _LEADS:
                return self._back(at, start)
            if at > start and taken_at(tokens, at):
                return self._back(at, start)
            if token.text in _JOINED | {"but"} and at + 1 < len(tokens):
                following = past(tokens, at + 1, _JOINED)
                if following < len(tokens) and self._follows(following):
                    return at
            at += 1
        return min(at, len(tokens))

    def _follows(self, i: int) -> bool:
        """Whether a new demand begins here."""
        token = self._tokens[i]
        if token.text in {"it", "there", "i", "users", "no", "without", "should", "with"}:
            return True
        return self._is_verb(i)

    def _back(self, at: int, start: int) -> int:
        """Before the words that lead to what stands at `at` (`with`, `and`, `in`)."""
        while at > start and self._tokens[at - 1].text in _LEADS | {"in", "using", "written"}:
            at -= 1
        return at

    # what is stored

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

    # writing

    def _say(self, said: Said) -> None:
        if self._pending:
            said.arguments += self._pending
            self._pending = []
        self._sayings.append(said)

    def _needs(self, count: int) -> list[tuple[str, ...]]:
        last = len(self._sayings)
        return [("command", str(n)) for n in range(last - count, last)]

    def _raw(self, words: list[Token]) -> str:
        if not words:
            return ""
        return " ".join(self._text[words[0].start : words[-1].end].split())[:200]

    def _new_part(self, i: int) -> bool:
        return bool(i) and self._tokens[i - 1].text in _CUTS

    def _cut(self) -> None:
        self._trim(_CUTS)
        if self.parts[-1]:
            self.parts.append([])

    def _trim(self, words: frozenset[str] | set[str]) -> None:
        part = self.parts[-1]
        while part and part[-1].text in words and not part[-1].said:
            part.pop()

    def _emit(self, start: int, end: int, needs: Sequence[tuple[str, ...]]) -> None:
        """Leave a word that asks for nothing in the place of what was understood."""
        first, last = self._tokens[start], self._tokens[end - 1]
        token = Token("please", "please", True, "please", start=first.start, end=last.end)
        token.neutral = True
        token.said = tuple(needs)
        part = self.parts[-1]
        listed = any(known.text in {"with", "(", "have", "has"} for known in part)
        if listed and part[-1].text not in v.FUNCTION:
            self.parts.append([])
        self.parts[-1].append(token)


def _inside(tokens: list[Token]) -> set[int]:
    """Words behind the first of a known phrase (`line` in `command line`)."""
    inside: set[int] = set()
    for at, token in enumerate(tokens):
        if isinstance(token.tag, Tag):
            inside |= {id(other) for other in tokens[at + 1 : at + token.tag.length]}
    return inside


def _nothing(token: Token, text: str) -> Token:
    """A word of software in general in the place of a word."""
    return Token(text, text, True, text, start=token.start, end=token.end)
