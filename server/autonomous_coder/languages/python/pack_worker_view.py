"""What the templates of a background worker read beside a spec's entities: its jobs."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.python.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True)
class PurgeView:
    """Rows that a job deletes: those whose `attr` is past, or more than `days` ago."""

    entity: EntityView
    attr: str
    day: bool
    """Whether it is a date without a time."""
    days: int
    said: str
    """The rows in words."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job. Strings other than names and words are Python expressions."""

    name: str
    asked: str
    """As the spec calls it; empty for a job that every worker has."""
    module: str
    """Of `core/`."""
    function: str
    description: str
    about: str
    """The description as text."""
    schedule: str
    said: str
    """The schedule in words."""
    keywords: tuple[str, ...]
    """What the function takes of `session` and `now`."""
    purge: PurgeView | None = None
    written: bool = False
    """Whether its work is done by a file of the host's."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A whole worker."""

    jobs: tuple[JobView, ...]
    prefix: str
    """What the names of its environment variables begin with."""

    @property
    def written(self) -> tuple[JobView, ...]:
        return tuple(job for job in self.jobs if job.written)

    @property
    def purging(self) -> tuple[JobView, ...]:
        return tuple(job for job in self.jobs if job.purge is not None)

    @property
    def pruning(self) -> tuple[JobView, ...]:
        return tuple(job for job in self.jobs if not job.written and job.purge is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpecView(SpecView):
    """A spec as the templates of a background worker see it."""

    worker: WorkerView
