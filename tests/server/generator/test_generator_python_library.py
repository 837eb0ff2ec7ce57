"""Libraries in Python: what they offer, and that they are proven."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, entity, field
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE, host_files

pytestmark = pytest.mark.anyio


def library(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "library", **more})


async def rendered(engine: GeneratorEngine, spec: ProjectSpec) -> dict[str, str]:
    return {file.path: file.content for file in (await engine.render(spec, None)).files}


async def test_a_library_can_be_published(plain_engine: GeneratorEngine) -> None:
    files = await rendered(plain_engine, library(entities=[TODO]))
    for path in ("src/demo/py.typed", "CHANGELOG.md", "LICENSE", ".github/workflows/ci.yml"):
        assert path in files
    project = tomllib.loads(files["pyproject.toml"])
    assert project["build-system"]["build-backend"] == "hatchling.build"
    assert project["project"]["license"] == "MIT"
    assert "scripts" not in project["project"]
    assert "pdoc" in project["dependency-groups"]["dev"]
    assert "uv build" in files[".github/workflows/ci.yml"]


async def test_commands_on_entities_are_methods_of_the_store(
    plain_engine: GeneratorEngine,
) -> None:
    spec = library(entities=[TODO], commands=[{"name": "add_todo"}, {"name": "complete"}])
    render = await plain_engine.render(spec, None)
    assert render.notes == [
        "`add_todo` is `Store().todos.add`.",
        "`complete` is `Store().todos.update`.",
    ]
    assert render.provides["command:add_todo"]
    assert render.provides["command:complete"]


async def test_a_function_nobody_knows_is_refused_or_told(plain_engine: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await plain_engine.render(library(commands=[ADD_UP]), None)
    assert "src/demo/core/add_up.py" in refused.value.hint
    render = await plain_engine.render(library(commands=[ADD_UP], entities=[TODO]), None)
    assert "command:add_up" not in render.provides
    assert "def add_up(" in render.notes[0]


async def test_functions_of_the_host_are_offered(plain_engine: GeneratorEngine) -> None:
    spec = library(commands=[ADD_UP], extra_files=host_files("demo"))
    render = await plain_engine.render(spec, None)
    package = next(f.content for f in render.files if f.path == "src/demo/__init__.py")
    assert "from demo.core.add_up import add_up" in package
    assert render.provides["command:add_up"] == ["tests/test_sums.py::test_sums"]


async def test_an_entity_called_store_leaves_the_store_another_name(
    plain_engine: GeneratorEngine,
) -> None:
    files = await rendered(plain_engine, library(entities=WIDE))
    assert "class StoreData:" in files["src/demo/store.py"]


async def test_a_field_may_be_called_as_the_parameters_of_the_store(
    plain_engine: GeneratorEngine,
) -> None:
    record = entity("Record", "records", [field("number", "uuid"), field("changes")])
    files = await rendered(plain_engine, library(entities=[record]))
    assert "def update(self, number: int, /, **changes" in files["src/demo/repository.py"]


async def test_awkward_names_and_words_stay_valid_code(plain_engine: GeneratorEngine) -> None:
    thing = entity(
        "Thing", "things", [field("a", description=HOSTILE_LINE)], description=HOSTILE_LINE
    )
    spec = library(title=HOSTILE_LINE, description=HOSTILE, entities=[NAMES, thing, *WIDE])
    for each in (spec, library(title=HOSTILE_LINE, description=HOSTILE)):
        for path, content in (await rendered(plain_engine, each)).items():
            if path.endswith(".py"):
                compile(content, path, "exec")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        library(),
        library(entities=[TODO], features=["pre_commit"]),
        library(commands=[ADD_UP], extra_files=host_files("demo")),
        library(
            entities=[*WIDE, NAMES],
            commands=[{"name": "add_post"}, ADD_UP],
            extra_files=host_files("demo"),
        ),
    ],
    ids=["empty", "todo", "function", "wide"],
)
async def test_a_generated_library_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
