"""Background workers take part with their jobs."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import jobs, working
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request


class Worker(Heard):
    """Jobs of a sentence, where a worker is made."""

    def __init__(self, work: jobs.Work | None) -> None:
        self._work = work

    def demand(self, draft: Draft) -> None:
        if self._work:
            draft.rows.append(("A background worker", [f"archetype:{working.KIND}"]))
            draft.rows += jobs.rows(draft.request, self._work.jobs)
            if not draft.given("jobs"):
                draft.request.assumptions += self._work.assumptions

    def tell(self, draft: Draft) -> None:
        if self._work and not draft.given("jobs"):
            draft.request.questions += working.questions(self._work, draft.language)

    def parts(self) -> Parts:
        return {"jobs": self._work.jobs if self._work else []}

    def subject(self) -> str:
        return working.subject(self._work)


def hear(request: Request, kind: str) -> Worker:
    """Reads a sentence about jobs anew."""
    return Worker(working.understand(request, kind))


KIND = Kind(frozenset({working.KIND}), hear, working.speaks_of_worker)
