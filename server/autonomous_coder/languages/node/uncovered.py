"""Typed files that no tsconfig includes, checked with a configuration of ours.

A project could otherwise keep its code from the compiler by leaving it out. The options are those
of the nearest tsconfig, so that paths, globals and the like are known; what that has no say in is
which files are read. What only such options can tell (a global name, a package's types) is no
error in a file that the project has made no options for.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autonomous_coder.languages.base import Environment, ProjectView
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.node.files import (
    is_config,
    is_declaration,
    is_test_path,
    package_tops,
)
from autonomous_coder.languages.node.installed import MODULES, has_package
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace, load_jsonc
from autonomous_coder.models.execution import Command
from autonomous_coder.models.validation import Diagnostic, Severity

CONFIG = "tsconfig.autonomous-coder.json"
MAX_RUNS = 20
MAX_EXTENDS = 5
WRITE = 'rm -f -- "$1" && cat > "$1" && shift && exec "$@"'
"""Run as `sh -c WRITE sh PLACE PROGRAM…`, with the configuration as standard input."""
OVERRULED: dict[str, Any] = {
    "noEmit": True, "composite": False, "declaration": False, "declarationMap": False,
    "isolatedDeclarations": False, "emitDeclarationOnly": False, "skipLibCheck": True,
    "noUnusedLocals": False, "noUnusedParameters": False, "noImplicitReturns": False,
    "noUncheckedSideEffectImports": False, "rootDir": None, "declarationDir": None,
    "outFile": None,
}  # fmt: skip
"""What is about output or taste, or says where sources may lie."""
TYPES = (
    ("@types/node", "node"), ("vite", "vite/client"), ("vitest", "vitest/globals"),
    ("@types/jest", "jest"), ("@types/mocha", "mocha"), ("@types/bun", "bun"),
    ("@testing-library/jest-dom", "@testing-library/jest-dom"),
)  # fmt: skip
"""Packages that bring globals, and how `types` names them."""
SURROUNDINGS = frozenset(
    {
        1259, 1309, 1343, 1375, 1378, 1432, 2304, 2307, 2318, 2503, 2552, 2580, 2581, 2582, 2583,
        2584, 2591, 2592, 2593, 2686, 2688, 2732, 2792, 2802, 2834, 2835, 2867, 2868, 2875, 2882,
        5097, 6142, 6263, 7016, 7026, 17004,
    }
)  # fmt: skip
"""Codes that a missing option or type package explains as well as a mistake does."""
STRICTNESS = frozenset(
    {2531, 2532, 2533, 2721, 2722, 2723, 4111, 4114, 18046, 18047, 18048, 18049}
    | set(range(7005, 7061))
)
"""Codes about rigour that nobody asked of a test outside every tsconfig."""
_LAX = re.compile(r"undefined' is not assignable|null' is not assignable|exactOptionalProperty")
_TESTS = re.compile(r"(?:^|/)tsconfig\.(?:tests?|specs?|vitest|jest|e2e)\.json$")
_RELATIVE = re.compile(r"Cannot find module '(\.[^']*)'")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """One run of the compiler: `place` is where its configuration is written, `files` are the ones
    to be judged."""

    place: str
    config: str
    files: tuple[str, ...]


def written(command: Command, run: Uncovered) -> Command:
    """The command of a run, which first writes its configuration into the private copy."""
    writing = ("/bin/sh", "-c", WRITE, "sh", run.place)
    return replace(command, argv=(*writing, *command.argv), stdin=run.config.encode())


def left_out(
    project: ProjectView, files: Sequence[str], seen: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The files to be judged here, and those that merely configure a package's tools: they are no
    part of what the project does, and tools run them without any types."""
    known, tops = set(seen), package_tops(project.files)
    rest = [f for f in files if f not in known and not is_declaration(f)]
    settings = {
        f for f in rest if is_config(f) and ".setup." not in f and posixpath.dirname(f) in tops
    }
    return [f for f in rest if f not in settings], sorted(settings)


