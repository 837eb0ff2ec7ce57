"""What the tests of the MCP faces share: a server with state of its own, and what it answers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from autonomous_coder.app import create_server
from autonomous_coder.settings import Settings, load_settings

Era = Literal["auto", "legacy"]
ERAS: tuple[Era, ...] = ("auto", "legacy")
MAX_RESULT_BYTES = 40_000

SERVE = (
    "from autonomous_coder.settings import load_settings\n"
    "from autonomous_coder.app import run_server\n"
    "run_server(load_settings())\n"
)


def settings_in(root: Path, **sections: Any) -> Settings:
    """Settings with all state under `root`, without network unless `research` says otherwise."""
    places = {
        "data_dir": str(root / "state"),
        "cache_dir": str(root / "cache"),
        "allowed_roots": (str(root),),
    }
    return load_settings(paths=places, **{"research": {"offline": True}, **sections})


@asynccontextmanager
async def host(root: Path, era: Era = "auto", **sections: Any) -> AsyncIterator[Client]:
    """A client in memory, of a server with state under `root`."""
    async with Client(create_server(settings_in(root, **sections)), mode=era) as client:
        yield client


def environment(root: Path) -> Mapping[str, str]:
    """What a server process started by a test is told."""
    kept = {k: os.environ[k] for k in ("PATH", "HOME", "LANG", "TMPDIR") if k in os.environ}
    return {
        **kept,
        "AUTONOMOUS_CODER_DATA_DIR": str(root / "state"),
        "AUTONOMOUS_CODER_CACHE_DIR": str(root / "cache"),
        "AUTONOMOUS_CODER_RESEARCH__OFFLINE": "true",
    }


def over_stdio(root: Path) -> StdioServerParameters:
    """How a host starts the server as a process."""
    return StdioServerParameters(
        command=sys.executable, args=["-c", SERVE], env=dict(environment(root))
    )


def text_of(result: CallToolResult) -> str:
    """The text a host without structured content shows."""
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def size_of(result: CallToolResult) -> int:
    """Bytes of the whole result on the wire."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a call that must succeed, small enough and ending in a next step."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return checked(result)


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """The text of a call that must fail."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, text_of(result)
    checked(result)
    return text_of(result)


def checked(result: CallToolResult) -> dict[str, Any]:
    """What holds of every result of every tool."""
    data: dict[str, Any] | None = result.structured_content
    assert data is not None
    assert size_of(result) <= MAX_RESULT_BYTES
    assert data["next"], "a result says what to do next"
    assert text_of(result).endswith(data["next"])
    json.dumps(data)
    return data
