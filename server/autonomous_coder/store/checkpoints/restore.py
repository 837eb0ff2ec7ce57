"""Bringing a project's files back to a checkpoint: plan, verify and prepare all, then move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from autonomous_coder.errors import StateError
from autonomous_coder.store.checkpoints.applying import Stage
from autonomous_coder.store.checkpoints.objects import Objects
from autonomous_coder.store.checkpoints.planning import (
    Current,
    Plan,
    Target,
    plan,
    refuse_changes,
    scope,
)
from autonomous_coder.store.filesystem import FULL, disk_full
from autonomous_coder.treewalk import shown


@dataclass(frozen=True, slots=True)
class Trees:
    """Where from and where to. `kept` are paths that the checkpoint left out."""

    root: Path
    current: Current
    target: Target
    kept: Sequence[str]


async def carry_out(objects: Objects, trees: Trees, paths: Sequence[str], backup_id: str) -> Plan:
    """Restore; what was done. Nothing is changed unless everything needed was read and verified.

    Raises:
        CheckpointCorruptError, InvalidInputError, NotFoundError, BusyError, DiskFullError: nothing
            was changed. StateError: stopped halfway; `backup_id` has the state before.
    """
    root, current, target = trees.root, trees.current, trees.target
    chosen = scope(paths, current, target)
    done = await anyio.to_thread.run_sync(plan, root, current, target, trees.kept, chosen)
    by_digest: dict[bytes, list[str]] = {}
    for path in done.writes:
        by_digest.setdefault(target[path].digest, []).append(path)
    stage = Stage(root)
    try:
        await _prepare(objects, stage, target, by_digest)
        await anyio.to_thread.run_sync(refuse_changes, root, done, current)
    except BaseException as error:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(stage.clear)
        if isinstance(error, OSError):
            raise _not_prepared(error, root) from error
        raise
    # From here on it is carried through: a half restored project helps nobody.
    with anyio.CancelScope(shield=True):
        try:
            await anyio.to_thread.run_sync(stage.apply, done, current, target)
        except OSError as error:
            raise StateError(
                f"The restore stopped halfway ({error.strerror}).",
                hint=f"Mend the cause and restore again, or go back with checkpoint {backup_id}.",
            ) from error
        finally:
            await anyio.to_thread.run_sync(stage.clear)
    return done


async def _prepare(
    objects: Objects, stage: Stage, target: Target, by_digest: dict[bytes, list[str]]
) -> None:
    names = {digest: shown(paths[0]) for digest, paths in by_digest.items()}
    batches = await objects.batches(names)
    await anyio.to_thread.run_sync(stage.open)
    for batch in batches:
        contents = await objects.load(batch)
        paths = [path for digest in batch for path in by_digest[digest]]
        await anyio.to_thread.run_sync(stage.add, paths, target, contents)


def _not_prepared(error: OSError, root: Path) -> Exception:
    if error.errno in FULL:
        return disk_full(root)
    return StateError(
        f"The restore could not be prepared in {root} ({error.strerror}).",
        hint="The project's directory must be writable. Nothing was changed.",
    )
