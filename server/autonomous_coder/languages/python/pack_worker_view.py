"""What the templates of a background worker in Python read beside a spec's entities: its jobs."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.pack_jobs import WorkerView
from autonomous_coder.languages.python.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpecView(SpecView):
    """A spec as the templates of a background worker see it."""

    worker: WorkerView[EntityView]
