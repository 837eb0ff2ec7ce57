"""Realtime services take part with their channels; what is said in rooms is what they store."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import talking
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request


class Rooms(Heard):
    """Channels of the host's in any kind; those of a sentence where a service is made."""

    def __init__(self, talk: talking.Talk | None) -> None:
        self._talk = talk

    def store(self, draft: Draft) -> None:
        if self._talk and not draft.given("entities"):
            draft.entities = talking.things(draft.entities)

    def shape(self, draft: Draft) -> None:
        if self._talk and not draft.given("entities"):
            draft.rows = talking.without_places(draft.rows)

    def demand(self, draft: Draft) -> None:
        draft.rows += talking.rows(draft.request, self._talk)

    def parts(self) -> Parts:
        return {"channels": self._talk.channels if self._talk else []}

    def subject(self) -> str:
        return self._talk.subject if self._talk else ""


def hear(request: Request, kind: str) -> Rooms:
    """Reads a sentence about rooms anew."""
    return Rooms(talking.understand(request, kind))


KIND = Kind(frozenset({talking.KIND}), hear, talking.speaks_of_rooms)
