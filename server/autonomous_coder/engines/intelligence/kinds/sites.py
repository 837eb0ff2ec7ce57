"""Sites take part with their pages."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.pages import Said
from autonomous_coder.engines.intelligence.request import Request


class Site(Heard):
    """Pages that a sentence lists."""

    def __init__(self, said: Said) -> None:
        self._said = said

    def shape(self, draft: Draft) -> None:
        draft.rows += [(f"A page: {p.title}", [f"page:{p.name}"]) for p in self._said.pages]

    def parts(self) -> Parts:
        return {"pages": self._said.pages}


def hear(request: Request, _kind: str) -> Site:
    """Every kind may be asked for with pages."""
    return Site(request.site)


KIND = Kind(frozenset({"web_app", "static_site"}), hear)
