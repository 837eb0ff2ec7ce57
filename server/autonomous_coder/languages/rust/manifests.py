"""What the manifests of a project say: its crates, their targets and dependencies. Nothing runs."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from autonomous_coder.languages.base import ProjectView

MANIFEST = "Cargo.toml"
TABLES = ("dependencies", "dev-dependencies", "build-dependencies")
DEFAULT_EDITION = "2015"
MAX_CRATES = 500
_SEARCHED = (("test", "tests"), ("bench", "benches"), ("example", "examples"), ("bin", "src/bin"))


@dataclass(frozen=True, slots=True)
class Target:
    """One thing cargo compiles. `path` is relative to the project; `features` are those without
    which it is left out."""

    kind: str
    name: str
    path: str
    harness: bool = True
    features: tuple[str, ...] = ()

    @property
    def gated(self) -> bool:
        """Whether it is only compiled with some features."""
        return bool(self.features)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One declared crate. `name` is how code writes it, `package` what the registry calls it."""

    name: str
    package: str
    table: str
    line: int
    path: str = ""
    git: str = ""
    registry: str = ""
    optional: bool = False
    version: str = ""

    @property
    def external(self) -> bool:
        """Whether it has to be fetched."""
        return not self.path


@dataclass(frozen=True, slots=True)
class Crate:
    """One package. `directory` is relative to the project, empty at its top."""

    directory: str
    name: str
    version: str
    edition: str
    rust_version: str
    targets: tuple[Target, ...]
    dependencies: tuple[Dependency, ...]
    build_script: str
    manifest: Mapping[str, Any]
    member: bool = True
    """Whether cargo compiles all of it with the project, or its library alone, as a dependency."""

    @property
    def path(self) -> str:
        """Its manifest."""
        return posixpath.join(self.directory, MANIFEST)

    def depends_on(self, names: Iterable[str]) -> bool:
        """Whether its own code (not only its tests) declares one of these packages."""
        wanted = set(names)
        return any(d.package in wanted and d.table == TABLES[0] for d in self.dependencies)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Every crate that is compiled with the project. `error` says why it cannot be read, at
    `path` and `line`; `outside` are declared crates that lie elsewhere than in a registry or in
    the project, as (manifest, line, sentence)."""

    crates: tuple[Crate, ...] = ()
    root: Mapping[str, Any] | None = None
    error: str = ""
    path: str = MANIFEST
    line: int = 0
    outside: tuple[tuple[str, int, str], ...] = ()
    foreign: tuple[str, ...] = ()
    """Directories of crates that have nothing to do with the one at the top."""

    @property
    def external(self) -> bool:
        """Whether anything has to be fetched."""
        return any(d.external for crate in self.crates for d in crate.dependencies)

    def crate_of(self, path: str) -> Crate | None:
        """The crate whose directory holds a file most closely; None for those of `foreign`."""
        holding = [c for c in self.crates if not c.directory or path.startswith(f"{c.directory}/")]
        found = max(holding, key=lambda c: len(c.directory), default=None)
        nearer = any(
            path.startswith(f"{place}/") and (found is None or len(place) > len(found.directory))
            for place in self.foreign
        )
        return None if nearer else found


def table(value: Any) -> Mapping[str, Any]:
    """The value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """The strings of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def read_workspace(project: ProjectView) -> Workspace:
    """All crates from the manifest at the top: members, and crates named by path."""
    if MANIFEST not in project.files:
        return Workspace(error=f"There is no {MANIFEST} at the top.")
    crates: dict[str, Crate] = {}
    outside: list[tuple[str, int, str]] = []
    root = _load(project, MANIFEST)
    if isinstance(root, Workspace):
        return root
    shared = table(root.get("workspace"))
    waiting = [""] if "package" in root else []
    waiting += _members(project, shared)
    while waiting and len(crates) < MAX_CRATES:
        directory = waiting.pop(0)
        path = posixpath.join(directory, MANIFEST)
        if directory in crates or path not in project.files:
            continue
        document = _load(project, path)
        if isinstance(document, Workspace):
            return document
        crate = _crate(project, directory, document, shared)
        if directory:
            together = "workspace" in root and "workspace" not in document
            crate = replace(crate, member=together and not _excluded(directory, shared))
        crates[directory] = crate
        for found in crate.dependencies:
            if found.path:
                place = posixpath.normpath(posixpath.join(directory, found.path))
                waiting.append("" if place == "." else place)
        outside += _outside(project, crate)
    outside += _patches(project, root)
    if not crates and not outside:
        return Workspace(root=root, error=f"{MANIFEST} names no package and no workspace member.")
    places = [posixpath.dirname(f) for f in project.files if f.endswith(f"/{MANIFEST}")]
    foreign = tuple(place for place in places if place not in crates)
    return Workspace(tuple(crates.values()), root, outside=tuple(outside), foreign=foreign)


def _load(project: ProjectView, path: str) -> dict[str, Any] | Workspace:
    try:
        return tomllib.loads(project.read(path))
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        return Workspace(
            error=f"{path} is not TOML: {error}", path=path, line=int(line[1]) if line else 0
        )


def _members(project: ProjectView, shared: Mapping[str, Any]) -> Iterator[str]:
    found = [posixpath.dirname(f) for f in project.files if f.endswith(f"/{MANIFEST}")]
    for pattern in texts(shared.get("members")):
        wanted = posixpath.normpath(pattern)
        for directory in found:
            same_depth = directory.count("/") == wanted.count("/")
            if "**" not in wanted and not same_depth:
                continue
            if fnmatchcase(directory, wanted) and not _excluded(directory, shared):
                yield directory


def _excluded(directory: str, shared: Mapping[str, Any]) -> bool:
    places = [posixpath.normpath(place) for place in texts(shared.get("exclude"))]
    return any(directory == place or directory.startswith(f"{place}/") for place in places)


def _crate(
    project: ProjectView, directory: str, document: Mapping[str, Any], shared: Mapping[str, Any]
) -> Crate:
    package = table(document.get("package"))
    inherited = table(shared.get("package"))

    def value(key: str) -> str:
        found = package.get(key)
        if isinstance(found, dict) and found.get("workspace") is True:
            found = inherited.get(key)
        return found if isinstance(found, str) else ""

    script = package.get("build")
    place = script if isinstance(script, str) else "build.rs"
    place = posixpath.normpath(posixpath.join(directory, place))
    return Crate(
        directory=directory,
        name=value("name"),
        version=value("version") or "0.0.0",
        edition=value("edition") or DEFAULT_EDITION,
        rust_version=value("rust-version"),
        targets=tuple(_targets(project, directory, value("name"), document)),
        dependencies=tuple(_dependencies(project, directory, document, shared)),
        build_script=place if script is not False and place in project.files else "",
        manifest=document,
    )


def _targets(
    project: ProjectView, directory: str, name: str, document: Mapping[str, Any]
) -> Iterator[Target]:
    """Declared targets, then those that cargo finds by their place."""
    found: dict[str, Target] = {}

    def add(kind: str, name: str, path: str, entry: Mapping[str, Any]) -> None:
        place = posixpath.normpath(posixpath.join(directory, path))
        if place in project.files and place not in found:
            found[place] = Target(
                kind,
                name,
                place,
                entry.get("harness") is not False,
                tuple(texts(entry.get("required-features"))),
            )

    for kind, base in _SEARCHED:
        entries = document.get(kind)
        for entry in entries if isinstance(entries, list) else []:
            fields = table(entry)
            own = fields.get("name")
            own = own if isinstance(own, str) else ""
            path = fields.get("path")
            if isinstance(path, str):
                add(kind, own, path, fields)
            else:
                for guess in (f"{base}/{own}.rs", f"{base}/{own}/main.rs"):
                    add(kind, own, guess, fields)
                if kind == "bin":
                    add(kind, own, "src/main.rs", fields)
    library = table(document.get("lib"))
    path = library.get("path")
    add("lib", name, path if isinstance(path, str) else "src/lib.rs", library)
    add("bin", name, "src/main.rs", {})
    package = table(document.get("package"))
    for kind, base in _SEARCHED:
        if package.get(f"auto{posixpath.basename(base) if kind != 'bin' else 'bins'}") is False:
            continue
        start = posixpath.join(directory, base) + "/"
        for file in project.files:
            rest = file.removeprefix(start) if file.startswith(start) else ""
            if rest.endswith(".rs") and ("/" not in rest or rest.count("/") == 1):
                own, _, inner = rest.removesuffix(".rs").partition("/")
                if inner in ("", "main"):
                    add(kind, own, f"{base}/{rest}", {})
    yield from found.values()


def _dependencies(
    project: ProjectView, directory: str, document: Mapping[str, Any], shared: Mapping[str, Any]
) -> Iterator[Dependency]:
    text = project.read(posixpath.join(directory, MANIFEST))
    common = table(shared.get("dependencies"))
    places = [document, *(table(t) for t in table(document.get("target")).values())]
    for place in places:
        for name in TABLES:
            for key, declared in table(place.get(name)).items():
                fields = table(declared)
                path = fields.get("path")
                if fields.get("workspace") is True:
                    fields = {**table(common.get(key)), **fields}
                    path = fields.get("path")
                    if isinstance(path, str):
                        # Relative to the workspace's top.
                        path = posixpath.relpath(posixpath.normpath(path), directory or ".")
                yield Dependency(
                    name=key.replace("-", "_"),
                    package=_text(fields.get("package")) or key,
                    table=name,
                    line=line_of(text, key, name),
                    path=_text(path),
                    git=_text(fields.get("git")),
                    registry=_text(fields.get("registry")) or _text(fields.get("registry-index")),
                    optional=fields.get("optional") is True,
                    version=_text(declared) or _text(fields.get("version")),
                )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def line_of(text: str, key: str, section: str) -> int:
    """The line that declares a key in a section (or as a table of its own); 0 when not found."""
    word = rf"[\"']?{re.escape(key)}[\"']?"
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*(.*?)\s*\]+\s*(?:#.*)?$", line):
            if re.search(rf"(?:^|[.]){re.escape(section)}\.{word}$", header[1]):
                return number
            inside = re.search(rf"(?:^|[.]){re.escape(section)}$", header[1]) is not None
            # What a workspace shares is declared where a crate asks for it.
            inside &= header[1] != f"workspace.{TABLES[0]}"
        elif inside and re.match(rf"\s*{word}\s*[=.]", line):
            return number
    return 0


def _outside(project: ProjectView, crate: Crate) -> Iterator[tuple[str, int, str]]:
    for found in crate.dependencies:
        if found.git:
            why = f"'{found.package}' comes from a git repository, which is never fetched here"
        elif found.registry:
            why = f"'{found.package}' comes from another registry than the configured one"
        elif found.path:
            place = posixpath.normpath(posixpath.join(crate.directory, found.path))
            if posixpath.join("" if place == "." else place, MANIFEST) in project.files:
                continue
            why = f"'{found.package}' lies at {found.path!r}, where the project has no crate"
        else:
            continue
        yield crate.path, found.line, why


def _patches(project: ProjectView, root: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Replacements of crates that would come from elsewhere."""
    groups = [*table(root.get("patch")).items(), ("replace", root.get("replace"))]
    for _, group in groups:
        for key, declared in table(group).items():
            fields = table(declared)
            path = _text(fields.get("path"))
            place = posixpath.join(posixpath.normpath(path), MANIFEST) if path else ""
            if fields.get("git") or (path and posixpath.normpath(place) not in project.files):
                message = f"'{key}' is replaced by a crate that is not in a registry"
                yield MANIFEST, 0, message


def editions(workspace: Workspace) -> Mapping[str, str]:
    """Crate directory -> edition."""
    return {crate.directory: crate.edition for crate in workspace.crates}
