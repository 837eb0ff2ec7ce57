"""What a project's lock pins, as packages of the registry."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from autonomous_coder.languages.base import Package, ProjectView
from autonomous_coder.languages.python.metadata import Metadata

LOCK = "uv.lock"
_PINNED = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([\w.+!-]+)\s*(?:[;#\\].*)?$")


def packages(project: ProjectView, metadata: Metadata) -> list[Package]:
    """Everything uv.lock takes from an index; without one, the exact pins of requirements.txt."""
    direct = metadata.dependencies | metadata.optional | metadata.development
    if LOCK in project.files:
        return _locked(project.read(LOCK), direct)
    found = []
    for number, line in enumerate(project.read("requirements.txt").splitlines(), 1):
        if match := _PINNED.match(line):
            name = re.sub(r"[-_.]+", "-", match[1]).lower()
            found.append(Package("pypi", name, match[2], True, "requirements.txt", number))
    return found


def _locked(text: str, direct: frozenset[str] | set[str]) -> list[Package]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return []
    lines = {
        match[1]: text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r'^name = "([^"]+)"$', text, re.M)
    }
    found = []
    entries = document.get("package")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not _from_index(entry.get("source")):
            continue
        name, version = entry.get("name"), entry.get("version")
        if isinstance(name, str) and isinstance(version, str):
            found.append(Package("pypi", name, version, name in direct, LOCK, lines.get(name, 0)))
    return found


def _from_index(source: Any) -> bool:
    return isinstance(source, dict) and "registry" in source
