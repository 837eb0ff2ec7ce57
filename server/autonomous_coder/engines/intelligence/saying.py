"""What a program is asked to do: its verbs are taken out of the sentence before the things it
keeps are read, so that `add, list and delete expenses with an amount` is one thing with a field
and three commands. One pass from left to right.
"""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.arguments import (
    arguments_of,
)
from autonomous_coder.engines.intelligence.attributes import closing
from autonomous_coder.engines.intelligence.purposes import Purposes
from autonomous_coder.engines.intelligence.rewriting import JOINED, Said
from autonomous_coder.engines.intelligence.text import Token


class Saying(Purposes):
    """Rewrites one sentence: `parts` are the sentences that are left to be read for things."""

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

    def _act(self, i: int, verbs: list[str], end: int) -> int:
        """Take a group of verbs out of the sentence, with its object when nothing is stored."""
        tokens = self._tokens
        if tokens[i].text == "mark" and any(t.text == "as" for t in tokens[i : i + 8]):
            return self._mark(i)
        stop = self._object_end(end)
        if stop > end and tokens[end].text in JOINED:
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


def _nothing(token: Token, text: str) -> Token:
    """A word of software in general in the place of a word."""
    return Token(text, text, True, text, start=token.start, end=token.end)
