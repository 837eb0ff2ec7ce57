"""Blobs and trees by digest. What is read is verified; what is written is never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import anyio

from autonomous_coder.errors import CheckpointCorruptError
from autonomous_coder.store.checkpoints import codec
from autonomous_coder.store.connection import Database
from autonomous_coder.store.filesystem import disk_full
from autonomous_coder.treewalk import digest_content, digest_tree

AT_ONCE = 500
BATCH_BYTES = 4 * 1024**2
"""Of one transaction, and held in memory: a batch that does not fit on the disk is lost room."""
HEADROOM_BYTES = 4 * 1024**2
BLOB = "blob"
TREE = "tree"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Packed:
    """An object ready to be stored."""

    digest: bytes
    kind: str
    size: int
    codec: int
    data: bytes


def pack(digest: bytes, kind: str, content: bytes) -> Packed:
    """Compress one object. CPU-bound: call it in a thread."""
    used, data = codec.pack(content)
    return Packed(digest, kind, len(content), used, data)


class Objects:
    """Rows of the table `objects`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, digests: Collection[bytes]) -> set[bytes]:
        """Which of the digests are stored."""
        found: set[bytes] = set()
        for part in chunks(sorted(digests), AT_ONCE):
            rows = await self._database.read(
                f"SELECT digest FROM objects WHERE digest IN ({_marks(part)})",  # noqa: S608
                part,
            )
            found.update(bytes(row["digest"]) for row in rows)
        return found

    async def add(self, objects: Sequence[Packed]) -> None:
        """Store what is not stored yet, in one transaction. It becomes durable with the checkpoint
        that refers to it.

        Raises:
            DiskFullError: too little space is left.
        """
        if not objects:
            return
        # What is stored passes through the log, so it needs room twice; and a disk filled to the
        # last byte would not even let us remove it again.
        needed = 2 * sum(len(item.data) for item in objects) + HEADROOM_BYTES
        if shutil.disk_usage(self._database.path.parent).free < needed:
            raise disk_full(self._database.path)
        async with self._database.write(durable=False) as transaction:
            await transaction.execute_many(
                "INSERT OR IGNORE INTO objects (digest, kind, size, codec, data) "
                "VALUES (?, ?, ?, ?, ?)",
                [(o.digest, o.kind, o.size, o.codec, o.data) for o in objects],
            )

    async def batches(self, names: Mapping[bytes, str]) -> list[dict[bytes, str]]:
        """Split digests (with the paths to name in errors) so that each part fits in memory.

        Raises:
            CheckpointCorruptError: one is not stored.
        """
        sizes: dict[bytes, int] = {}
        for part in chunks(sorted(names), AT_ONCE):
            for row in await self._database.read(
                f"SELECT digest, size FROM objects WHERE digest IN ({_marks(part)})",  # noqa: S608
                part,
            ):
                sizes[bytes(row["digest"])] = row["size"]
        result: list[dict[bytes, str]] = []
        room = 0
        for digest, name in names.items():
            if digest not in sizes:
                raise corrupt(name)
            if not result or sizes[digest] > room or len(result[-1]) >= AT_ONCE:
                result.append({})
                room = BATCH_BYTES
            result[-1][digest] = name
            room -= sizes[digest]
        return result

    async def load(self, names: Mapping[bytes, str], kind: str = BLOB) -> dict[bytes, bytes]:
        """The contents of one batch, each verified against its digest.

        Raises:
            CheckpointCorruptError: one is missing or damaged; names its path.
        """
        keys = list(names)
        rows = await self._database.read(
            "SELECT digest, kind, size, codec, data FROM objects "  # noqa: S608
            f"WHERE digest IN ({_marks(keys)})",
            keys,
        )
        stored = [
            Packed(bytes(r["digest"]), r["kind"], r["size"], r["codec"], bytes(r["data"]))
            for r in rows
        ]
        contents = await anyio.to_thread.run_sync(_unpack, stored, names, kind)
        for digest, name in names.items():
            if digest not in contents:
                raise corrupt(name)
        return contents


def _unpack(stored: list[Packed], names: Mapping[bytes, str], kind: str) -> dict[bytes, bytes]:
    digest_of: Callable[[bytes], bytes] = digest_tree if kind == TREE else digest_content
    contents: dict[bytes, bytes] = {}
    for item in stored:
        try:
            content = codec.unpack(item.codec, item.data, item.size)
        except ValueError:
            raise corrupt(names[item.digest]) from None
        if item.kind != kind or digest_of(content) != item.digest:
            raise corrupt(names[item.digest])
        contents[item.digest] = content
    return contents


def corrupt(name: str) -> CheckpointCorruptError:
    """The error for stored content that is missing or does not match its hash."""
    return CheckpointCorruptError(
        f"The stored content of '{name or 'the project directory'}' is missing or damaged.",
        hint="Nothing was changed. Use another checkpoint, or restore other paths of this one.",
    )


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Consecutive parts of at most `size` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
