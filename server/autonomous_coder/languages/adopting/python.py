"""A Python project: uv, Poetry or pip, and the tools that it declares."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from autonomous_coder.languages.adopting.frameworks import frameworks
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.python.facts import is_test_file
from autonomous_coder.languages.python.metadata import (
    Metadata,
    normalise,
    read_metadata,
    requirement_files,
    strings,
    table,
)
from autonomous_coder.models.adoption import Action, Component, Hook

UV_ACTION = "astral-sh/setup-uv@v8.1.0"
PYTHON_ACTION = "actions/setup-python@v6"
_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]{0,60}", re.A)
_PREFIXES = {"uv": "uv run ", "poetry": "poetry run ", "pip": "python -m "}


def python(project: ProjectView) -> Component:
    """What the manifests say; a pyproject.toml that cannot be read says nothing."""
    about = read_metadata(project)
    values = _values(project)
    declared = about.dependencies | about.optional | about.development | _poetry(values)
    manager = _manager(project, values)
    # pip installs a project only as a package, and this one is none: uv installs what it needs.
    plain = manager == "pip" and _main(values) and not _is_package(project, values)
    manager = "uv" if plain else manager
    prefix = _PREFIXES[manager]
    version = f"3.{max(about.minor, 11)}"
    action = (
        Action(uses=UV_ACTION, inputs={"python-version": version})
        if manager == "uv"
        else Action(uses=PYTHON_ACTION, inputs={"python-version": version})
    )
    commands = {"install": _install(project, about, manager)}
    hooks: list[Hook] = []
    if "ruff" in declared:
        commands["lint"] = f"{prefix}ruff check"
        types = ["python", "pyi"]
        hooks = [
            Hook(id="ruff-check", entry=f"{prefix}ruff check", types=types, files=True),
            Hook(id="ruff-format", entry=f"{prefix}ruff format", types=types, files=True),
        ]
    commands["test"] = _test(project, prefix, declared)
    if not commands["test"] and "lint" not in commands:
        commands["check"] = f"{'' if manager == 'pip' else prefix}python -m compileall -q ."
    manifests = [f for f in ("pyproject.toml", *requirement_files(project)) if f in project.files]
    runtime = declared - about.development
    return Component(
        language="python",
        name=about.name or str(table(values, "tool", "poetry").get("name") or ""),
        manager="" if plain else manager,
        frameworks=frameworks("python", runtime, project, manifests),
        actions=[action],
        commands={step: line for step, line in commands.items() if line},
        hooks=hooks,
        licence=_licence(values),
    )


def _values(project: ProjectView) -> dict[str, Any]:
    try:
        return tomllib.loads(project.read("pyproject.toml"))
    except (ValueError, RecursionError):
        return {}


def _manager(project: ProjectView, values: dict[str, Any]) -> str:
    if "uv.lock" in project.files or table(values, "tool", "uv"):
        return "uv"
    if "poetry.lock" in project.files or (table(values, "tool", "poetry") and not _main(values)):
        return "poetry"
    return "pip"


def _is_package(project: ProjectView, values: dict[str, Any]) -> bool:
    """Whether pip can install it, or what it needs from a list."""
    return (
        "build-system" in values or "setup.py" in project.files or bool(requirement_files(project))
    )


def _main(values: dict[str, Any]) -> dict[str, Any]:
    return table(values, "project")


def _poetry(values: dict[str, Any]) -> frozenset[str]:
    """Packages of Poetry's own tables."""
    poetry = table(values, "tool", "poetry")
    names = [*table(poetry, "dependencies"), *table(poetry, "dev-dependencies")]
    for group in table(poetry, "group").values():
        names += table(group, "dependencies")
    return frozenset(normalise(name) for name in names if name != "python")


def _install(project: ProjectView, about: Metadata, manager: str) -> str:
    extras = [name for name in about.extras if _PLAIN.fullmatch(name)]
    groups = [name for name in about.groups if _PLAIN.fullmatch(name) and name != "dev"]
    if manager == "uv":
        more = [*(f" --extra {name}" for name in extras), *(f" --group {name}" for name in groups)]
        locked = " --locked" if "uv.lock" in project.files else ""
        return f"uv sync{locked}{''.join(more)}"
    if manager == "poetry":
        return "pipx install poetry && poetry install"
    wanted = [f"-r {path}" for path in requirement_files(project) if _PLAIN.fullmatch(path)]
    if "build-system" in _values(project) or "setup.py" in project.files:
        wanted.insert(0, f"-e '.[{','.join(extras)}]'" if extras else "-e .")
    wanted += [f"--group {name}" for name in about.groups if _PLAIN.fullmatch(name)]
    return f"python -m pip install {' '.join(wanted)}" if wanted else ""


def _test(project: ProjectView, prefix: str, declared: frozenset[str]) -> str:
    if "pytest" in declared:
        return f"{prefix}pytest"
    if "manage.py" in project.files and "django" in declared:
        return f"{prefix.replace('-m ', '')}{'' if '-m' in prefix else 'python '}manage.py test"
    tests = [f for f in project.files if is_test_file(f)]
    if any("unittest" in project.read(f) for f in tests[:50]):
        return f"{'' if '-m' in prefix else prefix}python -m unittest discover"
    return ""


def _licence(values: dict[str, Any]) -> str:
    main = _main(values) or table(values, "tool", "poetry")
    said = main.get("license")
    if isinstance(said, dict):
        said = said.get("text") or said.get("file")
    named = next((c for c in strings(main.get("classifiers")) if c.startswith("License ::")), "")
    return (said if isinstance(said, str) else named)[:100]
