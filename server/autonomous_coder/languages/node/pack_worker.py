"""A spec as the templates of a background worker in TypeScript see it.

The host's logic of a job is the file `src/core/<job>.ts` with a function of the job's name in camel
case that takes what it needs of a `Call`: the open database, the time, and a signal.
"""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.pack_jobs import JobBuilder
from autonomous_coder.languages.common.schedules import Schedule
from autonomous_coder.languages.node.pack_fields import literal
from autonomous_coder.languages.node.pack_names import KEYWORDS, RESERVED_JOBS
from autonomous_coder.languages.node.pack_package import (
    core_path,
    function_name,
    module_name,
    parameters_of,
)
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec


def worker_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the worker's jobs.

    Raises:
        InvalidInputError: see `JobBuilder.build`.
    """
    jobs = _Builder(spec, view.entities).build()
    return replace(
        view,
        summary=spec.description.strip() or f"The background worker {spec.name}.",
        worker=jobs.worker,
        provides=jobs.provides,
        notes=(*view.notes, *jobs.notes),
    )


class _Builder(JobBuilder[EntityView]):
    reserved = RESERVED_JOBS | KEYWORDS

    def literal(self, text: str) -> str:
        return literal(text)

    def expression(self, schedule: Schedule) -> str:
        if schedule.cron:
            return f"cron({literal(schedule.cron)})"
        return f"every({schedule.seconds})" if schedule.seconds else "onDemand"

    def names(self, job: Command) -> tuple[str, str]:
        return module_name(job), function_name(job)

    def attribute(self, entity: EntityView, field: str) -> str:
        del entity
        return field

    def taken(self, job: Command) -> tuple[str, ...] | None:
        path = core_path(job, "ts")
        count = parameters_of(self._spec, job, "ts", _signature(job))
        if count is not None and count > 1:
            raise InvalidInputError(
                f"'{function_name(job)}' in '{path}' demands {count} things; a job is given one",
                hint=f"Export `{_signature(job)}`; what it does not need it may leave out.",
            )
        return () if count is not None else None

    def wanted(self, job: Command) -> str:
        return (
            f"Hand in extra_files with path '{core_path(job, 'ts')}', mode 'once', with "
            f"`{_signature(job)}`, where `Call` comes from '../job.ts'"
        )


def _signature(job: Command) -> str:
    return f"export function {function_name(job)}({{ database, now, signal }}: Call): unknown"
