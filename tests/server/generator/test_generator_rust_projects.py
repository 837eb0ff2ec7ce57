"""Generated libraries in Rust pass every check of our own validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TYPES, entity, field, link
from server.generator.proving import passed, proven

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
    pytest.mark.timeout(3600),
]

CHECKED = {"dependencies", "build", "lint", "tests", "format"}
BLOG = [
    entity(
        "Post",
        "posts",
        [field("title", unique=True), *(field(f"a_{kind}", kind) for kind in TYPES)],
        link("tags", "Tag", "many_to_many", back_name="posts"),
    ),
    entity("Tag", "tags", [field("name", unique=True)]),
    entity(
        "Comment",
        "comments",
        [field("body", "text", required=False)],
        link("post", "Post", back_name="comments"),
        link("parent", "Comment", required=False, on_delete="set_null"),
    ),
    entity(
        "Cover",
        "covers",
        [field("image", "url"), field("state", "enum", values=["new", "old"], default="new")],
        link("post", "Post", "one_to_one", on_delete="restrict"),
    ),
]


@pytest.mark.parametrize("entities", [[], BLOG], ids=["no-entities", "relations"])
async def test_a_generated_library_passes_every_check(
    entities: list[dict[str, object]], tmp_path: Path
) -> None:
    spec = ProjectSpec.model_validate(
        {"name": "demo", "language": "rust", "archetype": "library", "entities": entities}
    )
    assert passed(await proven(spec, tmp_path)) >= CHECKED
