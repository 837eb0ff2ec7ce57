"""What a program is handed in: options, and what commands take."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence.acting import Acting
from autonomous_coder.engines.intelligence.arguments import (
    argument,
    option_at,
    taken_at,
)
from autonomous_coder.engines.intelligence.rewriting import LEADS
from autonomous_coder.models.spec import EntityField


class Handing(Acting):
    """Arguments that are said apart from what is done."""

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
        if not (before in LEADS or not i or self._tokens[i].text == "-"):
            return 0
        found = option_at(self._tokens, i)
        return self._hand_in(i, *found) if found else 0

    def _hand_in(self, i: int, end: int, arguments: list[EntityField]) -> int:
        self._trim(LEADS)
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
