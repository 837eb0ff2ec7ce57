"""Desktop applications in Python: a list and a form for each entity, tasks of the host's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import (
    ADD_UP,
    NAMES,
    TODO,
    WIDE,
    host_files,
    without_strings,
)

pytestmark = pytest.mark.anyio
TODO_COMMANDS = [{"name": name} for name in ("add", "todos", "complete", "search", "rm")]


def desktop(**more: Any) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "desktop_app", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_every_entity_has_a_list_and_a_form_that_tests_show(
    plain_engine: GeneratorEngine,
) -> None:
    render = await plain_engine.render(desktop(entities=[TODO], commands=TODO_COMMANDS), None)
    shown = {name for name, tests in render.provides.items() if tests}
    assert {"archetype:desktop_app", "entity:Todo", "field:Todo.due_date"} <= shown
    assert {f"command:{command['name']}" for command in TODO_COMMANDS} <= shown
    kind = texts(render)["src/demo/kinds/todos.py"]
    assert "forms.Input('done', 'Done', 'checkbox', required=False, sortable=True)" in kind
    assert "forms.Option('low', 'Low')" in kind
    assert "return self.title" in texts(render)["src/demo/models/todos.py"]
    project = tomllib.loads(texts(render)["pyproject.toml"])
    assert project["project"]["gui-scripts"] == {"demo": "demo.__main__:main"}


async def test_only_windows_know_qt(plain_engine: GeneratorEngine) -> None:
    spec = desktop(
        entities=WIDE, commands=[ADD_UP], features=["ci"], extra_files=host_files("demo")
    )
    files = texts(await plain_engine.render(spec, None))
    knowing = {path for path, text in files.items() if "from PySide6" in text}
    of_windows = ("src/demo/windows/", "src/demo/__main__.py", "tests/windows/")
    assert knowing
    assert all(path.startswith(of_windows) for path in knowing)
    assert "libegl1" in files[".github/workflows/ci.yml"]


async def test_work_of_the_hosts_is_a_task_in_the_menu(plain_engine: GeneratorEngine) -> None:
    spec = desktop(commands=[ADD_UP], extra_files=host_files("demo"))
    render = await plain_engine.render(spec, None)
    files = texts(render)
    assert "core.add_up(first=given.first, second=given.second)" in re.sub(
        r",\s*\)", ")", files["src/demo/tasks/add_up.py"]
    )
    assert "src/demo/database.py" not in files
    assert render.provides["command:add_up"] == ["tests/test_sums.py::test_sums"]


async def test_a_command_nobody_knows_is_left_out_or_refused(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(desktop(entities=[TODO], commands=[ADD_UP]), None)
    assert "command:add_up" not in render.provides
    (note,) = render.notes
    assert "src/demo/core/add_up.py" in note
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await plain_engine.render(desktop(commands=[ADD_UP]), None)
    assert "src/demo/core/add_up.py" in refused.value.hint


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_valid_code(plain_engine: GeneratorEngine, name: str) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "desktop_app", "features": []})
    render = await plain_engine.render(spec, None)
    for path, content in texts(render).items():
        assert not re.search(r"TODO:|# noqa|type: ignore|\bAny\b", content), path
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert all(render.provides[f"entity:{given.name}"] for given in spec.entities)


async def test_names_that_windows_use_themselves_can_be_entities(
    plain_engine: GeneratorEngine,
) -> None:
    names = ("Option", "Table", "Kind", "Form", "Window", "Record", "Listing", "Editor", "Task")
    entities = [
        entity(name, f"{name.lower()}s", [field("name"), field("kind")], link("form", "Form"))
        for name in names
    ]
    files = texts(await plain_engine.render(desktop(entities=entities), None))
    for path, content in files.items():
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert len([path for path in files if path.startswith("tests/kinds/test_")]) == len(names)


async def test_words_of_an_application_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        told = [given | {"description": line} for given in WIDE]
        spec = desktop(
            title=line,
            description=text,
            entities=told,
            commands=[ADD_UP | {"description": line}],
            extra_files=host_files("demo"),
        )
        render = await plain_engine.render(spec, None)
        assert "feature:fake" not in render.provides
        return {
            path: without_strings(content) if path.endswith(".py") else ""
            for path, content in texts(render).items()
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        desktop(features=["ci", "license"]),
        desktop(entities=[TODO], commands=TODO_COMMANDS, features=["pre_commit"]),
        desktop(entities=[*WIDE, NAMES], commands=[ADD_UP], extra_files=host_files("demo")),
        desktop(commands=[ADD_UP], extra_files=host_files("demo")),
    ],
    ids=["empty", "todo", "wide", "sums"],
)
async def test_a_generated_application_passes_every_check(
    spec: ProjectSpec, tmp_path: Path
) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
