"""The stacks of Python programs that others start: each part with its version and why."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import STORED, TOOLS, stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PROTOCOL = (
    ("protocol", "mcp", "mcp", "the official SDK; it speaks with hosts of every protocol era"),
    ("validation", "pydantic", "pydantic", "arguments are checked by the schemas assistants see"),
)


def python_mcp_server(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """The SDK, and SQLAlchemy where something is stored."""
    stored = STORED if spec.entities else ()
    return stack((*PROTOCOL, *stored, *TOOLS), resolution, language_reason)
