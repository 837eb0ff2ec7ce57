"""Test ids: libtest names a test by its module path, we by the file it stands in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.languages.sources import SourceFacts

TESTED_KINDS = frozenset({"lib", "bin", "test"})


class TestNames:
    """Translates names to ids. `expected` maps the id of every test that `cargo test` should run
    to whether its file is compiled only under some condition."""

    __test__ = False

    def __init__(self, workspace: Workspace, facts: SourceFacts) -> None:
        self._facts = facts
        self._tests = facts.tests()
        self.expected: dict[str, bool] = {}
        for path, fact in facts.files.items():
            crate = workspace.crate_of(path)
            if crate is None or not crate.member:
                continue
            inner = path[len(crate.directory) :].lstrip("/")
            own = next((t for t in crate.targets if t.path == path), None)
            if own is not None and own.kind not in TESTED_KINDS:
                continue
            if own is None and inner.startswith(("examples/", "benches/")):
                continue
            if own is not None and not own.harness:
                continue
            gated = own is not None and own.gated
            for test in fact.tests:
                self.expected[test.id] = gated

    def make_conditional(self, paths: AbstractSet[str]) -> None:
        """Tests in these files may be left out by conditions of the platform or of features."""
        for test in self.expected:
            if test.split("::", 1)[0] in paths:
                self.expected[test] = True

    def id_of(self, root: str, name: str) -> str:
        """The id of the test `name` of the program whose top file is `root`."""
        parts = name.split("::")
        base = posixpath.dirname(root)
        deepest = f"{root}::{name}"
        for count in range(1, len(parts)):
            modules, rest = parts[:count], "::".join(parts[count:])
            stem = posixpath.join(base, *modules)
            for path in (f"{stem}.rs", f"{stem}/mod.rs"):
                if path in self._facts.files:
                    deepest = f"{path}::{rest}"
        if deepest not in self._tests and f"{root}::{name}" in self._tests:
            return f"{root}::{name}"
        return deepest

    def line_of(self, test: str) -> int:
        """Where a test is defined; of a generated case, the function it comes from."""
        while test:
            if fact := self._tests.get(test):
                return fact.line
            test = test.rpartition("::")[0]
        return 0

    def is_reported(self, test: str, reported: AbstractSet[str]) -> bool:
        """Whether a test, or cases generated from it, were reported."""
        return test in reported or any(r.startswith(f"{test}::") for r in reported)


_CONDITION = re.compile(
    r"#!?\[\s*cfg(?:_attr)?\s*\((?P<inner>[^\]]*)\]",
    re.S,
)
_PLATFORM = re.compile(
    r"\bfeature\s*=|\btarget_\w+|\bwindows\b|\bunix\b|\bdebug_assertions\b|\bpanic\s*=|\bmiri\b"
)


def has_conditions(text: str) -> bool:
    """Whether a file names a condition of features or platform."""
    return any(_PLATFORM.search(match["inner"]) for match in _CONDITION.finditer(text))


_GATED_MODULE = re.compile(
    r"#\[\s*cfg\s*\((?P<inner>[^\]]*)\]\s*(?:#\[[^\]]*\]\s*)*"
    r"(?:pub(?:\([^)]*\))?\s+)?mod\s+(?P<name>\w+)\s*;"
)


def conditional_files(texts: Mapping[str, str]) -> set[str]:
    """Paths of source files whose tests depend on features or the platform: they name such a
    condition, or they are a module that another file includes under one."""
    found = {path for path, text in texts.items() if has_conditions(text)}
    for path in list(found):
        for match in _GATED_MODULE.finditer(texts[path]):
            if not _PLATFORM.search(match["inner"]):
                continue
            base = posixpath.dirname(path)
            if posixpath.basename(path) not in ("lib.rs", "main.rs", "mod.rs"):
                base = path.removesuffix(".rs")
            stem = posixpath.join(base, match["name"])
            found |= {p for p in texts if p == f"{stem}.rs" or p.startswith(f"{stem}/")}
    return found
