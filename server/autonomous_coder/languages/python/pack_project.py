"""pyproject.toml, built as data and serialised."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autonomous_coder.languages.common.style import style_of
from autonomous_coder.languages.python.pack_package import package_name
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_ENTRIES = {
    "cli": "cli:app",
    "mcp_server": "__main__:main",
    "worker": "__main__:main",
    "data_pipeline": "cli:app",
    "game": "__main__:main",
    "desktop_app": "__main__:main",
}
"""What the command of a program calls."""
_IN_WINDOWS = frozenset({"game", "desktop_app"})
"""Programs that need no console."""


def pyproject(
    data: Mapping[str, object],
    spec: ProjectSpec,
    dependencies: Dependencies,
    resolution: Resolution | None,
) -> str:
    """The file's text: layers' tables, with the project's own data and dependencies put in."""
    import tomlkit

    versions = {_canonical(n): v for n, v in (resolution.versions() if resolution else {}).items()}
    given = data.get("project")
    project: dict[str, object] = {
        "name": spec.name,
        "version": "0.1.0",
        "description": _one_line(spec.description or spec.title or spec.name),
        "readme": "README.md",
        "requires-python": dependencies.runtime,
    }
    project |= dict(given) if isinstance(given, Mapping) else {}
    extras = project.pop("optional-dependencies", None)
    document = tomlkit.document()
    project["dependencies"] = _pinned(dependencies.packages, dependencies.holds, versions)
    if isinstance(extras, Mapping) and (more := _new_extras(extras, dependencies, versions)):
        project["optional-dependencies"] = more
    document["project"] = _item(project)
    groups = {"dev": _pinned(dependencies.dev_packages, dependencies.holds, versions)}
    document["dependency-groups"] = _item(groups)
    for key, value in data.items():
        if key not in {"project", "dependency-groups"}:
            tools = _styled(_plugged(value, dependencies), spec) if key == "tool" else value
            document[key] = _item(tools)
    return tomlkit.dumps(document)


def _styled(tool: object, spec: ProjectSpec) -> object:
    """The tables of tools, with the length of lines that the style guide says; without that of
    tests where there are none."""
    ruff = tool.get("ruff") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or not isinstance(ruff, Mapping):
        return tool
    left = {"pytest"} if "tests" in spec.left_out else set()
    kept = {name: table for name, table in tool.items() if name not in left}
    return {**kept, "ruff": {**ruff, "line-length": style_of(spec).width}}


def _plugged(tool: object, dependencies: Dependencies) -> object:
    """The tables of tools that are there; mypy without plugins of packages that are not."""
    mypy = tool.get("mypy") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or not isinstance(mypy, Mapping):
        return tool
    there = {_canonical(name) for name in dependencies.packages}
    plugins = [p for p in mypy.get("plugins", []) if _canonical(p.partition(".")[0]) in there]
    kept = {name: value for name, value in mypy.items() if name != "plugins"}
    left = {"alembic"} - there
    tool = {name: table for name, table in tool.items() if name not in left}
    return {**tool, "mypy": {**kept, **({"plugins": plugins} if plugins else {})}}


def packaged(data: Mapping[str, object], spec: ProjectSpec) -> Mapping[str, object]:
    """The tables with what the build backend of a package is told; others as they are."""
    if "build-system" not in data:
        return data
    package = package_name(spec)
    given = data.get("project")
    project = dict(given) if isinstance(given, Mapping) else {}
    if spec.archetype in _ENTRIES:
        table = "gui-scripts" if spec.archetype in _IN_WINDOWS else "scripts"
        project[table] = {spec.name: f"{package}.{_ENTRIES[spec.archetype]}"}
    tool = data.get("tool")
    hatch = {
        "build": {"targets": {"wheel": {"packages": [f"src/{package}"]}}},
    }
    return {
        **data,
        "project": project,
        "tool": {"hatch": hatch, **(dict(tool) if isinstance(tool, Mapping) else {})},
    }


def _new_extras(
    extras: Mapping[str, object], dependencies: Dependencies, versions: Mapping[str, str]
) -> dict[str, list[str]]:
    """Extras that bring something the project does not depend on anyway; the driver of a database
    only where there is one."""
    known = {_canonical(name) for name in dependencies.packages}
    known |= set() if "sqlalchemy" in known else {"asyncpg"}
    return {
        extra: _pinned(names, dependencies.holds, versions)
        for extra, names in extras.items()
        if isinstance(names, list) and not known.issuperset(map(_canonical, names))
    }


def _item(value: object) -> object:
    """tomlkit's own items, lists of several entries one a line."""
    import tomlkit

    if isinstance(value, Mapping):
        only_tables = bool(value) and all(isinstance(v, Mapping) for v in value.values())
        table = tomlkit.table(is_super_table=only_tables)
        for key, inner in value.items():
            table[key] = _item(inner)
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(inner)
        array.multiline(len(value) > 3 or sum(len(str(v)) for v in value) > 70)
        return array
    return value


def _pinned(names: list[str], holds: Mapping[str, str], versions: Mapping[str, str]) -> list[str]:
    return [name + _specifier(name, holds, versions) for name in names]


def _specifier(name: str, holds: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """`>=resolved`, together with a known hold's upper bound."""
    base = _canonical(name)
    hold = next((text for held, text in holds.items() if _canonical(held) == base), "")
    version = versions.get(base, "")
    lower = f">={version}" if version else ""
    if not hold:
        return lower
    upper = ",".join(part for part in hold.split(",") if not (lower and part.startswith(">")))
    return ",".join(part for part in (lower, upper) if part)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:300]
