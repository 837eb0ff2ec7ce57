"""Tests and documents can be left out of a project: which of its files these are."""

from __future__ import annotations

from collections.abc import Collection

TESTS, DOCS = "tests", "docs"
OPTIONAL = frozenset({TESTS, DOCS})
"""What every archetype has unless a spec leaves it out. README.md always stays: it says how to
start, and packages are published with it."""
_TESTS_LIE_IN = ("tests/", "test/", "src/test/")
_TESTS_END_WITH = ("_test.go", ".test.ts", ".test.tsx", ".test.js", "vitest.config.ts")
_DOCS_LIE_IN = ("docs/",)
_DOCS = frozenset({"AGENTS.md", "CHANGELOG.md", "typedoc.json"})


def is_left_out(path: str, left_out: Collection[str]) -> bool:
    """Whether a file, by its path in the project or in its part, is of a kind that is left out."""
    if TESTS in left_out and (path.startswith(_TESTS_LIE_IN) or path.endswith(_TESTS_END_WITH)):
        return True
    return DOCS in left_out and (path in _DOCS or path.startswith(_DOCS_LIE_IN))
