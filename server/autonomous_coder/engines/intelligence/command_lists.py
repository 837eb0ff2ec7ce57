"""Commands that a sentence gives by name: `with commands add, list and done`."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.arguments import (
    arguments_of,
    past,
)
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.handing import Handing
from autonomous_coder.engines.intelligence.rewriting import JOINED, LEADS, Said
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.models.spec import EntityField

_QUOTES = frozenset({"`", "'", '"', "\u2018", "\u2019", "\u201c", "\u201d"})
_BEFORE_NAMES = frozenset({"a", "an", "the"}) | _QUOTES
_BARE = frozenset({"search", "export", "import"})
"""Commands that a list of features names (`with search and export to JSON`)."""


class CommandLists(Handing):
    """Lists of commands."""

    def _commands(self, i: int) -> int:
        """`with commands add, list and done`, `an encode and a decode command`."""
        tokens = self._tokens
        if self._kind != "cli":
            return 0
        if tokens[i].lemma in o.COMMAND_HEADS and tokens[i].plural:
            at = i + 1
            at = past(tokens, at, frozenset({":", "called", "named", "like", "are"}))
            if at < len(tokens) and tokens[at].text in {"to", "for"}:
                self._trim(LEADS)
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
            joined = past(tokens, at, JOINED)
            if joined == at:
                break
            at = joined
        return out, end

    def _name(self, i: int, names: list[tuple[str, list[EntityField]]], end: int) -> int:
        first = len(self._sayings)
        for name, given in names:
            verb = o.base(name) or name
            self._say(Said(verb, verb, verb in o.STORED, name=name, arguments=given))
        self._trim(LEADS)
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
        while end < len(self._tokens) and self._tokens[end].text not in JOINED:
            end += 1
        self._say(Said(verb, self._raw(self._tokens[i:end]), True))
        self._trim(LEADS)
        self._emit(i, end, self._needs(1))
        return end
