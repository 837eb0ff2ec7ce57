"""Programs that are called take part with their commands."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import commands, programs
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request


class Program(Heard):
    """Commands, where a program is made."""

    def __init__(self, program: programs.Program | None) -> None:
        self._program = program

    def store(self, draft: Draft) -> None:
        if self._program:
            commands.settle(self._program, draft.built, draft.entities)

    def tell(self, draft: Draft) -> None:
        if self._program:
            commands.tell(self._program, draft.request, draft.built, draft.rows)

    def parts(self) -> Parts:
        return {"commands": self._program.made if self._program else []}

    def subject(self) -> str:
        return commands.subject(self._program) if self._program else ""


def hear(request: Request, kind: str) -> Program:
    """Reads a sentence about commands anew."""
    return Program(programs.understand(request, kind))


KIND = Kind(programs.KINDS, hear)
