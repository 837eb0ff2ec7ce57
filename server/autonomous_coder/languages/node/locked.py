"""What package-lock.json pins, as packages of the registry."""

from __future__ import annotations

from typing import Any

from autonomous_coder.languages.base import Package, ProjectView
from autonomous_coder.languages.node.installing import LOCKFILE
from autonomous_coder.languages.node.manifest import load, read_workspace

MAX_PACKAGES = 20_000


def packages(project: ProjectView) -> list[Package]:
    """Everything the lock (version 2 or 3) takes from the registry, each version once."""
    text = project.read(LOCKFILE)
    if not text:
        return []
    direct = {name for manifest in read_workspace(project).all for name in manifest.declared}
    lines = _lines(text)
    found: dict[tuple[str, str], Package] = {}
    for place, entry in locked(text).items():
        name = package_name(place, entry)
        version = entry.get("version")
        if not name or not isinstance(version, str) or not _from_registry(entry):
            continue
        first = place == f"node_modules/{name}" and name in direct
        if (name, version) not in found or first:
            found[name, version] = Package(
                "npm", name, version, first, LOCKFILE, lines.get(place, 0)
            )
    return list(found.values())[:MAX_PACKAGES]


def locked(text: str) -> dict[str, dict[str, Any]]:
    """The lock's entries by the place they are installed at."""
    data, fault = load(text)
    entries = data.get("packages") if not fault and isinstance(data, dict) else None
    if not isinstance(entries, dict):
        return {}
    return {k: v for k, v in entries.items() if isinstance(v, dict)}


def package_name(place: str, entry: dict[str, Any]) -> str:
    """The registry's name of what is installed at a place; empty for the project's own parts."""
    if "node_modules/" not in place or entry.get("link"):
        return ""
    alias = entry.get("name")
    return alias if isinstance(alias, str) else place.rsplit("node_modules/", 1)[1]


def _from_registry(entry: dict[str, Any]) -> bool:
    resolved = entry.get("resolved")
    return not isinstance(resolved, str) or resolved.startswith(("https://", "http://"))


def _lines(text: str) -> dict[str, int]:
    """Place -> the line of the lock that names it."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key = line.strip()
        if key.startswith('"') and key.endswith('": {'):
            found.setdefault(key[1:-4], number)
    return found
