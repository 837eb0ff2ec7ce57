"""How a tool is described: its face (name, hints, schemas) beside the function behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import mcp.types as t
from mcp.server.mcpserver.tools import Tool

ToolFunction = Callable[..., Awaitable[t.CallToolResult]]

WAIT_PARAMETER = "wait_seconds"
DEFAULT_WAIT_SECONDS: float = 45
MAX_WAIT_SECONDS = 600
MAX_DESCRIPTION = 20_000
MAX_PATH = 4_096
MAX_ID = 100


@dataclass(frozen=True, slots=True)
class Hints:
    """What a host may assume of a tool; all four are always published."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool. `output` maps the top-level keys of its structured content to JSON types."""

    name: str
    title: str
    description: str
    toolset: str
    hints: Hints
    function: ToolFunction
    output: Mapping[str, str] = field(default_factory=dict)

    def build(self) -> Tool:
        """The tool as the SDK registers it, with compact and portable schemas."""
        tool = Tool.from_function(
            self.function,
            name=self.name,
            title=self.title,
            description=self.description,
            annotations=t.ToolAnnotations(
                title=self.title,
                read_only_hint=self.hints.read_only,
                destructive_hint=self.hints.destructive,
                idempotent_hint=self.hints.idempotent,
                open_world_hint=self.hints.open_world,
            ),
            structured_output=False,
        )
        tool.parameters = _compact(tool.parameters)
        tool.fn_metadata.output_schema = self._output_schema()
        return tool

    def _output_schema(self) -> dict[str, Any]:
        """Deliberately shallow: the keys and their types, so that no result can fail it."""
        properties: dict[str, Any] = {key: {"type": kind} for key, kind in self.output.items()}
        properties["next"] = {"type": "string"}
        return {"type": "object", "properties": properties, "required": ["next"]}


def _compact(schema: dict[str, Any]) -> dict[str, Any]:
    """The input schema without pydantic's titles, closed to unknown arguments."""
    properties = {}
    for name, value in schema.get("properties", {}).items():
        kept = {key: item for key, item in value.items() if key != "title"}
        if kept.get("default") in ("", False) and kept["type"] in ("string", "boolean"):
            # What is not required may be left out: that says as much.
            del kept["default"]
        if kept.get("additionalProperties") is True:
            del kept["additionalProperties"]
        properties[name] = kept
    compact: dict[str, Any] = {"type": "object", "properties": properties}
    if schema.get("required"):
        compact["required"] = schema["required"]
    compact["additionalProperties"] = False
    return compact
