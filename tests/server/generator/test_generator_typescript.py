"""The TypeScript pack renders: what is safe, named and promised, without npm or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, NetworkUnavailableError, UnsupportedError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Origin, Pin, Resolution
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    TEMPLATES,
    TYPES,
    entity,
    field,
    link,
)

pytestmark = pytest.mark.anyio


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    return files


async def unavailable(_: Mapping[str, str], __: str) -> Mapping[str, str]:
    raise NetworkUnavailableError("Biome could not be had.", hint="Go online.")


@pytest.fixture(scope="module")
def typescript() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"typescript": TypeScriptPack()}, unformatted)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "typescript", "entities": list(entities), **more}
    )


BLOG = (
    entity(
        "Post",
        "posts",
        [field("title", unique=True), field("body", "text")],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        link("author", "User"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True)]),
    entity("Cover", "covers", [field("image", "url")], link("post", "Post", "one_to_one")),
)


def text_of(render: Render, path: str) -> str:
    return next(file.content for file in render.files if file.path == path)


def code_of(render: Render) -> str:
    return "\n".join(f.content for f in render.files if f.path.endswith((".ts", ".sql", ".json")))


async def test_all_features_render_with_proof_of_every_entity_field_and_relation(
    typescript: GeneratorEngine,
) -> None:
    users = entity("User", "users", [field("nickname", unique=True)])
    render = await typescript.render(
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
        if file.path.endswith(".test.ts")
        for title in re.findall(r'^test\("([^"]+)"', file.content, re.M)
    }
    assert {test for tests in render.provides.values() for test in tests} <= titles
    paths = {file.path for file in render.files}
    assert {"Dockerfile", ".github/workflows/ci.yml", "LICENSE", "src/logs.ts"} <= paths
    assert (render.manifest, render.lockfile) == ("package.json", "package-lock.json")


async def test_generated_code_has_no_any_no_disabled_rule_and_nothing_left_to_do(
    typescript: GeneratorEngine,
) -> None:
    users = entity("User", "users", [])
    code = code_of(await typescript.render(spec(*BLOG, users, features=["accounts"]), None))
    for bad in (r"(?:[:<|,]|\bas) ?any\b", r"@ts-", r"biome-ignore", r"\bTODO\b", r"\bFIXME\b"):
        assert not re.search(bad, code), bad


async def test_free_text_stays_text(typescript: GeneratorEngine) -> None:
    hostile = entity(
        "Thing",
        "things",
        [field("name", description=HOSTILE_LINE, default=HOSTILE_LINE)],
        description=HOSTILE_LINE,
    )
    render = await typescript.render(spec(hostile, title=HOSTILE_LINE, description=HOSTILE), None)
    literal = json.dumps(HOSTILE_LINE)
    assert f".default({literal}).describe({literal})" in text_of(render, "src/schemas/things.ts")
    assert f"title: {literal}" in text_of(render, "src/app.ts")
    assert "\x00" not in "".join(file.content for file in render.files)
    assert json.loads(text_of(render, "package.json"))["description"]


async def test_names_that_the_language_takes_are_given_way(typescript: GeneratorEngine) -> None:
    awkward = [field(name) for name in ("class", "package", "import", "limit", "sort", "await")]
    render = await typescript.render(
        spec(entity("Date", "class", awkward), entity("Promise", "index", [])), None
    )
    tables = text_of(render, "src/tables.ts")
    assert 'export const classTable = sqliteTable("class"' in tables
    assert "export type DateRecord =" in tables
    assert "limit_: z.string()" in text_of(render, "src/schemas/class.ts")
    assert "src/routes/index-list.ts" in {file.path for file in render.files}


async def test_a_field_that_every_object_has_is_refused(typescript: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="constructor"):
        await typescript.render(spec(entity("A", "things", [field("constructor")])), None)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_has_a_column_a_schema_and_a_sample(
    typescript: GeneratorEngine, kind: str
) -> None:
    fields = [
        field("plain", kind),
        field("only", kind, unique=True),
        field("open", kind, required=False),
    ]
    render = await typescript.render(spec(entity("Thing", "things", fields)), None)
    tables, schema = text_of(render, "src/tables.ts"), text_of(render, "src/schemas/things.ts")
    assert len(re.findall(r"^  (?:plain|only|open): ", tables, re.M)) == 3
    assert ".nullable().default(null)" in schema
    assert len(re.findall(r"^    (?:plain|only|open): ", text_of(render, "tests/factories.ts"),
                          re.M)) == 3  # fmt: skip
    sql = text_of(render, "migrations/0001_initial.sql")
    assert re.search(r'"only" (?:TEXT|INTEGER|REAL) NOT NULL UNIQUE,', sql)


async def test_bounds_beyond_what_numbers_hold_exactly_are_refused(
    typescript: GeneratorEngine,
) -> None:
    big = entity("Thing", "things", [field("n", "integer", minimum=2.0**60)])
    with pytest.raises(InvalidInputError):
        await typescript.render(spec(big), None)


async def test_package_json_has_the_resolved_versions(typescript: GeneratorEngine) -> None:
    wanted = spec()
    resolution = Resolution(
        ecosystem="npm",
        runtime=">=20.19.0",
        origin=Origin.LIVE,
        pins=[Pin(name=n, version="1.2.3") for n in typescript.dependencies(wanted).packages],
    )
    manifest = json.loads(text_of(await typescript.render(wanted, resolution), "package.json"))
    assert set(manifest["dependencies"].values()) == {"^1.2.3"}
    assert manifest["engines"] == {"node": ">=20.19.0"}
    assert manifest["scripts"]["start"] == "node dist/main.js"


async def test_without_its_formatter_the_code_is_made_and_says_so() -> None:
    engine = GeneratorEngine(TEMPLATES, {"typescript": TypeScriptPack()}, unavailable)
    render = await engine.render(spec(), None)
    assert any("Biome could not be had" in note for note in render.notes)
    assert "src/main.ts" in {file.path for file in render.files}
