"""Test ids: libtest names a test by its module path, we by the file it stands in."""

from __future__ import annotations

import posixpath
from collections.abc import Set as AbstractSet

from autonomous_coder.languages.rust.conditions import Conditions
from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.languages.sources import SourceFacts

TESTED_KINDS = frozenset({"lib", "bin", "test"})


class TestNames:
    """Translates names to ids. `expected` are the ids of every test of what `cargo test` runs."""

    __test__ = False

    def __init__(self, workspace: Workspace, facts: SourceFacts) -> None:
        self._facts = facts
        self._tests = facts.tests()
        self.conditions = Conditions(workspace, facts)
        self.expected: list[str] = []
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
            self.expected += [test.id for test in fact.tests]

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
