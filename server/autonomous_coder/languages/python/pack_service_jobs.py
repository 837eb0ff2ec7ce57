"""Jobs in the background of a service, as its templates see them.

What a job is to do, no template knows, but for the deletion of rows that have expired. Its logic
comes from the host: the file `app/jobs/<job>.py`, among `extra_files`, with a coroutine of the
job's name.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.pack_jobs import JobBuilder
from autonomous_coder.languages.common.schedules import Schedule
from autonomous_coder.languages.python.pack_package import function_name
from autonomous_coder.languages.python.pack_properties import with_properties
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, ProjectSpec

FEATURE = "background_jobs"
OWN = ("session", "now")
"""What the jobs that templates know take."""


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
    jobs = _Builder(spec, view.entities).build()
    own = (j if j.written else replace(j, keywords=OWN) for j in jobs.worker.jobs)
    return replace(
        view,
        jobs=replace(jobs.worker, jobs=tuple(own)),
        provides=(*view.provides, *jobs.provides),
        notes=(*view.notes, *jobs.notes),
    )


class _Builder(JobBuilder[EntityView]):
    given = ("session", "now", "data")
    reserved = frozenset({"dt", "dataclass"})

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
        path, name = _path(job), function_name(job)
        content = next((f.content for f in self._spec.extra_files if f.path == path), None)
        if content is None:
            return None
        hint = f"Define `{_signature(job)}` in it; each of these may be left out."
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            told = f"'{path}' is no Python: {str(error)[:200]}"
            raise InvalidInputError(told, hint=hint) from None
        found = [n for n in tree.body if isinstance(n, ast.AsyncFunctionDef) and n.name == name]
        if not found:
            raise InvalidInputError(f"'{path}' defines no coroutine '{name}'", hint=hint)
        arguments = found[-1].args
        positional = arguments.args[: len(arguments.args) - len(arguments.defaults)]
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        demanded = [a.arg for a in (*arguments.posonlyargs, *positional)]
        demanded += [a.arg for a, default in pairs if default is None]
        beyond = [given for given in demanded if given not in self.given]
        if beyond or arguments.posonlyargs:
            told = f"'{name}' in '{path}' demands {', '.join(beyond or demanded)}"
            raise InvalidInputError(f"{told}, which no job is given so", hint=hint)
        named = {a.arg for a in (*arguments.args, *arguments.kwonlyargs)}
        return tuple(given for given in self.given if given in named)

    def wanted(self, job: Command) -> str:
        return (
            f"Hand in extra_files with path '{_path(job)}', mode 'once', defining "
            f"`{_signature(job)}`"
        )


def _path(job: Command) -> str:
    return f"app/jobs/{function_name(job)}.py"


def _signature(job: Command) -> str:
    return (
        f"async def {function_name(job)}(*, session: AsyncSession, now: dt.datetime, "
        "data: dict[str, Any]) -> object"
    )
