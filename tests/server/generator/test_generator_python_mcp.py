"""MCP servers in Python: which tools there are, and that they are proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, entity, field
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE, host_files

pytestmark = pytest.mark.anyio
OPERATIONS = ("list_todos", "get_todo", "create_todo", "update_todo", "delete_todo")


def server(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "mcp_server", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_each_entity_has_five_tools(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(server(entities=[TODO]), None)
    files = texts(render)
    listed = files["src/demo/tools/__init__.py"]
    places = [listed.index(f"tool(todos.{name}, ") for name in OPERATIONS]
    assert places == sorted(places)
    assert 'server.resource("demo://todos/{row_id}"' in files["src/demo/resources.py"]
    assert all(
        render.provides[name]
        for name in ("archetype:mcp_server", "entity:Todo", "field:Todo.priority")
    )
    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["scripts"] == {"demo": "demo.__main__:main"}
    assert '"--directory", "/path/to/demo", "run", "demo"' in files["README.md"]


async def test_an_operation_is_called_as_the_spec_calls_it(plain_engine: GeneratorEngine) -> None:
    commands = [
        {"name": "remember"},
        {"name": "add_todo"},
        {"name": "complete"},
        {"name": "search", "arguments": [field("text")]},
    ]
    render = await plain_engine.render(server(entities=[TODO], commands=commands), None)
    listed = texts(render)["src/demo/tools/__init__.py"]
    assert "tool(todos.create_todo, 'Create a todo', ADDS, name=\"add_todo\")" in listed
    assert 'name="complete")' in listed
    assert 'name="search")' in listed
    for name in ("add_todo", "complete", "search"):
        assert render.provides[f"command:{name}"], name
    (note,) = render.notes
    assert "`remember`" in note
    assert "def remember() -> object" in note


async def test_the_hosts_code_becomes_a_tool(plain_engine: GeneratorEngine) -> None:
    spec = server(commands=[ADD_UP], extra_files=host_files("demo"))
    render = await plain_engine.render(spec, None)
    files = texts(render)
    tool = files["src/demo/tools/add_up.py"]
    assert "first: Annotated[int, Field(ge=-100, le=100)]," in tool
    assert "core.add_up(first=first, second=second, )" in tool
    assert render.provides["command:add_up"] == ["tests/test_sums.py::test_sums"]
    assert "src/demo/database.py" not in files
    dependencies = plain_engine.dependencies(spec)
    assert "sqlalchemy" not in dependencies.packages


async def test_a_server_without_anything_that_works_is_refused(
    plain_engine: GeneratorEngine,
) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await plain_engine.render(server(commands=[ADD_UP]), None)
    assert "src/demo/core/add_up.py" in refused.value.hint


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_valid_code(plain_engine: GeneratorEngine, name: str) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "mcp_server", "features": []})
    for path, content in texts(await plain_engine.render(spec, None)).items():
        assert "TODO:" not in content
        assert "# noqa" not in content
        assert "type: ignore" not in content
        if path.endswith(".py"):
            compile(content, path, "exec")


async def test_arguments_are_called_as_fields_are(plain_engine: GeneratorEngine) -> None:
    files = texts(await plain_engine.render(server(entities=[NAMES]), None))
    tools = files["src/demo/tools/class_.py"]
    assert "validation_alias='from'" in tools
    assert "class_id_: Annotated[RowId" in tools


async def test_words_of_a_server_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        command = ADD_UP | {
            "description": line,
            "arguments": [field("first", default=None, description=line), field("second")],
        }
        thing = entity(
            "Thing", "things", [field("a", description=line, default=line, maximum=500)],
            description=line,
        )  # fmt: skip
        code = "def add_up(first, second): ..."
        render = await plain_engine.render(
            server(
                title=line,
                description=text,
                entities=[thing],
                commands=[command],
                extra_files=[{"path": "src/demo/core/add_up.py", "content": code}],
                features=["docker", "license"],
            ),
            None,
        )
        assert "feature:fake" not in render.provides
        return {
            path: _without_strings(content) if path.endswith(".py") else ""
            for path, content in texts(render).items()
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
        server(features=["docker", "license"]),
        server(entities=[TODO], commands=[{"name": "add"}, {"name": "done"}]),
        server(commands=[ADD_UP], extra_files=host_files("demo")),
        server(
            entities=[*WIDE, NAMES],
            commands=[{"name": "publish"}, {"name": "add_post"}, ADD_UP],
            extra_files=host_files("demo"),
            features=["pre_commit", "docker"],
        ),
    ],
    ids=["empty", "todo", "command", "wide"],
)
async def test_a_generated_server_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
