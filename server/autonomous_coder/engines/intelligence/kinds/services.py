"""Services take part with what they do by themselves; so does whatever else a host gives jobs."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import jobs, pipelines, tasks, working
from autonomous_coder.engines.intelligence.kinds.base import Draft, Heard, Kind, Parts
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Job

_NAME = "rest_api"
_HAVING_THEIR_OWN = frozenset({working.KIND, pipelines.KIND})


class Service(Heard):
    """Jobs beside requests."""

    def __init__(self, done: list[Job], *, is_asked: bool) -> None:
        self._done = done
        self._is_asked = is_asked

    def demand(self, draft: Draft) -> None:
        if self._is_asked:
            draft.rows += jobs.rows(draft.request, self._done)

    def tell(self, draft: Draft) -> None:
        if self._done and not draft.given("jobs"):
            draft.request.questions += tasks.questions(self._done, draft.language)

    def parts(self) -> Parts:
        return {"jobs": self._done}


def hear(request: Request, kind: str) -> Service:
    """A service that is given jobs has the feature that runs them."""
    if kind == _NAME and request.host.values.get("jobs"):
        request.found.features.setdefault(tasks.FEATURE, None)
    asked = kind not in _HAVING_THEIR_OWN or (kind == working.KIND and not request.text)
    return Service(request.tasks, is_asked=asked)


KIND = Kind(frozenset({_NAME}), hear)
