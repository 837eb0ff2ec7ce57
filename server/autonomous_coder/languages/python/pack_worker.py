"""A spec as the templates of a background worker see it.

What a job is to do, no template knows, but for the deletion of rows that have expired. Its logic
comes from the host: the file `core/<job>.py` of the package, among `extra_files`, with a function
of the job's name. Without it the job is left out, and a note says what to hand in.
"""

from __future__ import annotations

import ast
from dataclasses import fields, replace

from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.common.purging import CREATED, Purge, purge_of
from autonomous_coder.languages.common.schedules import Schedule, read_schedule
from autonomous_coder.languages.python.pack_package import (
    core_path,
    function_name,
    host_function,
    package_name,
)
from autonomous_coder.languages.python.pack_view import EntityView, SpecView
from autonomous_coder.languages.python.pack_worker_view import (
    JobView,
    PurgeView,
    WorkerSpecView,
    WorkerView,
)
from autonomous_coder.models.spec import Command, Job, ProjectSpec

GIVEN = ("session", "now")
"""What a job is given where its function takes it."""
PRUNE = "prune_runs"


def worker_view(view: SpecView, spec: ProjectSpec) -> WorkerSpecView:
    """The view with the worker's jobs.

    Raises:
        InvalidInputError: a schedule is not understood, or two jobs have the same name.
        UnsupportedError: jobs are asked for, and none of them can be built.
    """
    package = package_name(spec)
    names = [job.name for job in spec.jobs]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InvalidInputError(f"the job '{twice}' is listed twice", hint="Rename one of them.")
    made: list[JobView] = []
    missing: list[Job] = []
    by_name = {entity.name: entity for entity in view.entities}
    for job in spec.jobs:
        schedule = read_schedule(job.name, job.schedule)
        taken = _taken(spec, package, job)
        purge = purge_of(job, spec.entities)
        if taken is not None:
            made.append(replace(_job(job, schedule, taken), written=True))
        elif purge is not None and purge.entity in by_name:
            purged = _purged(purge, by_name[purge.entity])
            made.append(replace(_job(job, schedule, GIVEN), purge=purged))
        else:
            missing.append(job)
    hints = [_wanted(package, job) for job in missing]
    if missing and not made:
        raise UnsupportedError(
            f"no template knows what the job `{missing[0].name}` is to do",
            hint=f"{'; '.join(hints)[:1500]}. The worker calls it when it is due, tries again "
            "when it raises an exception, and keeps what it returns.",
        )
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    known |= {
        "package": package,
        "root": f"src/{package}",
        "stored": True,
        "summary": spec.description.strip() or f"The background worker {spec.name}.",
        "provides": tuple(f"job:{job.asked}" for job in made),
        "notes": (
            *view.notes,
            *(
                f"The job `{job.name}` was left out: no template knows what it is to do. {hint}."
                for job, hint in zip(missing, hints, strict=True)
            ),
        ),
    }
    prune = _prune(names)
    prefix = f"{spec.name.replace('-', '_').upper()}_"
    return WorkerSpecView(**known, worker=WorkerView((*made, prune), prefix))


def _job(job: Job, schedule: Schedule, keywords: tuple[str, ...]) -> JobView:
    about = job.description or f"{label(job.name).capitalize()}."
    name = function_name(_command(job))
    return JobView(
        name=job.name,
        asked=job.name,
        module=name,
        function=name,
        description=repr(about),
        about=about,
        schedule=_expression(schedule),
        said=job.schedule or "on demand",
        keywords=keywords,
    )


def _prune(names: list[str]) -> JobView:
    """The job that every worker has."""
    name = Unique(names, suffix="_")(PRUNE)
    about = "Forgets runs that ended more than thirty days ago."
    return JobView(
        name=name,
        asked="",
        module=name,
        function=name,
        description=repr(about),
        about=about,
        schedule=_expression(Schedule("30 3 * * *")),
        said="daily at 03:30",
        keywords=GIVEN,
    )


def _expression(schedule: Schedule) -> str:
    if schedule.cron:
        return f"Cron({schedule.cron!r})"
    return f"Every(dt.timedelta(seconds={schedule.seconds}))" if schedule.seconds else "OnDemand()"


def _purged(purge: Purge, entity: EntityView) -> PurgeView:
    field = next((field for field in entity.fields if field.name == purge.field), None)
    said = f"{entity.labels} that are older than {purge.days} days"
    if field is not None:
        said = f"{entity.labels} whose {field.label} is past"
    return PurgeView(
        entity=entity,
        attr=field.attr if field is not None else CREATED,
        day=purge.day,
        days=purge.days,
        said=said,
    )


def _command(job: Job) -> Command:
    return Command(name=job.name, description=job.description)


def _taken(spec: ProjectSpec, package: str, job: Job) -> tuple[str, ...] | None:
    """What the host's function takes; None when there is none.

    Raises:
        InvalidInputError: the file does not define it, or it demands what no job is given.
    """
    function = host_function(spec, package, _command(job))
    if function is None:
        return None
    path = core_path(package, _command(job))
    content = next(file.content for file in spec.extra_files if file.path == path)
    defined = [n for n in ast.parse(content).body if isinstance(n, ast.FunctionDef)]
    found = [n for n in defined if n.name == function.name][-1].args
    positional = found.args[: len(found.args) - len(found.defaults)]
    demanded = [a.arg for a in positional]
    pairs = zip(found.kwonlyargs, found.kw_defaults, strict=True)
    demanded += [a.arg for a, default in pairs if default is None]
    beyond = [name for name in demanded if name not in GIVEN]
    if beyond:
        raise InvalidInputError(
            f"'{function.name}' in '{path}' demands {', '.join(beyond)}, which no job is given",
            hint=f"Define `{_signature(job)}`; each of both may be left out.",
        )
    named = {a.arg for a in (*found.args, *found.kwonlyargs)}
    return tuple(name for name in GIVEN if name in named)


def _signature(job: Job) -> str:
    return f"def {function_name(_command(job))}(*, session: Session, now: dt.datetime) -> object"


def _wanted(package: str, job: Job) -> str:
    """What to hand in for a job, as one sentence."""
    return (
        f"Hand in extra_files with path '{core_path(package, _command(job))}', mode 'once', "
        f"defining `{_signature(job)}`"
    )
