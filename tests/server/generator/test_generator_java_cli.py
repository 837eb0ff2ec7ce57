"""Command-line programs in Java: which commands there are, and that they are proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    entity,
    field,
)
from server.generator.java_packages import HOST_FILES, HOST_TEST, MIX_FILE, MIX_UP
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE

pytestmark = pytest.mark.anyio

MAIN = "src/main/java/com/example/demo"


def cli(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "java", "archetype": "cli", **more}
    )


PROVED = {
    "cli-empty": cli(),
    "cli-todo": cli(
        entities=[TODO],
        commands=[{"name": "add"}, {"name": "done"}],
        features=["license", "dev_container"],
    ),
    "cli-command": cli(commands=[ADD_UP], extra_files=HOST_FILES),
    "cli-wide": cli(
        entities=[*WIDE, NAMES],
        commands=[
            {"name": "publish"},
            {"name": "add_post"},
            {"name": "search_posts", "arguments": [field("text")]},
            ADD_UP,
            MIX_UP,
        ],
        extra_files=[*HOST_FILES, MIX_FILE],
    ),
}


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "java"
    return files


@pytest.fixture
def java() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"java": JavaPack()}, leave_files)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_commands_of_the_only_entity_stand_at_the_top(java: GeneratorEngine) -> None:
    spec = cli(
        entities=[TODO],
        commands=[{"name": "add"}, {"name": "remove"}, {"name": "done"}, {"name": "list_todos"}],
    )
    render = await java.render(spec, None)
    program = texts(render)[f"{MAIN}/cli/Program.java"]
    for name, kind in (
        *(("add", "Add(data)"), ("list", "ListAll(data)"), ("show", "Show(data)")),
        *(("update", "Update(data)"), ("remove", "Delete(data, input)")),
        *(("done", "MarkDone(data)"), ("list-todos", "ListAll(data)")),
    ):
        assert f'.addSubcommand("{name}", new TodoCommands.{kind})' in program, name
    for command in spec.commands:
        assert render.provides[f"command:{command.name}"], command.name
    assert not render.notes
    assert render.start.endswith("java -jar target/demo.jar --help")
    assert {"info.picocli:picocli", "org.xerial:sqlite-jdbc"} <= {*java.dependencies(spec).packages}


async def test_several_entities_have_groups_and_named_commands(java: GeneratorEngine) -> None:
    files = texts(await java.render(PROVED["cli-wide"], None))
    program = files[f"{MAIN}/cli/Program.java"]
    for line in (
        'addSubcommand("posts", group("Posts.")',
        'addSubcommand("add-post", new PostCommands.Add(data))',
        'addSubcommand("publish", new PostCommands.MarkPublish(data))',
        'addSubcommand("search-posts", new PostCommands.Search(data))',
        'addSubcommand("add-up", new AddUpCommand())',
        'addSubcommand("mix-up", new MixUpCommand(data))',
    ):
        assert line in program, line
    assert "data.use(database -> MixUp.mixUp(" in files[f"{MAIN}/cli/MixUpCommand.java"]


async def test_every_promise_names_a_test_that_is_there(java: GeneratorEngine) -> None:
    render = await java.render(PROVED["cli-wide"], None)
    for capability in (
        *("archetype:cli", "feature:tests", "feature:docs", "entity:Post", "field:Post.title"),
        *("relation:Post.tags", "relation:Tag.posts", "relation:Cover.post", "command:publish"),
        *("command:add_post", "command:search_posts", "command:add_up"),
    ):
        assert render.provides[capability], capability
    files = texts(render) | {str(HOST_FILES[1]["path"]): HOST_TEST}
    tests = [
        f"{path}::{path.rpartition('/')[2].removesuffix('.java')}::{name}"
        for path, text in files.items()
        if path.startswith("src/test/")
        for name in re.findall(r"@(?:Parameterized)?Test\n.*?void (\w+)\(", text, re.S)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"tricky"}))
async def test_every_spec_becomes_code_without_what_is_left_to_do(
    java: GeneratorEngine, name: str
) -> None:
    spec = SPECS[name] | {"language": "java", "archetype": "cli", "features": []}
    files = texts(await java.render(ProjectSpec.model_validate(spec), None))
    code = "\n".join(text for path, text in files.items() if path.endswith(".java"))
    for bad in (r"SuppressWarnings", r"\bTODO\b", r"\bFIXME\b", r"userId", r"@Disabled", "spring"):
        assert not re.search(bad, code), bad


async def test_without_data_there_is_no_database(java: GeneratorEngine) -> None:
    spec = PROVED["cli-command"]
    files = texts(await java.render(spec, None))
    assert not any("/data/" in path or path.endswith(".sql") for path in files)
    assert "org.xerial:sqlite-jdbc" not in java.dependencies(spec).packages
    empty = texts(await java.render(cli(), None))
    assert {f"{MAIN}/Main.java", f"{MAIN}/cli/Program.java"} == {
        path for path in empty if path.startswith("src/main/")
    }
    assert java.dependencies(cli()).packages == ["info.picocli:picocli"]


async def test_a_command_nobody_knows_is_left_out_and_told(java: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await java.render(cli(commands=[ADD_UP]), None)
    assert f"{MAIN}/core/AddUp.java" in refused.value.hint
    render = await java.render(cli(entities=[TODO], commands=[{"name": "add"}, ADD_UP]), None)
    assert "command:add_up" not in render.provides
    (note,) = render.notes
    assert "public static String addUp(long first, Long second)" in note


async def test_a_command_of_the_hosts_is_proven_by_the_hosts_tests_alone(
    java: GeneratorEngine,
) -> None:
    alone = await java.render(cli(commands=[ADD_UP], extra_files=HOST_FILES[:1]), None)
    assert alone.provides["command:add_up"] == []
    render = await java.render(PROVED["cli-command"], None)
    (proof,) = render.provides["command:add_up"]
    assert proof.endswith("SumsTest.java::SumsTest::sums")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("package x; public class AddUp {}", "not of package"),
        ("public class AddUp {}", "no public static method"),
        ("public class Other { public static long addUp(long a, Long b) {} }", "no public static"),
        ("public class AddUp { public static void addUp(long a, Long b) {} }", "nothing back"),
        ("public class AddUp { public static long addUp(long a) {} }", "instead of"),
        ("public class AddUp { public static long addUp(long a, long b) {} }", "instead of"),
    ],
)
async def test_a_file_of_the_hosts_that_does_not_fit_is_refused(
    java: GeneratorEngine, body: str, message: str
) -> None:
    content = body if body.startswith("package") else f"package com.example.demo.core;\n{body}"
    files = [{"path": f"{MAIN}/core/AddUp.java", "content": content}]
    with pytest.raises(InvalidInputError, match=message):
        await java.render(cli(commands=[ADD_UP], extra_files=files), None)


async def test_names_that_the_program_takes_are_given_way(java: GeneratorEngine) -> None:
    taken = [
        entity("Help", "help", [field("json"), field("no_x"), field("x", "boolean")]),
        entity("Output", "cli", [field("data_file"), field("checks"), field("output")]),
        entity("Option", "values", [field("option", "enum", values=["command"])]),
    ]
    files = texts(await java.render(cli(entities=taken), None))
    assert 'addSubcommand("help-command", group(' in files[f"{MAIN}/cli/Program.java"]
    assert '"--json-value"' in files[f"{MAIN}/cli/HelpCommands.java"]
    assert "String _checks" in files[f"{MAIN}/clilist/OutputRecordInput.java"]
    assert f"{MAIN}/valueslist/OptionRecord.java" in files


async def test_words_of_a_program_stay_words(java: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> str:
        command = ADD_UP | {
            "description": line,
            "arguments": [field("first", default=line, description=line), field("second")],
        }
        thing = entity("Thing", "things", [field("a", description=line)], description=line)
        code = (
            "package com.example.demo.core;\npublic final class AddUp {\n"
            "public static String addUp(String first, String second) { return first; } }\n"
        )
        host = [{"path": f"{MAIN}/core/AddUp.java", "content": code}]
        render = await java.render(
            cli(
                title=line, description=text, entities=[thing, TODO], commands=[command],
                extra_files=host,
            ),
            None,
        )  # fmt: skip
        made = "\n".join(t for path, t in texts(render).items() if path.endswith(".java"))
        assert "\x00" not in made
        return re.sub(r"\s+", "", re.sub(r'"(?:\\.|[^"\\\n])*"', '""', made))

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


async def test_when_tables_change_a_numbered_migration_follows(
    java: GeneratorEngine, tmp_path: Path
) -> None:
    first = await java.render(cli(entities=[TODO]), None)
    made = "src/main/resources/db/migration/V1.sql"
    changed = TODO | {"fields": [field("title"), field("stars", "integer", default=3)]}
    earlier = Earlier(spec=cli(entities=[TODO]), files=texts(first), root=tmp_path)
    files = texts(await java.render(cli(entities=[changed]), None, earlier))
    assert files[made] == texts(first)[made]
    assert "stars" in files["src/main/resources/db/migration/V2.sql"]


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(PROVED))
async def test_a_generated_program_passes_every_check(name: str, tmp_path: Path) -> None:
    report = await proven(PROVED[name], tmp_path)
    assert {"dependencies", "build", "lint", "tests"} <= passed(report)
