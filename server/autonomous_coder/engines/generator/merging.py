"""Three-way merge of text by lines, and readable differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from itertools import islice

MAX_MERGE_LINES = 20_000
MAX_DIFF_BYTES = 30_000
TRUNCATED = "... (the difference is longer than this)\n"


@dataclass(frozen=True, slots=True)
class _Match:
    """A run of lines that all three texts share: where it starts in each, and its length."""

    base: int
    ours: int
    theirs: int
    length: int


def merge3(base: str, ours: str, theirs: str) -> str | None:
    """The text with both sides' changes to `base`; None when they touch the same lines."""
    old, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    if max(len(old), len(mine), len(other)) > MAX_MERGE_LINES:
        return None
    merged: list[str] = []
    at = _Match(0, 0, 0, 0)
    for match in _common(old, mine, other):
        part = _merge_part(
            old[at.base : match.base], mine[at.ours : match.ours], other[at.theirs : match.theirs]
        )
        if part is None:
            return None
        merged += part
        merged += old[match.base : match.base + match.length]
        end = match.length
        at = _Match(match.base + end, match.ours + end, match.theirs + end, 0)
    return "".join(merged)


def count_changes(old: str, new: str) -> tuple[int, int]:
    """Lines added and removed."""
    added = removed = 0
    for line in islice(_diff("", old, new, context=0), 2, None):
        added += line.startswith("+")
        removed += line.startswith("-")
    return added, removed


def bounded_diff(changes: Sequence[tuple[str, str | None, str | None]]) -> str:
    """A unified diff of (path, old, new); None is a missing file. At most 30 KB."""
    parts: list[str] = []
    size = 0
    for path, old, new in changes:
        source = "/dev/null" if old is None else f"a/{path}"
        target = "/dev/null" if new is None else f"b/{path}"
        for line in _diff(source, old or "", new or "", target=target):
            text = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            size += len(text.encode())
            if size > MAX_DIFF_BYTES - len(TRUNCATED):
                return "".join([*parts, TRUNCATED])
            parts.append(text)
    return "".join(parts)


def _diff(source: str, old: str, new: str, *, target: str = "", context: int = 3) -> Iterator[str]:
    return unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        source,
        target,
        n=context,
    )


def _merge_part(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> Sequence[str] | None:
    if list(ours) == list(theirs) or list(theirs) == list(base):
        return ours
    return theirs if list(ours) == list(base) else None


def _common(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[_Match]:
    """Runs shared by all three in order, ended by an empty one at the ends of the texts."""
    mine = SequenceMatcher(None, base, ours, autojunk=False).get_matching_blocks()
    other = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(mine) and j < len(other):
        a, b = mine[i], other[j]
        start = max(a.a, b.a)
        end = min(a.a + a.size, b.a + b.size)
        if start < end:
            yield _Match(start, a.b + start - a.a, b.b + start - b.a, end - start)
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1
    yield _Match(len(base), len(ours), len(theirs), 0)
