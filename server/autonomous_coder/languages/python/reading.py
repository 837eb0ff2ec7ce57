"""Which files of a project tools that only read it look at, so that a change elsewhere costs
nothing."""

from __future__ import annotations

import re

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.python.facts import is_python

_ENDS = (".toml", ".cfg", ".ini", ".ipynb")
_NAMES = frozenset({".gitignore", ".ignore", ".bandit"})
_LISTS = re.compile(r"requirements[\w.-]*\.txt")
_EXTENDS = re.compile(r"^\s*[\"']?extend[\"']?\s*=", re.M)


def files_read(project: ProjectView) -> tuple[str, ...] | None:
    """Sources and whatever configures a tool. None when it may be any file: behind a link, or
    where a configuration takes another one in."""
    if project.links:
        return None
    found = tuple(file for file in project.files if _read(file))
    if any(file.endswith(".toml") and _EXTENDS.search(project.read(file)) for file in found):
        return None
    return found


def _read(file: str) -> bool:
    name = file.rsplit("/", 1)[-1]
    return (
        is_python(file)
        or name.endswith(_ENDS)
        or name in _NAMES
        or _LISTS.fullmatch(name) is not None
    )
