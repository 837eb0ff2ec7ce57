"""What the survey found, file by file; checks and fixers read it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import TestFact

TEST_DIRS = frozenset({"tests", "test", "testing"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import. `name` is empty for `import module`; `guarded` when its absence is handled;
    `bound` is the name it gives the file."""

    module: str
    name: str
    line: int
    level: int
    guarded: bool
    bound: str = ""

    @property
    def top(self) -> str:
        return self.module.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file. `error` is (line, column, message) when it does not compile."""

    path: str
    error: tuple[int, int, str] | None = None
    warnings: tuple[tuple[int, str], ...] = ()
    suppress: tuple[int, ...] = ()
    imports: tuple[Import, ...] = ()
    defines: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    hooks: tuple[tuple[str, int], ...] = ()
    apps: tuple[str, ...] = ()
    factories: tuple[str, ...] = ()
    bodies: tuple[TestFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All files that were read."""

    files: dict[str, FileFacts] = field(default_factory=dict)

    def modules(self) -> dict[str, str]:
        """Dotted module name -> path, from the top and from `src`."""
        return {module_name(path): path for path in self.files}

    def first_party(self) -> frozenset[str]:
        """Top-level names the project itself provides."""
        names = {module.split(".", 1)[0] for module in self.modules()}
        for path in self.files:
            # A test imports its neighbours by their bare names.
            if is_test_path(path):
                names.add(path.rsplit("/", 1)[-1].removesuffix(".py"))
        return frozenset(names)


def is_python(path: str) -> bool:
    return path.endswith((".py", ".pyi"))


def is_test_path(path: str) -> bool:
    """Whether a file belongs to the tests (helpers and conftest included)."""
    parts = path.split("/")
    return (
        bool(TEST_DIRS.intersection(parts[:-1])) or is_test_file(path) or parts[-1] == "conftest.py"
    )


def is_test_file(path: str) -> bool:
    """Whether the runner collects tests from this file."""
    name = path.rsplit("/", 1)[-1]
    return (name.startswith("test_") and name.endswith(".py")) or name.endswith("_test.py")


def module_name(path: str) -> str:
    """The dotted name under which a file is imported, `src` taken as a root."""
    stem = path.removesuffix(".pyi").removesuffix(".py").removeprefix("src/")
    return stem.removesuffix("/__init__").replace("/", ".")


def is_standard(module: str) -> bool:
    """Whether a top-level module comes with Python."""
    return module in sys.stdlib_module_names or module == "__main__"


def parse_facts(lines: Iterable[str]) -> Facts:
    """Read the survey's output; lines that are no fact are left out (their files are missed)."""
    files: dict[str, FileFacts] = {}
    for line in lines:
        try:
            fact = _fact(json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        files[fact.path] = fact
    return Facts(files)


def _fact(raw: dict[str, Any]) -> FileFacts:
    error = raw["error"]
    return FileFacts(
        path=str(raw["path"]),
        error=(int(error[0]), int(error[1]), str(error[2])) if error else None,
        warnings=tuple((int(line), str(text)) for line, text in raw.get("warnings", ())),
        suppress=tuple(int(n) for n in raw.get("suppress", ())),
        imports=tuple(
            Import(str(m), str(n), int(line), int(level), bool(guarded), str(bound))
            for m, n, line, level, guarded, bound in raw.get("imports", ())
        ),
        defines=tuple(map(str, raw.get("defines", ()))),
        tests=tuple(map(str, raw.get("tests", ()))),
        hooks=tuple((str(name), int(line)) for name, line in raw.get("hooks", ())),
        apps=tuple(map(str, raw.get("apps", ()))),
        factories=tuple(map(str, raw.get("factories", ()))),
        bodies=tuple(
            TestFact(f"{raw['path']}::{name}", int(line), int(count), bool(skip), str(body))
            for name, line, count, skip, body in raw.get("bodies", ())
        ),
    )
