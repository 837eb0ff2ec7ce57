"""What goes to the terminal: text made safe, aligned columns, one JSON object."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_CELL_CHARS = 300
MAX_LINE_CHARS = 2_000

_COLOURS = {
    "passed": "green",
    "proven": "green",
    "ok": "green",
    "succeeded": "green",
    "failed": "red",
    "missing": "red",
    "not_built": "red",
    "cancelled": "yellow",
    "interrupted": "yellow",
    "built": "yellow",
    "not_run": "yellow",
    "infrastructure": "yellow",
    "absent": "yellow",
}


def clean(text: str, limit: int = MAX_CELL_CHARS) -> str:
    """Text of unknown origin on one line: no control or direction characters, bounded."""
    kept = "".join(
        " " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in click.unstyle(text[: limit * 2])
    )
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def clean_block(text: str) -> str:
    """Several lines of unknown origin (a diff): control characters but newline and tab removed."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else "�" for c in text
    )


def say(text: str = "", *, to_stderr: bool = False) -> None:
    """Print a line; colour only on a terminal, and never with NO_COLOR."""
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo(text, err=to_stderr, color=colour)


def heading(text: str) -> None:
    """A title above a block, with an empty line before it."""
    say()
    say(click.style(text, bold=True))


def bullets(title: str, lines: Sequence[str], limit: int = 10) -> None:
    """A titled list, cut after `limit` entries; nothing at all when it is empty."""
    if not lines:
        return
    heading(title)
    for line in lines[:limit]:
        say(f"  - {clean(line)}")
    if len(lines) > limit:
        say(f"  … and {len(lines) - limit} more (--json shows all)")


def columns(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> None:
    """Rows in aligned columns; words such as passed and failed are coloured on a terminal."""
    cells = [[*map(clean, row[:-1]), clean(row[-1], MAX_LINE_CHARS)] for row in rows]
    width = (
        [max((len(row[i]) for row in cells), default=0) for i in range(len(cells[0]))]
        if cells
        else []
    )
    for row in cells:
        padded = [cell.ljust(width[i]) for i, cell in enumerate(row[:-1])] + [row[-1]]
        styled = [
            click.style(text, fg=_COLOURS[cell]) if cell in _COLOURS else text
            for text, cell in zip(padded, row, strict=True)
        ]
        say(f"{indent}{'  '.join(styled)}".rstrip())


def emit(value: BaseModel | Mapping[str, Any], *, success: bool) -> None:
    """The one JSON object of a call, on stdout; `success` comes first."""
    data = dict(value) if isinstance(value, Mapping) else value.model_dump(mode="json")
    data.pop("success", None)
    click.echo(json.dumps({"success": success, **data}, indent=2, default=str))


def error_text(message: str, hint: str) -> None:
    """An error for people, on stderr."""
    say(
        click.style("Error: ", fg="red", bold=True) + clean(message, MAX_LINE_CHARS), to_stderr=True
    )
    if hint:
        say(clean(hint, MAX_LINE_CHARS), to_stderr=True)


def be_lenient() -> None:
    """Characters the terminal's encoding lacks are replaced, not fatal."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
