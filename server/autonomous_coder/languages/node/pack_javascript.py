"""The JavaScript pack: what differs from the one of TypeScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.models.spec import ProjectSpec

_START = {
    "rest_api": "npm ci && npm start",
    "cli": "npm ci && node src/cli.js --help",
    "library": "npm ci",
    "mcp_server": "npm ci && node src/main.js --help",
}
"""How a project of each archetype is started: nothing has to be built."""


class JavaScriptPack(TypeScriptPack):
    """JavaScript on Node, managed with npm, tested by Node's own runner."""

    language = "javascript"
    suffix = "js"

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`ts` writes nothing: templates are shared with TypeScript."""
        return {**super().functions(), "ts": lambda _: ""}

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """npm installs what the lock names first."""
        return _START[spec.archetype], "npm ci && npm test"
