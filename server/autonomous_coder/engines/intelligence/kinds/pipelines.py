"""Data pipelines take part with their steps, which stand where others have jobs."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import pipelines
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request


class Pipeline(Heard):
    """Steps, where a pipeline is made."""

    def __init__(self, steps: pipelines.Steps | None, *, is_made: bool) -> None:
        self._steps = steps
        self._is_made = is_made

    def store(self, draft: Draft) -> None:
        if self._steps and not draft.given("entities"):
            draft.entities = pipelines.settle(self._steps, draft.entities)

    def demand(self, draft: Draft) -> None:
        if self._is_made:
            draft.rows += pipelines.rows(draft.request, self._steps)

    def tell(self, draft: Draft) -> None:
        if self._steps and not draft.given("jobs"):
            asked = pipelines.questions(self._steps, draft.entities, draft.language)
            draft.request.questions += asked

    def parts(self) -> Parts:
        return {"jobs": self._steps.jobs if self._steps else []}


def hear(request: Request, kind: str) -> Pipeline:
    """Reads a sentence about files anew."""
    return Pipeline(pipelines.understand(request, kind), is_made=kind == pipelines.KIND)


KIND = Kind(frozenset({pipelines.KIND}), hear, pipelines.speaks_of_pipeline)
