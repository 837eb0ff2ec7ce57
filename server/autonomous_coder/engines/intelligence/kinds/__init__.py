"""The kinds of software, in the order in which they are asked: each hears a request and takes part
in drafting its spec."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.kinds import (
    games,
    pipelines,
    programs,
    rooms,
    services,
    sites,
    workers,
)
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind
from autonomous_coder.engines.intelligence.request import Request

__all__ = ["KINDS", "Draft", "Heard", "Kind", "hear", "spoken_of"]

KINDS: tuple[Kind, ...] = (
    sites.KIND,
    games.KIND,
    programs.KIND,
    workers.KIND,
    services.KIND,
    pipelines.KIND,
    rooms.KIND,
)


def spoken_of(text: str, makeable: frozenset[str]) -> str:
    """The kind of software among the `makeable` that a text is about by more than a word of its
    own; empty for none."""
    told = [
        name
        for kind in KINDS
        for name in sorted(kind.names & makeable)
        if kind.speaks is not None and kind.speaks(text)
    ]
    return told[-1] if told else ""


def hear(request: Request, kind: str) -> list[Heard]:
    """What each kind makes of a request for software of this `kind`."""
    return [known.hear(request, kind) for known in KINDS]
