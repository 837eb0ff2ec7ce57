"""Which files of a project are its code, and which ones a build made.

What a build wrote is not judged: it is others' code in a form that nobody reads. A directory is
believed to be build output only beside a package.json, and only as long as nothing speaks against
it, since otherwise a project could keep its code from being judged by calling a directory `build`.
What is left out is told.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.node.files import (
    TOOL_DIRS,
    built_place,
    is_code,
    is_declaration,
    is_typescript,
    package_tops,
)
from autonomous_coder.languages.node.manifest import Manifest, Workspace, load_jsonc
from autonomous_coder.languages.sources import SourceFacts

MAX_SHOWN = 5
_BUILDS = re.compile(
    r"^(?:pre|post)?(?:build|compile|bundle|package|prepare|prepack|prepublish|prepublishOnly"
    r"|generate|export)(?:$|[:_-])|build$"
)
_MAKERS = ("next", "nuxt", "@sveltejs/kit")
_COVERAGE = ("lcov.info", "coverage-final.json", "clover.xml", "coverage-summary.json")
_SUFFIX = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?$")


@dataclass(frozen=True, slots=True)
class Layout:
    """`sources` is the project's own code in order, `outputs` maps a directory of build output to
    how many code files it holds, which are judged by nobody."""

    sources: tuple[str, ...] = ()
    outputs: Mapping[str, int] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def is_source(self, path: str) -> bool:
        """Whether it is code of the project itself."""
        return path in self.known

    @property
    def note(self) -> str:
        """A sentence about what was left out; empty when nothing was."""
        if not self.outputs:
            return ""
        told = [f"{place} ({count} files)" for place, count in self.outputs.items()]
        more = f" and {len(told) - MAX_SHOWN} more" if len(told) > MAX_SHOWN else ""
        return f"Taken for build output and not judged: {', '.join(told[:MAX_SHOWN])}{more}."


def read_layout(project: ProjectView, workspace: Workspace, facts: SourceFacts) -> Layout:
    """The project's code. Where all of it lies in directories of build output, that is it."""
    code = [f for f in project.files if is_code(f)]
    tops = package_tops(project.files)
    places: dict[str, list[str]] = {}
    for path in code:
        if place := built_place(path, tops):
            places.setdefault(place, []).append(path)
    outside = [f for f in code if not built_place(f, tops)]
    outputs = {
        place: inside
        for place, inside in places.items()
        if _is_output(project, workspace, facts, place, inside, outside)
    }
    hidden = {f for inside in outputs.values() for f in inside}
    sources = [f for f in code if f not in hidden]
    if not sources:
        return Layout(tuple(code), known=frozenset(code))
    counts = {place: len(inside) for place, inside in outputs.items()}
    return Layout(tuple(sources), counts, frozenset(sources))


def _is_output(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    place: str,
    inside: list[str],
    outside: list[str],
) -> bool:
    """Whether the files in a directory are what a build made of others. TypeScript that is kept
    with the sources is not, and neither is what the sources import and no source is called like."""
    package = next(
        (m for m in workspace.all if m.directory == posixpath.dirname(place)), workspace.root
    )
    made = _made(project, workspace, package, place)
    unimportant = _unkept(project, package, place) or posixpath.basename(place) in TOOL_DIRS
    if unimportant and made:
        return True
    if _imported(facts, place, outside):
        return False
    if unimportant:
        return not _named(workspace, place)
    return made and not any(is_typescript(f) for f in inside)


def _made(project: ProjectView, workspace: Workspace, package: Manifest, place: str) -> bool:
    """Whether something of the project fills that directory."""
    name = posixpath.basename(place)
    if name in TOOL_DIRS:
        return workspace.uses(*_MAKERS)
    if name == "coverage":
        return any(f.startswith(f"{place}/") and f.endswith(_COVERAGE) for f in project.files)
    scripts = {*package.scripts, *workspace.root.scripts}
    return any(_BUILDS.search(s) for s in scripts) or name in _out_dirs(project, package)


def _out_dirs(project: ProjectView, package: Manifest) -> Iterator[str]:
    """Where the compiler writes, by the package's own settings."""
    for path in project.files:
        if posixpath.dirname(path) == package.directory and re.search(
            r"(?:^|/)[tj]sconfig[\w.-]*\.json$", path
        ):
            data, _ = load_jsonc(project.read(path))
            options: Any = data.get("compilerOptions") if isinstance(data, dict) else None
            target = options.get("outDir") if isinstance(options, dict) else None
            if isinstance(target, str):
                yield posixpath.normpath(target).split("/", 1)[0]


def _unkept(project: ProjectView, package: Manifest, place: str) -> bool:
    """Whether version control leaves the directory out."""
    if any(line == "*" for line in _lines(project, place)):
        return True
    for directory in dict.fromkeys(("", package.directory)):
        inner = place.removeprefix(f"{directory}/" if directory else "")
        for line in _lines(project, directory):
            pattern = line.removeprefix("**/").removesuffix("/**").removesuffix("/*").strip("/")
            # A pattern without a slash in it holds at any depth.
            names = (inner,) if "/" in pattern else (inner, posixpath.basename(place))
            if any(fnmatchcase(name, pattern) for name in names):
                return True
    return False


def _lines(project: ProjectView, directory: str) -> list[str]:
    text = project.read(posixpath.join(directory, ".gitignore"))
    return [line.strip() for line in text.splitlines() if line.strip()[:1] not in ("", "#", "!")]


def _imported(facts: SourceFacts, place: str, outside: list[str]) -> bool:
    """Whether the sources import a file of that directory that is not made of one of theirs."""
    stems = [_SUFFIX.sub("", f) for f in outside if not is_declaration(f)]
    for path in outside:
        fact = facts.files.get(path)
        for item in fact.imports if fact else ():
            module = item.module.split("?", 1)[0]
            if not module.startswith("."):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            if not f"{target}/".startswith(f"{place}/"):
                continue
            stem = _SUFFIX.sub("", target[len(place) + 1 :]) or "index"
            if not any(s == stem or s.endswith(f"/{stem}") for s in stems):
                return True
    return False


def _named(workspace: Workspace, place: str) -> bool:
    """Whether a package.json names the directory, in a script or as what others import."""
    name = re.escape(posixpath.basename(place))
    told = re.compile(rf"(?<![\w.-]){name}(?![\w.-])")
    return any(
        told.search(text) for manifest in workspace.all for text in _texts(dict(manifest.data))
    )


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 8:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth + 1)
