"""The JavaScript pack renders: what is safe, named, promised and shared with TypeScript."""

from __future__ import annotations

import json
import re

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Origin, Pin, Resolution
from server.generator.conftest import HOSTILE, HOSTILE_LINE, TEMPLATES, TYPES, entity, field
from server.generator.test_generator_typescript import BLOG, text_of, unformatted

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def javascript() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"javascript": JavaScriptPack()}, unformatted)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "javascript", "entities": list(entities), **more}
    )


def code_of(render: Render) -> str:
    return "\n".join(f.content for f in render.files if f.path.endswith((".js", ".sql", ".json")))


async def test_all_features_render_with_proof_of_every_entity_field_and_relation(
    javascript: GeneratorEngine,
) -> None:
    users = entity("User", "users", [field("nickname", unique=True)])
    render = await javascript.render(
        spec(*BLOG, users, features=["accounts", "cors", "logging", "license"]), None
    )
    for capability in (
        *("entity:Post", "field:Post.title", "relation:Post.tags", "relation:Post.author"),
        *("relation:Cover.post", "relation:Tag.posts", "entity:User", "field:User.nickname"),
        *("feature:accounts", "feature:cors", "feature:logging", "feature:migrations"),
    ):
        assert render.provides[capability], capability
    titles = {
        f"{file.path}::{title}"
        for file in render.files
        if file.path.endswith(".test.js")
        for title in re.findall(r'^test\("([^"]+)"', file.content, re.M)
    }
    assert {test for tests in render.provides.values() for test in tests} <= titles
    paths = {file.path for file in render.files}
    assert {"Dockerfile", ".github/workflows/ci.yml", "LICENSE", "src/logs.js"} <= paths
    assert (render.manifest, render.lockfile) == ("package.json", "package-lock.json")


async def test_what_is_shared_with_typescript_says_nothing_of_it(
    javascript: GeneratorEngine,
) -> None:
    users = entity("User", "users", [])
    features = ["accounts", "cors", "logging", "license"]
    render = await javascript.render(spec(*BLOG, users, features=features), None)
    layers = {file.path: file.layer for file in render.files}
    assert layers["LICENSE"] == "javascript/license"
    assert layers["Dockerfile"] == "javascript/rest_api/docker"
    for file in render.files:
        found = re.search(r"TypeScript|\bhono\b|vitest|\btsc\b|\.ts\b|\bdist/|run build",
                          file.content, re.I)  # fmt: skip
        assert not found, (file.path, found)


async def test_generated_code_has_no_disabled_rule_and_nothing_left_to_do(
    javascript: GeneratorEngine,
) -> None:
    users = entity("User", "users", [])
    code = code_of(await javascript.render(spec(*BLOG, users, features=["accounts"]), None))
    for bad in (r"@ts-", r"biome-ignore", r"\bTODO\b", r"\bFIXME\b", r"\brequire\("):
        assert not re.search(bad, code), bad


async def test_free_text_stays_text(javascript: GeneratorEngine) -> None:
    hostile = entity(
        "Thing",
        "things",
        [field("name", description=HOSTILE_LINE, default=HOSTILE_LINE)],
        description=HOSTILE_LINE,
    )
    render = await javascript.render(spec(hostile, title=HOSTILE_LINE, description=HOSTILE), None)
    literal = json.dumps(HOSTILE_LINE)
    assert f".default({literal}).describe({literal})" in text_of(render, "src/schemas/things.js")
    assert f"title: {literal}" in text_of(render, "src/app.js")
    assert "\x00" not in "".join(file.content for file in render.files)
    assert json.loads(text_of(render, "package.json"))["description"]


async def test_names_that_the_code_takes_are_given_way(javascript: GeneratorEngine) -> None:
    awkward = [field(name) for name in ("class", "package", "import", "limit", "sort", "await")]
    render = await javascript.render(
        spec(entity("Date", "class", awkward), entity("Row", "rows", [])), None
    )
    tables = text_of(render, "src/tables.js")
    assert 'export const classTable = sqliteTable("class"' in tables
    assert 'export const rowsTable = sqliteTable("rows"' in tables
    assert "limit_: z.string()" in text_of(render, "src/schemas/class.js")
    with pytest.raises(UnsupportedError, match="constructor"):
        await javascript.render(spec(entity("A", "things", [field("constructor")])), None)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_has_a_column_a_schema_and_a_sample(
    javascript: GeneratorEngine, kind: str
) -> None:
    fields = [field("plain", kind), field("only", kind, unique=True)]
    render = await javascript.render(
        spec(entity("Thing", "things", [*fields, field("open", kind, required=False)])), None
    )
    of_fields = re.compile(r"^ +(?:plain|only|open): ", re.M)
    assert len(of_fields.findall(text_of(render, "src/tables.js"))) == 3
    assert len(of_fields.findall(text_of(render, "tests/factories.js"))) == 3
    assert ".nullable().default(null)" in text_of(render, "src/schemas/things.js")


async def test_package_json_has_the_resolved_versions_and_what_starts_it(
    javascript: GeneratorEngine,
) -> None:
    wanted = spec(features=["accounts", "cors", "logging"])
    names = javascript.dependencies(wanted).packages
    assert {"express", "zod", "drizzle-orm", "jose", "cors", "pino"} <= set(names)
    resolution = Resolution(
        ecosystem="npm",
        runtime=">=20.19.0",
        origin=Origin.LIVE,
        pins=[Pin(name=n, version="1.2.3") for n in names],
    )
    manifest = json.loads(text_of(await javascript.render(wanted, resolution), "package.json"))
    assert set(manifest["dependencies"].values()) == {"^1.2.3"}
    assert manifest["engines"] == {"node": ">=20.19.0"}
    assert manifest["scripts"]["start"] == "node src/main.js"
