"""Command-line programs in Python: which commands there are, and that they are proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.common.commands import matches
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import Command, Entity, ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, entity, field
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE, host_files

pytestmark = pytest.mark.anyio


def cli(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "cli", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


@pytest.mark.parametrize(
    ("name", "arguments", "meant"),
    [
        ("add", ["title", "done"], "add"),
        ("create_todo", [], "add"),
        ("todo_new", ["title"], "add"),
        ("ls", ["priority"], "list"),
        ("todos", [], "list"),
        ("list_todos", ["search", "limit"], "list"),
        ("get", ["id"], "show"),
        ("edit_todo", ["id", "title"], "update"),
        ("rm", ["todo_id"], "delete"),
        ("search", ["text"], "search"),
        ("done", ["id"], "mark"),
        ("complete_todo", ["id"], "mark"),
        ("mark_todo_as_done", ["number"], "mark"),
        ("reopen", ["id"], "mark"),
        ("mark_high", ["id"], "mark"),
        ("add", ["first", "second"], ""),
        ("list", ["title_length"], ""),
        ("convert", [], ""),
        ("add_user", [], ""),
        ("show", ["title"], ""),
    ],
)
def test_a_command_is_an_operation_only_when_name_and_arguments_fit(
    name: str, arguments: list[str], meant: str
) -> None:
    todo = Entity.model_validate(TODO)
    command = Command.model_validate({"name": name, "arguments": [field(a) for a in arguments]})
    assert [match.operation for match in matches(command, [todo])] == ([meant] if meant else [])


async def test_commands_of_the_only_entity_stand_at_the_top(plain_engine: GeneratorEngine) -> None:
    spec = cli(
        entities=[TODO],
        commands=[{"name": "add"}, {"name": "remove"}, {"name": "done"}, {"name": "list_todos"}],
    )
    render = await plain_engine.render(spec, None)
    files = texts(render)
    commands = files["src/demo/commands/todos.py"]
    for name in ("add", "list", "show", "update", "remove", "done"):
        assert f'@app.command("{name}")' in commands
    assert 'app.command("list-todos")(todos.list_todos)' in files["src/demo/cli.py"]
    for command in spec.commands:
        assert render.provides[f"command:{command.name}"], command.name
    assert not render.notes
    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["scripts"] == {"demo": "demo.cli:app"}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/demo"]
    assert "package" not in project["tool"].get("uv", {})


async def test_several_entities_have_groups_and_named_commands(
    plain_engine: GeneratorEngine,
) -> None:
    spec = cli(entities=WIDE, commands=[{"name": "add_post"}, {"name": "publish"}])
    files = texts(await plain_engine.render(spec, None))
    program = files["src/demo/cli.py"]
    assert 'app.add_typer(posts.app, name="posts")' in program
    assert 'app.command("add-post")(posts.add_post)' in program
    assert 'app.command("publish")(posts.publish_post)' in program


async def test_a_command_nobody_knows_is_left_out_and_told(plain_engine: GeneratorEngine) -> None:
    spec = cli(entities=[TODO], commands=[{"name": "add"}, ADD_UP])
    render = await plain_engine.render(spec, None)
    assert "command:add_up" not in render.provides
    (note,) = render.notes
    assert "src/demo/core/add_up.py" in note
    assert "def add_up(*, first: int, second: int | None) -> object" in note
    assert "src/demo/commands/add_up.py" not in texts(render)


async def test_a_program_without_anything_that_works_is_refused(
    plain_engine: GeneratorEngine,
) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await plain_engine.render(cli(commands=[ADD_UP]), None)
    assert "src/demo/core/add_up.py" in refused.value.hint


async def test_a_command_of_the_hosts_is_proven_by_the_hosts_tests_alone(
    plain_engine: GeneratorEngine,
) -> None:
    files = host_files("demo")
    alone = await plain_engine.render(cli(commands=[ADD_UP], extra_files=files[:1]), None)
    assert alone.provides["command:add_up"] == []
    render = await plain_engine.render(cli(commands=[ADD_UP], extra_files=files), None)
    assert render.provides["command:add_up"] == ["tests/test_sums.py::test_sums"]
    assert "core.add_up(first=request.first" in texts(render)["src/demo/commands/add_up.py"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("def add(", "no Python"),
        ("x = 1", "defines no function"),
        ("async def add_up(**given): ...", "defines no function"),
        ("def add_up(first): ...", "does not take second"),
    ],
)
async def test_a_file_of_the_hosts_that_does_not_fit_is_refused(
    plain_engine: GeneratorEngine, content: str, message: str
) -> None:
    files = [{"path": "src/demo/core/add_up.py", "content": content}]
    with pytest.raises(InvalidInputError, match=message):
        await plain_engine.render(cli(commands=[ADD_UP], extra_files=files), None)


async def test_packages_do_not_hide_others(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(cli(name="json"), None)
    assert "src/json_app/cli.py" in texts(render)
    with pytest.raises(InvalidInputError, match="needs the package of that name"):
        await plain_engine.render(cli(name="typer"), None)


async def test_awkward_names_stay_valid_code(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(cli(entities=[NAMES, *WIDE]), None)
    for path, content in texts(render).items():
        if path.endswith(".py"):
            compile(content, path, "exec")


async def test_words_of_a_program_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        command = ADD_UP | {
            "description": line,
            "arguments": [field("first", default=None, description=line), field("second")],
        }
        thing = entity("Thing", "things", [field("a", description=line)], description=line)
        render = await plain_engine.render(
            cli(
                title=line, description=text, entities=[thing], commands=[command],
                extra_files=[
                    {
                        "path": "src/demo/core/add_up.py",
                        "content": "def add_up(first, second): ...",
                    }
                ],
            ),
            None,
        )  # fmt: skip
        assert len(texts(render)["README.md"].splitlines()) > 10
        return {
            path: _without_strings(content)
            for path, content in texts(render).items()
            if path.endswith(".py")
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


def _without_strings(content: str) -> str:
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        cli(),
        cli(entities=[TODO], commands=[{"name": "add"}, {"name": "done"}], features=["license"]),
        cli(commands=[ADD_UP], extra_files=host_files("demo")),
        cli(
            entities=[*WIDE, NAMES],
            commands=[{"name": "publish"}, {"name": "add_post"}, ADD_UP],
            extra_files=host_files("demo"),
            features=["pre_commit"],
        ),
    ],
    ids=["empty", "todo", "command", "wide"],
)
async def test_a_generated_program_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