def runs(
    project: ProjectView,
    workspace: Workspace,
    layout: Layout,
    environment: Environment,
    files: Sequence[str],
) -> list[Uncovered]:
    """Runs that reach these files, those with equal options together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for path in files:
        base = _base(project, path)
        directory = posixpath.dirname(base) if base else workspace.of(path).directory
        groups.setdefault((base, directory), []).append(path)
    made = []
    for (base, directory), inside in sorted(groups.items())[:MAX_RUNS]:
        near = [
            f
            for f in layout.sources
            if is_declaration(f) and workspace.of(f) is workspace.of(inside[0])
        ]
        config = {
            **({"extends": f"./{posixpath.basename(base)}"} if base else {}),
            "compilerOptions": _options(project, workspace, environment, base, inside),
            "files": [posixpath.relpath(f, directory or ".") for f in (*inside, *near)],
            "include": [],
            "references": [],
        }
        place = posixpath.join(directory, CONFIG)
        made.append(Uncovered(place, json.dumps(config), tuple(inside)))
    return made


def _base(project: ProjectView, path: str) -> str:
    """The tsconfig whose options fit a file best: the nearest above it. One that only refers to
    others stands for the first of them."""
    test = is_test_path(path)
    directory = posixpath.dirname(path)
    while True:
        if test:
            special = [
                f for f in project.files if posixpath.dirname(f) == directory and _TESTS.search(f)
            ]
            if special:
                return special[0]
        place = posixpath.join(directory, "tsconfig.json")
        if place in project.files:
            return _meant(project, place)
        if not directory:
            return ""
        directory = posixpath.dirname(directory)


def _meant(project: ProjectView, place: str) -> str:
    data, _ = load_jsonc(project.read(place))
    references = data.get("references") if isinstance(data, dict) else None
    if not isinstance(references, list) or (isinstance(data, dict) and data.get("include")):
        return place
    for item in references:
        path = item.get("path") if isinstance(item, dict) else None
        if isinstance(path, str):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
            target = target if target in project.files else f"{target}/tsconfig.json"
            # Options of another package would be about its own paths.
            if target in project.files and posixpath.dirname(target) == posixpath.dirname(place):
                return target
    return place


def _options(
    project: ProjectView,
    workspace: Workspace,
    environment: Environment,
    base: str,
    files: Sequence[str],
) -> dict[str, Any]:
    options = dict(OVERRULED)
    if not base or not _has_options(project, base):
        module = "nodenext" if workspace.root.data.get("type") == "module" else "preserve"
        options |= {"module": module, "target": "es2022", "strict": True}
        if any(f.endswith("x") for f in files):
            options["jsx"] = "preserve"
    chosen = _chosen_types(project, base)
    if chosen is None:
        chosen = _all_types(environment)
    more = [name for package, name in TYPES if has_package(environment, package)]
    if "vitest/globals" in more and "jest" in (*more, *chosen):
        more.remove("vitest/globals")
    options["types"] = list(dict.fromkeys([*chosen, *more]))
    return options


def _has_options(project: ProjectView, base: str) -> bool:
    data, _ = load_jsonc(project.read(base))
    return isinstance(data, dict) and bool(data.get("compilerOptions") or data.get("extends"))


def _chosen_types(project: ProjectView, base: str, depth: int = 0) -> list[str] | None:
    """`types` of a configuration or of the project's files that it extends; None when unset."""
    data, _ = load_jsonc(project.read(base)) if base else (None, None)
    if not isinstance(data, dict) or depth > MAX_EXTENDS:
        return None
    options = data.get("compilerOptions")
    value = options.get("types") if isinstance(options, dict) else None
    if isinstance(value, list):
        return [v for v in value if isinstance(v, str)]
    extended = data.get("extends")
    for item in reversed(extended if isinstance(extended, list) else [extended]):
        if isinstance(item, str) and item.startswith("."):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(base), item))
            place = place if place in project.files else f"{place}.json"
            found = _chosen_types(project, place, depth + 1)
            if found is not None:
                return found
    return None


def _all_types(environment: Environment) -> list[str]:
    """What the compiler took by itself before version 6."""
    if environment.directory is None:
        return []
    place = environment.directory / MODULES / "@types"
    try:
        return sorted(entry.name for entry in place.iterdir() if entry.is_dir())[:200]
    except OSError:
        return []


def weighed(project: ProjectView, diagnostic: Diagnostic) -> Diagnostic:
    """A finding of such a run with the severity that it has without options of the project's."""
    code = int(diagnostic.code.removeprefix("TS")[:6] or 0)
    test = is_test_path(diagnostic.path)
    if code in SURROUNDINGS and not _misses_own_file(project, diagnostic):
        severity = Severity.INFO if test else Severity.WARNING
    elif test and (code in STRICTNESS or _LAX.search(diagnostic.message)):
        severity = Severity.INFO
    else:
        return diagnostic
    return diagnostic.model_copy(update={"severity": severity})


def _misses_own_file(project: ProjectView, diagnostic: Diagnostic) -> bool:
    """Whether the message is about a file of the project that is really not there."""
    match = _RELATIVE.search(diagnostic.message)
    if not match:
        return False
    name = match[1].split("?", 1)[0]
    target = posixpath.normpath(posixpath.join(posixpath.dirname(diagnostic.path), name))
    stem = posixpath.splitext(target)[0]
    return not any(f == target or f.startswith((f"{target}.", f"{stem}.")) for f in project.files)


def told(
    files: Iterable[str], reached: Collection[str], settings: Iterable[str], language: str
) -> list[Diagnostic]:
    """That no tsconfig includes a file, and what was done about it."""
    base = "no tsconfig includes this file"
    judged = f"{base}; it was checked with the options of the nearest one"
    missed = f"{base}, and its types could not be checked either"
    rows = [(f, judged) if f in reached else (f, missed) for f in files]
    rows += [(f, f"{base}, so its types were not checked") for f in settings]
    return [
        finding(
            language, "autonomous-coder", "not-type-checked",
            Severity.WARNING if message is missed else Severity.INFO, message, path=path,
        )
        for path, message in rows
    ]  # fmt: skip
