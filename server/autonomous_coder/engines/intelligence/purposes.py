"""What a program is for, by the words that name it: `a password generator`."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.arguments import (
    arguments_of,
)
from autonomous_coder.engines.intelligence.command_lists import CommandLists
from autonomous_coder.engines.intelligence.rewriting import JOINED, Said
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token


class Purposes(CommandLists):
    """Heads of phrases that say what is done."""

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
        if any(t.text in v.FUNCTION - JOINED or not (t.is_word or t.text == ",")
               for t in tokens[i + 1 :]):  # fmt: skip
            return 0
        for token in [*tokens[i + 1 :], Token(",", ",", False, ",")]:
            if token.text not in JOINED:
                words.append(token)
            elif words:
                self._say(Said("", self._raw(words), False))
                words = []
        self._emit(i, len(tokens), self._needs(len(self._sayings) - first))
        return len(tokens)
