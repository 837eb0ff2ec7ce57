"""Prompts carry the workflow; wrong ones are refused as invalid parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError
from mcp.types import INVALID_PARAMS, TextContent

from autonomous_coder_prompts import PROMPTS
from autonomous_coder_tools import TOOLS
from hosting import ERAS, Era, host

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ERAS)
async def test_the_prompts_are_listed_in_order_with_described_arguments(
    era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as client:
        listed = (await client.list_prompts()).prompts
        assert [p.name for p in listed] == ["build_project", "add_feature", "repair_project"]
        for prompt in listed:
            assert prompt.title
            assert prompt.description
            for argument in prompt.arguments or []:
                assert argument.description


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_holds_its_arguments(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        got = await client.get_prompt(
            "build_project", {"description": "a {{output_path}} blog", "output_path": "/srv/blog"}
        )
        (message,) = got.messages
        assert message.role == "user"
        assert isinstance(message.content, TextContent)
        assert "a {{output_path}} blog" in message.content.text
        assert "Directory: /srv/blog" in message.content.text


async def test_an_optional_argument_may_be_left_away(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        got = await client.get_prompt("build_project", {"description": "a blog"})
        assert isinstance(got.messages[0].content, TextContent)
        assert "{{" not in got.messages[0].content.text


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("nonsense", {}, "Unknown prompt: nonsense"),
        ("add_feature", {"feature": "tags"}, "needs: project_id"),
        ("repair_project", {"path": "/x", "colour": "red"}, "'colour'"),
        ("build_project", {"description": "x" * 30_000}, "longer than"),
    ],
)
async def test_a_wrong_request_is_invalid_and_says_why(
    era: Era, name: str, arguments: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as client:
        with pytest.raises(MCPError, match=expected) as caught:
            await client.get_prompt(name, arguments)
        assert caught.value.code == INVALID_PARAMS


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.name)
def test_a_prompt_names_only_tools_and_arguments_that_exist(prompt: Any) -> None:
    words = prompt.text.read_text(encoding="utf-8")
    named = {word for word in words.split("`")[1::2] if word.isidentifier()}
    known = {t.name for t in TOOLS} | {p for t in TOOLS for p in t.build().parameters["properties"]}
    assert named - known <= {"running", "not_built"}
    placeholders = {part.partition("}}")[0] for part in words.split("{{")[1:]}
    assert placeholders == {a.name for a in prompt.arguments}
