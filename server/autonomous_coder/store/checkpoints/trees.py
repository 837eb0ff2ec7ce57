"""Stored trees as flat maps, and the reverse question: what is still referred to."""

from __future__ import annotations

import os
from collections.abc import Iterable

from autonomous_coder.store.checkpoints.objects import AT_ONCE, TREE, Objects, chunks, corrupt
from autonomous_coder.treewalk import MAX_DEPTH, MAX_ENTRIES, TreeItem, decode_tree, shown


async def flatten(objects: Objects, root: bytes) -> dict[str, TreeItem]:
    """Every entry below a stored root: path (as `TreeEntry.path`) -> item.

    Raises:
        CheckpointCorruptError: a tree is missing or damaged.
    """
    flat: dict[str, TreeItem] = {}
    level: list[tuple[str, bytes]] = [("", root)]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return flat
        loaded = await _load(objects, level)
        below: list[tuple[str, bytes]] = []
        for prefix, digest in level:
            for item in _decode(loaded[digest], prefix):
                name = os.fsdecode(item.name)
                path = f"{prefix}/{name}" if prefix else name
                flat[path] = item
                if item.kind == "dir":
                    below.append((path, item.digest))
        if len(flat) > MAX_ENTRIES:
            raise corrupt("")
        level = below
    raise corrupt(level[0][0])


async def reachable(objects: Objects, roots: Iterable[bytes]) -> set[bytes]:
    """All digests (trees and blobs) that the given roots refer to.

    Raises:
        CheckpointCorruptError: a tree is missing or damaged, so that nobody can tell.
    """
    seen: set[bytes] = set()
    level = set(roots)
    while level:
        seen |= level
        loaded = await _load(objects, [("", digest) for digest in level])
        below: set[bytes] = set()
        for content in loaded.values():
            for item in _decode(content, ""):
                if item.kind == "dir":
                    below.add(item.digest)
                else:
                    seen.add(item.digest)
        level = below - seen
    return seen


async def _load(objects: Objects, level: Iterable[tuple[str, bytes]]) -> dict[bytes, bytes]:
    names = {digest: shown(path) for path, digest in level}
    loaded: dict[bytes, bytes] = {}
    for part in chunks(list(names), AT_ONCE):
        loaded.update(await objects.load({digest: names[digest] for digest in part}, TREE))
    return loaded


def _decode(content: bytes, prefix: str) -> list[TreeItem]:
    try:
        return decode_tree(content)
    except ValueError:
        raise corrupt(shown(prefix)) from None
