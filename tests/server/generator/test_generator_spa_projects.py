"""Web applications of two parts pass every check of our own validator, whatever language the API
is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TYPES, entity, field, link
from server.generator.proving import proven

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
]

PAGES = {"dependencies", "build", "lint", "types", "tests", "format"}
API = {"dependencies", "tests", "start"}
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
]


@pytest.mark.parametrize(
    ("api", "entities", "features"),
    [
        ("typescript", [], []),
        ("typescript", BLOG, ["accounts"]),
        ("python", [TODO | {"access": "private"}], ["accounts", "cors", "license"]),
        ("javascript", BLOG, ["accounts"]),
        ("go", BLOG, ["accounts"]),
        ("java", BLOG, ["accounts"]),
        ("rust", BLOG, ["accounts"]),
    ],
    ids=[
        *("no-entities", "relations-with-accounts", "python"),
        *("javascript", "go", "java", "rust"),
    ],
)
async def test_both_parts_pass_every_check(
    api: str, entities: list[dict[str, object]], features: list[str], tmp_path: Path
) -> None:
    spec = ProjectSpec.model_validate(
        {
            "name": "demo",
            "language": "typescript",
            "archetype": "web_app",
            "entities": entities,
            "features": features,
            "pages": [{"name": "about"}],
            "constraints": {"api_language": api},
        }
    )
    report = await proven(spec, tmp_path)
    by_path = {part.path: part for part in report.components}
    assert by_path.keys() == {"api", "web"}
    passed = {check.name for check in report.checks if check.status.value == "passed"}
    primary = report.components[0].path
    for path, wanted in (("web", PAGES), ("api", API)):
        of = {name if path == primary else f"{name}@{path}" for name in wanted}
        assert of <= passed
