"""What the Rust templates write, read as text: no compiler is needed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, ToolchainMissingError, UnsupportedError
from autonomous_coder.languages.rust.pack import RustPack
from autonomous_coder.languages.rust.pack_literals import literal, real, whole
from autonomous_coder.languages.rust.pack_names import raw, sql, squeezed, variants, worded
from autonomous_coder.languages.rust.pack_uses import uses
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Origin, Pin, Resolution
from server.generator.conftest import (
    AWKWARD,
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    TYPES,
    entity,
    field,
    link,
)

pytestmark = pytest.mark.anyio

BLOG = [
    entity(
        "Post",
        "posts",
        [field("title", unique=True), field("state", "enum", values=["draft", "out"])],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        link("author", "User"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True, maximum=50)], access="shared"),
    entity("Cover", "covers", [field("url", "url")], link("post", "Post", "one_to_one")),
]
USERS = entity("User", "users", [field("nickname", required=False)])


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "rust"
    return files


async def unavailable(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that is not installed."""
    raise ToolchainMissingError("rustfmt is not installed.", hint="Install Rust.")


@pytest.fixture
def rust() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"rust": RustPack()}, leave_files)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "rust", "entities": list(entities), **more}
    )


def text_of(render: Render, path: str) -> str:
    return next(file.content for file in render.files if file.path == path)


def code_of(render: Render) -> str:
    return "\n".join(file.content for file in render.files if file.path.endswith(".rs"))


async def test_every_promise_names_a_test_that_is_there(rust: GeneratorEngine) -> None:
    render = await rust.render(
        spec(*BLOG, USERS, features=["accounts", "cors", "logging", "dev_container", "license"]),
        None,
    )
    for capability in (
        *("entity:Post", "field:Post.title", "relation:Post.tags", "relation:Post.author"),
        *("relation:Cover.post", "relation:Tag.posts", "entity:User", "field:User.nickname"),
        *("feature:accounts", "feature:cors", "feature:logging", "feature:migrations"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{file.path}::{name}"
        for file in render.files
        if file.path.startswith("tests/")
        for name in re.findall(r"#\[(?:tokio::)?test\]\n(?:async )?fn (\w+)\(", file.content)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)
    paths = {file.path for file in render.files}
    assert ".devcontainer/devcontainer.json" in paths
    assert {"Dockerfile", ".github/workflows/ci.yml", "LICENSE", "tests/api/logs.rs"} <= paths
    assert (render.manifest, render.lockfile) == ("Cargo.toml", "Cargo.lock")
    assert (render.start, render.test) == ("cargo run", "cargo test")


async def test_generated_code_has_no_disabled_rule_and_nothing_left_to_do(
    rust: GeneratorEngine,
) -> None:
    render = await rust.render(spec(*BLOG, USERS, features=["accounts", "cors"]), None)
    code = code_of(render)
    for bad in (r"#!?\[(?:allow|expect)", r"\bTODO\b", r"\bFIXME\b", r"\btodo!", r"\bunsafe\b"):
        assert not re.search(bad, code), bad
    program = "\n".join(f.content for f in render.files if f.path.startswith("src/"))
    assert not re.search(r"\.unwrap\(\)|panic!", program)


async def test_nothing_is_generated_that_a_spec_has_no_use_for(rust: GeneratorEngine) -> None:
    render = await rust.render(spec(), None)
    assert not {"src/api/reading.rs", "src/decimal.rs"} & {file.path for file in render.files}
    assert "chrono" not in text_of(render, "Cargo.toml")
    plain = await rust.render(spec(entity("Tag", "tags", [field("name")])), None)
    for unused in ("fn row_ids", "fn nullable", "Decimal", "fn date", "NoReference", "Uuid"):
        assert unused not in code_of(plain), unused
    assert not re.search(r"json\"\].*sqlx|uuid|argon2|getrandom", text_of(plain, "Cargo.toml"))


async def test_a_reader_of_bodies_is_written_where_one_is_called(rust: GeneratorEngine) -> None:
    for entities, features in (
        ((), ["accounts", "roles"]),
        ((USERS,), ["accounts"]),
        ((*BLOG, USERS), ["accounts"]),
    ):
        render = await rust.render(spec(*entities, features=features), None)
        code = code_of(render)
        offered = re.findall(r"pub fn (\w+)<", text_of(render, "src/api/reading.rs"))
        assert offered
        assert [name for name in offered if f".{name}(" not in code] == []


async def test_free_text_stays_text(rust: GeneratorEngine) -> None:
    def made(line: str, text: str) -> ProjectSpec:
        fields = [field("name", description=line, default=line, maximum=500)]
        return spec(
            entity("Thing", "things", fields, description=line), title=line, description=text
        )

    harmless = await rust.render(made("plain", "plain"), None)
    render = await rust.render(made(HOSTILE_LINE, HOSTILE), None)
    assert code_of(render).replace(literal(HOSTILE_LINE), '"plain"') == code_of(harmless)
    document = json.loads(text_of(render, "src/api/openapi.json"))
    assert document["info"]["title"] == HOSTILE_LINE
    assert document["info"]["description"] == HOSTILE.strip()
    created = document["components"]["schemas"]["ThingCreate"]["properties"]["name"]
    assert (created["default"], created["description"]) == (HOSTILE_LINE, HOSTILE_LINE)
    assert "\x00" not in "".join(file.content for file in render.files)
    manifest = tomllib.loads(text_of(render, "Cargo.toml"))
    assert manifest["package"].pop("description").startswith('He said "hi" ')
    assert manifest["package"] == {
        key: value
        for key, value in tomllib.loads(text_of(harmless, "Cargo.toml"))["package"].items()
        if key != "description"
    }
    for path in ("Dockerfile", "build.rs", ".env.example", ".github/workflows/ci.yml"):
        assert text_of(render, path) == text_of(harmless, path)


def test_any_text_is_a_literal_of_ascii() -> None:
    assert literal('a"b\\\n\x00\x85`é\u2028\U0001f600') == (
        '"a\\"b\\\\\\n\\u{0}\\u{85}`\\u{e9}\\u{2028}\\u{1f600}"'
    )
    assert literal("\ud800") == '"\\u{fffd}"'


def test_numbers_are_written_as_the_linter_wants_them() -> None:
    assert (whole(-1234567), whole(12)) == ("-1_234_567", "12")
    assert [real(n) for n in (3.14, 2.5, -0.75, 1e300)] == ["3.14e0", "2.5", "-0.75", "1e+300"]


def test_names_are_made_safe() -> None:
    assert [raw(n) for n in ("type", "title", "self")] == ["r#type", "title", "self"]
    assert [sql(n) for n in ("order", "title")] == ['"order"', "title"]
    assert squeezed("a___b_c") == "a_b_c"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (("low", "in_progress"), ["Low", "InProgress"]),
        (("self", "none"), ["SelfValue", "None"]),
        (("low_risk", "mid_risk", "high_risk"), ["Low", "Mid", "High"]),
        (("risk", "low_risk", "high_risk"), ["Risk", "LowRisk", "HighRisk"]),
        (("a_1", "a_2"), ["A1", "A2"]),
        (("a_b", "a__b"), ["Value1", "Value2"]),
    ],
)
def test_values_of_an_enum_are_variants(values: tuple[str, ...], names: list[str]) -> None:
    assert list(variants(values).values()) == names


