"""Results: a compact text and structured content, each enough alone, within one size limit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import mcp.types as t

from autonomous_coder.errors import CoderError

MAX_RESULT_BYTES = 40_000
MAX_TEXT_BYTES = 12_000
_ENVELOPE_BYTES = 600
_LONG_STRING = 400
_LONG_DICT = 24

T = TypeVar("T")


@dataclass
class PageNote:
    """Which part of a list is told: `shown` entries from `offset` on, of `total`.

    `path` is where the list stands in the structured content; `open_ended` when `total` is only
    what is known to be there. `where` names the call that shows the rest, when it is another one;
    `cursor` is the id of a stored report, whose findings `validate` pages through.
    """

    path: str
    offset: int
    shown: int
    total: int
    where: str = ""
    open_ended: bool = False
    cursor: str = ""

    def text(self) -> str:
        """How to get the rest; empty when nothing is left."""
        end = self.offset + self.shown
        if end >= self.total:
            return ""
        if self.cursor:
            call = f"validate(cursor='{self.cursor}:{end}')"
            return f"{self.path}: {end} of {self.total} shown, call {call} for more"
        call = f" with {self.where}" if self.where else ""
        of = "more" if self.open_ended else str(self.total)
        return f"{self.path}: {end} of {of} shown, use offset={end}{call} for more"


@dataclass
class View:
    """What is told. `data` must be JSON; `next_step` is a sentence that says what to do next."""

    lines: list[str]
    data: dict[str, Any]
    next_step: str
    truncated: list[PageNote] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What else was left out, and where it is."""
    failed: bool = False


def reply(view: View) -> t.CallToolResult:
    """The view as a tool result of at most `MAX_RESULT_BYTES`, saying what was left out."""
    text = _cut_lines(view.lines, MAX_TEXT_BYTES)
    tail = f"\n\nNext: {view.next_step}"
    budget = MAX_RESULT_BYTES - _ENVELOPE_BYTES - wire_size(text) - 2 * wire_size(tail)
    budget -= 2 * wire_size(view.notes) + 400 * len(view.truncated)
    data, cuts = shrink(view.data, max(budget, 2_000))
    notes = [*view.notes, *_left_out(view.truncated, cuts)]
    if notes:
        data["truncated"] = notes
        text += "\n\nTruncated: " + "; ".join(notes) + "."
    data["next"] = view.next_step
    return t.CallToolResult(
        content=[t.TextContent(type="text", text=text + tail)],
        structured_content=data,
        is_error=view.failed,
    )


def _left_out(pages: Sequence[PageNote], cuts: Mapping[str, tuple[int, int]]) -> list[str]:
    """One note per list or text that is not whole. A page that had to be cut again says so, so
    that reading on from its offset misses nothing."""
    paged = {page.path: page for page in pages}
    for path, (kept, _) in cuts.items():
        if path in paged:
            paged[path] = replace(paged[path], shown=kept)
    others = [f"{path}: {k} of {n} shown" for path, (k, n) in cuts.items() if path not in paged]
    return [text for page in paged.values() if (text := page.text())] + others


def error_reply(error: CoderError, **facts: str) -> t.CallToolResult:
    """The one adapter from our errors to what a model reads: what is wrong, what to do next."""
    return problem(error.message, error.hint, error.code, **facts)


def problem(message: str, hint: str, code: str, **facts: str) -> t.CallToolResult:
    """A failed call: `message` and `hint` as text, and as data with the error's code."""
    message, hint = message[:4_000], hint[:4_000]
    data: dict[str, Any] = {"error": message, "error_code": code, **facts, "next": hint}
    return t.CallToolResult(
        content=[t.TextContent(type="text", text=f"{message} {hint}".strip())],
        structured_content=data,
        is_error=True,
    )


def page(
    items: Sequence[T], name: str, *, offset: int, limit: int, where: str = ""
) -> tuple[list[T], list[PageNote]]:
    """The items from `offset` on, at most `limit`, and the note that says which they are."""
    part = list(items[offset : offset + limit])
    return part, [PageNote(name, offset, len(part), len(items), where)]


def quoted(text: str, limit: int = 300) -> str:
    """Text from a project, registry or host as one line of data between quotes."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    return "'" + line.replace("'", "’") + "'"


def quoted_block(text: str, max_lines: int = 40) -> list[str]:
    """Several lines of foreign text, each marked with a bar so that it reads as data."""
    lines = text.splitlines()
    shown = [
        "| " + "".join(c if c.isprintable() or c == "\t" else "?" for c in line)[:240]
        for line in lines[:max_lines]
    ]
    if len(lines) > max_lines:
        shown.append(f"| … {len(lines) - max_lines} more lines")
    return shown


def wire_size(value: Any) -> int:
    """Bytes of a value as JSON."""
    return len(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace"))


def _cut_lines(lines: Iterable[str], limit: int) -> str:
    kept: list[str] = []
    size = 0
    for line in lines:
        size += wire_size(line) + 2
        if size > limit:
            kept.append("… (the text was cut; the structured content has more)")
            break
        kept.append(line)
    return "\n".join(kept)


def shrink(data: dict[str, Any], budget: int) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    """A copy that fits `budget` bytes as JSON: the largest list, text or map is halved until it
    does. Returns it with, by path, how much of what was cut is kept of how much."""
    copy: dict[str, Any] = json.loads(json.dumps(data, default=str))
    totals: dict[str, tuple[int, int]] = {}
    while wire_size(copy) > budget:
        found = _largest(copy, "")
        if found is None:
            break
        parent, key, path = found
        value = parent[key]
        kept = _halve(value)
        totals[path] = (len(kept), totals.get(path, (0, len(value)))[1])
        parent[key] = kept
    return copy, totals


def _halve(value: Any) -> Any:
    half = len(value) // 2
    if isinstance(value, dict):
        return dict(list(value.items())[:half])
    return value[:half]


def _largest(root: dict[str, Any], at: str) -> tuple[Any, Any, str] | None:
    """The biggest thing that can be halved: (container, key, path)."""
    best: tuple[int, tuple[Any, Any, str]] | None = None
    stack: list[tuple[Any, str]] = [(root, at)]
    while stack:
        container, path = stack.pop()
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for key, value in items:
            here = f"{path}.{key}" if path else str(key)
            if isinstance(value, (dict, list)):
                stack.append((value, here))
            if not _can_halve(value):
                continue
            size = wire_size(value)
            if best is None or size > best[0]:
                best = (size, (container, key, here))
    return best[1] if best else None


def _can_halve(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) > 1
    if isinstance(value, str):
        return len(value) > _LONG_STRING
    return isinstance(value, dict) and len(value) > _LONG_DICT
