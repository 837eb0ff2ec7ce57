"""What the templates of a Rust library write, read as text: no compiler is needed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.rust.pack import RustPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
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
    ),
    entity("Tag", "tags", [field("name", unique=True, maximum=50)]),
    entity("Cover", "covers", [field("url", "url")], link("post", "Post", "one_to_one")),
]


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "rust"
    return files


@pytest.fixture
def rust() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"rust": RustPack()}, leave_files)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {
            "name": "demo",
            "language": "rust",
            "archetype": "library",
            "entities": list(entities),
            **more,
        }
    )


def text_of(render: Render, path: str) -> str:
    return next(file.content for file in render.files if file.path == path)


def code_of(render: Render) -> str:
    return "\n".join(file.content for file in render.files if file.path.endswith(".rs"))


async def test_every_promise_names_a_test_that_is_there(rust: GeneratorEngine) -> None:
    commands = [{"name": "add_post", "arguments": [field("title")]}, {"name": "list_tags"}]
    render = await rust.render(spec(*BLOG, commands=commands), None)
    for capability in (
        *("entity:Post", "field:Post.title", "relation:Post.tags", "relation:Cover.post"),
        *("relation:Tag.posts", "feature:docs", "archetype:library", "command:add_post"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{file.path}::{name}"
        for file in render.files
        if file.path.startswith("tests/")
        for name in re.findall(r"#\[test\]\nfn (\w+)\(", file.content)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)
    assert any("`add_post` is `Store::add` of Post" in note for note in render.notes)


async def test_a_library_without_records_tells_what_it_is(rust: GeneratorEngine) -> None:
    render = await rust.render(spec(description="Counts <things>."), None)
    assert 'pub const SUMMARY: &str = "Counts <things>.";' in text_of(render, "src/lib.rs")
    manifest = tomllib.loads(text_of(render, "Cargo.toml"))
    assert "dependencies" not in manifest
    assert manifest["lints"]["rust"]["missing_docs"] == "warn"
    assert "publish" not in manifest["package"]


async def test_nothing_is_generated_that_a_spec_has_no_use_for(rust: GeneratorEngine) -> None:
    plain = await rust.render(spec(entity("Tag", "tags", [field("name")])), None)
    for unused in ("Reference", "Kind", "Duplicate", "InUse", "release", "Decimal", "Uuid"):
        assert unused not in code_of(plain), unused


async def test_free_text_stays_text(rust: GeneratorEngine) -> None:
    def made(line: str, text: str) -> ProjectSpec:
        fields = [field("name", description=line, default=line, maximum=500)]
        return spec(
            entity("Thing", "things", fields, description=line), title=line, description=text
        )

    def bare(render: Render) -> str:
        """The code without comments and texts."""
        return re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"', "", code_of(render))

    render = await rust.render(made(HOSTILE_LINE, HOSTILE), None)
    assert bare(render) == bare(await rust.render(made("plain", "plain"), None))
    comments = re.findall(r"//[/!][^\n]*", text_of(render, "src/lib.rs"))
    assert sum("```" in comment for comment in comments) == 2
    assert "\x00" not in code_of(render)


async def test_entities_may_be_called_as_what_services_name(rust: GeneratorEngine) -> None:
    names = ("State", "Page", "Query", "Path", "Config", "Value", "Store", "Error")
    render = await rust.render(
        spec(*(entity(name, f"{name.lower()}s", [field("name")]) for name in names)), None
    )
    exported = text_of(render, "src/lib.rs")
    for name in (*names[:5], "ValueRecord", "StoreRecord", "ErrorRecord"):
        assert re.search(rf"^pub use \w+::{{{name}}};", exported, re.M), name
    store = text_of(render, "src/store.rs")
    assert not re.search(r"std::path|axum", store)


async def test_every_spec_renders(rust: GeneratorEngine) -> None:
    # Two members of an entity in `tricky` have one name, which is refused.
    for name, data in ((name, data) for name, data in SPECS.items() if name != "tricky"):
        made = ProjectSpec.model_validate(
            {**data, "language": "rust", "archetype": "library", "features": []}
        )
        render = await rust.render(made, None)
        assert all(render.provides[f"entity:{entity.name}"] for entity in made.entities), name


async def test_functions_of_the_host_are_offered(rust: GeneratorEngine) -> None:
    command = {"name": "shorten", "arguments": [field("text")]}
    code = "/// Shortens.\npub fn shorten(text: &str) -> &str {\n    text\n}\n"
    file = {"path": "src/shorten.rs", "content": code, "mode": "once"}
    render = await rust.render(spec(commands=[command], extra_files=[file]), None)
    assert "mod shorten;" in text_of(render, "src/lib.rs")
    assert "pub use shorten::shorten;" in text_of(render, "src/lib.rs")
    assert "command:shorten" in render.provides
    wrong = {**file, "content": "// pub fn shorten() {}\n"}
    with pytest.raises(InvalidInputError, match="defines no function 'shorten'"):
        await rust.render(spec(commands=[command], extra_files=[wrong]), None)
    with pytest.raises(UnsupportedError, match="shorten") as error:
        await rust.render(spec(commands=[command]), None)
    assert "src/shorten.rs" in error.value.hint


async def test_decimals_are_written_in_every_kind_of_project_alike(rust: GeneratorEngine) -> None:
    priced = entity("Drug", "drugs", [field("price", "decimal", minimum=0)])
    written = set()
    for archetype in ("library", "cli", "rest_api"):
        render = await rust.render(spec(priced, archetype=archetype), None)
        shown = re.search(r"impl fmt::Display for Decimal \{.*?\n\}", code_of(render), re.DOTALL)
        assert shown is not None
        written.add(shown[0])
    assert len(written) == 1
