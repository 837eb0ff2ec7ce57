"""A service as the Go templates see it: what it does in the background, and what tests make up.

What a job is to do, no template knows, but for the deletion of rows that have expired. Its logic
comes from the host: the file `internal/jobs/<job>.go`, among `extra_files`, with a function of the
job's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.pack_jobs import JobBuilder, WorkerView
from autonomous_coder.languages.common.schedules import Schedule
from autonomous_coder.languages.go.pack_host import function_name
from autonomous_coder.languages.go.pack_literals import literal
from autonomous_coder.languages.go.pack_names import RESERVED_JOB_FILES, RESERVED_JOB_FUNCTIONS
from autonomous_coder.languages.go.pack_properties import PropertiesView, properties_of
from autonomous_coder.languages.go.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

FEATURE = "background_jobs"
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ServiceView(SpecView):
    """See the base."""

    jobs: WorkerView[EntityView] | None = None
    """What is done in the background."""
    provides: tuple[str, ...] = ()
    """Capabilities that are there, and that no test of ours proves."""
    properties: Mapping[str, PropertiesView] = field(default_factory=dict)
    """Entity name -> values that property tests make up."""


def service_view(view: SpecView, spec: ProjectSpec) -> ServiceView:
    """The view with the jobs of a service, and the values of its property tests.

    Raises:
        InvalidInputError: a schedule is not understood, two jobs have the same name, or the host's
            code cannot be called.
    """
    facts = {each.name: getattr(view, each.name) for each in fields(view)}
    facts["properties"] = properties_of(view, spec)
    if FEATURE not in view.features:
        left = [f"The job `{j.name}` was left out: jobs need '{FEATURE}'." for j in spec.jobs]
        return ServiceView(**facts | {"notes": (*view.notes, *left)})
    made = _Builder(spec, view.entities).build()
    notes = (*view.notes, *made.notes)
    return ServiceView(**facts | {"notes": notes}, jobs=made.worker, provides=made.provides)


class _Builder(JobBuilder[EntityView]):
    def literal(self, text: str) -> str:
        return literal(text)

    def expression(self, schedule: Schedule) -> str:
        if schedule.cron:
            return f"Cron({literal(schedule.cron)})"
        return f"Every({schedule.seconds} * time.Second)" if schedule.seconds else ""

    def names(self, job: Command) -> tuple[str, str]:
        return _module(job), _function(job)

    def attribute(self, entity: EntityView, field: str) -> str:
        del entity
        return field

    def taken(self, job: Command) -> tuple[str, ...] | None:
        path, name = _path(job), _function(job)
        content = next((f.content for f in self._spec.extra_files if f.path == path), None)
        if content is None:
            return None
        hint = f"Define `{_signature(job)}` in it."
        code = _COMMENTS.sub(" ", content)
        if not re.search(r"^\s*package jobs\b", code, re.MULTILINE):
            raise InvalidInputError(f"'{path}' is not of package jobs", hint=hint)
        head = re.search(rf"^func {name}\(([^)]*)\)\s*\(([^)]*)\)", code, re.MULTILINE)
        if head is None:
            raise InvalidInputError(f"'{path}' defines no function '{name}'", hint=hint)
        given = [part.split()[-1] for part in head[1].split(",") if part.strip()]
        back = [part.split()[-1] for part in head[2].split(",") if part.strip()]
        if given != ["context.Context", "Call"] or back != ["string", "error"]:
            told = f"'{name}' in '{path}' cannot be called as a job"
            raise InvalidInputError(told, hint=hint)
        return ()

    def wanted(self, job: Command) -> str:
        return (
            f"Hand in extra_files with path '{_path(job)}' (package jobs), mode 'once', defining "
            f"`{_signature(job)}`"
        )


def _function(job: Command) -> str:
    name = function_name(job)
    return f"{name}Job" if name in RESERVED_JOB_FUNCTIONS else name


def _module(job: Command) -> str:
    name = job.name.replace("_", "").lower()
    return f"{name}job" if name in RESERVED_JOB_FILES else name


def _path(job: Command) -> str:
    return f"internal/jobs/{_module(job)}.go"


def _signature(job: Command) -> str:
    return f"func {_function(job)}(ctx context.Context, call Call) (string, error)"