def test_a_value_is_told_where_its_variant_does_not_tell_it() -> None:
    assert [worded(n) for n in ("InProgress", "Low", "Step2")] == ["in_progress", "low", ""]


def test_declarations_are_what_the_code_uses() -> None:
    code = 'let x: Json<Value> = store::Page; // Uuid\nState(Router) "Utc" struct Page; Method::GET'
    assert uses(code, "crate", "axum::routing::get", "crate::store", "crate::store::Error") == (
        "use axum::{Json, Router, extract::State, http::Method, routing::get};\n"
        "use serde_json::Value;\n\nuse crate::store::{Error, self};\n"
    )


async def test_names_that_the_language_takes_are_given_way(rust: GeneratorEngine) -> None:
    awkward = [field(name) for name in AWKWARD]
    render = await rust.render(
        spec(
            entity("Option", "mod", awkward),
            entity("Page", "serde", [field("a__b"), field("crate"), field("type")]),
            entity("Problem", "main", [field("members")], link("order", "Option")),
        ),
        None,
    )
    paths = {file.path for file in render.files}
    assert {"src/store/mod_list.rs", "src/api/serde_list.rs", "src/api/main_list.rs"} <= paths
    rows = text_of(render, "src/store/serde_list.rs")
    assert "pub struct PageRecord {" in rows
    assert '#[sqlx(rename = "a__b")]\n    pub a_b: String,' in rows
    assert '#[sqlx(rename = "crate")]\n    pub crate_: String,' in rows
    assert "pub r#type: String," in rows
    api = text_of(render, "src/api/main_list.rs")
    assert 'let members_ = members.required("members", ' in api
    assert "members: members_?," in api
    assert '"order"' in text_of(render, "src/store/mod_list.rs")
    assert '"limit_"' in text_of(render, "src/api/mod_list.rs")


