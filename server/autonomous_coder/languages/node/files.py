"""What the name of a file in a Node project tells: its language, and what it is there for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence

from autonomous_coder.languages.node.manifest import MANIFEST

TYPESCRIPT_SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
JAVASCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".jsx")
SUFFIXES = (*TYPESCRIPT_SUFFIXES, *JAVASCRIPT_SUFFIXES)
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
TOOL_DIRS = frozenset({".next", ".nuxt", ".svelte-kit"})
"""What frameworks generate, TypeScript too."""
BUILT_DIRS = frozenset({"dist", "build", "out", "coverage", *TOOL_DIRS})
"""Directories that builds write to, when they lie beside a package.json."""
_MINIFIED = re.compile(r"\.min\.[cm]?js$")
_TEST = re.compile(r"(?:^|/)[^/]+[._](?:test|spec)\.[cm]?[jt]sx?$")
_TEST_DIR = re.compile(r"(?:^|/)(?:test|tests|__tests__|spec|e2e)/")
_CONFIG = re.compile(r"(?:^|/)[\w-]*\.?[\w-]+\.(?:config|setup|workspace)\.[cm]?[jt]s$")


def is_code(path: str) -> bool:
    """Whether it is code that people write (declarations included)."""
    return path.endswith(SUFFIXES) and path.isprintable() and not _MINIFIED.search(path)


def package_tops(files: Sequence[str]) -> frozenset[str]:
    """The directories that hold a package.json; the top ('') always."""
    found = (f for f in files if f == MANIFEST or f.endswith(f"/{MANIFEST}"))
    return frozenset({"", *(posixpath.dirname(f) for f in found)})


def built_place(path: str, tops: Collection[str]) -> str:
    """The outermost directory above a file that is called like one for build output and lies
    beside a package.json (`packages/a/dist`); empty when there is none."""
    parts = path.split("/")[:-1]
    for depth, name in enumerate(parts):
        if name in BUILT_DIRS and "/".join(parts[:depth]) in tops:
            return "/".join(parts[: depth + 1])
    return ""


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
    return is_code(path) and bool(_TEST.search(path))


def is_test_path(path: str) -> bool:
    """Whether it belongs to the tests: a test file, or one in their directories."""
    return is_test_file(path) or bool(_TEST_DIR.search(path))


def has_code(files: Sequence[str]) -> bool:
    """Whether any of these is code of a project itself."""
    tops = package_tops(files)
    return any(is_code(f) and not built_place(f, tops) for f in files)


def has_typescript(files: Sequence[str]) -> bool:
    """Whether a project with these files is one in TypeScript. Builds write no TypeScript, so it
    counts also where they write; what frameworks generate does not."""
    tops = package_tops(files)
    return "tsconfig.json" in files or any(
        is_typescript(f)
        and is_code(f)
        and not is_config(f)
        and posixpath.basename(built_place(f, tops)) not in TOOL_DIRS
        for f in files
    )
