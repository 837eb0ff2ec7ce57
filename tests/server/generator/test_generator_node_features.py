"""Features of services in TypeScript and JavaScript: every spec has them, and names they need."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TEMPLATES, entity, field, link

pytestmark = pytest.mark.anyio

FORBIDDEN = re.compile(r"TODO|FIXME|biome-ignore|@ts-|: any\b|as any\b")
PEOPLE = ("accounts", "roles")
BESIDE = (*PEOPLE, "rate_limiting", "monitoring", "logging", "cors", "compose")
NEW = ("file_upload",)
LANGUAGES = ("typescript", "javascript")
TAKEN = [
    entity("Upload", "uploads", [field("type", "enum", values=["a", "b"])], access="private"),
    entity("File", "files", [field("name")], link("recipe", "Recipe", back_name="uploads")),
    entity("FileStore", "stores", [field("place")], access="owner_write"),
    entity("Recipe", "recipes", [field("settings")], access="shared"),
    entity("Place", "places", [field("name")]),
]


@pytest.fixture(scope="module")
def node_engine() -> GeneratorEngine:
    """An engine for both languages that does not format; it compiles each template once."""
    packs = {"typescript": TypeScriptPack(), "javascript": JavaScriptPack()}
    return GeneratorEngine(TEMPLATES, packs, leave_files)


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """Files as they are."""
    assert language in LANGUAGES
    return files


def spec_of(language: str, *features: str, entities: object = (), **more: object) -> ProjectSpec:
    given = {"name": "demo", "language": language, "features": features, "entities": entities}
    return ProjectSpec.model_validate(given | more)


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not FORBIDDEN.search(text), path
    return files


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["empty", "accounts_only", "blog", "everything"])
@pytest.mark.parametrize("beside", [(), BESIDE], ids=["alone", "all"])
async def test_a_service_of_any_spec_has_the_features(
    node_engine: GeneratorEngine, language: str, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await node_engine.render(spec_of(language, *NEW, *beside, entities=entities), None)
    contents(render)
    for feature in NEW:
        assert render.provides[f"feature:{feature}"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_that_files_need_are_left_to_them(
    node_engine: GeneratorEngine, language: str
) -> None:
    suffix = {"typescript": "ts", "javascript": "js"}[language]
    spec = spec_of(language, "file_upload", *PEOPLE, entities=TAKEN)
    files = contents(await node_engine.render(spec, None))
    tables = files[f"src/tables.{suffix}"]
    assert 'export const uploads = sqliteTable("uploads"' in tables
    assert 'export const uploadsTable = sqliteTable("uploads_' in tables
    assert "upload__id" in tables
    assert "createUploadRecord" in files[f"src/services/uploads-list.{suffix}"]
    assert "uploadTo" in files[f"src/routes/uploads/uploads-list.{suffix}"]
    assert "requireOwner" in files[f"src/routes/uploads/stores.{suffix}"]
    assert "/uploads_" not in files[f"src/routes/recipes.{suffix}"]


@pytest.mark.parametrize("features", [(), PEOPLE])
def test_the_table_of_files_comes_later_by_a_migration(features: tuple[str, ...]) -> None:
    pack = TypeScriptPack()
    entities = SPECS["blog"]["entities"]
    step = pack.migrate(
        pack.view(spec_of("typescript", *features, entities=entities), frozenset(features)),
        pack.view(
            spec_of("typescript", *features, "file_upload", entities=entities),
            frozenset({*features, "file_upload"}),
        ),
        {"migrations/0001_initial.sql": ""},
    )
    assert step is not None
    assert step.path.endswith("0002_add_uploads.sql")
    assert 'CREATE TABLE "uploads"' in step.text
    assert 'REFERENCES "posts" ("id") ON DELETE SET NULL' in step.text
    assert ("uploader_id" in step.text) == bool(features)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_files_outlive_the_container(node_engine: GeneratorEngine, language: str) -> None:
    files = contents(await node_engine.render(spec_of(language, "file_upload", "compose"), None))
    app = yaml.safe_load(files["compose.yaml"])["services"]["app"]
    assert app["environment"]["UPLOAD_DIRECTORY"] == "/data/uploads"
    assert app["volumes"] == ["data:/data"]
    assert "UPLOAD_DIRECTORY=/data/uploads" in files["Dockerfile"]
