"""The jobs of a background worker as templates see them, whatever the language.

What a job is to do, no template knows, but for the deletion of rows that have expired. Its logic
comes from the host: a file among `extra_files` with a function of the job's name. Without it the
job is left out, and a note says what to hand in; a worker always has the job that forgets old runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.common.pack_views import EntityView
from autonomous_coder.languages.common.purging import CREATED, Purge, purge_of
from autonomous_coder.languages.common.schedules import Schedule, read_schedule
from autonomous_coder.models.spec import Command, Job, ProjectSpec

PRUNE = "prune_runs"
PRUNED_AT = Schedule("30 3 * * *")
EntityT = TypeVar("EntityT", bound=EntityView[Any, Any])


@dataclass(frozen=True, slots=True)
class PurgeView(Generic[EntityT]):
    """Rows that a job deletes: those whose `attr` is past, or more than `days` ago."""

    entity: EntityT
    attr: str
    day: bool
    """Whether it is a date without a time."""
    days: int
    said: str
    """The rows in words."""


@dataclass(frozen=True, slots=True)
class JobView(Generic[EntityT]):
    """A job. Strings other than names and words are expressions of the language."""

    name: str
    asked: str
    """As the spec calls it; empty for the job that every worker has."""
    module: str
    """Of `core/`."""
    function: str
    known_as: str
    """What the function is called where all jobs are listed."""
    description: str
    about: str
    """The description as text."""
    schedule: str
    said: str
    """The schedule in words."""
    keywords: tuple[str, ...] = ()
    """What the function takes, where the language passes things by name."""
    purge: PurgeView[EntityT] | None = None
    written: bool = False
    """Whether its work is done by a file of the host's."""


@dataclass(frozen=True, slots=True)
class WorkerView(Generic[EntityT]):
    """A whole worker."""

    jobs: tuple[JobView[EntityT], ...]
    prefix: str
    """What the names of its environment variables begin with, where the language has them so."""

    @property
    def written(self) -> tuple[JobView[EntityT], ...]:
        return tuple(job for job in self.jobs if job.written)

    @property
    def purging(self) -> tuple[JobView[EntityT], ...]:
        return tuple(job for job in self.jobs if job.purge is not None)

    @property
    def pruning(self) -> tuple[JobView[EntityT], ...]:
        return tuple(job for job in self.jobs if not job.written and job.purge is None)


@dataclass(frozen=True, slots=True)
class Jobs(Generic[EntityT]):
    """What the jobs of a spec come to: capabilities that are there without a test of ours, and what
    is to be told."""

    worker: WorkerView[EntityT]
    provides: tuple[str, ...]
    notes: tuple[str, ...]


class JobBuilder(ABC, Generic[EntityT]):
    """Makes the view of a spec's jobs; a language adds how it writes them."""

    given: tuple[str, ...] = ()
    """What jobs are given by name."""
    reserved: frozenset[str] = frozenset()
    """Names that the list of jobs has for something else."""

    def __init__(self, spec: ProjectSpec, entities: Sequence[EntityT]) -> None:
        self._spec = spec
        self._entities = {entity.name: entity for entity in entities}
        self._known = Unique(self.reserved, suffix="_job")

    @abstractmethod
    def literal(self, text: str) -> str:
        """Text as a string of the language."""

    @abstractmethod
    def expression(self, schedule: Schedule) -> str:
        """A schedule."""

    @abstractmethod
    def names(self, job: Command) -> tuple[str, str]:
        """Module and function of a job."""

    @abstractmethod
    def taken(self, job: Command) -> tuple[str, ...] | None:
        """What of `given` the host's function takes; None when there is no such function.

        Raises:
            InvalidInputError: it cannot be called.
        """

    @abstractmethod
    def attribute(self, entity: EntityT, field: str) -> str:
        """What the code calls a field."""

    @abstractmethod
    def wanted(self, job: Command) -> str:
        """What to hand in for a job, as a sentence without its full stop."""

    def build(self) -> Jobs[EntityT]:
        """The jobs.

        Raises:
            InvalidInputError: a schedule is not understood, two jobs have the same name, or the
                host's code cannot be called.
        """
        names = [job.name for job in self._spec.jobs]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise InvalidInputError(
                f"the job '{twice}' is listed twice", hint="Rename one of them."
            )
        made: list[JobView[EntityT]] = []
        notes: list[str] = []
        for job in self._spec.jobs:
            view = self._job(job, read_schedule(job.name, job.schedule))
            taken = self.taken(_command(job))
            purge = purge_of(job, self._spec.entities)
            if taken is not None:
                made.append(replace(view, written=True, keywords=taken))
            elif purge is not None and purge.entity in self._entities:
                made.append(replace(view, purge=self._purged(purge)))
            else:
                notes.append(
                    f"The job `{job.name}` was left out: no template knows what it is to do. "
                    f"{self.wanted(_command(job))}."
                )
        prefix = f"{self._spec.name.replace('-', '_').upper()}_"
        return Jobs(
            WorkerView((*made, self._prune(names)), prefix),
            tuple(f"job:{job.asked}" for job in made),
            tuple(notes),
        )

    def _job(self, job: Job, schedule: Schedule, said: str = "") -> JobView[EntityT]:
        about = job.description or f"{label(job.name).capitalize()}."
        module, function = self.names(_command(job))
        return JobView(
            name=job.name,
            asked=job.name,
            module=module,
            function=function,
            known_as=self._known(function),
            description=self.literal(about),
            about=about,
            schedule=self.expression(schedule),
            said=said or job.schedule or "on demand",
            keywords=self.given,
        )

    def _prune(self, names: list[str]) -> JobView[EntityT]:
        """The job that every worker has."""
        about = "Forgets runs that ended more than thirty days ago."
        job = Job(name=Unique(names, suffix="_")(PRUNE), description=about)
        return replace(self._job(job, PRUNED_AT, "daily at 03:30"), asked="")

    def _purged(self, purge: Purge) -> PurgeView[EntityT]:
        entity = self._entities[purge.entity]
        field = next((field for field in entity.fields if field.name == purge.field), None)
        said = f"{entity.labels} that are older than {purge.days} days"
        if field is not None:
            said = f"{entity.labels} whose {label(field.name)} is past"
        return PurgeView(
            entity=entity,
            attr=self.attribute(entity, purge.field) if field is not None else CREATED,
            day=purge.day,
            days=purge.days,
            said=said,
        )


def _command(job: Job) -> Command:
    return Command(name=job.name, description=job.description)
