"""Files that are attached to rows: which rows, under which names, and how they come later."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, entity, field, link

pytestmark = pytest.mark.anyio

FORBIDDEN = ("TODO", "FIXME", "noqa", "type: ignore")
PEOPLE = ("accounts", "roles")
BESIDE = (*PEOPLE, "rate_limiting", "monitoring", "postgresql", "logging", "cors", "compose")
TAKEN = [
    entity("Upload", "uploads", [field("type", "enum", values=["a", "b"])], access="private"),
    entity("File", "files", [field("name")], link("recipe", "Recipe", back_name="uploads")),
    entity("Store", "stores", [field("place")], access="owner_write"),
    entity("Recipe", "recipes", [field("settings")], access="shared"),
    entity("Uploader", "uploaders", [field("name")]),
    entity("MediaType", "media_types", [field("name")], access="private"),
]


def spec_of(*features: str, entities: object = ()) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "features": features, "entities": entities})


def contents(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


def _read(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        assert not [word for word in FORBIDDEN if word in text], path
        if path.endswith(".py"):
            ast.parse(text)


@pytest.mark.parametrize("name", sorted(SPECS))
@pytest.mark.parametrize("beside", [(), PEOPLE, BESIDE], ids=["alone", "people", "all"])
async def test_files_are_attached_to_rows_of_any_spec(
    plain_engine: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await plain_engine.render(spec_of("file_upload", *beside, entities=entities), None)
    files = contents(render)
    _read(files)
    assert render.provides["feature:file_upload"]
    served = [path for path in files if path.startswith("app/routers/uploads")]
    assert (served == ["app/routers/uploads.py"]) == (name in {"empty", "accounts_only"})


async def test_files_are_attached_to_those_that_say_so(plain_engine: GeneratorEngine) -> None:
    blog = SPECS["blog"]["entities"]
    assert isinstance(blog, list)
    chosen = [row | {"attachments": row["name"] == "Post"} for row in blog]
    files = contents(await plain_engine.render(spec_of("file_upload", entities=chosen), None))
    assert {path for path in files if path.startswith("app/routers/uploads/")} == {
        "app/routers/uploads/__init__.py",
        "app/routers/uploads/posts.py",
    }
    assert "comment_id" not in files["app/models/uploads.py"]
    assert "discard_orphans" in files["app/routers/comments.py"]


async def test_names_that_files_need_are_left_to_them(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(spec_of("file_upload", *PEOPLE, entities=TAKEN), None)
    files = contents(render)
    _read(files)
    assert "class Upload(Base)" in files["app/models/uploads.py"]
    assert "class UploadRecord(Base)" in files["app/models/uploads_.py"]
    assert "{upload__id}/uploads/{upload_id}" not in files["app/routers/uploads_.py"]
    assert 'prefix="/uploads/{upload__id}/uploads"' in files["app/routers/uploads/uploads_.py"]
    assert "store_: Store" in files["app/services/stores.py"]
    assert "/uploads_" not in files["app/routers/recipes.py"].replace("uploads-", "uploads_-")


@pytest.mark.parametrize("features", [(), PEOPLE])
def test_the_table_of_files_comes_later_by_a_migration(features: tuple[str, ...]) -> None:
    pack = PythonPack()
    entities = SPECS["blog"]["entities"]
    before = spec_of(*features, entities=entities)
    after = spec_of(*features, "file_upload", entities=entities)
    existing = {"migrations/versions/0001_initial.py": 'revision = "0001"\ndown_revision = None\n'}
    step = pack.migrate(
        pack.view(before, frozenset(features)),
        pack.view(after, frozenset({*features, "file_upload"})),
        existing,
    )
    assert step is not None
    ast.parse(step.text)
    assert step.path.endswith("0002_add_uploads.py")
    made, _, undone = step.text.partition("def downgrade")
    assert 'op.create_table("uploads",' in made
    assert 'sa.ForeignKey("posts.id", ondelete="SET NULL")' in made
    assert ("uploader_id" in made) == bool(features)
    assert 'op.drop_table("uploads")' in undone


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_files_outlive_the_container(plain_engine: GeneratorEngine, database: str) -> None:
    render = await plain_engine.render(spec_of("file_upload", "compose", database), None)
    compose = yaml.safe_load(contents(render)["compose.yaml"])
    app = compose["services"]["app"]
    assert app["environment"]["UPLOAD_DIRECTORY"] == "/data/uploads"
    volume, _, place = app["volumes"][0].partition(":")
    assert place == "/data"
    assert volume in compose["volumes"]
