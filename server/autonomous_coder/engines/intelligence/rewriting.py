"""One sentence about a program on its way: what is left of it to be read for things, and what is
said to be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.models.spec import EntityField

JOINED = frozenset({",", "and", "or", "/", "&", "plus", "then", "also"})
CUTS = JOINED | {":", "-", "–", "—", ";"}
LEADS = CUTS | {
    "with", "has", "have", "having", "including", "it", "there", "is", "should", "a", "an", "the",
    "supports", "support", "supporting", "optional", "also",
}  # fmt: skip


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


class Rewriting:
    """`parts` are the sentences that are left; what is done goes to the list of sayings."""

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
        return bool(i) and self._tokens[i - 1].text in CUTS

    def _cut(self) -> None:
        self._trim(CUTS)
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
