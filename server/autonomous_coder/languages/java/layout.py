"""The modules of a project and what they are compiled with, as the fetch phase found them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import Environment, ProjectView
from autonomous_coder.languages.java.globs import matches, pattern
from autonomous_coder.languages.java.installing import PLAN, TARGET
from autonomous_coder.languages.java.toolchain import feature

MAX_PLAN_BYTES = 60_000_000
GENERATORS = re.compile(
    r"protobuf|antlr|openapi|swagger|jaxb|xjc|avro|jooq|javacc|wsdl|cxf|thrift|jflex|modello"
    r"|templating|jsonschema|graphqlcodegen|aspectj|lombok-maven|flatbuffers|xtend"
)
BUILD_HELPER = "org.codehaus.mojo:build-helper-maven-plugin"
ADDING = frozenset({"add-source", "add-test-source", "add-resource", "add-test-resource"})
"""What of that plugin changes which files are compiled; the rest sets properties."""
KNOWN_PROCESSING = re.compile(
    r"^org\.apache\.maven\.plugins:|^org\.jacoco:|^org\.springframework"
    r"|:(?:animal-sniffer|buildnumber|cyclonedx|flatten|fmt|formatter|forbiddenapis|git-commit-id"
    r"|impsort|license|sortpom|spotless)-maven-plugin$|:(?:apache-rat-plugin|forbiddenapis)$"
    r"|:(?:git-commit-id-plugin|maven-bundle-plugin|spdx-maven-plugin)$"
)
"""Plugins that read, mend or describe what is there already, in whatever phase they are bound."""
_WORD = re.compile(r"[^\t\r\n\0]{1,4000}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a class path: `where` is `lib/x.jar`, `main:MODULE` or `test:MODULE`."""

    name: str
    version: str
    scope: str
    where: str


