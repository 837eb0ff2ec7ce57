"""Cutting Markdown into passages by its headings; code blocks stay whole where they can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from autonomous_coder.engines.research.documents.cleaning import clean_line
from autonomous_coder.models.passages import Passage

MAX_PASSAGE_CHARS = 1_400
MAX_BLOCK_CHARS = 2_400
MIN_PASSAGE_CHARS = 25
MAX_LINE_CHARS = 1_200
MAX_SECTIONS = 20_000
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.{1,300}?)[ \t#]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"(=+|-{3,})[ \t]*$")
_MARKS = re.compile(r"[*`]{1,3}|\\(?=[\W_])|\{#[\w-]{1,80}\}|\[([^\]\n]{1,200})\]\([^)\n]{0,500}\)")


def passages_of(document: str, text: str, weight: float) -> list[Passage]:
    """The passages of a cleaned Markdown text. Headings are told as a path, `JWT > verify`."""
    found: list[Passage] = []
    for path, body in islice(_sections(text), MAX_SECTIONS):
        heading = " > ".join(path)
        for part in _parts(body):
            if len(part) >= MIN_PASSAGE_CHARS:
                found.append(Passage(document, heading, part, weight))
    return found


def headings_of(passages: list[Passage], limit: int) -> list[str]:
    """The distinct headings of a document's passages, in order."""
    return list(dict.fromkeys(p.heading for p in passages if p.heading))[:limit]


def _sections(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """(heading path, lines) of each section."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        if fence:
            lines.append(line)
            stripped = line.strip()
            if stripped.startswith(fence) and not stripped.strip(fence[0]):
                fence = ""
            continue
        if opening := _FENCE.match(line):
            fence = opening[1]
            lines.append(line)
            continue
        level, title = 0, ""
        if match := _HEADING.match(line):
            level, title = len(match[1]), match[2]
        elif lines and _UNDERLINE.match(line) and _may_be_title(lines):
            level, title = (1 if line.startswith("=") else 2), lines.pop()
        if not level:
            lines.append(line)
            continue
        yield [name for _, name in path], lines
        path = [(other, name) for other, name in path if other < level]
        path.append((level, _title(title)))
        lines = []
    yield [name for _, name in path], lines


def _may_be_title(lines: list[str]) -> bool:
    """Whether the last line can be a heading that the next one underlines: it stands alone."""
    last = lines[-1].strip()
    before = lines[-2].strip() if len(lines) > 1 else ""
    return bool(last) and not before and len(last) < 120 and not last.startswith(("-", "|", ">"))


def _title(text: str) -> str:
    return clean_line(_MARKS.sub(lambda m: m[1] or "", text), 120)


def _parts(lines: list[str]) -> Iterator[str]:
    """A section's text in pieces of at most about 1,400 characters."""
    piece: list[str] = []
    size = 0
    for block in _blocks(lines):
        if piece and size + len(block) > MAX_PASSAGE_CHARS:
            yield "\n\n".join(piece)
            piece, size = [], 0
        piece.append(block)
        size += len(block)
    if piece:
        yield "\n\n".join(piece)


def _blocks(lines: list[str]) -> Iterator[str]:
    """Paragraphs and code blocks."""
    block: list[str] = []
    fence = ""
    for line in lines:
        line = line.rstrip() if len(line) <= MAX_LINE_CHARS else f"{line[:MAX_LINE_CHARS]} …"
        opening = _FENCE.match(line)
        if not fence and opening:
            fence = opening[1]
        elif fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if line or fence:
            block.append(line)
        elif block:
            yield from _bounded("\n".join(block))
            block = []
    if block:
        yield from _bounded("\n".join(block))


def _bounded(block: str) -> Iterator[str]:
    """A block that is too long, cut between lines; the code block goes on in the next piece."""
    fence = _FENCE.match(block)
    limit = MAX_BLOCK_CHARS if fence else MAX_PASSAGE_CHARS
    if len(block) <= limit:
        yield block
        return
    lines = block.split("\n")
    opening, closing = (lines[0], fence[1]) if fence else ("", "")
    piece: list[str] = []
    size = 0
    for line in lines:
        if piece and size + len(line) > limit:
            yield "\n".join([*piece, closing] if closing else piece)
            piece, size = ([opening] if opening else []), 0
        piece.append(line)
        size += len(line) + 1
    if piece:
        yield "\n".join(piece)
