"""Generated services in TypeScript, JavaScript and Go pass every check of our own validator; those
in Python are in test_generator_projects.py."""

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
]

CHECKED = {
    "typescript": {"dependencies", "build", "lint", "types", "tests", "start", "format"},
    "javascript": {"dependencies", "lint", "tests", "start", "format"},
    "go": {"dependencies", "build", "lint", "tests", "start", "format"},
    "java": {"dependencies", "build", "lint", "tests", "start"},
    "rust": {"dependencies", "build", "lint", "tests", "start", "format"},
}
"""Language -> what must have passed, not only not failed."""
TODO = entity("Todo", "todos", [field("title"), field("done", "boolean", default=False)])
BLOG = [
    entity(
        "Post",
        "posts",
        [field("title", unique=True), *(field(f"a_{kind}", kind) for kind in TYPES)],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True)], access="shared"),
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
        [field("image", "url")],
        link("post", "Post", "one_to_one", on_delete="restrict"),
    ),
]


@pytest.mark.parametrize("language", sorted(CHECKED))
@pytest.mark.parametrize(
    ("entities", "features"),
    [
        ([], []),
        ([TODO | {"access": "private"}], ["accounts", "cors", "logging"]),
        (BLOG, []),
        (BLOG, ["accounts"]),
    ],
    ids=["no-entities", "todo-with-accounts", "relations", "relations-with-accounts"],
)
async def test_a_generated_service_passes_every_check(
    language: str, entities: list[dict[str, object]], features: list[str], tmp_path: Path
) -> None:
    spec = ProjectSpec.model_validate(
        {"name": "demo", "language": language, "entities": entities, "features": features}
    )
    assert CHECKED[language] <= passed(await proven(spec, tmp_path))
