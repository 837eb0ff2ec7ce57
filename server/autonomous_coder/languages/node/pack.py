"""The TypeScript pack: what the generator needs beside templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.node.pack_build import ViewBuilder
from autonomous_coder.languages.node.pack_cli import cli_view
from autonomous_coder.languages.node.pack_client import CLIENTS, client_view, html_text
from autonomous_coder.languages.node.pack_client_view import ClientView
from autonomous_coder.languages.node.pack_fields import literal
from autonomous_coder.languages.node.pack_library import library_view
from autonomous_coder.languages.node.pack_mcp import mcp_view
from autonomous_coder.languages.node.pack_next import next_view
from autonomous_coder.languages.node.pack_pipeline import pipeline_view
from autonomous_coder.languages.node.pack_project import package_json
from autonomous_coder.languages.node.pack_realtime import realtime_view
from autonomous_coder.languages.node.pack_service_jobs import service_view
from autonomous_coder.languages.node.pack_tables import MIGRATIONS, migration, postgresql_tables
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.languages.node.pack_worker import worker_view
from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_START = {
    "rest_api": "npm ci && npm run build && npm start",
    "cli": "npm ci && npm run build && node dist/cli.js --help",
    "library": "npm ci && npm run build",
    "mcp_server": "npm ci && npm run build && node dist/main.js --help",
    "worker": "npm ci && npm run build && npm start",
    "data_pipeline": "npm ci && npm run build && node dist/main.js --help",
    "realtime": "npm ci && npm run build && npm start",
}
"""How a project of each archetype is started."""
VIEWS: Mapping[str, Callable[[SpecView, ProjectSpec], SpecView]] = {
    "rest_api": service_view,
    "cli": cli_view,
    "library": library_view,
    "mcp_server": mcp_view,
    "worker": worker_view,
    "data_pipeline": pipeline_view,
    "next_app": next_view,
}
"""What archetypes make of the view that all of them share."""
_TEST = re.compile(r"""\s*(?:test|it)\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")
FORMATTED = (".ts", ".tsx", ".js", ".mjs", ".json", ".css")


class TypeScriptPack:
    """TypeScript on Node, managed with npm."""

    language = "typescript"
    ecosystem = "npm"
    runtime = ">=20.19.0"
    suffix = "ts"
    """What the names of code files end with."""
    manifest = "package.json"
    lockfile = "package-lock.json"
    migrations = MIGRATIONS

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView | ClientView:
        """The spec with safe names; see `pack_view` and `pack_client_view`."""
        if spec.archetype in CLIENTS:
            return client_view(spec, features)
        if spec.archetype == "realtime":
            return realtime_view(spec, features, self.suffix)
        view = ViewBuilder(spec, features, self.suffix).build()
        return VIEWS[spec.archetype](view, spec) if spec.archetype in VIEWS else view

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """A numbered SQL file; see `pack_tables`."""
        if not isinstance(before, SpecView) or not isinstance(now, SpecView):
            return None
        return migration(before, now, existing)

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`tsstr` writes free text as a literal, `html` as text of a page."""
        return {"tsstr": literal, "html": html_text}

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`ts` writes what only TypeScript has, such as the type of a parameter;
        `postgresql_tables` makes a script of tables."""
        return {"ts": str, "postgresql_tables": postgresql_tables}

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """`package.json`; other JSON files are written as the layers give them."""
        if path == "package.json":
            return package_json(data, spec, dependencies, resolution)
        if path.endswith(".json"):
            return json.dumps(data, indent=2) + "\n"
        raise GenerationError(
            f"the TypeScript pack cannot serialise '{path}'",
            hint="Contribute to a JSON file, or add a template for the file.",
        )

    def test_id(self, path: str, line: str) -> str | None:
        """Vitest's id of a test that starts at this line."""
        match = _TEST.match(line)
        if match is None:
            return None
        title = next(text for text in match.groups() if text is not None)
        return f"{path}::{_ESCAPED.sub(_unescaped, title)}"

    def owns(self, path: str) -> bool:
        """Biome formats code and JSON."""
        return path.endswith(FORMATTED)

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """npm installs what the lock names first."""
        return _START[spec.archetype], "npm ci && npm test"


def _unescaped(match: re.Match[str]) -> str:
    """What an escape in a string stands for."""
    text = match.group(1)
    if len(text) > 1:
        return chr(int(text[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}.get(text, text)
