"""The stacks of Python programs that others start: each part with its version and why."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import (
    HASHED,
    MIGRATED,
    ON_POSTGRESQL,
    ON_SQLITE,
    STORED,
    TOOLS,
    Row,
    stack,
)
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PROTOCOL = (
    ("protocol", "mcp", "mcp", "the official SDK; it speaks with hosts of every protocol era"),
    ("validation", "pydantic", "pydantic", "arguments are checked by the schemas assistants see"),
)
SPOKEN = (
    (
        "web framework",
        "fastapi",
        "fastapi",
        "typed WebSockets and HTTP routes in one application",
    ),
    ("server", "uvicorn", "uvicorn", "the ASGI server FastAPI is run with"),
    ("protocol", "websockets", "websockets", "what uvicorn speaks WebSocket with; its client, too"),
    ("validation", "pydantic", "pydantic", "every frame is checked by its channel's schema"),
)
ARCHIVED = (
    ("history", "sqlalchemy", "sqlalchemy", "typed tables of what was said, on every database"),
)
IN_MEMORY = (
    ("history", "in memory", "", "nothing is stored: ask for sqlite, and it outlives the process"),
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


def python_realtime(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """FastAPI's WebSockets, and a database where something is kept."""
    features = {*spec.features}
    history: tuple[Row, ...] = IN_MEMORY
    if features & {"sqlite", "postgresql", "accounts"}:
        database = ON_POSTGRESQL if "postgresql" in features else ON_SQLITE
        history = (*ARCHIVED, *database, MIGRATED)
    hashed = (HASHED,) if "accounts" in features else ()
    tools = tuple(tool for tool in TOOLS if tool[0] != "build")
    return stack((*SPOKEN, *history, *hashed, *tools), resolution, language_reason)


def python_worker(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """A loop of its own on cron expressions."""
    del spec
    return stack((*SCHEDULED, *TOOLS), resolution, language_reason)
