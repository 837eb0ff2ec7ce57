"""`kb://`: the curated knowledge base."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from mcp.server.mcpserver import MCPServer

from autonomous_coder.services import Services
from autonomous_coder_resources.access import CURRENT, matching, told_plainly

if TYPE_CHECKING:
    from autonomous_coder.engines.knowledge import KnowledgeBase
    from autonomous_coder.models.knowledge import KnowledgeDocument

INDEX = "kb://index"
DOCUMENT = "kb://doc/{+doc_id}"


def register(server: MCPServer[Services]) -> None:
    """Offer the index and each document."""
    server.resource(
        INDEX,
        name="knowledge-index",
        title="Knowledge base: index",
        description="Every document of the knowledge base: id, title, ecosystem, tags, date.",
        mime_type="application/json",
    )(read_index)
    server.resource(
        DOCUMENT,
        name="knowledge-document",
        title="Knowledge base: document",
        description="One document as Markdown; ids are in kb://index.",
        mime_type="text/markdown",
    )(read_document)


async def read_index() -> str:
    """The documents without their bodies, as JSON."""
    with told_plainly():
        documents = await _documents(CURRENT.get().roots.knowledge)
    rows = [d.model_dump(mode="json", exclude={"body"}) for d in documents]
    return json.dumps(rows, ensure_ascii=False, indent=1)


async def read_document(doc_id: str) -> str:
    """One document as Markdown, its provenance in the first lines."""
    base = _base(CURRENT.get().roots.knowledge)
    with told_plainly():
        document = await anyio.to_thread.run_sync(base.read, doc_id)
    return (
        f"# {document.title}\n\n*Verified {document.verified}; source: {document.source}*\n\n"
        f"{document.body}"
    )


async def complete(argument: str, value: str) -> list[str]:
    """Ids of documents."""
    if argument != "doc_id":
        return []
    documents = await _documents(CURRENT.get().roots.knowledge)
    return matching([document.id for document in documents], value)


async def _documents(root: Path) -> list[KnowledgeDocument]:
    return await anyio.to_thread.run_sync(_base(root).documents)


@lru_cache(maxsize=4)
def _base(root: Path) -> KnowledgeBase:
    from autonomous_coder.engines.knowledge import KnowledgeBase

    return KnowledgeBase(root)
