"""Comments that switch a checker off for a whole file: they are told, and ours are undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import finding
from autonomous_coder.models.validation import Diagnostic, Severity

MAX_TOLD = 3
"""Of each file."""
_DISABLE = re.compile(r"(?:(?P<block>/\*)\s*|//+[^\S\n]*)(?:eslint|oxlint)(?P<dash>-)disable")
_LINE_END = re.compile(r"[\n\r\u2028\u2029]")
_EXPLAINED = re.compile(r"--|(?<![\w-])-(?![\w-])")
_BIOME = re.compile(r"(?://|/\*)\s*biome-ignore-all\b")
_NOCHECK = re.compile(r"//\s*@ts-nocheck(?![A-Za-z0-9_-])", re.I)


def blankets(text: str) -> Iterator[tuple[int, int]]:
    """Where comments switch the linter off without naming a rule: (start, place of the dash that
    makes it a directive). What follows a dash of its own explains; commas name none."""
    for match in _DISABLE.finditer(text):
        if match["block"]:
            end = text.find("*/", match.end())
        else:
            found = _LINE_END.search(text, match.end())
            end = found.start() if found else -1
        rest = text[match.end() : end if end >= 0 else len(text)]
        if not re.search(r"[\w@]", _EXPLAINED.split(rest, maxsplit=1)[0]):
            yield match.start(), match.start("dash")


def neutralised(project: ProjectView, files: Sequence[str]) -> dict[str, str]:
    """Files that switch the linter off as a whole, with that comment made ineffective."""
    found = {}
    for path in files:
        text = project.read(path)
        if dashes := [dash for _, dash in blankets(text)]:
            broken = list(text)
            for dash in dashes:
                broken[dash] = "_"
            found[path] = "".join(broken)
    return found


def suppressions(project: ProjectView, files: Sequence[str], language: str) -> list[Diagnostic]:
    """What the linted files say against being linted."""
    message = (
        "this comment switches checks off for the whole file;"
        " name the rules, or suppress single lines"
    )
    found = []
    for path in files:
        text = project.read(path)
        starts = [start for start, _ in blankets(text)]
        starts += [match.start() for match in _BIOME.finditer(text)]
        for start in sorted(starts)[:MAX_TOLD]:
            found.append(_warning(language, "file-wide-suppression", message, path, text, start))
    return found


def unchecked(project: ProjectView, files: Sequence[str], language: str) -> list[Diagnostic]:
    """What the typed files say against being type-checked."""
    message = "`@ts-nocheck` switches type checking off for this file"
    found = []
    for path in files:
        text = project.read(path)
        if match := _NOCHECK.search(text):
            found.append(_warning(language, "ts-nocheck", message, path, text, match.start()))
    return found


def _warning(
    language: str, code: str, message: str, path: str, text: str, start: int
) -> Diagnostic:
    line = text.count("\n", 0, start) + 1
    return finding(
        language, "autonomous-coder", code, Severity.WARNING, message, path=path, line=line
    )
