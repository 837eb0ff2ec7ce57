"""Which directory belongs to which project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path

import anyio

from autonomous_coder.errors import (
    BusyError,
    CoderError,
    InvalidInputError,
    NotFoundError,
    PathNotAllowedError,
    PathOccupiedError,
)
from autonomous_coder.models.runs import Project, RunKind
from autonomous_coder.orchestrator.written import GENERATION, holds
from autonomous_coder.pathguard import PathGuard
from autonomous_coder.store.store import Store

MAX_RUNS = 20


class Places:
    """Finds projects by path or id, and gives new ones a directory that nobody else has."""

    def __init__(self, store: Store, guard: PathGuard) -> None:
        self._store = store
        self.guard = guard

    async def locate(self, path: str, project_id: str) -> tuple[Path, Project | None]:
        """The directory meant by a path or a project id, and the project known there.

        Raises:
            InvalidInputError: neither or both were given.
            NotFoundError: unknown id, no such directory, or a project that is not written yet.
        """
        if bool(path) == bool(project_id):
            raise InvalidInputError(
                "Pass either a path or a project_id.", hint="A path must be absolute."
            )
        if project_id:
            project = await self._store.project(project_id)
            if not project.path:
                raise NotFoundError(
                    f"Project {project_id} has no files yet.", hint="Call generate first."
                )
            return self._still_there(project), project
        where = self.guard.existing(path)
        return where, await self._store.project_at(where)

    def _still_there(self, project: Project) -> Path:
        where = self.guard.output(project.path)
        if not where.exists():
            raise NotFoundError(
                f"{where}, the directory of project {project.project_id}, is gone.",
                hint="If you moved it, call generate with output_path naming its new place.",
            )
        return self.guard.existing(project.path)

    def alone(self, project: Project | None) -> AbstractAsyncContextManager[None]:
        """Work on a project's directory while no other run writes there.

        Raises (on entering):
            BusyError: another run is at work.
        """
        return self._store.work_on(project.project_id) if project else nullcontext()

    async def owner(self, output: Path) -> Project | None:
        """The project a directory belongs to. One that was written and then removed by the user
        has given its directory up, and so has one whose generation came to nothing."""
        project = await self._store.project_at(output)
        if project is not None and await self._gave_up(project, output):
            await self._store.set_project_path(project.project_id, "")
            return None
        return project

    async def _gave_up(self, project: Project, output: Path) -> bool:
        if not is_empty(output):
            return False
        return await self._was_written(project) or await self._came_to_nothing(project)

    async def _was_written(self, project: Project) -> bool:
        return await self._store.load_state(project.project_id, GENERATION) is not None

    async def _came_to_nothing(self, project: Project) -> bool:
        """Whether nobody is at work on a project that was never written. Builds are not asked
        about: the same request takes an interrupted one up."""
        runs = await self._store.runs(project_id=project.project_id, limit=MAX_RUNS)
        if any(run.kind is RunKind.BUILD for run in runs):
            return False
        try:
            async with self._store.work_on(project.project_id):
                return True
        except BusyError:
            return False

    def output_of(self, project: Project, output_path: str) -> Path:
        """Where a project is to be written: the path given, or the one it has."""
        if not output_path and not project.path:
            raise InvalidInputError("The project has no directory yet.", hint="Pass output_path.")
        return self.guard.output(output_path or project.path)

    async def new(self, output_path: str, *, adopted: bool = False) -> Path:
        """A directory in which a new project may be written; nothing is kept or created. One that
        is `adopted` need not be empty.

        Raises:
            PathOccupiedError: it is another project's, or not empty.
            UsageError: it is not usable at all.
        """
        output = self.guard.output(output_path)
        owner = await self.owner(output)
        if owner is not None:
            raise PathOccupiedError(
                f"{output} holds project {owner.project_id}.",
                hint=f"Name another directory, or generate {owner.project_id} anew.",
            )
        if not adopted:
            demand_empty(output)
        return output

    async def bind(
        self, project: Project, output: Path, *, adopted: bool = False, keep: bool = True
    ) -> list[str]:
        """Make the directory the project's own (without `keep` only look whether it may be).
        Returns notes on what the user may not expect.

        Raises:
            PathOccupiedError: it is another project's, or not empty where it is not `adopted` and
                does not hold what was generated for this one.
        """
        owner = await self._store.project_at(output)
        empty = is_empty(output)
        if owner is not None and not await self._gave_up(owner, output):
            if owner.project_id == project.project_id:
                return []
            raise PathOccupiedError(
                f"{output} holds project {owner.project_id}.", hint="Name another output_path."
            )
        if not adopted and not empty and not await holds(self._store, project.project_id, output):
            demand_empty(output)
        if keep:
            if owner is not None:
                await self._store.set_project_path(owner.project_id, "")
            await self._store.set_project_path(project.project_id, str(output))
        if not project.path or not await self._was_written(project):
            return []
        return [_gone_on(project.path, output, empty)]

    @asynccontextmanager
    async def back_on_failure(self, project: Project, output: Path) -> AsyncIterator[None]:
        """While a project is written to another place than it had: it keeps the one it had where
        that fails."""
        try:
            yield
        except BaseException:
            if project.path not in ("", str(output)):
                with anyio.CancelScope(shield=True), suppress(CoderError):
                    await self._store.set_project_path(project.project_id, project.path)
            raise


def _gone_on(old: str, output: Path, empty: bool) -> str:
    """What is to be said of a written project that is not where it was."""
    if old == str(output):
        return (
            f"{output} was gone or empty: the whole project was written anew. If you moved it, "
            "name its new place with output_path, and it goes on there with your changes."
        )
    if empty:
        return (
            f"The project was in {old}: it was written anew in {output}, without changes that were "
            "made there, and goes on here."
        )
    return f"The project was in {old}: it goes on in {output}, with the changes made here."


def demand_empty(output: Path) -> None:
    """PathOccupiedError unless the directory is missing or empty."""
    if not is_empty(output):
        raise PathOccupiedError(
            f"{output} exists and is not empty.",
            hint="Name a new or empty directory, or add to what is there with spec "
            '{"adopt": true}; nothing was changed.',
        )


def is_empty(output: Path) -> bool:
    """Whether a directory is missing or empty.

    Raises:
        PathNotAllowedError: it cannot be looked into.
    """
    try:
        return not output.exists() or not any(output.iterdir())
    except OSError as error:
        raise PathNotAllowedError(
            f"{output} cannot be read: {error.strerror or 'no reason given'}.",
            hint="Mend its permissions, or name another directory.",
        ) from error
