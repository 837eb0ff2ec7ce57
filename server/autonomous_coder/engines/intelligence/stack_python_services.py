"""The stacks of Python programs that others start: each part with its version and why."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import STORED, TOOLS, stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PROTOCOL = (
    ("protocol", "mcp", "mcp", "the official SDK; it speaks with hosts of every protocol era"),
    ("validation", "pydantic", "pydantic", "arguments are checked by the schemas assistants see"),
)
SCHEDULED = (
    ("schedules", "cronsim", "cronsim", "cron expressions; small, typed and without dependencies"),
    ("settings", "pydantic-settings", "pydantic-settings", "typed variables of the environment"),
    ("runs", "sqlalchemy", "sqlalchemy", "typed tables; no SQL put together from strings"),
    ("database", "sqlite", "", "one file beside the worker; needs no server"),
)


def python_mcp_server(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """The SDK, and SQLAlchemy where something is stored."""
    stored = STORED if spec.entities else ()
    return stack((*PROTOCOL, *stored, *TOOLS), resolution, language_reason)


def python_worker(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """A loop of its own on cron expressions."""
    del spec
    return stack((*SCHEDULED, *TOOLS), resolution, language_reason)
