"""What test runners report, read into one shape. All of it is untrusted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import clean, parse_json, relative

_NOWHERE = Path("/nowhere")
STATUS = {"passed": "passed", "failed": "failed"}
"""Of vitest and jest; whatever else they say (skipped, pending, todo) was not run."""
_PLACE = re.compile(r"(?:\(|at |file://|\s|^)(/[^\s():]+|[\w./@-]+\.[cm]?[jt]sx?):(\d+)(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class Result:
    """One test as it ran; `outcome` is passed, failed or skipped, `text` where it failed."""

    id: str
    outcome: str
    line: int = 0
    message: str = ""
    text: str = ""


@dataclass(slots=True)
class Report:
    """All results of one run. `broken` are files that could not be loaded, with the reason;
    `tally` counts outcomes as the runner does: each of several tests with one name, and (node's)
    each file that ran through and holds no test."""

    complete: bool = False
    results: dict[str, Result] = field(default_factory=dict)
    broken: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Of several with one name (parameters) the worst is kept."""
        self.tally[result.outcome] += 1
        self._keep(result)

    def _keep(self, result: Result) -> None:
        known = self.results.get(result.id)
        rank = ("skipped", "passed", "failed")
        if known is None or rank.index(result.outcome) > rank.index(known.outcome):
            self.results[result.id] = result
        self.files.add(result.id.split("::", 1)[0])

    def update(self, other: Report) -> None:
        """Take in another run's results."""
        for result in other.results.values():
            self._keep(result)
        self.tally.update(other.tally)
        self.broken |= other.broken
        self.files |= other.files


def identity(path: str, names: Iterable[Any]) -> str:
    """`path::outer > inner > title`, bounded."""
    titles = " > ".join(clean(str(name), limit=300) for name in names)
    return f"{path}::{titles}"[:1_000]


def read_jest(data: bytes, project: ProjectView) -> Report:
    """The JSON report of jest, which is vitest's too."""
    document = parse_json(data)
    report = Report()
    files = document.get("testResults") if isinstance(document, dict) else None
    if not isinstance(files, list):
        return report
    report.complete = True
    for file in files:
        if not isinstance(file, dict):
            continue
        path = relative(str(file.get("name", "")), project.root)
        report.files.add(path)
        tests = [t for t in file.get("assertionResults") or () if isinstance(t, dict)]
        for test in tests:
            _add_jest(report, path, test)
        if file.get("status") == "failed" and not any(t.get("status") == "failed" for t in tests):
            message = str(file.get("message") or "the file could not be loaded")
            report.broken[path] = message, message
    return report


def _add_jest(report: Report, path: str, test: dict[str, Any]) -> None:
    outer = test.get("ancestorTitles")
    names = [n for n in (*(outer if isinstance(outer, list) else ()), test.get("title", "")) if n]
    place = test.get("location")
    line = place.get("line") if isinstance(place, dict) else 0
    messages = test.get("failureMessages")
    text = "\n".join(map(str, messages)) if isinstance(messages, list) else ""
    report.add(
        Result(
            identity(path, names),
            STATUS.get(str(test.get("status")), "skipped"),
            line if isinstance(line, int) else 0,
            _first(text),
            text,
        )
    )


def read_lines(data: bytes, project: ProjectView) -> Report:
    """What our reporters for node's runner, for mocha and for tape wrote."""
    report = Report()
    errors: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(item, dict):
            continue
        path = relative(str(item.get("file", "")), project.root)
        if item.get("kind") == "end":
            report.complete = True
        elif item.get("kind") == "stderr":
            errors[path] = (errors.get(path, "") + str(item.get("text", "")))[-4_000:]
        elif item.get("kind") == "test" and not item.get("suite"):
            _add_line(report, path, item, errors)
    return report


def _add_line(report: Report, path: str, item: dict[str, Any], errors: dict[str, str]) -> None:
    names = item.get("names")
    if not isinstance(names, list) or not names:
        return
    outcome = str(item.get("outcome"))
    if len(names) == 1 and relative(str(names[0]), _NOWHERE) == path:
        # Node reports a file as a test of its own: when it fails, or when it holds none.
        if outcome == "failed":
            said = errors.get(path, "")
            report.broken[path] = _error(said) or "the file could not be run", said
        elif outcome == "passed":
            report.tally[outcome] += 1
            report.files.add(path)
        return
    line = item.get("line")
    report.add(
        Result(
            identity(path, names),
            outcome if outcome in ("passed", "failed") else "skipped",
            line if isinstance(line, int) else 0,
            _first(str(item.get("message", ""))),
            str(item.get("stack", "")),
        )
    )


def _first(text: str) -> str:
    """The first paragraph of a failure, without its stack."""
    kept: list[str] = []
    for line in clean(text, limit=4_000).splitlines():
        if re.match(r"\s+at ", line):
            break
        if not line.strip() and kept and not kept[-1].endswith(":"):
            break
        kept += [line.strip()] if line.strip() else []
    return " ".join(kept)[:600]


def _error(text: str) -> str:
    """The line of an error stream that names the error."""
    lines = clean(text, limit=4_000).splitlines()
    named = [line for line in lines if re.match(r"\s*(?:\w*Error|\w*Exception)\b.*:", line)]
    return (named or [""])[0].strip()[:400]


def place_in(text: str, project: ProjectView, prefer: str = "") -> tuple[str, int, int]:
    """The first place of a stack that lies in the project (in the file `prefer`, if it is there);
    ('', 0, 0) when none does."""
    found = []
    for name, line, column in _PLACE.findall(clean(text, limit=20_000)):
        path = relative(name, project.root)
        if path in project.files:
            found.append((path, int(line[:9]), int(column[:9] or 0)))
    return next((p for p in found if p[0] == prefer), found[0] if found else ("", 0, 0))
