"""Files that are attached to rows in Go: which rows, under which names, and how they come later."""

from __future__ import annotations

import json
import re

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TEMPLATES, entity, field, link
from server.generator.sqlite_library import leave_files

pytestmark = pytest.mark.anyio

PEOPLE = ("accounts", "roles")
TAKEN = [
    entity("Upload", "uploads", [field("type", "enum", values=["a", "b"])], access="private"),
    entity("File", "files", [field("name")], link("recipe", "Recipe", back_name="uploads")),
    entity("Store", "stores", [field("place")], access="owner_write"),
    entity("Recipe", "recipes", [field("settings")], access="shared"),
    entity("Place", "places", [field("name")]),
]


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def spec_of(*features: str, entities: object = ()) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "go", "features": features, "entities": entities}
    )


@pytest.mark.parametrize("name", ["blog", "empty"])
@pytest.mark.parametrize("beside", [(), PEOPLE], ids=["alone", "people"])
async def test_files_are_attached_to_rows_of_any_spec(
    golang: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await golang.render(spec_of("file_upload", *beside, entities=entities), None)
    files = {file.path: file.content for file in render.files}
    assert render.provides["feature:file_upload"]
    document = json.loads(files["internal/api/openapi.json"])
    told = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routed = set(re.findall(r'handle\("([^"]+)"', files["internal/api/server.go"]))
    assert told == routed - {"GET /openapi.json"}
    assert ("GET /uploads" in told) == (name == "empty")
    tables = files["internal/store/migrations/0001_initial.sql"]
    assert ("post_id INTEGER REFERENCES posts (id) ON DELETE SET NULL" in tables) == (
        name == "blog"
    )
    operations = [
        each["operationId"]
        for path in document["paths"].values()
        for each in path.values()
        if isinstance(each, dict)
    ]
    assert len(operations) == len(set(operations))


async def test_names_that_files_need_are_left_to_them(golang: GeneratorEngine) -> None:
    render = await golang.render(spec_of("file_upload", *PEOPLE, entities=TAKEN), None)
    files = {file.path: file.content for file in render.files}
    assert "type Upload struct" in files["internal/store/uploads.go"]
    assert "type UploadRecord struct" in files["internal/store/uploadslist.go"]
    assert "type PlaceRecord struct" in files["internal/store/places.go"]
    routes = re.findall(r'handle\("([^"]+)"', files["internal/api/server.go"])
    assert len(routes) == len(set(routes))
    assert "GET /recipes/{id}/uploads-list" in routes
    assert render.dependencies is not None


@pytest.mark.parametrize("database", [(), ("postgresql",)], ids=["sqlite", "postgresql"])
def test_the_table_of_files_comes_later_by_a_migration(database: tuple[str, ...]) -> None:
    pack = GoPack()
    blog = SPECS["blog"]["entities"]
    features = (*PEOPLE, *database)
    before, after = (
        spec_of(*named, entities=blog) for named in (features, (*features, "file_upload"))
    )
    step = pack.migrate(
        pack.view(before, frozenset(features)),
        pack.view(after, frozenset({*features, "file_upload"})),
        {"internal/store/migrations/0001_initial.sql": ""},
    )
    assert step is not None
    assert step.path.endswith("0002_add_uploads.sql")
    texts = [step.text, *step.more.values()]
    assert len(texts) == 1 + len(database)
    assert all("uploader_id" in text and "CREATE TABLE uploads" in text for text in texts)
