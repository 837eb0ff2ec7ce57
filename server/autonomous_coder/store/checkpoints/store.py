"""The checkpoint store: create, list, diff, restore, delete."""

from __future__ import annotations

import builtins
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio

from autonomous_coder.errors import BusyError, CoderError, DiskFullError, InvalidInputError
from autonomous_coder.models.checkpoints import Checkpoint, CheckpointDiff, RestoreResult
from autonomous_coder.store import text
from autonomous_coder.store.checkpoints import codec, restore, snapshot
from autonomous_coder.store.checkpoints.collect import collect
from autonomous_coder.store.checkpoints.diff import MAX_TEXT_BYTES, Node, Read, compare
from autonomous_coder.store.checkpoints.objects import Objects, corrupt
from autonomous_coder.store.checkpoints.trees import flatten
from autonomous_coder.store.connection import Database
from autonomous_coder.store.filesystem import canonical, private_directory
from autonomous_coder.store.locks import FileLock
from autonomous_coder.treewalk import TreeItem, read_entry, shown

HOW_TO_LIST = "Use `checkpoint` with action list to see the checkpoints there are."
WORKING_TREE = "working tree"
COLLECT_WAIT_S = 5.0
BACKUPS_KEPT = 20
"""How many checkpoints taken by `restore` are kept for each path; the oldest go."""
_COLUMNS = "checkpoint_id, path, project_id, label, created_at, root, files, bytes, skipped"


