"""A host's conversation with a real server process: six calls, and one build watched by status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]

SENTENCE = "Create a REST API in Python for a todo app with authentication"
SMALL = "Create a Python library for books and their authors"
Era = Literal["auto", "legacy"]


@asynccontextmanager
async def server(mode: Era) -> AsyncIterator[Client]:
    """A client of a server started as a host starts it."""
    passed = {
        k: v for k, v in os.environ.items() if k.startswith(("AUTONOMOUS", "SSL", "PIP", "XDG"))
    }
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "autonomous_coder", "serve"], env=passed
    )
    async with Client(parameters, mode=mode, read_timeout_seconds=300) as client:
        yield client


def text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a call that must succeed; text and structure both stay small."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    assert len(json.dumps(result.structured_content)) + len(text_of(result)) < 40_000
    return result.structured_content


async def call_long(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The same for a call that may outlast `wait_seconds`."""
    answer = await call(client, tool, wait_seconds=45, **arguments)
    while answer.get("status") == "running":
        answer = await call(client, "status", run_id=answer["run_id"], wait_seconds=45)
    return answer


@pytest.mark.thorough
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_host_builds_a_project_with_six_separate_calls(mode: Era, tmp_path: Path) -> None:
    output = tmp_path / "todo"
    async with server(mode) as client:
        facts = await call(client, "research", packages=["pypi:fastapi", "npm:hono"])
        assert all(fact["version"] for fact in facts["packages"])

        planned = await call(client, "plan", description=SENTENCE)
        project_id = planned["project_id"]

        written = await call_long(
            client, "generate", project_id=project_id, output_path=str(output)
        )
        assert (output / "pyproject.toml").is_file()
        assert written["status"] == "succeeded"

        (output / "app" / "broken.py").write_text("import json\n\nx = 1\n", encoding="utf-8")
        checked = await call_long(
            client, "validate", project_id=project_id, checks=["syntax", "lint", "format"]
        )
        assert "F401" in json.dumps(checked)

        fixed = await call_long(client, "fix", project_id=project_id)
        assert fixed["status"] == "succeeded"
        assert "import json" not in (output / "app" / "broken.py").read_text(encoding="utf-8")

        listed = await call(client, "checkpoint", action="list", project_id=project_id)
        assert len(listed["checkpoints"]) >= 2


async def test_a_host_watches_one_build_through_status(tmp_path: Path) -> None:
    output = tmp_path / "books"
    async with server("auto") as client:
        answer = await call(
            client, "build", description=SMALL, output_path=str(output), wait_seconds=1
        )
        run_id = answer["run_id"]
        seen = [answer]
        while answer["status"] == "running":
            answer = await call(client, "status", run_id=run_id, wait_seconds=1)
            seen.append(answer)
        assert len(seen) > 1
        shares = [a["percentage"] for a in seen if "percentage" in a]
        assert shares == sorted(shares)
        assert answer["status"] == "succeeded"
        assert answer["success"] is True
        assert {r["status"] for r in answer["requirements"]} == {"proven"}
