"""Relations a clause speaks of: `belongs to`, `comments on posts`, `members borrow books`."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.findings import Link
from autonomous_coder.engines.intelligence.lexicon import canonical, noun
from autonomous_coder.engines.intelligence.phrases import Phrase
from autonomous_coder.engines.intelligence.state import ClauseState


class Linking(ClauseState):
    """Links between things, and events that are stored themselves."""

    def _belongs(self, i: int) -> int:
        """`belongs to`, `is written by`, `assigned to`: the next noun is what it points at."""
        token = self.tokens[i]
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        if (
            token.text not in pairs.BELONG
            or following not in pairs.LINK_PREPOSITIONS
            or self.last is None
        ):
            return 0
        if self.last.kind not in {"entity", "login"}:
            return 0
        token.understood = True
        self.loose = bool({t.text for t in self.tokens[max(0, i - 2) : i]} & pairs.MAYBE)
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
            self.found.link(
                Link(a, b, many=many, required=not (many or self.loose or b == "category"))
            )
        elif back:
            self.found.link(Link(b, a))
        else:
            several = plural and target.counted in v.MANY
            self.found.link(Link(a, b, many=several, required=not self.loose))
        self.clause.need("relation", a, b)

    def _relate(self, phrase: Phrase, source: Phrase | None) -> None:
        """`comments for posts`, `belongs to a supplier`, `add tags to posts`."""
        if self.mode == "link" and source is not None and source.noun in self.found.mentions:
            self._link(source.noun, phrase)
        elif self.source is not None and self.preposition in pairs.LINK_PREPOSITIONS - {"with"}:
            if self.source.noun in self.found.mentions:
                for name in self.group[-3:] or [self.source.noun]:
                    self._link(name, phrase)
            self.preposition, self.source = "", None

    def _event(self, phrase: Phrase) -> None:
        event = canonical(v.EVENTS[self.verb])
        actor = next((s.noun for s in self.subjects if s.kind == "entity"), "")
        if phrase.noun in pairs.BOOKED and self.verb in {"book", "reserve"}:
            if actor:
                self.found.link(Link(phrase.noun, actor))
                self.clause.need("relation", phrase.noun, actor)
            return
        if event == phrase.noun or actor == phrase.noun:
            self._actor(phrase)
            return
        if (event, actor, phrase.noun) not in self.found.events:
            self.found.events.append((event, actor, phrase.noun))
        self._limit(event, phrase.words)
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

    def _has_many(self, owner: str, name: str) -> None:
        known, mine = noun(name), noun(owner)
        shared = known is not None and (
            known.kind == "t" or (name in pairs.SHARED_PARTS and owner not in known.parents)
        )
        if mine is not None and name in mine.parents and known is not None and known.kind != "t":
            self.found.link(Link(owner, name))
        elif shared or (mine is not None and name in mine.many):
            self.found.link(Link(owner, name, many=True))
        elif Link(owner, name) not in self.found.links:
            self.found.link(Link(name, owner))
        self.clause.need("relation", owner, name)
