"""A spec as the templates of a data pipeline in Python see it.

The host's logic of a step is the file `core/<step>.py` of the package, with a function of the
step's name that takes what it needs of `tables` and `now`.
"""

from __future__ import annotations

from dataclasses import fields

from autonomous_coder.languages.common.pack_pipelines import PipelineBuilder
from autonomous_coder.languages.python.pack_package import (
    core_path,
    function_name,
    host_keywords,
    package_name,
)
from autonomous_coder.languages.python.pack_pipeline_view import PipelineSpecView
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

GIVEN = ("tables", "now")
"""What a step is given where its function takes it."""


def pipeline_view(view: SpecView, spec: ProjectSpec) -> PipelineSpecView:
    """The view with the pipeline's datasets and steps.

    Raises:
        InvalidInputError: see `PipelineBuilder.build`.
    """
    package = package_name(spec)
    pipeline = _Builder(spec, view.entities).build()
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    known |= {
        "package": package,
        "root": f"src/{package}",
        "stored": False,
        "summary": spec.description.strip() or f"The data pipeline {spec.name}.",
        "provides": pipeline.provides,
        "notes": (*view.notes, *pipeline.notes),
    }
    return PipelineSpecView(**known, pipeline=pipeline.view)


class _Builder(PipelineBuilder[EntityView]):
    reserved = frozenset({"DATASETS"})

    def constant(self, entity: EntityView) -> str:
        return entity.module.rstrip("_").upper()

    def literal(self, text: str) -> str:
        return repr(text)

    def names(self, step: Command) -> tuple[str, str]:
        return function_name(step), function_name(step)

    def taken(self, step: Command) -> tuple[str, ...] | None:
        hint = f"Define `{_signature(step)}`; each of both may be left out."
        return host_keywords(self._spec, step, GIVEN, "no step", hint)

    def wanted(self, step: Command) -> str:
        path = core_path(package_name(self._spec), step)
        return f"Hand in extra_files with path '{path}', mode 'once', defining `{_signature(step)}`"


def _signature(step: Command) -> str:
    return f"def {function_name(step)}(*, tables: Tables, now: dt.datetime) -> Tables"
