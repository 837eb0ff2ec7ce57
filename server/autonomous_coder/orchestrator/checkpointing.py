"""Checkpoints of any project directory, within the allowed roots and audited."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from pathlib import Path

from autonomous_coder.errors import PathNotAllowedError
from autonomous_coder.models.checkpoints import Checkpoint, CheckpointDiff, RestoreResult
from autonomous_coder.orchestrator.places import Places
from autonomous_coder.store.store import Store


class Checkpoints:
    """Create, list, diff, restore and delete."""

    def __init__(self, store: Store, places: Places) -> None:
        self._store = store
        self._places = places

    async def create(self, path: str = "", *, project_id: str = "", label: str = "") -> Checkpoint:
        """Keep the files of a project as they are now."""
        where, project = await self._places.locate(path, project_id)
        known = project.project_id if project else ""
        checkpoint = await self._store.checkpoints.create(where, label=label, project_id=known)
        await self._store.audit("checkpoint.create", checkpoint.checkpoint_id, path=str(where))
        return checkpoint

    async def list(
        self, path: str = "", *, project_id: str = "", limit: int = 20, offset: int = 0
    ) -> builtins.list[Checkpoint]:
        """Checkpoints of a directory or project, newest first; of all when neither is named."""
        where = self._places.guard.output(path) if path else None
        if project_id:
            await self._store.project(project_id)
        return await self._store.checkpoints.list(
            path=where, project_id=project_id, limit=limit, offset=offset
        )

    async def diff(self, checkpoint_id: str, other_id: str = "") -> CheckpointDiff:
        """What changed since a checkpoint, up to another one or to the files as they are."""
        if not other_id:
            self._demand_in_place((await self._store.checkpoints.get(checkpoint_id)).path)
        return await self._store.checkpoints.diff(checkpoint_id, other_id)

    async def restore(self, checkpoint_id: str, paths: Sequence[str] = ()) -> RestoreResult:
        """Bring back the files of a checkpoint; what is there now is kept as a checkpoint."""
        checkpoint = await self._store.checkpoints.get(checkpoint_id)
        self._demand_in_place(checkpoint.path)
        project = await self._store.project_at(Path(checkpoint.path))
        async with self._places.alone(project):
            result = await self._store.checkpoints.restore(checkpoint_id, paths=tuple(paths))
        await self._store.audit("checkpoint.restore", checkpoint_id, path=checkpoint.path)
        return result

    async def delete(self, checkpoint_id: str) -> int:
        """Forget a checkpoint. Returns the bytes freed."""
        freed = await self._store.checkpoints.delete(checkpoint_id)
        await self._store.audit("checkpoint.delete", checkpoint_id, bytes=freed)
        return freed

    def _demand_in_place(self, path: str) -> None:
        """PathNotAllowedError unless a recorded path may be used and still leads to itself."""
        found = self._places.guard.output(path)
        if str(found) != path:
            raise PathNotAllowedError(
                f"{path} is behind a symbolic link by now and leads to {found}.",
                hint="Put the directory back in its place; nothing was changed.",
            )
