"""What differs between two trees, with a bounded patch."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

import anyio

from autonomous_coder.models.checkpoints import CheckpointDiff, PathChange
from autonomous_coder.treewalk import EntryKind, shown

MAX_CHANGES = 5_000
MAX_TEXT_BYTES = 256 * 1024
"""Larger files are only said to differ: comparing lines takes quadratic time."""
BUDGET_BYTES = 4 * 1024**2
"""How much text is compared altogether."""


class Node(NamedTuple):
    """One entry of a tree; `digest` is empty for directories."""

    kind: EntryKind
    mode: int
    digest: bytes


Read = Callable[[str], Awaitable[bytes | None]]
"""The content at a path, or None when it is too large to be shown or gone."""


async def compare(
    old: Mapping[str, Node],
    new: Mapping[str, Node],
    read_old: Read,
    read_new: Read,
    *,
    names: tuple[str, str],
    max_bytes: int,
) -> CheckpointDiff:
    """The differences, sorted by path. The patch ends at a whole file within `max_bytes`."""
    result = CheckpointDiff(old=names[0], new=names[1])
    changes: list[PathChange] = []
    patches: list[str] = []
    room, budget = max_bytes, BUDGET_BYTES
    parents = (_parents(old), _parents(new))
    for path in sorted(old.keys() | new.keys()):
        kind = _kind_of_change(path, old, new, parents)
        if not kind:
            continue
        if len(changes) >= MAX_CHANGES:
            result.truncated = True
            break
        change = PathChange(path=shown(path), change=kind)
        changes.append(change)
        before, after = old.get(path), new.get(path)
        if kind == "mode" or not _has_content(before, after):
            continue
        if budget <= 0:
            result.truncated = True
            continue
        contents = (
            await read_old(path) if before and before.kind != "dir" else b"",
            await read_new(path) if after and after.kind != "dir" else b"",
        )
        budget -= sum(len(content or b"") for content in contents)
        patch, change.lines_added, change.lines_removed = await anyio.to_thread.run_sync(
            _patch, shown(path).replace("\n", "\\n"), before, after, *contents
        )
        size = len(patch.encode("utf-8", "replace"))
        if size > room:
            result.truncated = True
        else:
            patches.append(patch)
            room -= size
    result.changes = changes
    result.patch = "".join(patches)
    return result


def _kind_of_change(
    path: str,
    old: Mapping[str, Node],
    new: Mapping[str, Node],
    parents: tuple[Collection[str], Collection[str]],
) -> str:
    before, after = old.get(path), new.get(path)
    if before is None or after is None:
        node = after or before
        assert node is not None
        # What a directory holds is listed itself.
        if node.kind == "dir" and path in parents[0 if after is None else 1]:
            return ""
        return "added" if before is None else "removed"
    if before.kind != after.kind:
        return "modified"
    if before.kind != "dir" and before.digest != after.digest:
        return "modified"
    return "mode" if before.mode != after.mode else ""


def _parents(tree: Mapping[str, Node]) -> set[str]:
    return {path.rpartition("/")[0] for path in tree}


def _has_content(before: Node | None, after: Node | None) -> bool:
    return any(node is not None and node.kind != "dir" for node in (before, after))


def _patch(
    path: str, before: Node | None, after: Node | None, old: bytes | None, new: bytes | None
) -> tuple[str, int, int]:
    names = (
        f"a/{path}" if before and before.kind != "dir" else "/dev/null",
        f"b/{path}" if after and after.kind != "dir" else "/dev/null",
    )
    old_text, new_text = _text(old), _text(new)
    if old_text is None or new_text is None:
        return f"Binary or large files {names[0]} and {names[1]} differ\n", 0, 0
    lines: list[str] = []
    added = removed = 0
    compared = difflib.unified_diff(_lines(old_text), _lines(new_text), *names, n=3)
    for number, line in enumerate(compared):
        if number >= 2:  # after the two lines of names
            added += line.startswith("+")
            removed += line.startswith("-")
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines), added, removed


def _lines(content: str) -> list[str]:
    # Only '\n' ends a line here; `splitlines` knows ten more characters.
    *whole, rest = content.split("\n")
    return [line + "\n" for line in whole] + ([rest] if rest else [])


def _text(content: bytes | None) -> str | None:
    if content is None or len(content) > MAX_TEXT_BYTES or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
