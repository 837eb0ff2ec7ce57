"""A spec as the templates of a data pipeline see it.

Every pipeline reads, checks, tidies, sums up and writes. A step of its own is a job or a command
of the spec, whose logic comes from the host: the file `core/<step>.py` of the package, among
`extra_files`, with a function of the step's name. Without it the step is left out, and a note says
what to hand in.
"""

from __future__ import annotations

from dataclasses import fields

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.common.pipeline_stages import stage_of
from autonomous_coder.languages.python.pack_package import (
    core_path,
    function_name,
    host_keywords,
    package_name,
)
from autonomous_coder.languages.python.pack_pipeline_view import (
    DatasetView,
    PipelineSpecView,
    PipelineView,
    StepView,
)
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

GIVEN = ("tables", "now")
"""What a step is given where its function takes it."""
_NAMING = frozenset({"string", "integer", "email", "url", "uuid", "enum"})
"""Types of unique fields that can name a record."""


def pipeline_view(view: SpecView, spec: ProjectSpec) -> PipelineSpecView:
    """The view with the pipeline's datasets and steps.

    Raises:
        InvalidInputError: two steps have the same name.
    """
    package = package_name(spec)
    asked = [(f"job:{job.name}", _command(job.name, job.description)) for job in spec.jobs]
    asked += [(f"command:{command.name}", command) for command in spec.commands]
    names = [command.name for _, command in asked]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InvalidInputError(f"the step '{twice}' is listed twice", hint="Rename one of them.")
    steps: list[StepView] = []
    written: list[str] = []
    stages: dict[str, tuple[str, ...]] = {}
    notes: list[str] = []
    for capability, command in asked:
        hint = f"Define `{_signature(command)}`; each of both may be left out."
        taken = host_keywords(spec, command, GIVEN, "no step", hint)
        stage = stage_of(command.name, spec.entities)
        if taken is not None:
            steps.append(_step(command, taken))
            written.append(capability)
        elif stage:
            stages[stage] = (*stages.get(stage, ()), capability)
        else:
            notes.append(
                f"The step `{command.name}` was left out: no template knows what it is to do. "
                f"Hand in extra_files with path '{core_path(package, command)}', mode 'once', "
                f"defining `{_signature(command)}`."
            )
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    known |= {
        "package": package,
        "root": f"src/{package}",
        "stored": False,
        "summary": spec.description.strip() or f"The data pipeline {spec.name}.",
        "provides": tuple(written),
        "notes": (*view.notes, *notes),
    }
    prefix = f"{spec.name.replace('-', '_').upper()}_"
    pipeline = PipelineView(_datasets(view), tuple(steps), stages, prefix)
    return PipelineSpecView(**known, pipeline=pipeline)


def _datasets(view: SpecView) -> tuple[DatasetView, ...]:
    constants = Unique({"DATASETS"})
    targets = {r.target.name for entity in view.entities for r in entity.relations}
    return tuple(_dataset(entity, constants, targets) for entity in view.entities)


def _dataset(entity: EntityView, constants: Unique, targets: set[str]) -> DatasetView:
    natural = next(
        (f.name for f in entity.fields if f.unique and f.required and f.type in _NAMING), ""
    )
    return DatasetView(
        entity=entity,
        name=entity.plural,
        const=constants(entity.module.rstrip("_").upper()),
        needs_id=entity.name in targets and not natural,
        natural=natural,
    )


def _step(command: Command, keywords: tuple[str, ...]) -> StepView:
    about = command.description or f"{label(command.name).capitalize()}."
    name = function_name(command)
    return StepView(
        name=command.name,
        module=name,
        function=name,
        description=repr(about),
        about=about,
        keywords=keywords,
    )


def _command(name: str, description: str) -> Command:
    return Command(name=name, description=description)


def _signature(command: Command) -> str:
    return f"def {function_name(command)}(*, tables: Tables, now: dt.datetime) -> Tables"
