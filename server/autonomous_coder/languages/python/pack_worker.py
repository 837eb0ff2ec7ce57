"""A spec as the templates of a background worker in Python see it.

The host's logic of a job is the file `core/<job>.py` of the package, with a function of the job's
name that takes what it needs of `session` and `now`.
"""

from __future__ import annotations

from dataclasses import fields

from autonomous_coder.languages.common.pack_jobs import JobBuilder
from autonomous_coder.languages.common.schedules import Schedule
from autonomous_coder.languages.python.pack_package import (
    core_path,
    function_name,
    host_keywords,
    package_name,
)
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.languages.python.pack_worker_view import WorkerSpecView
from autonomous_coder.models.spec import Command, ProjectSpec


def worker_view(view: SpecView, spec: ProjectSpec) -> WorkerSpecView:
    """The view with the worker's jobs.

    Raises:
        InvalidInputError: see `JobBuilder.build`.
    """
    package = package_name(spec)
    jobs = _Builder(spec, view.entities).build()
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    known |= {
        "package": package,
        "root": f"src/{package}",
        "stored": True,
        "summary": spec.description.strip() or f"The background worker {spec.name}.",
        "provides": jobs.provides,
        "notes": (*view.notes, *jobs.notes),
    }
    return WorkerSpecView(**known, worker=jobs.worker)


class _Builder(JobBuilder[EntityView]):
    given = ("session", "now")

    def literal(self, text: str) -> str:
        return repr(text)

    def expression(self, schedule: Schedule) -> str:
        if schedule.cron:
            return f"Cron({schedule.cron!r})"
        if schedule.seconds:
            return f"Every(dt.timedelta(seconds={schedule.seconds}))"
        return "OnDemand()"

    def names(self, job: Command) -> tuple[str, str]:
        return function_name(job), function_name(job)

    def attribute(self, entity: EntityView, field: str) -> str:
        return next(known.attr for known in entity.fields if known.name == field)

    def taken(self, job: Command) -> tuple[str, ...] | None:
        hint = f"Define `{_signature(job)}`; each of both may be left out."
        return host_keywords(self._spec, job, self.given, "no job", hint)

    def wanted(self, job: Command) -> str:
        path = core_path(package_name(self._spec), job)
        return f"Hand in extra_files with path '{path}', mode 'once', defining `{_signature(job)}`"


def _signature(job: Command) -> str:
    return f"def {function_name(job)}(*, session: Session, now: dt.datetime) -> object"
