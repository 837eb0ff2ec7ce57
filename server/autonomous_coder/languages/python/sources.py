"""Where a project's dependencies come from: an index alone, or also places of its own.

uv's `--no-build` can be undone by a project's own settings and does not cover editable
requirements, so whether code may run while installing is decided here, by what is known to be
harmless. Everything else is given no directory that other projects share.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from autonomous_coder.languages.base import ProjectView

_SETTINGS = frozenset(
    {
        "conflicts", "constraint-dependencies", "default-groups", "dependency-groups",
        "dev-dependencies", "environments", "exclude-newer", "extra-index-url", "index",
        "index-strategy", "index-url", "managed", "override-dependencies", "package", "prerelease",
        "required-environments", "required-version", "resolution", "sources",
    }
)  # fmt: skip
_REQUIREMENTS = ("constraint-dependencies", "override-dependencies", "dev-dependencies")
_SOURCE_KEYS = frozenset({"index", "marker", "extra", "group"})
_ARCHIVES = (".whl", ".gz", ".zip", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".egg")
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[\w\s,.-]*\])?\s*([<>=!~(;].*)?", re.A)
_HASH = re.compile(r"\s--hash=[a-z0-9]+:[0-9a-f]+")


def from_indexes_only(project: ProjectView, lists: Iterable[str]) -> bool:
    """Whether every dependency is a name that an index answers for, and no setting says more.
    `lists` are the requirement files that are installed from."""
    lists = tuple(lists)
    if "uv.toml" in project.files or "uv.toml" in project.links:
        return False
    if {*lists, "pyproject.toml", "uv.lock"} & set(project.links):
        return False
    try:
        values = _toml(project, "pyproject.toml")
        lock = _toml(project, "uv.lock")
    except (ValueError, RecursionError):
        return False
    told = [line for name in lists for line in _lines(project.read(name))]
    return _plain_settings(values) and _plain_lock(lock) and all(map(_plain_line, told))


def _toml(project: ProjectView, name: str) -> dict[str, Any]:
    return tomllib.loads(project.read(name))


def _table(values: Any, key: str) -> Mapping[str, Any]:
    found = values.get(key) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


def _plain_settings(values: Mapping[str, Any]) -> bool:
    main, uv = _table(values, "project"), _table(_table(values, "tool"), "uv")
    declared = [
        main.get("dependencies"),
        *_table(main, "optional-dependencies").values(),
        *_table(values, "dependency-groups").values(),
        *(uv.get(key) for key in _REQUIREMENTS),
    ]
    sources = uv.get("sources", {})
    indexes = uv.get("index", [])
    return (
        uv.keys() <= _SETTINGS
        and all(map(_plain_requirements, declared))
        and isinstance(sources, dict)
        and all(map(_plain_source, sources.values()))
        and isinstance(indexes, list)
        and all(isinstance(i, dict) and _is_web(i.get("url")) for i in indexes)
        and _is_web(uv.get("index-url", "https://"))
        and all(map(_is_web, _listed(uv.get("extra-index-url"))))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_web(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("https://")


def _plain_requirements(value: Any) -> bool:
    """A group may include another one by a table; that one is looked at by itself."""
    return all(
        _plain_line(item) if isinstance(item, str) else isinstance(item, dict)
        for item in _listed(value)
    )


def _plain_source(value: Any) -> bool:
    return all(isinstance(v, dict) and v.keys() <= _SOURCE_KEYS for v in _listed(value))


def _plain_lock(lock: Mapping[str, Any]) -> bool:
    packages = lock.get("package", [])
    return isinstance(packages, list) and all(
        isinstance(p, dict) and _plain_origin(_table(p, "source")) for p in packages
    )


def _plain_origin(source: Mapping[str, Any]) -> bool:
    """From an index, or the project itself, which is not installed."""
    if set(source) == {"registry"}:
        return _is_web(source["registry"])
    return dict(source) in ({"virtual": "."}, {"editable": "."})


def _lines(text: str) -> list[str]:
    """The requirements of a list, continued lines joined, without comments and hashes."""
    joined = text.replace("\\\r\n", " ").replace("\\\n", " ")
    lines = (re.sub(r"(^|\s)#.*", "", line) for line in joined.splitlines())
    return [line for line in (_HASH.sub("", line).strip() for line in lines) if line]


def _plain_line(line: str) -> bool:
    head = line.partition(";")[0].strip()
    named = _NAMED.fullmatch(line.strip()) is not None and not {"@", "/", "\\", ":"} & set(head)
    return named and not head.lower().endswith(_ARCHIVES)
