"""Which files of a Node project are sources, tests or what a tool made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TYPESCRIPT_SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
JAVASCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".jsx")
SUFFIXES = (*TYPESCRIPT_SUFFIXES, *JAVASCRIPT_SUFFIXES)
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
BUILT_DIRS = frozenset({"dist", "build", "out", "coverage", ".next", ".nuxt", ".svelte-kit"})
"""Directories whose content a build makes; committed or not, it is no source."""
_MINIFIED = re.compile(r"\.min\.[cm]?js$")
_TEST = re.compile(r"(?:^|/)[^/]+[._](?:test|spec)\.[cm]?[jt]sx?$")
_TEST_DIR = re.compile(r"(?:^|/)(?:test|tests|__tests__|spec|e2e)/")
_CONFIG = re.compile(r"(?:^|/)[\w-]*\.?[\w-]+\.(?:config|setup|workspace)\.[cm]?[jt]s$")


def is_source(path: str) -> bool:
    """Whether it is code of the project itself (declarations included)."""
    if not path.endswith(SUFFIXES) or not path.isprintable() or _MINIFIED.search(path):
        return False
    return not BUILT_DIRS.intersection(path.split("/")[:-1])


def sources(files: Iterable[str]) -> list[str]:
    """The project's code. Where all of it lies in directories of built code, that is it."""
    code = [f for f in files if f.endswith(SUFFIXES) and f.isprintable()]
    return [f for f in code if is_source(f)] or code


def is_declaration(path: str) -> bool:
    """Whether it holds types alone."""
    return path.endswith(DECLARATIONS)


def is_typescript(path: str) -> bool:
    """Whether it is code with types, not a declaration alone."""
    return path.endswith(TYPESCRIPT_SUFFIXES) and not is_declaration(path)


def is_config(path: str) -> bool:
    """Whether it configures a tool: `vitest.config.ts`, `eslint.config.js`."""
    return bool(_CONFIG.search(path))


def is_test_file(path: str) -> bool:
    """Whether a test runner takes it by its name: `add.test.ts`, `add.spec.js`."""
    return is_source(path) and bool(_TEST.search(path))


def is_test_path(path: str) -> bool:
    """Whether it belongs to the tests: a test file, or one in their directories."""
    return is_test_file(path) or bool(_TEST_DIR.search(path))


def has_typescript(files: Sequence[str]) -> bool:
    """Whether a project with these files is one in TypeScript."""
    return "tsconfig.json" in files or any(
        is_typescript(f) and is_source(f) and not is_config(f) for f in files
    )
