"""package.json and its kin as data: nothing in them is believed to have the right shape."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import ProjectView

MANIFEST = "package.json"
MAX_MANIFESTS = 200
MAX_JSON_CHARS = 20_000_000
GROUPS = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")
INSTALLED_KEYS = (
    "name", "version", "private", "workspaces", "bundleDependencies", "overrides", "engines",
    "os", "cpu", "peerDependenciesMeta", *GROUPS,
)  # fmt: skip
"""What installing depends on. Scripts and the wish for another package manager are no part."""
_JSONC = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)
_TRAILING = re.compile(r'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])')


@dataclass(frozen=True, slots=True)
class Manifest:
    """One package.json. `directory` is where it lies, '' at the top; the groups map a package's
    name to the wanted range. `fault` is (line, column, message) when it cannot be read."""

    directory: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    dependencies: Mapping[str, str] = field(default_factory=dict)
    development: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    peers: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    fault: tuple[int, int, str] | None = None

    @property
    def path(self) -> str:
        """Relative to the project."""
        return posixpath.join(self.directory, MANIFEST)

    @property
    def name(self) -> str:
        """The package's own name, or nothing."""
        value = self.data.get("name")
        return value if isinstance(value, str) else ""

    @property
    def declared(self) -> dict[str, str]:
        """Everything it names, of whatever kind."""
        return {**self.peers, **self.optional, **self.development, **self.dependencies}

    def uses(self, *names: str) -> bool:
        """Whether one of these packages is declared."""
        return any(name in self.declared for name in names)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The manifest at the top and those below it (workspaces, linked packages)."""

    root: Manifest
    members: tuple[Manifest, ...] = ()

    @property
    def all(self) -> tuple[Manifest, ...]:
        """The top's first."""
        return (self.root, *self.members)

    def uses(self, *names: str) -> bool:
        """Whether any manifest declares one of these packages."""
        return any(manifest.uses(*names) for manifest in self.all)

    def of(self, path: str) -> Manifest:
        """The manifest nearest above a file."""
        over = [m for m in self.members if path.startswith(f"{m.directory}/")]
        return max(over, key=lambda m: len(m.directory), default=self.root)


def read_workspace(project: ProjectView) -> Workspace:
    """Every package.json of the project, bounded."""
    paths = [f for f in project.files if f == MANIFEST or f.endswith(f"/{MANIFEST}")]
    paths.sort(key=lambda f: (f.count("/"), f))
    read = [read_manifest(project, posixpath.dirname(f)) for f in paths[:MAX_MANIFESTS]]
    root = next((m for m in read if not m.directory), Manifest())
    return Workspace(root, tuple(m for m in read if m.directory))


def read_manifest(project: ProjectView, directory: str = "") -> Manifest:
    """One package.json; empty when it is not there or not readable."""
    data, fault = load(project.read(posixpath.join(directory, MANIFEST)))
    if fault or not isinstance(data, dict):
        return Manifest(directory, fault=fault or (1, 1, "it holds no object"))
    return Manifest(
        directory,
        data,
        dependencies=texts(data.get("dependencies")),
        development=texts(data.get("devDependencies")),
        optional=texts(data.get("optionalDependencies")),
        peers=texts(data.get("peerDependencies")),
        scripts=texts(data.get("scripts")),
    )


def texts(value: Any) -> dict[str, str]:
    """The entries of a JSON object that map text to text."""
    if not isinstance(value, dict):
        return {}
    return {k: v for k, v in value.items() if isinstance(k, str) and isinstance(v, str)}


def load(text: str) -> tuple[Any, tuple[int, int, str] | None]:
    """JSON, or where and why it is none."""
    try:
        return json.loads(text.removeprefix("\ufeff")[:MAX_JSON_CHARS]), None
    except json.JSONDecodeError as error:
        return None, (error.lineno, error.colno, error.msg)
    except (ValueError, RecursionError):
        return None, (1, 1, "it is nested too deep, or a number in it is too long")


def load_jsonc(text: str) -> tuple[Any, tuple[int, int, str] | None]:
    """JSON with comments and commas before a closing bracket; places are those of the text."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found[0] == '"' else re.sub(r"[^\n]", " ", found)

    text = text.removeprefix("\ufeff")[:MAX_JSON_CHARS]
    return load(_TRAILING.sub(blank, _JSONC.sub(blank, text)))


def installable(manifest: Manifest) -> dict[str, Any]:
    """What of a manifest installing depends on: no scripts, and at the top no name or version."""
    left_out = () if manifest.directory else ("name", "version")
    return {k: manifest.data[k] for k in INSTALLED_KEYS if k in manifest.data and k not in left_out}
