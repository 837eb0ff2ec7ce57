"""Which words of a sentence are verbs, and where what they are done to ends."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.arguments import (
    option_at,
    past,
    taken_at,
)
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.objects import Objects
from autonomous_coder.engines.intelligence.rewriting import CUTS, JOINED, LEADS
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.engines.intelligence.wordset import word_set

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


class Acting(Objects):
    """Verbs, and the ends of their objects."""

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
            following = past(tokens, at, JOINED)
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
                before in {"for", "by", "about", "on"} | CUTS and bool(base) and self._has_object(i)
            )
        if i > 1 and self._tokens[i - 2].text in o.LETTING and before in {"me", "you", "us"}:
            return True
        if not base or before not in CUTS | {""}:
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
        if following.text in JOINED:
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
        if following.text in v.DETERMINERS | v.QUANTIFIERS | {"them", "it", "one"} | JOINED:
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
                    and before in (LEADS | {"without", "no"}) - {"a", "an", "the"}
                )
            ):
                return self._back(at, start)
            if token.text == "(":
                at = closing(tokens, at) + 1
                continue
            if token.text in {";", ".", ":"}:
                return at
            if at > start and option_at(tokens, at) and tokens[at - 1].text in LEADS:
                return self._back(at, start)
            if at > start and taken_at(tokens, at):
                return self._back(at, start)
            if token.text in JOINED | {"but"} and at + 1 < len(tokens):
                following = past(tokens, at + 1, JOINED)
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
        while at > start and self._tokens[at - 1].text in LEADS | {"in", "using", "written"}:
            at -= 1
        return at
