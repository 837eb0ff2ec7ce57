"""A spec as the templates of a data pipeline in TypeScript see it.

The host's logic of a step is the file `src/core/<step>.ts` with a function of the step's name in
camel case that takes what it needs of a `Call`: the tables, and the time.
"""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.pack_pipelines import PipelineBuilder
from autonomous_coder.languages.node.pack_fields import literal
from autonomous_coder.languages.node.pack_package import (
    core_path,
    function_name,
    module_name,
    parameters_of,
)
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec


def pipeline_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the pipeline's datasets and steps.

    Raises:
        InvalidInputError: see `PipelineBuilder.build`.
    """
    pipeline = _Builder(spec, view.entities).build()
    return replace(
        view,
        summary=spec.description.strip() or f"The data pipeline {spec.name}.",
        pipeline=pipeline.view,
        provides=pipeline.provides,
        notes=(*view.notes, *pipeline.notes),
    )


class _Builder(PipelineBuilder[EntityView]):
    def constant(self, entity: EntityView) -> str:
        return entity.table

    def literal(self, text: str) -> str:
        return literal(text)

    def names(self, step: Command) -> tuple[str, str]:
        return module_name(step), function_name(step)

    def taken(self, step: Command) -> tuple[str, ...] | None:
        count = parameters_of(self._spec, step, "ts", _signature(step))
        if count is not None and count > 1:
            raise InvalidInputError(
                f"'{function_name(step)}' in '{core_path(step, 'ts')}' demands {count} things; a "
                "step is given one",
                hint=f"Export `{_signature(step)}`; what it does not need it may leave out.",
            )
        return () if count is not None else None

    def wanted(self, step: Command) -> str:
        return (
            f"Hand in extra_files with path '{core_path(step, 'ts')}', mode 'once', with "
            f"`{_signature(step)}`, where `Call` comes from '../steps.ts'"
        )


def _signature(step: Command) -> str:
    return f"export function {function_name(step)}({{ tables, now }}: Call): Tables"
