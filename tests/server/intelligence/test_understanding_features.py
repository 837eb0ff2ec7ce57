"""What services are asked to do beside keeping things: files that are uploaded."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.intelligence.understanding import needs

KINDS = frozenset({"rest_api", "cli", "library", "mcp_server", "worker"})
NEW = frozenset({"file_upload"})


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    """What Python, which has all features, and TypeScript, which has fewer, are asked for."""
    offered = {"python": KINDS, "typescript": KINDS}
    features = {"python": FIRST_OFFERED | NEW, "typescript": FIRST_OFFERED}
    core = IntelligenceCore(GenerationSettings(), Supported(offered, features))
    return core.analyze_requirements(sentence, host_spec=host_spec or None)


@pytest.mark.parametrize(
    ("sentence", "entities"),
    [
        ("A recipe API where users can upload photos", "Recipe"),
        ("An API for tickets; users can attach files to tickets", "Ticket*"),
        ("A REST API for products with image upload", "Product*"),
        ("A todo API with file attachments", "Todo"),
        (
            "a blog API with posts and comments, users can upload images for posts",
            "Post* Comment",
        ),
        ("A REST API for invoices. Each invoice has PDF attachments.", "Invoice*"),
        ("An API where people upload documents", ""),
        ("a photo sharing platform where users upload photos", "Photo"),
        ("An API for tasks in projects where users attach documents to tasks", "Task*"),
    ],
)
def test_uploads_are_meant_for_what_is_named_with_them(sentence: str, entities: str) -> None:
    spec = spec_of(sentence)
    assert spec.archetype == "rest_api"
    assert spec.language == "python"
    assert "file_upload" in spec.features
    assert "feature:file_upload" in needs(spec)
    assert " ".join(f"{e.name}{'*' * e.attachments}" for e in spec.entities) == entities


def test_a_host_says_what_files_are_attached_to() -> None:
    entities = [{"name": "Page", "attachments": True}, {"name": "Tag"}]
    spec = spec_of("upload files for tags", features=["file_upload"], entities=entities)
    assert [entity.attachments for entity in spec.entities] == [True, False]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("a command line tool for notes with file upload", "reads files where they lie"),
        ("an MCP server for notes with file uploads", "receives no uploads"),
    ],
)
def test_uploads_are_refused_where_nobody_uploads(sentence: str, why: str) -> None:
    spec = spec_of(sentence)
    assert "file_upload" not in spec.features
    (told,) = [r.text for r in spec.requirements if "feature:file_upload" in r.needs]
    assert why in told
    assert "a REST API in Python, which can have it" in told
