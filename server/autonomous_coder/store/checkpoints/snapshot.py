"""Reading a project's files into digests, and into stored objects when they are to be kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import anyio

from autonomous_coder.store.checkpoints.objects import (
    AT_ONCE,
    BATCH_BYTES,
    BLOB,
    TREE,
    Objects,
    Packed,
    chunks,
    pack,
)
from autonomous_coder.store.connection import Database
from autonomous_coder.store.transaction import Transaction
from autonomous_coder.treewalk import TreeEntry, digest_content, fold, read_entry, walk

SETTLED_NS = 2_000_000_000
"""A file changed less than this before the walk may change again within one tick of the file
system's clock: its digest is not remembered."""
INTEGER = 2**63 - 1


@dataclass(slots=True)
class Snapshot:
    """A tree as it was found. `entries` maps each path to its entry and content digest (empty for
    directories); `skipped` are paths with reasons; `stats` what to remember of settled files."""

    root: bytes = b""
    entries: dict[str, tuple[TreeEntry, bytes]] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    remembered: dict[int, Stat] = field(default_factory=dict)
    fresh: dict[int, Stat] = field(default_factory=dict)

    @property
    def files(self) -> int:
        return sum(1 for entry, _ in self.entries.values() if entry.kind != "dir")

    @property
    def bytes(self) -> int:
        return sum(entry.size for entry, _ in self.entries.values())


class Stat(NamedTuple):
    """What says that a file is unchanged, and the digest it then has."""

    size: int
    mtime_ns: int
    ctime_ns: int
    digest: bytes


class Found(NamedTuple):
    entry: TreeEntry
    digest: bytes
    content: bytes


async def take(database: Database, objects: Objects, root: Path, *, keep: bool) -> Snapshot:
    """Read the tree below `root`; with `keep` its blobs and trees are stored, in batches.

    Raises:
        InvalidInputError: the tree is too large, or the root no directory.
        DiskFullError: no space; what was stored is not referred to by anything.
    """
    started = time.time_ns()
    walked = await anyio.to_thread.run_sync(list, walk(root))
    snapshot = Snapshot(remembered=await _remembered(database, root))
    digests: dict[str, bytes] = {}
    changed: list[TreeEntry] = []
    for entry in walked:
        if entry.kind == "skipped":
            snapshot.skipped.append((entry.path, entry.reason))
        elif entry.kind == "dir":
            digests[entry.path] = b""
        else:
            known = snapshot.remembered.get(_key(entry)) if entry.kind == "file" else None
            if known is not None and known[:3] == (entry.size, entry.mtime_ns, entry.ctime_ns):
                digests[entry.path] = known.digest
                snapshot.fresh[_key(entry)] = known
            else:
                changed.append(entry)
    for batch in _batches(changed):
        found, failed = await anyio.to_thread.run_sync(_read, root, batch)
        snapshot.skipped.extend(failed)
        if keep:
            await _keep(objects, {item.digest: item.content for item in found}, BLOB)
        for entry, digest, _ in found:
            digests[entry.path] = digest
            if entry.kind == "file" and started - max(entry.mtime_ns, entry.ctime_ns) > SETTLED_NS:
                snapshot.fresh[_key(entry)] = Stat(
                    entry.size, entry.mtime_ns, entry.ctime_ns, digest
                )
    snapshot.entries = {
        entry.path: (entry, digests[entry.path]) for entry in walked if entry.path in digests
    }
    trees: dict[bytes, bytes] = {}
    snapshot.root = await anyio.to_thread.run_sync(
        fold, list(snapshot.entries.values()), trees.__setitem__
    )
    if keep:
        for part in chunks(list(trees), AT_ONCE):
            await _keep(objects, {digest: trees[digest] for digest in part}, TREE)
    return snapshot


async def remember(transaction: Transaction, root: Path, snapshot: Snapshot) -> None:
    """Record the digests of settled files, so that the next snapshot need not read them."""
    await transaction.execute("INSERT OR IGNORE INTO roots (path) VALUES (?)", (str(root),))
    rows = await transaction.execute("SELECT id FROM roots WHERE path = ?", (str(root),))
    number = int(rows[0][0])
    gone = [(number, inode) for inode in snapshot.remembered.keys() - snapshot.fresh.keys()]
    await transaction.execute_many("DELETE FROM stats WHERE root = ? AND inode = ?", gone)
    await transaction.execute_many(
        "INSERT OR REPLACE INTO stats (root, inode, size, mtime_ns, ctime_ns, digest) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, inode, *stat)
            for inode, stat in snapshot.fresh.items()
            if snapshot.remembered.get(inode) is not stat
        ],
    )


async def _remembered(database: Database, root: Path) -> dict[int, Stat]:
    rows = await database.read(
        "SELECT inode, size, mtime_ns, ctime_ns, digest FROM stats "
        "WHERE root = (SELECT id FROM roots WHERE path = ?)",
        (str(root),),
    )
    return {row[0]: Stat(row[1], row[2], row[3], bytes(row[4])) for row in rows}


def _key(entry: TreeEntry) -> int:
    # Folded in: below a mount point the same inode number may occur again.
    return (entry.inode ^ (entry.device << 40)) & INTEGER


def _batches(entries: list[TreeEntry]) -> Iterator[list[TreeEntry]]:
    batch: list[TreeEntry] = []
    size = 0
    for entry in entries:
        if batch and (size + entry.size > BATCH_BYTES or len(batch) >= 2 * AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


def _read(root: Path, entries: list[TreeEntry]) -> tuple[list[Found], list[tuple[str, str]]]:
    found: list[Found] = []
    failed: list[tuple[str, str]] = []
    for entry in entries:
        try:
            content = read_entry(root, entry)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append((entry.path, (error.strerror or "not readable").lower()))
            continue
        found.append(Found(entry, digest_content(content), content))
    return found, failed


async def _keep(objects: Objects, contents: dict[bytes, bytes], kind: str) -> None:
    known = await objects.known(contents.keys())
    missing = [
        (digest, kind, content) for digest, content in contents.items() if digest not in known
    ]
    await objects.add(await anyio.to_thread.run_sync(_pack_all, missing))


def _pack_all(items: list[tuple[bytes, str, bytes]]) -> list[Packed]:
    return [pack(*item) for item in items]
