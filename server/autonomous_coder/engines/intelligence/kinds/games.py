"""Games take part with what players can do, and with rules that a host hands in."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import games
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Command

_NAME = "game"


class Game(Heard):
    """What players can do; the rest only where a game is made."""

    def __init__(self, actions: list[Command], *, is_made: bool) -> None:
        self._actions = actions
        self._is_made = is_made

    def store(self, draft: Draft) -> None:
        if self._is_made and not draft.given("entities"):
            draft.entities = games.things(draft.entities)

    def shape(self, draft: Draft) -> None:
        if not self._is_made:
            return
        if not draft.given("entities"):
            draft.rows = games.rows_of(draft.rows)
        draft.rows += [
            (f"Players can {a.description}", [f"command:{a.name}"]) for a in self._actions
        ]
        given = draft.request.host.values.get("extra_files", [])
        lacking, questions = games.rules_row(draft.language, given)
        draft.rows += lacking
        draft.request.questions += questions

    def parts(self) -> Parts:
        return {"commands": self._actions}


def hear(request: Request, kind: str) -> Game:
    """A game where one is made."""
    return Game(request.actions, is_made=kind == _NAME)


KIND = Kind(frozenset({_NAME}), hear)
