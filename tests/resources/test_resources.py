"""Knowledge, templates and projects as resources, and the completion of their arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import (
    INVALID_PARAMS,
    PromptReference,
    ResourceTemplateReference,
    TextResourceContents,
)

from hosting import ERAS, Era, host

pytestmark = pytest.mark.anyio


async def read(client: Client, uri: str) -> str:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def complete(
    client: Client, template: str, name: str, value: str, **resolved: str
) -> list[str]:
    found = await client.complete(
        ResourceTemplateReference(uri=template),
        {"name": name, "value": value},
        context_arguments=resolved or None,
    )
    return found.completion.values


@pytest.mark.parametrize("era", ERAS)
async def test_the_families_of_resources_are_listed(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        fixed = (await client.list_resources()).resources
        assert [r.uri for r in fixed] == ["kb://index", "template://index"]
        templates = (await client.list_resource_templates()).resource_templates
        assert [r.uri_template for r in templates] == [
            "kb://doc/{+doc_id}",
            "template://{language}/{archetype}",
            "project://{project_id}/plan",
            "project://{project_id}/report",
            "project://{project_id}/metrics",
            "report://{report_id}/json",
            "report://{report_id}/sarif",
            "report://{report_id}/junit",
        ]
        assert all(r.title and r.description for r in fixed)
        assert all(r.title and r.description for r in templates)


@pytest.mark.parametrize("era", ERAS)
async def test_every_document_of_the_index_can_be_read(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        index = json.loads(await read(client, "kb://index"))
        assert index
        for row in index:
            text = await read(client, f"kb://doc/{row['id']}")
            assert text.startswith(f"# {row['title']}")
            assert row["verified"] in text


@pytest.mark.parametrize("era", ERAS)
async def test_every_template_of_the_index_can_be_read(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        index = json.loads(await read(client, "template://index"))
        assert {"python"} <= {row["language"] for row in index}
        for row in index:
            found: dict[str, Any] = json.loads(await read(client, row["uri"]))
            assert found["manifest"]
            assert set(found["features"]) == set(row["features"])
            assert all(found["features"].values()), row["uri"]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "uri",
    [
        "kb://doc/nonsense",
        "kb://doc/../../etc/passwd",
        "kb://doc//etc/passwd",
        "template://python/nonsense",
        "template://../templates",
        "nonsense://x",
        "report://rep_unknown/json",
        "report://../sarif",
        "kb://" + "x" * 100_000,
    ],
)
async def test_what_does_not_exist_is_not_found(era: Era, uri: str, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        assert caught.value.code == INVALID_PARAMS


async def test_documents_languages_and_archetypes_are_completed(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        index = json.loads(await read(client, "kb://index"))
        assert await complete(client, "kb://doc/{+doc_id}", "doc_id", "") == sorted(
            row["id"] for row in index
        )
        archetype = "template://{language}/{archetype}"
        assert await complete(client, archetype, "language", "py") == ["python"]
        found = await complete(client, archetype, "archetype", "re", language="python")
        assert "rest_api" in found
        assert await complete(client, archetype, "archetype", "re", language="cobol") == []
        assert await complete(client, archetype, "nonsense", "") == []


async def test_free_text_of_a_prompt_is_not_completed(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        found = await client.complete(
            PromptReference(name="build_project"), {"name": "description", "value": "a"}
        )
        assert found.completion.values == []