class CheckpointStore:
    """Checkpoints of any directory. The files of a project that are ignored (see `treewalk`) are
    neither saved nor touched; its own version control least of all."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._objects = Objects(database)
        self._locks = locks
        # Shared by all that store or need objects, held alone by who collects unreferenced ones.
        self._in_use = FileLock(locks / "checkpoint-objects.lock", what="the checkpoint store")

    async def create(
        self,
        path: Path,
        *,
        label: str = "",
        project_id: str = "",
        state: dict[str, Any] | None = None,
    ) -> Checkpoint:
        """Save the files below `path` (which may not exist yet: an empty tree) and `state`.

        Raises:
            InvalidInputError: too large, or not a directory. DiskFullError: nothing is kept.
        """
        checkpoint, _ = await self._create(Path(canonical(path)), label, project_id, state or {})
        return checkpoint

    async def list(
        self, *, path: Path | None = None, project_id: str = "", limit: int = 50, offset: int = 0
    ) -> builtins.list[Checkpoint]:
        """Checkpoints, newest first; of one path or project when given."""
        place = canonical(path) if path is not None else ""
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM checkpoints WHERE (? = '' OR path = ?) "  # noqa: S608
            "AND (? = '' OR project_id = ?) ORDER BY id DESC LIMIT ? OFFSET ?",
            (place, place, project_id, project_id, *text.page(limit, offset)),
        )
        return [_checkpoint(row) for row in rows]

    async def get(self, checkpoint_id: str) -> Checkpoint:
        """One checkpoint.

        Raises:
            NotFoundError: the id is unknown.
        """
        return _checkpoint(await self._row(checkpoint_id))

    async def state(self, checkpoint_id: str) -> dict[str, Any]:
        """The state saved with a checkpoint.

        Raises:
            NotFoundError: the id is unknown. CheckpointCorruptError: it is damaged.
        """
        stored = bytes((await self._row(checkpoint_id))["state"])
        try:
            size, used = int.from_bytes(stored[:4], "big"), stored[4]
            body = codec.unpack(used, stored[21:], size)
            if _mark(body) != stored[5:21]:
                raise ValueError("damaged")
        except (ValueError, IndexError):
            raise corrupt("the saved state") from None
        return text.load(body.decode("utf-8"), "checkpoint's state")

    async def diff(self, old: str, new: str = "", *, max_bytes: int = 30_000) -> CheckpointDiff:
        """What changed from checkpoint `old` to `new` (empty: to the files as they are now).

        Raises:
            NotFoundError: an id is unknown. CheckpointCorruptError: stored content is damaged.
        """
        old_row = await self._row(old)
        new_row = await self._row(new) if new else None
        async with self._using():
            before = await flatten(self._objects, bytes(old_row["root"]))
            if new_row is not None:
                after = await flatten(self._objects, bytes(new_row["root"]))
                nodes, read_new = _nodes(after), self._reader(after)
            else:
                root = Path(old_row["path"])
                found = await snapshot.take(self._database, self._objects, root, keep=False)
                nodes = {p: Node(e.kind, e.mode, d) for p, (e, d) in found.entries.items()}
                read_new = _tree_reader(root, found)
            return await compare(
                _nodes(before),
                nodes,
                self._reader(before),
                read_new,
                names=(old, new or WORKING_TREE),
                max_bytes=max(0, min(max_bytes, 10_000_000)),
            )

    async def restore(self, checkpoint_id: str, *, paths: Sequence[str] = ()) -> RestoreResult:
        """Bring the files (or only `paths`, relative, with what is below them) back. A checkpoint
        of the state before is taken first. Ignored files stay; so do those the checkpoint left out.

        Raises:
            NotFoundError: unknown id or path. CheckpointCorruptError: stored content is damaged.
            InvalidInputError: something no checkpoint covers is in the way. BusyError: another
            restore is at work there, or files change meanwhile. DiskFullError. In all these cases
            the files are untouched.
        """
        row = await self._row(checkpoint_id)
        root = Path(row["path"])
        async with self._alone(root), self._using():
            target = await flatten(self._objects, bytes(row["root"]))
            backup, found = await self._create(
                root, f"before restoring {checkpoint_id}", row["project_id"], {}, automatic=True
            )
            await anyio.to_thread.run_sync(_make_root, root)
            trees = restore.Trees(
                root, found.entries, target, [skip[0] for skip in _skipped(row["skipped"])]
            )
            done = await restore.carry_out(self._objects, trees, paths, backup.checkpoint_id)
        await self._forget_backups(root, checkpoint_id)
        return RestoreResult(
            checkpoint_id=checkpoint_id,
            backup_id=backup.checkpoint_id,
            written=sorted(
                [shown(path) for path in (*done.writes, *done.modes)]
                + [shown(path) + "/" for path in done.new_directories]
            ),
            deleted=sorted(
                [shown(path) for path in done.deletes]
                + [shown(path) + "/" for path in done.old_directories]
            ),
            unchanged=done.unchanged,
        )

    async def write_out(
        self,
        checkpoint_id: str,
        target: Path,
        *,
        wanted: Callable[[str], bool],
        max_bytes: int,
    ) -> None:
        """Write those regular files of a checkpoint whose path is `wanted` below `target`, which
        is created; links and modes are left out.

        Raises:
            NotFoundError: the id is unknown. CheckpointCorruptError: stored content is damaged.
            InvalidInputError: there are more than `max_bytes`.
        """
        row = await self._row(checkpoint_id)
        await anyio.to_thread.run_sync(lambda: target.mkdir(parents=True))
        async with self._using():
            tree = await flatten(self._objects, bytes(row["root"]))
            places: dict[bytes, builtins.list[str]] = {}
            for path, item in tree.items():
                if item.kind == "file" and wanted(path):
                    places.setdefault(item.digest, []).append(path)
            batches = await self._objects.batches({d: shown(p[0]) for d, p in places.items()})
            room = max_bytes
            for batch in batches:
                contents = await self._objects.load(batch)
                room -= sum(len(content) * len(places[d]) for d, content in contents.items())
                if room < 0:
                    raise InvalidInputError(
                        f"The files of {checkpoint_id} are larger than {max_bytes} bytes."
                    )
                files = {path: contents[d] for d in batch for path in places[d]}
                await anyio.to_thread.run_sync(_write_files, target, files)

    async def delete(self, checkpoint_id: str) -> int:
        """Delete a checkpoint; the bytes freed. While another process is saving one, what became
        unreferenced is freed by a later delete.

        Raises:
            NotFoundError: the id is unknown.
        """
        await self._row(checkpoint_id)
        async with self._database.write() as transaction:
            if not await transaction.changed(
                "DELETE FROM checkpoints WHERE checkpoint_id = ?", (checkpoint_id,)
            ):
                raise text.unknown(checkpoint_id, "checkpoint", HOW_TO_LIST)
        return await self._collect()

    async def _create(
        self,
        root: Path,
        label: str,
        project_id: str,
        state: dict[str, Any],
        *,
        automatic: bool = False,
    ) -> tuple[Checkpoint, snapshot.Snapshot]:
        text.bounded(label, "label", 500)
        text.bounded(project_id, "project id", 100)
        body = text.dump(state, "checkpoint's state").encode("utf-8")
        try:
            async with self._using():
                found = await snapshot.take(self._database, self._objects, root, keep=True)
                checkpoint = Checkpoint(
                    checkpoint_id=text.new_id("cp"),
                    path=str(root),
                    project_id=project_id,
                    label=label,
                    created_at=text.now(),
                    tree_hash=found.root.hex(),
                    files=found.files,
                    bytes=found.bytes,
                    skipped=[f"{shown(path)} ({reason})" for path, reason in found.skipped],
                )
                used, data = await anyio.to_thread.run_sync(codec.pack, body)
                packed = len(body).to_bytes(4, "big") + bytes([used]) + _mark(body) + data
                async with self._database.write(durable=True) as transaction:
                    await snapshot.remember(transaction, root, found)
                    await transaction.execute(
                        f"INSERT INTO checkpoints ({_COLUMNS}, state, automatic) "  # noqa: S608
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            checkpoint.checkpoint_id,
                            checkpoint.path,
                            project_id,
                            label,
                            checkpoint.created_at.isoformat(),
                            found.root,
                            checkpoint.files,
                            checkpoint.bytes,
                            json.dumps(found.skipped),
                            packed,
                            int(automatic),
                        ),
                    )
        except DiskFullError:
            with suppress(CoderError):
                await self._collect()
            raise
        return checkpoint, found

    async def _forget_backups(self, root: Path, restored: str) -> None:
        # The restore is done: whatever goes wrong here is no reason to call it failed.
        with suppress(CoderError):
            async with self._database.write() as transaction:
                forgotten = await transaction.changed(
                    "DELETE FROM checkpoints WHERE path = ? AND automatic AND checkpoint_id <> ? "
                    "AND id NOT IN (SELECT id FROM checkpoints WHERE path = ? AND automatic "
                    "ORDER BY id DESC LIMIT ?)",
                    (str(root), restored, str(root), BACKUPS_KEPT),
                )
            if forgotten:
                await self._collect()

    async def _collect(self) -> int:
        private_directory(self._locks)
        with suppress(BusyError):
            async with self._in_use.held(wait_s=COLLECT_WAIT_S):
                return await collect(self._database, self._objects)
        return 0

    async def _row(self, checkpoint_id: str) -> sqlite3.Row:
        text.known_id(checkpoint_id, "cp", "checkpoint", HOW_TO_LIST)
        rows = await self._database.read(
            f"SELECT {_COLUMNS}, state FROM checkpoints WHERE checkpoint_id = ?",  # noqa: S608
            (checkpoint_id,),
        )
        if not rows:
            raise text.unknown(checkpoint_id, "checkpoint", HOW_TO_LIST)
        return rows[0]

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[None]:
        private_directory(self._locks)
        async with self._in_use.shared():
            yield

    @asynccontextmanager
    async def _alone(self, root: Path) -> AsyncIterator[None]:
        private_directory(self._locks)
        name = hashlib.blake2b(str(root).encode(), digest_size=12).hexdigest()
        lock = FileLock(self._locks / f"restore-{name}.lock", what=f"the restore of {root}")
        async with lock.held(wait_s=5.0):
            yield

    def _reader(self, tree: dict[str, TreeItem]) -> Read:
        async def read(path: str) -> bytes | None:
            digest = tree[path].digest
            names = {digest: shown(path)}
            rows = await self._database.read("SELECT size FROM objects WHERE digest = ?", (digest,))
            if rows and rows[0]["size"] > MAX_TEXT_BYTES:
                return None
            return (await self._objects.load(names))[digest]

        return read


def _tree_reader(root: Path, found: snapshot.Snapshot) -> Read:
    async def read(path: str) -> bytes | None:
        entry = found.entries[path][0]
        if entry.size > MAX_TEXT_BYTES:
            return None
        try:
            return await anyio.to_thread.run_sync(read_entry, root, entry)
        except OSError:
            return None

    return read


def _nodes(tree: dict[str, TreeItem]) -> dict[str, Node]:
    return {
        path: Node(item.kind, item.mode, b"" if item.kind == "dir" else item.digest)
        for path, item in tree.items()
    }


def _write_files(target: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _make_root(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"The directory {root} cannot be created: {error.strerror}.",
            hint="Create it, or mend what stands in its way.",
        ) from error


def _mark(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16, person=b"state").digest()


def _skipped(stored: str) -> builtins.list[tuple[str, str]]:
    return [(str(path), str(reason)) for path, reason in json.loads(stored)]


def _checkpoint(row: sqlite3.Row) -> Checkpoint:
    return Checkpoint(
        checkpoint_id=row["checkpoint_id"],
        path=row["path"],
        project_id=row["project_id"],
        label=row["label"],
        created_at=row["created_at"],
        tree_hash=bytes(row["root"]).hex(),
        files=row["files"],
        bytes=row["bytes"],
        skipped=[f"{shown(path)} ({reason})" for path, reason in _skipped(row["skipped"])],
    )
