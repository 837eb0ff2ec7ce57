"""Three-way merge of text by lines, and readable differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher, unified_diff
from itertools import islice

MAX_MERGE_LINES = 20_000
MAX_COMPARISONS = 3_000_000
"""Pairs of equal lines in two texts: beyond that comparing them takes too long."""
OURS = "<<<<<<< yours\n"
BETWEEN = "=======\n"
THEIRS = ">>>>>>> generated\n"
MAX_DIFF_BYTES = 30_000
TRUNCATED = "... (the difference is longer than this)\n"


@dataclass(frozen=True, slots=True)
class _Match:
    """A run of lines that all three texts share: where it starts in each, and its length."""

    base: int
    ours: int
    theirs: int
    length: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged text. `conflicts` are the lines (1-based) at which both sides stand in it."""

    text: str
    conflicts: tuple[int, ...] = ()


def merge3(base: str, ours: str, theirs: str) -> str | None:
    """The text with both sides' changes to `base`; None when they touch the same lines."""
    merged = merge_marked(base, ours, theirs)
    return None if merged.conflicts else merged.text


def merge_marked(base: str, ours: str, theirs: str) -> Merge:
    """The text with both sides' changes; where they touch the same lines, both stand in it,
    marked as version control does. What is too much to compare is one such place."""
    old, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    merged: list[str] = []
    conflicts: list[int] = []
    at = _Match(0, 0, 0, 0)
    for match in _common(old, mine, other):
        was = old[at.base : match.base]
        left, right = mine[at.ours : match.ours], other[at.theirs : match.theirs]
        part = _merge_part(was, left, right)
        if part is None:
            _add_both(merged, conflicts, left, right)
        else:
            merged += part
        merged += old[match.base : match.base + match.length]
        end = match.length
        at = _Match(match.base + end, match.ours + end, match.theirs + end, 0)
    return Merge("".join(merged), tuple(conflicts))


def _add_both(
    merged: list[str], conflicts: list[int], ours: Sequence[str], theirs: Sequence[str]
) -> None:
    """Both sides of one place, without the lines that they begin and end with alike."""
    limit = min(len(ours), len(theirs))
    start = next((i for i in range(limit) if ours[i] != theirs[i]), limit)
    limit -= start
    end = next((i for i in range(limit) if ours[-1 - i] != theirs[-1 - i]), limit)
    merged += ours[:start]
    conflicts.append(len(merged) + 1)
    merged.append(OURS)
    merged += _whole_lines(ours[start : len(ours) - end])
    merged.append(BETWEEN)
    merged += _whole_lines(theirs[start : len(theirs) - end])
    merged.append(THEIRS)
    merged += ours[len(ours) - end :]


def _whole_lines(lines: Sequence[str]) -> Sequence[str]:
    if lines and not lines[-1].endswith(("\n", "\r")):
        return [*lines[:-1], f"{lines[-1]}\n"]
    return lines


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
    mine, other = _blocks(base, ours), _blocks(base, theirs)
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


def _blocks(base: list[str], text: list[str]) -> list[Match]:
    """Where a text is as the base is. What they begin and end with alike is not searched."""
    limit = min(len(base), len(text))
    start = next((i for i in range(limit) if base[i] != text[i]), limit)
    limit -= start
    end = next((i for i in range(limit) if base[-1 - i] != text[-1 - i]), limit)
    old, new = base[start : len(base) - end], text[start : len(text) - end]
    found: list[Match] = []
    if _comparable(old, new):
        found = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()[:-1]
    return [
        Match(0, 0, start),
        *(Match(m.a + start, m.b + start, m.size) for m in found),
        Match(len(base) - end, len(text) - end, end),
    ]


def _comparable(old: list[str], new: list[str]) -> bool:
    if max(len(old), len(new)) > MAX_MERGE_LINES:
        return False
    counts = Counter(new)
    return sum(counts[line] for line in old) <= MAX_COMPARISONS