@dataclass(frozen=True, slots=True)
class Direct:
    """One dependency that a module declares, with the place of its declaration."""

    name: str
    version: str
    scope: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Plugin:
    """One execution of a plugin that the build would run."""

    name: str
    phase: str
    goals: tuple[str, ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Resources:
    """One directory of resources; with `values` its references are filled in. `includes` and
    `excludes` are regular expressions of paths below it, empty for all and none."""

    directory: str
    target: str
    values: Mapping[str, str]
    includes: str = ""
    excludes: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One module. `path` is its directory, empty for the top; `index` names its output."""

    index: int
    path: str
    sources: tuple[str, ...]
    test_sources: tuple[str, ...]
    identity: str = ""
    packaging: str = "jar"
    resources: tuple[Resources, ...] = ()
    test_resources: tuple[Resources, ...] = ()
    entries: tuple[Entry, ...] = ()
    direct: tuple[Direct, ...] = ()
    processors: tuple[str, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    system_properties: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    ignores_tests: bool = False
    excluded: tuple[str, ...] = ()
    """Files in its directories of sources that its build leaves out of what it compiles."""
    passed_over: tuple[str, ...] = ()
    """Sources of tests that its build compiles, and leaves out of what surefire runs."""
    test_directory: str = ""

    def option(self, name: str) -> str:
        """One setting of the build, empty where it has none."""
        return self.options.get(name, "")

    @property
    def release(self) -> int:
        """The version of Java it asks for, 0 when it does not say."""
        return feature(self.option("release") or self.option("source"))

    def generator(self) -> Plugin | None:
        """The first plugin that makes sources, which are then not in the tree."""
        for plugin in self.plugins:
            if plugin.name == BUILD_HELPER:
                if ADDING.intersection(plugin.goals):
                    return plugin
                continue
            early = plugin.phase.startswith(("generate", "process-sources", "process-test-sources"))
            if GENERATORS.search(plugin.name) or (
                early and not KNOWN_PROCESSING.search(plugin.name)
            ):
                return plugin
        return None


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar: the packages of its classes, and whether it processes annotations."""

    identity: str
    packages: frozenset[str]
    processor: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """All modules, those that others need first. `warnings` are (path, line, column, message)."""

    modules: tuple[Module, ...]
    jars: Mapping[str, Jar] = field(default_factory=dict)
    warnings: tuple[tuple[str, int, int, str], ...] = ()
    maven: bool = False

    def module(self, path: str) -> Module | None:
        """The module in a directory."""
        return next((m for m in self.modules if m.path == path), None)

    def asked_release(self) -> int:
        """The newest version of Java that any module asks for."""
        return max((m.release for m in self.modules), default=0)

    def module_of(self, path: str) -> tuple[Module, bool] | None:
        """The module a source file belongs to, and whether it is one of its tests."""
        for module in self.modules:
            if path in module.sources:
                return module, False
            if path in module.test_sources:
                return module, True
        return None


def java_files(project: ProjectView) -> list[str]:
    """Every Java file whose name can be written into a list."""
    return [f for f in project.files if f.endswith(".java") and f.isprintable()]


def read_layout(project: ProjectView, environment: Environment) -> Layout:
    """The layout that resolving wrote, or that of loose files."""
    files = java_files(project)
    plan = _plan(environment)
    modules = plan.get("modules")
    if not modules:
        return Layout((Module(0, "", tuple(files), ()),))
    places = [(str(m.get("sources")), str(m.get("tests"))) for m in modules]
    return Layout(
        modules=tuple(_module(i, m, places[i], files) for i, m in enumerate(modules)),
        jars={
            str(name): Jar(str(j.get("id")), frozenset(j["packages"]), bool(j["processor"]))
            for name, j in plan["jars"].items()
        },
        warnings=tuple(
            (str(w["path"]), _number(w["line"]), _number(w["column"]), str(w["message"]))
            for w in plan["warnings"]
        ),
        maven=True,
    )


def _plan(environment: Environment) -> dict[str, Any]:
    """What our own program wrote; no code of others ever ran beside it."""
    if environment.directory is None:
        return {}
    place = environment.directory / PLAN
    try:
        if place.is_symlink() or place.stat().st_size > MAX_PLAN_BYTES:
            return {}
        value = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _module(
    index: int, told: Mapping[str, Any], places: tuple[str, str], files: Sequence[str]
) -> Module:
    def below(directory: str) -> tuple[str, ...]:
        if directory == ".":
            return tuple(files)
        return tuple(f for f in files if directory and f.startswith(f"{directory}/"))

    def chosen(kind: str, directory: str) -> tuple[str, ...]:
        included, excluded = (
            [re.sub(r"\.class$", ".java", str(glob)) for glob in told.get(f"{kind}{word}") or ()]
            for word in ("Includes", "Excludes")
        )
        included = included or ["**"]
        start = 0 if directory == "." else len(directory) + 1
        return tuple(
            f for f in below(directory)
            if matches(f[start:], included) and not matches(f[start:], excluded)
        )  # fmt: skip

    sources, test_sources = chosen("main", places[0]), chosen("test", places[1])
    compiled = {*sources, *test_sources}
    run = frozenset(chosen("run", places[1]))
    names = ("release", "source", "target", "parameters", "proc", "preview", "encoding", "argLine",
             "jupiter", "junit4", "testng", "launcher")  # fmt: skip
    return Module(
        index=index,
        path=str(told["path"]),
        sources=sources,
        test_sources=test_sources,
        identity=str(told["id"]),
        packaging=str(told["packaging"]),
        resources=tuple(map(_resources, told["resources"])),
        test_resources=tuple(map(_resources, told["testResources"])),
        entries=tuple(
            Entry(str(e["name"]), str(e["version"]), str(e["scope"]) or "compile", str(e["entry"]))
            for e in told["entries"]
        ),
        direct=tuple(
            Direct(str(d["name"]), str(d["version"]), str(d["scope"]), str(d["place"]),
                   _number(d["line"]))
            for d in told["direct"]
        ),
        processors=tuple(map(str, told["processors"])),
        plugins=tuple(
            Plugin(str(p["name"]), str(p["phase"]), tuple(map(str, p["goals"])), str(p["place"]),
                   _number(p["line"]))
            for p in told["plugins"]
        ),
        options={name: str(told.get(name, "")) for name in names},
        arguments=tuple(map(str, told["arguments"])),
        system_properties={str(k): str(v) for k, v in told["systemProperties"].items()},
        environment={str(k): str(v) for k, v in told["environment"].items()},
        ignores_tests=bool(told["skipTests"] or told["ignoreFailures"]),
        excluded=tuple(f for p in dict.fromkeys(places) for f in below(p) if f not in compiled),
        passed_over=tuple(f for f in test_sources if f not in run),
        test_directory=places[1],
    )  # fmt: skip


def _resources(told: Mapping[str, Any]) -> Resources:
    values = {
        str(k): str(v)
        for k, v in told["values"].items()
        if _WORD.fullmatch(str(k)) and _WORD.fullmatch(str(v))
    }
    return Resources(
        str(told["directory"]),
        str(told["target"]),
        values,
        "|".join(map(pattern, told.get("includes", ()))),
        "|".join(map(pattern, told.get("excludes", ()))),
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def inside(where: str, layout: Layout, *, env: str = TARGET, out: str) -> str:
    """A place of a class path as an absolute path inside; empty when there is none."""
    kind, colon, path = where.partition(":")
    if not colon:
        return f"{env}/{where}"
    module = layout.module(path)
    return f"{out}/{kind}-{module.index}" if module else ""
