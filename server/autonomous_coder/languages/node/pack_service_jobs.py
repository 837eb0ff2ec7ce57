"""Jobs in the background of a service, as its templates see them.

What a job is to do, no template knows, but for the deletion of rows that have expired. Its logic
comes from the host: the file `src/jobs/<job>.ts` (or `.js`), among `extra_files`, with a function
of the job's name in camel case that takes what it needs of a `Call`.
"""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.pack_jobs import JobBuilder
from autonomous_coder.languages.common.schedules import Schedule
from autonomous_coder.languages.node.pack_fields import literal
from autonomous_coder.languages.node.pack_names import KEYWORDS, RESERVED_JOBS
from autonomous_coder.languages.node.pack_package import (
    function_name,
    module_name,
    parameters_of,
)
from autonomous_coder.languages.node.pack_properties import with_properties
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

FEATURE = "background_jobs"


def service_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the jobs of a service that has some, and with what property tests need.

    Raises:
        InvalidInputError: a schedule is not understood, two jobs have the same name, or the host's
            code cannot be called.
    """
    view = with_properties(view, spec)
    if FEATURE not in view.features:
        left = [f"The job `{j.name}` was left out: jobs need '{FEATURE}'." for j in spec.jobs]
        return replace(view, notes=(*view.notes, *left)) if left else view
    jobs = _Builder(spec, view.entities, view.suffix).build()
    return replace(
        view,
        jobs=jobs.worker,
        provides=(*view.provides, *jobs.provides),
        notes=(*view.notes, *jobs.notes),
    )


class _Builder(JobBuilder[EntityView]):
    reserved = RESERVED_JOBS | KEYWORDS

    def __init__(self, spec: ProjectSpec, entities: tuple[EntityView, ...], suffix: str) -> None:
        super().__init__(spec, entities)
        self._suffix = suffix

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
        path, wanted = self._path(job), self._signature(job)
        count = parameters_of(self._spec, job, self._suffix, wanted, path)
        if count is not None and count > 1:
            raise InvalidInputError(
                f"'{function_name(job)}' in '{path}' demands {count} things; a job is given one",
                hint=f"Export `{wanted}`; what it does not need it may leave out.",
            )
        return () if count is not None else None

    def wanted(self, job: Command) -> str:
        told = ", where `Call` comes from '../background.ts'" if self._suffix == "ts" else ""
        return (
            f"Hand in extra_files with path '{self._path(job)}', mode 'once', with "
            f"`{self._signature(job)}`{told}"
        )

    def _path(self, job: Command) -> str:
        return f"src/jobs/{module_name(job)}.{self._suffix}"

    def _signature(self, job: Command) -> str:
        typed = self._suffix == "ts"
        given = "{ database, now, data, signal }"
        return (
            f"export async function {function_name(job)}({given}{': Call' * typed})"
            f"{': Promise<unknown>' * typed}"
        )
