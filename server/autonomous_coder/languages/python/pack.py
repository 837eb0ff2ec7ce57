"""The Python pack: what the generator needs beside templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.python.pack_build import ViewBuilder
from autonomous_coder.languages.python.pack_cli import cli_view
from autonomous_coder.languages.python.pack_desktop import desktop_view
from autonomous_coder.languages.python.pack_game import game_view
from autonomous_coder.languages.python.pack_library import library_view
from autonomous_coder.languages.python.pack_mcp import mcp_view
from autonomous_coder.languages.python.pack_migrations import VERSIONS, next_migration
from autonomous_coder.languages.python.pack_package import package_name
from autonomous_coder.languages.python.pack_pipeline import pipeline_view
from autonomous_coder.languages.python.pack_project import packaged, pyproject
from autonomous_coder.languages.python.pack_realtime import realtime_view
from autonomous_coder.languages.python.pack_service_jobs import service_view
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.languages.python.pack_web import web_view
from autonomous_coder.languages.python.pack_worker import worker_view
from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_START = {
    "rest_api": "uv run fastapi dev",
    "web_app": "uv run fastapi dev",
    "cli": "uv run {name} --help",
    "library": 'uv run python -c "import {package}"',
    "mcp_server": "uv run {name}",
    "worker": "uv run {name} start",
    "data_pipeline": "uv run {name} --help",
    "realtime": "uv run python -m app",
    "game": "uv run {name}",
    "desktop_app": "uv run {name}",
}
"""How a project of each archetype is started."""
_VIEWS: Mapping[str, Callable[[SpecView, ProjectSpec], SpecView]] = {
    "rest_api": service_view,
    "cli": cli_view,
    "library": library_view,
    "web_app": web_view,
    "mcp_server": mcp_view,
    "worker": worker_view,
    "data_pipeline": pipeline_view,
    "game": game_view,
    "desktop_app": desktop_view,
}
"""What archetypes make of the view that all of them share."""
_TEST = re.compile(r"(?:async )?def (test_\w+)\(")


def pystr(value: object) -> str:
    """Any text as a Python string literal on one line of ASCII and printable characters."""
    return repr(str(value))


def field_options(alias: str, default: str, description: str, *, answer: bool = False) -> str:
    """What follows a pydantic field's annotation; `default` and `description` are expressions.

    An `answer` is read from a row by attribute: its alias must not be looked for there.
    """
    options = {
        "default": default,
        "serialization_alias" if answer else "alias": repr(alias) if alias else "",
        "description": description,
    }
    given = [f"{name}={value}" for name, value in options.items() if value]
    if given == [f"default={default}"]:
        return f" = {default}"
    return f" = Field({', '.join(given)})" if given else ""


class PythonPack:
    """Python projects managed with uv."""

    language = "python"
    ecosystem = "pypi"
    runtime = ">=3.11"
    manifest = "pyproject.toml"
    lockfile = "uv.lock"
    migrations = VERSIONS

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView:
        """The spec with safe names; see `pack_view`."""
        if spec.archetype == "realtime":
            return realtime_view(spec, features)
        # The things of a game are no tables.
        stored = [] if spec.archetype == "game" else spec.entities
        view = ViewBuilder(spec.model_copy(update={"entities": stored}), features).build()
        return _VIEWS[spec.archetype](view, spec) if spec.archetype in _VIEWS else view

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """An Alembic migration; see `pack_migrations`."""
        if not isinstance(before, SpecView) or not isinstance(now, SpecView):
            return None
        return next_migration(before, now, existing)

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`pystr` writes free text as a literal."""
        return {"pystr": pystr}

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`field_options` finishes the declaration of a pydantic field."""
        return {"field_options": field_options}

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """`pyproject.toml` is the one data file of this pack."""
        if path != "pyproject.toml":
            raise GenerationError(
                f"the Python pack cannot serialise '{path}'",
                hint="Contribute to pyproject.toml, or add a template for the file.",
            )
        return pyproject(packaged(data, spec), spec, dependencies, resolution)

    def test_id(self, path: str, line: str) -> str | None:
        """pytest's id of a test function that starts at this line."""
        match = _TEST.match(line)
        return f"{path}::{match.group(1)}" if match else None

    def owns(self, path: str) -> bool:
        """ruff formats Python files."""
        return path.endswith(".py")

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """uv makes the environment on first use."""
        start = _START[spec.archetype]
        package = package_name(spec) if "{package}" in start else ""
        return start.format(name=spec.name, package=package), "uv run pytest"
