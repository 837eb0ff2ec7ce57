"""Command-line programs in Rust: which commands there are, and that they are proven."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

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
)
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, TODO
from server.generator.rust_packages import HOST_FILES, HOST_TEST, OFFERED, PROVED, cli

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif("cli" not in OFFERED, reason="offered once the validator has proven it"),
]


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "rust"
    return files


@pytest.fixture
def rust() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"rust": RustPack()}, leave_files)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


def code_of(files: Mapping[str, str]) -> str:
    return "\n".join(text for path, text in files.items() if path.endswith(".rs"))


async def test_commands_of_the_only_entity_stand_at_the_top(rust: GeneratorEngine) -> None:
    spec = cli(
        entities=[TODO],
        commands=[{"name": "add"}, {"name": "remove"}, {"name": "done"}, {"name": "list_todos"}],
    )
    render = await rust.render(spec, None)
    files = texts(render)
    assert "#[command(flatten)]\n    Todos(todos::Command)," in files["src/commands/mod.rs"]
    assert "/// List todos.\n    ListTodos(todos::List)," in files["src/commands/mod.rs"]
    todos = files["src/commands/todos.rs"]
    assert '#[command(name = "remove")]\n    Delete(Unwanted),' in todos
    assert "    Done(One)," in todos
    for command in spec.commands:
        assert render.provides[f"command:{command.name}"], command.name
    assert not render.notes
    assert (render.start, render.test) == ("cargo run -- --help", "cargo test")
    assert {"clap", "rusqlite", "dirs"} <= set(rust.dependencies(spec).packages)


async def test_several_entities_have_groups_and_named_commands(rust: GeneratorEngine) -> None:
    files = texts(await rust.render(PROVED["cli-wide"], None))
    commands = files["src/commands/mod.rs"]
    for variant in (
        *("#[command(subcommand)]\n    Posts(posts::Command),", "AddPost(Box<posts::Add>),"),
        *("Publish(One),", "SearchPosts(posts::Search),", "AddUp(add_up::Given),"),
    ):
        assert variant in commands, variant
    mixed = re.sub(r"\s+", " ", files["src/commands/mix_up.rs"])
    assert "mix_up::mix_up(db, &self.a_string, self.a_integer," in mixed
    assert "self.o_text.as_deref(), self.o_decimal," in mixed


async def test_every_promise_names_a_test_that_is_there(rust: GeneratorEngine) -> None:
    render = await rust.render(PROVED["cli-wide"], None)
    for capability in (
        *("archetype:cli", "feature:tests", "feature:docs", "entity:Post", "field:Post.title"),
        *("relation:Post.tags", "relation:Tag.posts", "relation:Cover.post", "command:publish"),
        *("command:add_post", "command:search_posts", "command:add_up"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{path}::{name}"
        for path, text in {**texts(render), "tests/sums.rs": HOST_TEST}.items()
        if path.startswith("tests/")
        for name in re.findall(r"#\[test\]\n(?:#\[cfg.*\n)?fn (\w+)\(", text)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"tricky"}))
async def test_every_spec_becomes_code_without_what_is_left_to_do(
    rust: GeneratorEngine, name: str
) -> None:
    spec = SPECS[name] | {"language": "rust", "archetype": "cli", "features": []}
    files = texts(await rust.render(ProjectSpec.model_validate(spec), None))
    for bad in (r"#!?\[(?:allow|expect)", r"\bTODO\b", r"\bFIXME\b", r"\btodo!", r"\bunsafe\b"):
        assert not re.search(bad, code_of(files)), bad
    program = "\n".join(text for path, text in files.items() if path.startswith("src/"))
    assert not re.search(r"\.unwrap\(\)|panic!|user_id", program)


async def test_without_data_there_is_no_database(rust: GeneratorEngine) -> None:
    spec = PROVED["cli-command"]
    files = texts(await rust.render(spec, None))
    assert not any("store" in path or path == "build.rs" for path in files)
    assert rust.dependencies(spec).packages == ["anyhow", "clap", "serde", "serde_json"]
    empty = texts(await rust.render(cli(), None))
    assert {path for path in empty if path.startswith("src/")} == {
        *("src/main.rs", "src/lib.rs", "src/commands/mod.rs"),
    }
    assert rust.dependencies(cli()).packages == ["clap"]


async def test_a_command_nobody_knows_is_left_out_and_told(rust: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await rust.render(cli(commands=[ADD_UP]), None)
    assert "src/logic/add_up.rs" in refused.value.hint
    render = await rust.render(cli(entities=[TODO], commands=[{"name": "add"}, ADD_UP]), None)
    assert "command:add_up" not in render.provides
    (note,) = render.notes
    assert "pub fn add_up(first: i64, second: Option<i64>) -> anyhow::Result<String>" in note


async def test_a_command_of_the_hosts_is_proven_by_the_hosts_tests_alone(
    rust: GeneratorEngine,
) -> None:
    alone = await rust.render(cli(commands=[ADD_UP], extra_files=HOST_FILES[:1]), None)
    assert alone.provides["command:add_up"] == []
    render = await rust.render(PROVED["cli-command"], None)
    assert render.provides["command:add_up"] == ["tests/sums.rs::sums"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("pub const ADD_UP: i64 = 1;\n", "no function"),
        ("fn add_up(first: i64, second: Option<i64>) -> anyhow::Result<i64> {}\n", "no function"),
        ("pub fn add_up(first: i64) -> anyhow::Result<i64> {}\n", "instead of"),
        ("pub fn add_up(first: i64, second: i64) -> anyhow::Result<i64> {}\n", "instead of"),
        ("pub fn add_up(first: i64, second: Option<i64>) -> i64 {}\n", "no Result"),
    ],
)
async def test_a_file_of_the_hosts_that_does_not_fit_is_refused(
    rust: GeneratorEngine, content: str, message: str
) -> None:
    files = [{"path": "src/logic/add_up.rs", "content": content}]
    with pytest.raises(InvalidInputError, match=message):
        await rust.render(cli(commands=[ADD_UP], extra_files=files), None)


async def test_names_that_the_program_takes_are_given_way(rust: GeneratorEngine) -> None:
    taken = [
        entity("Help", "help", [field("json"), field("limit"), field("self")]),
        entity("Add", "rules", [field("data_file"), field("type")]),
        entity("Connection", "self", [field("clear", required=False)]),
    ]
    files = texts(await rust.render(cli(entities=taken, name="clap"), None))
    assert tomllib.loads(files["Cargo.toml"])["package"]["name"] == "clap-app"
    root = files["src/commands/mod.rs"]
    assert '#[command(subcommand, name = "help-command")]\n    Help(help::Command),' in root
    assert "rules_list::Command" in root
    assert "pub struct AddRecord {" in files["src/store/rules_list.rs"]
    typed = files["src/commands/help.rs"]
    assert 'long = "json-value"' in typed or "json_value: String" in typed
    assert "limit_value: String" in typed


async def test_words_of_a_program_stay_words(rust: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> str:
        command = ADD_UP | {
            "description": line,
            "arguments": [field("first", default=line, description=line), field("second")],
        }
        thing = entity("Thing", "things", [field("a", description=line)], description=line)
        code = "pub fn add_up(first: &str, second: &str) -> anyhow::Result<String> {}\n"
        host = [{"path": "src/logic/add_up.rs", "content": code}]
        render = await rust.render(
            cli(
                title=line, description=text, entities=[thing, TODO], commands=[command],
                extra_files=host,
            ),
            None,
        )  # fmt: skip
        made = code_of(texts(render))
        assert "\x00" not in made
        assert not re.search(r"^ *///\s*$", made, re.M)
        plain = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"^\s*//.*\n", "", made, flags=re.M))
        return re.sub(r"\s+", " ", plain)

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", sorted(PROVED))
async def test_a_generated_program_passes_every_check(name: str, tmp_path: Path) -> None:
    report = await proven(PROVED[name], tmp_path)
    assert {"dependencies", "build", "lint", "tests", "format"} <= passed(report)
