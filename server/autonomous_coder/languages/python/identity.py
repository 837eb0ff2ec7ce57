"""What an installed environment depends on, and nothing else: names and texts of a project change
without any other package being installed, so projects with equal dependencies share one.

Both halves are part of the key: a pair of declaration and lock that uv once found in step is in
step wherever it appears again.
"""

from __future__ import annotations

import json
import tomllib
from hashlib import blake2b
from typing import Any

from autonomous_coder.languages.base import ProjectView

_PROJECT_KEYS = ("dependencies", "optional-dependencies", "requires-python", "dynamic")


def declared_identity(project: ProjectView, lists: tuple[str, ...]) -> str:
    """A hash of what the project declares about dependencies: everything installing reads of it
    but the lock. `lists` are requirement files that are installed from."""
    parts = [project.read("uv.toml"), *(f"{name}\0{project.read(name)}" for name in lists)]
    text = project.read("pyproject.toml")
    try:
        parts.append(_dependency_tables(text))
    except (RecursionError, TypeError, ValueError, AttributeError):
        parts.append(text)
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def content_identity(project: ProjectView) -> str:
    """A hash of all files: what a project installs from places of its own may depend on any."""
    total = blake2b(digest_size=16)
    for name in project.files:
        content = blake2b((project.root / name).read_bytes(), digest_size=16).hexdigest()
        total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()


def _dependency_tables(text: str) -> str:
    """The tables that installing reads, as JSON in a fixed order."""
    values = tomllib.loads(text)
    project = values.get("project", {})
    name = str(project.get("name", ""))
    told = {
        "project": {key: project.get(key) for key in _PROJECT_KEYS},
        "groups": values.get("dependency-groups"),
        "uv": values.get("tool", {}).get("uv"),
        "build": values.get("build-system"),
    }
    written = json.dumps(told, sort_keys=True, default=str)
    # A project may name itself (`name[extra]`): then its name matters.
    return f"{name}\0{written}" if name and name in written else written


def lock_identity(name: str, text: str) -> str:
    """What a uv lock installs: without the project's own name and version, and without what the
    same lock may or may not say of a file (its size, its age). An unreadable lock is itself."""
    try:
        values = tomllib.loads(text)
        packages = [_package_identity(name, package) for package in values.pop("package", [])]
        told = json.dumps([values, sorted(packages)], sort_keys=True, default=str)
    except (
        tomllib.TOMLDecodeError,
        RecursionError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
    ):
        told = text
    return blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _package_identity(project: str, package: dict[str, Any]) -> str:
    """One package of a lock as JSON; files are known by their hashes."""
    told = dict(package)
    for key in ("sdist", "wheels"):
        files = told.get(key, [])
        listed = files if isinstance(files, list) else [files]
        told[key] = sorted(str(f.get("hash", f)) for f in listed)
    source = told.get("source", {})
    if told.get("name") == project and source.get("virtual", source.get("editable")) == ".":
        del told["name"]
        told.pop("version", None)
    return json.dumps(told, sort_keys=True, default=str)
