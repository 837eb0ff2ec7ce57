"""One test asks the same of every tool: its face is portable, complete and reviewed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from autonomous_coder.app import create_server
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import MAX_DESCRIPTION_CHARS
from autonomous_coder.settings import load_settings
from autonomous_coder_tools import TOOLS, TOOLSETS, select_tools
from autonomous_coder_tools.spec import MAX_DESCRIPTION, ToolSpec
from hosting import ERAS, Era, host

pytestmark = pytest.mark.anyio

SNAPSHOTS = Path(__file__).parent.parent / "__snapshots__"
NAMES = [
    "research",
    "plan",
    "generate",
    "validate",
    "fix",
    "checkpoint",
    "build",
    "status",
    "knowledge",
]
PROMISED = {
    "plan": {"description", "spec", "constraints", "preferences", "deadline"},
    "generate": {"project_id", "output_path", "preview"},
    "validate": {"path", "project_id", "checks"},
    "fix": {"path", "project_id"},
    "checkpoint": {"action", "path", "project_id", "checkpoint_id", "other_id", "label", "paths"},
    "build": {
        "description",
        "output_path",
        "spec",
        "constraints",
        "preferences",
        "deadline",
        "run_id",
        "cancel",
    },
    "status": {"run_id", "project_id"},
    "research": {"packages", "joint", "runtime", "offline"},
    "knowledge": {"query", "document_id", "limit", "ecosystem"},
}
LONG = {"research", "plan", "generate", "validate", "fix", "build", "status"}


def face(spec: ToolSpec) -> dict[str, Any]:
    """What a host sees of a tool."""
    tool = spec.build()
    assert tool.annotations is not None
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "annotations": tool.annotations.model_dump(by_alias=True, exclude_none=True),
        "inputSchema": tool.parameters,
        "outputSchema": tool.output_schema,
    }


def keywords(schema: Any) -> Iterator[str]:
    """Every key of a schema, at any depth."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from keywords(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keywords(value)


@pytest.mark.parametrize("spec", TOOLS, ids=lambda spec: spec.name)
def test_a_tool_has_a_title_and_all_hints_and_a_useful_description(spec: ToolSpec) -> None:
    seen = face(spec)
    hints = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
    assert hints | {"title"} == set(seen["annotations"])
    assert seen["title"]
    assert 100 < len(seen["description"]) < 600
    assert not (seen["annotations"]["readOnlyHint"] and seen["annotations"]["destructiveHint"])


@pytest.mark.parametrize("spec", TOOLS, ids=lambda spec: spec.name)
def test_the_schemas_of_a_tool_are_portable_and_every_parameter_is_described(
    spec: ToolSpec,
) -> None:
    seen = face(spec)
    schema = seen["inputSchema"]
    used = set(keywords(schema)) - set(schema["properties"])
    assert not used & {"anyOf", "oneOf", "allOf", "not", "$ref", "$defs", "title"}
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    for name, parameter in schema["properties"].items():
        assert parameter["description"].strip(), name
        assert isinstance(parameter["type"], str), name
    assert PROMISED[spec.name] <= set(schema["properties"])
    assert ("wait_seconds" in schema["properties"]) == (spec.name in LONG)
    assert seen["outputSchema"]["type"] == "object"
    assert not set(keywords(seen["outputSchema"])) & {"anyOf", "oneOf", "allOf", "$ref", "$defs"}


@pytest.mark.parametrize("spec", TOOLS, ids=lambda spec: spec.name)
def test_the_face_of_a_tool_is_the_committed_one(spec: ToolSpec) -> None:
    """UPDATE_SNAPSHOTS=1 writes it anew; the difference is then reviewed like code."""
    path = SNAPSHOTS / f"{spec.name}.json"
    seen = json.dumps(face(spec), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1" and not os.environ.get("CI"):
        path.write_text(seen, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == seen


def test_there_are_no_snapshots_of_tools_that_do_not_exist() -> None:
    assert sorted(path.stem for path in SNAPSHOTS.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize("era", ERAS)
async def test_the_list_of_tools_is_short_and_in_its_fixed_order(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == NAMES
        wire = listed.model_dump(by_alias=True, exclude_none=True, mode="json")
        assert len(json.dumps(wire)) < 16_000


@pytest.mark.parametrize("era", ERAS)
async def test_the_server_says_who_it_is_and_how_to_work_with_it(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        assert client.server_info is not None
        assert client.server_info.name == "autonomous-coder"
        assert client.server_info.version
        assert client.instructions is not None
        for name in ("build", "status", "plan", "generate", "validate", "fix", "checkpoint"):
            assert name in client.instructions


async def test_lists_may_be_cached_by_the_client_and_public(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        for listed in (await client.list_tools(), await client.list_prompts()):
            assert listed.ttl_ms > 0
            assert listed.cache_scope == "public"


def test_the_tools_bound_a_description_as_the_spec_does() -> None:
    assert MAX_DESCRIPTION == MAX_DESCRIPTION_CHARS


def test_read_only_offers_only_tools_that_say_so() -> None:
    assert [t.name for t in select_tools(read_only=True)] == ["research", "status", "knowledge"]


def test_toolsets_and_single_tools_can_be_chosen_and_status_is_always_there() -> None:
    assert [t.name for t in select_tools(["facts"])] == ["research", "status", "knowledge"]
    assert [t.name for t in select_tools(["validate"])] == ["validate", "status"]
    assert select_tools(["all"]) == select_tools([]) == TOOLS
    assert {t.toolset for t in TOOLS} == set(TOOLSETS)


def test_an_unknown_toolset_is_refused_by_name_with_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match="nonsense") as caught:
        create_server(load_settings(), toolsets=["nonsense"])
    assert "quality" in caught.value.hint


async def test_a_tool_that_is_not_offered_cannot_be_called(tmp_path: Path) -> None:
    server = create_server(load_settings(), read_only=True)
    async with Client(server) as client:
        result = await client.call_tool("build", {"description": "x"})
        assert result.is_error