@pytest.mark.parametrize(("name", "package"), [("tokio", "tokio-app"), ("todo", "todo")])
async def test_a_package_is_called_as_none_of_its_crates(
    rust: GeneratorEngine, name: str, package: str
) -> None:
    render = await rust.render(spec(name=name), None)
    assert tomllib.loads(text_of(render, "Cargo.toml"))["package"]["name"] == package
    assert f"target/release/{package} " in text_of(render, "Dockerfile")
    assert f"use {package.replace('-', '_')}::" in text_of(render, "tests/api/storage.rs")


async def test_two_members_of_one_name_are_refused(rust: GeneratorEngine) -> None:
    twice = entity("B", "bs", [field("a_id", "integer")], link("a", "A"))
    with pytest.raises(UnsupportedError, match="a_id"):
        await rust.render(spec(entity("A", "things", []), twice), None)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_has_a_column_a_rule_and_a_sample(
    rust: GeneratorEngine, kind: str
) -> None:
    fields = [
        field("plain", kind),
        field("only", kind, unique=True),
        field("open", kind, required=False),
    ]
    render = await rust.render(spec(entity("Thing", "things", fields)), None)
    api, store = (text_of(render, f"src/{place}/things.rs") for place in ("api", "store"))
    assert len(re.findall(r"members\.required\(", api)) == 2
    assert len(re.findall(r'members\.nullable\("open", rules::', api)) == 2
    assert re.search(r"pub open: Option<\S+>,", store)
    made = text_of(render, "tests/api/factories.rs")
    assert len(re.findall(r'^        "(?:plain|only|open)": ', made, re.M)) == 3
    tables = text_of(render, "migrations/0001_initial.sql")
    assert re.search(r"  only \w+ NOT NULL UNIQUE,", tables)


async def test_a_default_that_its_field_refuses_is_refused(rust: GeneratorEngine) -> None:
    wrong = entity("Thing", "things", [field("n", "integer", default="many")])
    with pytest.raises(InvalidInputError, match=r"Thing\.n"):
        await rust.render(spec(wrong), None)


async def test_the_manifest_has_the_resolved_versions(rust: GeneratorEngine) -> None:
    wanted = spec(*BLOG, USERS, features=["accounts", "cors"])
    asked = rust.dependencies(wanted)
    names = {*asked.packages, *asked.dev_packages}
    resolution = Resolution(
        ecosystem="crates",
        runtime="rust 1.95",
        origin=Origin.LIVE,
        pins=[Pin(name=name, version="1.2.3") for name in names],
    )
    manifest = tomllib.loads(text_of(await rust.render(wanted, resolution), "Cargo.toml"))
    declared = manifest["dependencies"] | manifest["dev-dependencies"]
    assert declared.keys() == names
    assert {d if isinstance(d, str) else d["version"] for d in declared.values()} == {"1.2.3"}
    assert {"chrono", "json"} <= set(declared["sqlx"]["features"])
    assert declared["tower-http"]["features"] == ["cors", "timeout"]
    assert declared["axum"]["default-features"] is False


async def test_the_document_names_what_the_code_routes(rust: GeneratorEngine) -> None:
    for name in ("blog", "people", "everything", "plain", "empty"):
        data = {**SPECS[name], "language": "rust"}
        features = [f for f in data.get("features", []) if f != "postgresql"]  # type: ignore[attr-defined]
        render = await rust.render(ProjectSpec.model_validate({**data, "features": features}), None)
        paths = json.loads(text_of(render, "src/api/openapi.json"))["paths"]
        routes = re.findall(r'\.route\("([^"]+)", (.+)\)$', code_of(render), re.M)
        routed = {
            (path, method)
            for path, methods in routes
            for method in re.findall(r"\b(get|post|patch|delete)\(", methods)
        }
        told = {(p, m) for p, operations in paths.items() for m in operations if m != "parameters"}
        assert told == routed - {("/openapi.json", "get")}


async def test_without_its_formatter_the_code_is_made_and_says_so() -> None:
    engine = GeneratorEngine(TEMPLATES, {"rust": RustPack()}, unavailable)
    render = await engine.render(spec(), None)
    assert any("rustfmt is not installed" in note for note in render.notes)
    assert "src/main.rs" in {file.path for file in render.files}
