"""The outcome of every test, from the lines that our listener wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import clean, finding
from autonomous_coder.models.validation import Diagnostic, Severity

_ENDING = re.compile(r"[(\[{].*$", re.S)
_SPACE = re.compile(r"\s+")


class Tally:
    """Reads the reports of all modules; ids are `path::Class::method`."""

    def __init__(self, project: ProjectView, facts: Mapping[str, str]) -> None:
        self._project = project
        self._sources = facts
        self.seen: set[str] = set()
        self.skipped: set[str] = set()
        self.failed: dict[str, Mapping[str, Any]] = {}
        self._well: set[str] = set()
        self.broken: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.general: list[str] = []
        self.unfinished: set[int] = set()
        self._runs: dict[tuple[int, str], str] = {}
        self._index = -1
        self._running: dict[str, str] = {}
        self._inherited: set[str] = set()
        self._found: dict[str, str] = {}

    @property
    def passed(self) -> set[str]:
        """Tests of which every run passed."""
        return self._well - set(self.failed)

    @property
    def counts(self) -> Counter[str]:
        """How many runs were `passed`, `failed` and `skipped`: a parameterized test has many."""
        return Counter(self._runs.values())

    def read(self, data: bytes, word: str) -> bool:
        """One module's report; whether it is complete. Lines without the word are not ours."""
        self._index += 1
        self._running = {}
        ended = False
        for line in data.decode("ascii", "replace").splitlines():
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict) and record.get("word") == word:
                ended = record.get("kind") == "end" or ended
                self._take(record)
        return ended

    def _take(self, record: Mapping[str, Any]) -> None:
        kind, test = record.get("kind"), self._id(record)
        unique = str(record.get("id", ""))
        if kind == "broken":
            self.general.append(str(record.get("message", "")))
        if not test:
            if kind == "container" and record.get("status") == "FAILED":
                self.general.append(f"{record.get('name')}: {_thrown(record)}")
            return
        if kind == "container" and record.get("status") == "FAILED":
            path, _, rest = test.partition("::")
            self.broken.setdefault((path, rest.partition("::")[0]), record)
            if record.get("method"):
                self.failed.setdefault(test, record)
                self._runs[self._index, unique] = "failed"
        elif kind in ("started", "skipped", "finished"):
            self.seen.add(test)
            if declared := self._place(str(record.get("declared", ""))):
                self._inherited.add(f"{declared}::{record.get('method')}")
        if kind == "started":
            self._running[unique] = test
        elif kind == "skipped":
            if record.get("method") or record.get("test") == "true":
                self.skipped.add(test)
                self._runs[self._index, unique] = "skipped"
        elif kind == "finished":
            self._running.pop(unique, None)
            status = record.get("status")
            if status == "SUCCESSFUL":
                self._well.add(test)
                outcome = "passed"
            elif status == "ABORTED":
                self.skipped.add(test)
                outcome = "skipped"
            else:
                self.failed.setdefault(test, record)
                outcome = "failed"
            # Told twice, in contradiction: the worse.
            if self._runs.get((self._index, unique)) != "failed":
                self._runs[self._index, unique] = outcome

    def _place(self, name: str) -> str:
        """`path::Outer$Inner` of a class's binary name; empty when it is not of the project."""
        path = self._sources.get(name, "")
        if not path:
            return ""
        return f"{path}::{name.rpartition('.')[2]}"

    def _id(self, record: Mapping[str, Any]) -> str:
        place = self._place(str(record.get("class", "")))
        if not place:
            return ""
        method = str(record.get("method", ""))
        if not method and record.get("test") == "true":
            # JUnit 4 names a run of a parameterized test `name[0]`.
            method = _ENDING.sub("", str(record.get("name", "")))
        return clean(f"{place}::{method}" if method else place, limit=500)

    def reported(self, test: str) -> bool:
        """Whether a test that a file defines was reported, itself or by a class that inherits."""
        return test in self.seen or test in self._inherited

    def explained(self, test: str) -> bool:
        """Whether the preparation of its class failed, which has its own finding."""
        path, _, rest = test.partition("::")
        outer = rest.partition("::")[0]
        return any(
            path == where and (outer == name or outer.startswith(f"{name}$"))
            for where, name in self.broken
        )

    def cut_short(self, module: str, said: str) -> Diagnostic:
        """The finding for a module whose run ended by itself before its report did."""
        self.unfinished.add(self._index)
        running = next(iter(self._running.values()), "")
        where = f" of {module}" if module else ""
        while_ = f" while '{running}' ran" if running else ""
        message = f"the tests{where} ended without a complete report{while_}. {said}".strip()
        path = running.split("::", 1)[0]
        return finding(
            "java", "junit", "ended-early", Severity.ERROR, message, root=self._project.root,
            path=path, line=self._declared_at(path, running),
        )  # fmt: skip

    def _declared_at(self, path: str, test: str) -> int:
        """The line of a method in its file, found by its name; 0 when it is not there."""
        method = test.rpartition("::")[2]
        if not path or not re.fullmatch(r"[\w$]+", method):
            return 0
        pattern = re.compile(rf"\b{re.escape(method)}\s*\(")
        lines = self._project.read(path).splitlines()
        return next((i for i, line in enumerate(lines, 1) if pattern.search(line)), 0)

    def diagnostics(self) -> list[Diagnostic]:
        """One finding a failed test, one a class whose preparation failed."""
        found = [
            finding(
                "java", "junit", "run-failed", Severity.ERROR, _SPACE.sub(" ", text),
                root=self._project.root,
            )
            for text in self.general[:20]
        ]  # fmt: skip
        for (path, _), record in self.broken.items():
            if not record.get("method"):
                found.append(self._failure(self._id(record), record, "setup-failed", path))
        for test, record in self.failed.items():
            found.append(self._failure(test, record, "test-failed", test.split("::", 1)[0]))
        return found

    def _failure(self, test: str, record: Mapping[str, Any], code: str, path: str) -> Diagnostic:
        place = self._deepest(str(record.get("frames", "")))
        line = place[1] if place else self._declared_at(path, test)
        return finding(
            "java", "junit", code, Severity.ERROR, f"{test}: {_thrown(record)}",
            root=self._project.root, path=place[0] if place else path, line=line,
        )  # fmt: skip

    def _deepest(self, frames: str) -> tuple[str, int] | None:
        """The deepest place in the project of the innermost cause that has one."""
        chosen: tuple[str, int] | None = None
        level = ""
        for text in frames.splitlines()[:2_000]:
            parts = text.split(" ", 2)
            if len(parts) != 3 or not parts[1].isdigit():
                continue
            source = self._sources.get(parts[2], "")
            if source in self._project.files and parts[0] != level:
                level = parts[0]
                chosen = (source, int(parts[1]))
        return chosen


def _thrown(record: Mapping[str, Any]) -> str:
    name = str(record.get("thrown", "")).rpartition(".")[2]
    message = _SPACE.sub(" ", str(record.get("message", ""))).strip()
    return f"{name}: {message}" if message and message != "null" else name
