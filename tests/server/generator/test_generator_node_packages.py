"""Packages in TypeScript and JavaScript render: what is offered, named, safe and promised, without
npm or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES, entity, field
from server.generator.node_packages import ADD_UP, CELLS, SUFFIXES, host_files, package
from server.generator.python_packages import NAMES, TODO, WIDE

pytestmark = pytest.mark.anyio

EACH = pytest.mark.parametrize(("language", "archetype"), CELLS, ids=map("-".join, CELLS))
LANGUAGES = pytest.mark.parametrize("language", sorted(SUFFIXES))


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    return files


ENGINE = GeneratorEngine(
    TEMPLATES, {"typescript": TypeScriptPack(), "javascript": JavaScriptPack()}, unformatted
)


async def rendered(spec: ProjectSpec) -> Render:
    return await ENGINE.render(spec, None)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


def code(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith((".ts", ".js", ".sql"))}


def promised(spec: ProjectSpec) -> set[str]:
    """Capabilities of the entities of a spec."""
    return {
        name
        for e in spec.entities
        for name in (
            f"entity:{e.name}",
            *(f"field:{e.name}.{f.name}" for f in e.fields),
            *(f"relation:{e.name}.{r.name}" for r in e.relations),
        )
    }


@EACH
@pytest.mark.parametrize("name", ["blog", "empty", "everything", "plain"])
async def test_every_spec_renders_and_each_part_of_it_is_proven(
    language: str, archetype: str, name: str
) -> None:
    data = {key: value for key, value in SPECS[name].items() if key != "features"}
    spec = package(language, archetype, **data)
    render = await rendered(spec)
    assert {what for what in promised(spec) if not render.provides.get(what)} == set()
    files = code(texts(render))
    titles = {
        f"{path}::{json.loads(title)}"
        for path, text in files.items()
        for title in re.findall(r'^\s*test\(("[^"]+")', text, re.MULTILINE)
    }
    assert {test for tests in render.provides.values() for test in tests} <= titles
    bad = r"(?:[:<|,]|\bas) ?any\b|@ts-|biome-ignore|\bTODO\b|\bFIXME\b"
    assert {path for path, text in files.items() if re.search(bad, text)} == set()


@EACH
async def test_free_text_stays_text(language: str, archetype: str) -> None:
    thing = entity(
        "Thing", "things", [field("a", description=HOSTILE_LINE)], description=HOSTILE_LINE
    )
    command = ADD_UP | {
        "description": HOSTILE_LINE,
        "arguments": [field("first", default=HOSTILE_LINE, description=HOSTILE_LINE)],
    }
    for described in (thing, None):
        spec = package(
            language, archetype, title=HOSTILE_LINE, description=HOSTILE,
            entities=[described] if described else [], commands=[command],
            extra_files=host_files(language)[:1],
        )  # fmt: skip
        files = texts(await rendered(spec))
        assert "\x00" not in "".join(files.values())
        assert json.loads(files["package.json"])["description"]
        for path, text in code(files).items():
            assert HOSTILE_LINE not in text, path
            assert 'He said "hi"' not in text, path


@EACH
async def test_commands_are_operations_or_the_hosts_or_left_out_and_told(
    language: str, archetype: str
) -> None:
    commands: list[object] = [{"name": "add_todo"}, {"name": "complete"}, ADD_UP]
    known = package(
        language, archetype, entities=[TODO], commands=commands, extra_files=host_files(language)
    )
    render = await rendered(known)
    for command in known.commands:
        assert render.provides[f"command:{command.name}"], command.name
    assert render.provides["command:add_up"] == [f"tests/sums.test.{SUFFIXES[language]}::sums"]
    render = await rendered(package(language, archetype, entities=[TODO], commands=commands))
    assert "command:add_up" not in render.provides
    assert f"src/core/add-up.{SUFFIXES[language]}" in render.notes[-1]
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await rendered(package(language, archetype, commands=[ADD_UP]))
    assert "export function addUp(" in refused.value.hint


@EACH
async def test_a_file_of_the_hosts_without_the_function_is_refused(
    language: str, archetype: str
) -> None:
    path = f"src/core/add-up.{SUFFIXES[language]}"
    files = [{"path": path, "content": "export const addDown = 1;"}]
    with pytest.raises(InvalidInputError, match="exports no function 'addUp'"):
        await rendered(package(language, archetype, commands=[ADD_UP], extra_files=files))


@LANGUAGES
async def test_a_function_that_asks_for_the_database_is_given_it(language: str) -> None:
    path = f"src/core/add-up.{SUFFIXES[language]}"
    heads = {
        "export async function addUp(given, database) {}": True,
        "export const addUp = async ({ first, second }, /* the , open */ database) => 1;": True,
        "export function addUp({ first, second, }) {}": False,
        'export function addUp(given = { first: "a, b)" }) {}': False,
    }
    for head, stored in heads.items():
        files = [{"path": path, "content": head}]
        spec = package(language, "cli", entities=[TODO], commands=[ADD_UP], extra_files=files)
        command = texts(await rendered(spec))[f"src/commands/add-up.{SUFFIXES[language]}"]
        assert ("addUp(request, database)" in command) is stored, head


@LANGUAGES
async def test_a_library_can_be_published(language: str) -> None:
    files = texts(await rendered(package(language, "library", entities=[TODO])))
    assert {"CHANGELOG.md", "LICENSE", ".github/workflows/ci.yml", "typedoc.json"} <= set(files)
    manifest = json.loads(files["package.json"])
    assert "private" not in manifest
    assert manifest["license"] == "MIT"
    assert manifest["exports"]["."]["types"].endswith("/index.d.ts")
    assert manifest["scripts"]["prepack"]
    assert "npm pack --dry-run" in files[".github/workflows/ci.yml"]
    held = ENGINE.dependencies(package(language, "library")).holds
    assert held == {"typescript": "<6.1"}


@LANGUAGES
async def test_an_entity_called_store_leaves_the_store_another_name(language: str) -> None:
    suffix = SUFFIXES[language]
    files = texts(await rendered(package(language, "library", entities=WIDE)))
    assert "export class StoreData {" in files[f"src/store.{suffix}"]
    names = [entity(name, f"{name.lower()}s", []) for name in ("Repository", "InUseError")]
    files = texts(await rendered(package(language, "library", entities=names)))
    assert "NewRepositoryRecord" in files[f"src/models/repositorys.{suffix}"]


@LANGUAGES
async def test_commands_of_one_entity_stand_at_the_top_and_of_several_in_groups(
    language: str,
) -> None:
    suffix = SUFFIXES[language]
    commands = [{"name": "add"}, {"name": "remove"}, {"name": "done"}, {"name": "list_todos"}]
    files = texts(await rendered(package(language, "cli", entities=[TODO], commands=commands)))
    program = files[f"src/program.{suffix}"]
    for shown in (
        'addTodoCommand("add"', 'deleteTodoCommand("remove"', 'doneTodoCommand("done"',
        'listTodosCommand("list-todos"', 'listTodosCommand("list"',
    ):  # fmt: skip
        assert shown in program, shown
    wanted = package(language, "cli", entities=WIDE, commands=[{"name": "add_post"}])
    program = texts(await rendered(wanted))[f"src/program.{suffix}"]
    assert 'program.command("posts")' in program
    assert 'addPostCommand("add-post", context)' in program


@LANGUAGES
async def test_options_that_the_parser_reads_otherwise_are_called_otherwise(language: str) -> None:
    odd = [field(name) for name in ("no_smoking", "help", "a__b", "json", "search")]
    odd += [field("done", "boolean"), field("no_done", "boolean")]
    files = texts(await rendered(package(language, "cli", entities=[entity("Odd", "odds", odd)])))
    commands = files[f"src/commands/odds.{SUFFIXES[language]}"]
    for option in ("--help-value", "--a-b", "--json-value", "--search-value", "--no-is-no-done"):
        assert f'"{option}' in commands, option
    assert 'argument("<is-no-smoking>"' in commands
    assert "a__b: options.aB" in commands


async def test_tools_have_the_names_of_the_spec_or_their_usual_ones() -> None:
    spec = package(
        "typescript",
        "mcp_server",
        entities=[TODO],
        commands=[{"name": "add_todo"}, {"name": "complete"}, {"name": "find_todos"}],
    )
    files = texts(await rendered(spec))
    tools = re.findall(r'registerTool\(\s+"(\w+)"', files["src/tools/todos.ts"])
    assert tools == ["find_todos", "get_todo", "add_todo", "update_todo", "delete_todo", "complete"]
    assert '"demo://todos/{row_id}"' in files["src/resources.ts"]


@EACH
async def test_awkward_names_are_given_way(language: str, archetype: str) -> None:
    kinds = [entity(name, f"{name.lower()}s", [field("name")]) for name in (
        "Command", "Option", "Context", "Error", "Date", "McpServer", "Result", "Changes",
    )]  # fmt: skip
    files = texts(await rendered(package(language, archetype, entities=[NAMES, *kinds])))
    assert re.search(r"\bDateRecord", "".join(files.values()))
