"""What the templates of a data pipeline in Python read beside a spec's entities."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.pack_pipelines import PipelineView
from autonomous_coder.languages.python.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSpecView(SpecView):
    """A spec as the templates of a data pipeline see it."""

    pipeline: PipelineView[EntityView]
