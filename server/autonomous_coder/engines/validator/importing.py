"""Which failing files import which broken ones, from the imports as they are written.

Names are matched with paths by their ends, the same way for every language: near enough to tell
what may follow from what, and used for nothing else.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autonomous_coder.models.validation import CheckResult, Severity

COMPILING = ("syntax", "build", "types")
RUNNING = ("tests", "start")
MAX_STEPS = 3
MAX_FILES = 5_000
MAX_PER_NAME = 20
_ENTRY = ("__init__", "index", "mod", "lib")
"""Files that stand for their directory."""


def imports_between(
    checks: Sequence[CheckResult], facts: Iterable[tuple[str, Any]]
) -> dict[str, list[str]]:
    """For each file in which something failed while running: the files with errors of a compiler
    or type checker that it imports, directly or through others. `facts` are (a component's
    directory, what its survey found)."""
    broken = _paths(checks, COMPILING)
    failing = _paths(checks, RUNNING)
    if not broken or not failing:
        return {}
    written: dict[str, list[str]] = {}
    for directory, found in facts:
        files = getattr(found, "files", None)
        for path, fact in (files if isinstance(files, Mapping) else {}).items():
            whole = f"{directory}/{path}" if directory else path
            written[whole] = [
                name for item in fact.imports for name in _spellings(whole, path, item)
            ]
    if len(written) > MAX_FILES:
        return {}
    index = _index(written)
    reached = {path: _reach(path, written, index) for path in failing}
    return {
        path: kept for path, files in reached.items() if (kept := [f for f in files if f in broken])
    }


def _paths(checks: Sequence[CheckResult], names: Sequence[str]) -> dict[str, None]:
    return {
        d.path: None
        for check in checks
        if check.base in names
        for d in check.diagnostics
        if d.path and d.severity is Severity.ERROR
    }


def _spellings(whole: str, path: str, item: Any) -> list[str]:
    """An import as paths without endings, the most exact first; relative ones from the top."""
    module = str(item.module)
    level = int(getattr(item, "level", 0))
    name = str(getattr(item, "name", ""))
    if path.endswith((".py", ".pyi")):
        base = whole
        for _ in range(level):
            base = posixpath.dirname(base)
        dotted = module.replace(".", "/")
        start = posixpath.join(base, dotted) if level else dotted
        return [posixpath.join(start, name), start] if name else [start]
    if module.startswith("."):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(whole), module))
        return [target, posixpath.splitext(target)[0]]
    if "::" in module:
        inside = module.removeprefix("crate::").removeprefix("self::").removeprefix("super::")
        return _shorter(inside.replace("::", "/"))
    if "/" in module or not path.endswith(".java"):
        return [module.removeprefix("@/").removeprefix("~/")]
    return _shorter(module.replace(".", "/"))


def _shorter(path: str) -> list[str]:
    """The path and those of what holds it: an import may end in a name of the file."""
    found = [path]
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found


def _index(files: Iterable[str]) -> dict[str, list[str]]:
    """End of a path without its ending -> files; directories stand for what is in them (Go)."""
    index: dict[str, list[str]] = {}
    for file in files:
        stem, ending = posixpath.splitext(file)
        names = [stem]
        directory, _, last = stem.rpartition("/")
        if directory and (last in _ENTRY or ending == ".go"):
            names.append(directory)
        for name in names:
            parts = name.split("/")
            for start in range(len(parts)):
                kept = index.setdefault("/".join(parts[start:]), [])
                if len(kept) < MAX_PER_NAME:
                    kept.append(file)
    return index


def _reach(
    path: str, written: Mapping[str, list[str]], index: Mapping[str, list[str]]
) -> list[str]:
    reached: dict[str, None] = {}
    edge = [path]
    for _ in range(MAX_STEPS):
        ahead = [f for place in edge for f in _targets(place, written.get(place, ()), index)]
        edge = [f for f in dict.fromkeys(ahead) if f not in reached and f != path]
        reached |= dict.fromkeys(edge)
    return list(reached)


def _targets(path: str, names: Iterable[str], index: Mapping[str, list[str]]) -> list[str]:
    found: list[str] = []
    for name in names:
        files = index.get(name) or _by_its_end(name, index)
        # A bare name is a neighbour or stands at a top; anything else is somebody else's.
        near = (posixpath.dirname(path), "", "src", name)
        found += [f for f in files if "/" in name or posixpath.dirname(f) in near]
    return found


def _by_its_end(name: str, index: Mapping[str, list[str]]) -> list[str]:
    """Files whose path from the top ends a longer name (`example.com/app/store` of Go)."""
    parts = name.split("/")
    for start in range(1, len(parts)):
        if files := index.get("/".join(parts[start:])):
            return files
    return []
