"""What is rendered from a spec: whole, deterministic, and honest about what proves what."""

from __future__ import annotations

import ast
import tomllib
from datetime import UTC, datetime

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, NotFoundError, UnsupportedError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Pin, Resolution

pytestmark = pytest.mark.anyio


def contents(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


def ids_of_tests(render: Render) -> set[str]:
    """Ids of all tests of the render, as pytest names them."""
    return {
        f"{path}::{node.name}"
        for path, text in contents(render).items()
        if path.startswith("tests/test_")
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    }


async def test_rendering_twice_gives_the_same_files(
    engine: GeneratorEngine, any_spec: ProjectSpec
) -> None:
    assert await engine.render(any_spec, None) == await engine.render(any_spec, None)


async def test_every_python_file_compiles_and_every_data_file_parses(
    plain_engine: GeneratorEngine, any_spec: ProjectSpec
) -> None:
    for path, text in contents(await plain_engine.render(any_spec, None)).items():
        assert text.endswith("\n"), path
        assert "\x00" not in text
        if path.endswith(".py"):
            compile(text, path, "exec")
        if path.endswith(".toml"):
            tomllib.loads(text)


async def test_every_test_that_is_promised_exists_and_every_part_of_the_spec_is_proven(
    plain_engine: GeneratorEngine, any_spec: ProjectSpec
) -> None:
    render = await plain_engine.render(any_spec, None)
    promised = {test for tests in render.provides.values() for test in tests}
    assert promised <= ids_of_tests(render)
    assert render.provides["archetype:rest_api"]
    for entity in any_spec.entities:
        if entity.name == "User" and "feature:accounts" in render.provides:
            assert not entity.relations
        assert render.provides[f"entity:{entity.name}"]
        for field in entity.fields:
            assert render.provides[f"field:{entity.name}.{field.name}"]
        for relation in entity.relations:
            assert render.provides[f"relation:{entity.name}.{relation.name}"]
            if relation.back_name:
                assert render.provides[f"relation:{relation.target}.{relation.back_name}"]
    assert {f"feature:{feature}" for feature in any_spec.features} <= render.provides.keys()


async def test_test_names_are_unique_in_each_file(
    plain_engine: GeneratorEngine, any_spec: ProjectSpec
) -> None:
    for path, text in contents(await plain_engine.render(any_spec, None)).items():
        if path.endswith(".py"):
            names = [
                node.name
                for node in ast.parse(text).body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            ]
            assert len(names) == len(set(names)), path


async def test_a_todo_project_has_what_a_reviewer_expects(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    render = await engine.render(specs["todo"], None)
    files = contents(render)
    assert {
        "README.md",
        "AGENTS.md",
        ".gitignore",
        ".env.example",
        "Dockerfile",
        ".dockerignore",
        ".github/workflows/ci.yml",
        "pyproject.toml",
        "app/main.py",
        "app/models/todos.py",
        "app/schemas/todos.py",
        "app/services/todos.py",
        "app/routers/todos.py",
        "app/routers/auth.py",
        "migrations/versions/0001_initial.py",
        "tests/test_todos.py",
        "tests/test_auth.py",
    } <= files.keys()
    assert "tests/test_todos.py::test_create_todo" in render.provides["entity:Todo"]
    assert render.start
    assert render.test
    for path, text in files.items():
        assert "TODO" not in text, path
        assert "noqa" not in text, path
        assert "type: ignore" not in text, path


async def test_dependencies_follow_the_constructs_used(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    plain = engine.dependencies(specs["inventory"])
    accounts = engine.dependencies(specs["todo"])
    mail = engine.dependencies(specs["plain"])
    assert "pydantic" in plain.packages
    assert not {"pyjwt", "pwdlib[argon2]", "asyncpg"} & set(plain.packages)
    assert {"pyjwt", "pwdlib[argon2]", "pydantic[email]"} <= set(accounts.packages)
    assert "pydantic[email]" in mail.packages
    assert "pydantic" not in mail.packages
    assert "asyncpg" in engine.dependencies(specs["blog"]).packages
    assert plain.ecosystem == "pypi"
    assert plain.runtime == ">=3.11"
    assert {"pytest", "ruff", "mypy", "httpx2"} <= set(plain.dev_packages)


async def test_a_constraint_asks_for_a_feature(engine: GeneratorEngine) -> None:
    spec = ProjectSpec(name="x", constraints={"database": "PostgreSQL"})
    assert "asyncpg" in engine.dependencies(spec).packages


async def test_resolved_versions_become_lower_bounds_and_without_any_there_are_names_only(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    pins = [Pin(name="fastapi", version="0.165.0"), Pin(name="PyJWT", version="2.15.1")]
    pins += [Pin(name="sqlalchemy", version="2.1.9"), Pin(name="pytest", version="9.2.0")]
    resolution = Resolution(
        ecosystem="pypi", runtime="3.11", pins=pins, resolved_at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    project = tomllib.loads(
        contents(await engine.render(specs["todo"], resolution))["pyproject.toml"]
    )
    assert "fastapi>=0.165.0" in project["project"]["dependencies"]
    assert "pyjwt>=2.15.1" in project["project"]["dependencies"]
    assert "sqlalchemy[asyncio]>=2.1.9" in project["project"]["dependencies"]
    assert "pytest>=9.2.0" in project["dependency-groups"]["dev"]
    plain = tomllib.loads(contents(await engine.render(specs["todo"], None))["pyproject.toml"])
    assert "fastapi" in plain["project"]["dependencies"]
    assert plain["tool"]["fastapi"]["entrypoint"] == "app.main:app"
    assert plain["tool"]["mypy"]["strict"] is True


async def test_circles_of_required_relations_are_opened_and_told(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    notes = (await engine.render(specs["everything"], None)).notes
    assert any("Page.parent was made optional" in note for note in notes)
    assert any("was made optional" in note and "able" in note for note in notes)


async def test_numbers_that_lists_are_filtered_by_have_the_bounds_of_their_column(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    render = await engine.render(specs["inventory"], None)
    schemas = "".join(f.content for f in render.files if f.path.startswith("app/schemas/"))
    queries = schemas.partition("Query(PageParameters)")[2]
    assert "Field(max_digits=18, decimal_places=4)" in queries
    assert "Field(ge=-2147483648, le=2147483647)" in queries


async def test_what_is_supported_is_told(engine: GeneratorEngine) -> None:
    kinds = {"rest_api", "cli", "library", "mcp_server", "web_app", "worker", "game", "desktop_app"}
    assert engine.supported().keys() == {"python"}
    assert kinds <= engine.supported()["python"]
    features = engine.features("python", "rest_api")
    assert {"accounts", "pagination", "docker", "cors", "logging", "postgresql"} <= features


@pytest.mark.parametrize(
    "change",
    [{"language": "cobol"}, {"archetype": "static_site"}],
)
async def test_what_is_not_supported_is_refused_with_what_is(
    engine: GeneratorEngine, change: dict[str, object]
) -> None:
    spec = ProjectSpec.model_validate({"name": "x", **change})
    with pytest.raises(UnsupportedError) as caught:
        engine.dependencies(spec)
    assert caught.value.hint


async def test_a_feature_that_no_template_builds_is_told_and_not_provided(
    engine: GeneratorEngine,
) -> None:
    render = await engine.render(ProjectSpec(name="x", features=["telepathy", "cors"]), None)
    assert any("telepathy" in note for note in render.notes)
    assert "feature:telepathy" not in render.provides
    assert render.provides["feature:cors"]


async def test_what_no_test_of_the_project_runs_is_built_and_never_proven(
    plain_engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    spec = specs["todo"].model_copy(update={"features": ["accounts", "postgresql", "docker", "ci"]})
    provides = (await plain_engine.render(spec, None)).provides
    for capability in ("feature:postgresql", "feature:docker", "feature:ci"):
        assert provides[capability] == []


@pytest.mark.parametrize(
    "field",
    [
        {"name": "a", "type": "integer", "default": "many"},
        {"name": "a", "type": "integer", "minimum": 0.4, "maximum": 0.6},
        {"name": "a", "type": "integer", "minimum": 3, "default": 2},
        {"name": "a", "type": "enum", "values": ["x"], "default": "y"},
        {"name": "a", "type": "date", "default": "tomorrow"},
        {"name": "a", "type": "string", "maximum": 0},
        {"name": "a", "type": "string", "maximum": 2, "default": "abc"},
        {"name": "a", "type": "float", "minimum": float("inf")},
        {"name": "a", "type": "url", "default": "javascript:alert(1)"},
    ],
)
async def test_a_field_that_contradicts_itself_is_refused_by_name(
    engine: GeneratorEngine, field: dict[str, object]
) -> None:
    spec = ProjectSpec.model_validate(
        {"name": "x", "entities": [{"name": "Thing", "plural": "things", "fields": [field]}]}
    )
    with pytest.raises(InvalidInputError, match=r"Thing\.a"):
        await engine.render(spec, None)


async def test_the_seeds_methods_give_parts_of_the_same_render(
    engine: GeneratorEngine, specs: dict[str, ProjectSpec]
) -> None:
    spec = specs["todo"]
    render = await engine.render(spec, None)
    assert engine.generate_project_structure(spec) == [file.path for file in render.files]
    main = await engine.generate_code_file(spec, "app/main.py")
    assert main in render.files
    with pytest.raises(NotFoundError):
        await engine.generate_code_file(spec, "app/nothing.py")
    tests = await engine.generate_tests(spec)
    assert {file.path for file in tests} >= {"tests/test_todos.py", "tests/conftest.py"}
    documents = await engine.generate_documentation(spec)
    assert [file.path for file in documents] == ["AGENTS.md", "README.md"]
    assert await engine.format_code({"a.py": "x=1"}, "python") == {"a.py": "x = 1\n"}


async def test_files_of_the_host_are_laid_over_the_project(engine: GeneratorEngine) -> None:
    spec = ProjectSpec.model_validate(
        {
            "name": "x",
            "extra_files": [
                {"path": "app/rules.py", "content": "x=1\n", "mode": "once"},
                {"path": "app/broken.py", "content": "def (:\n"},
                {"path": "tests/test_service.py", "content": "VALUE = 1\n"},
            ],
        }
    )
    render = await engine.render(spec, None)
    files = {file.path: file for file in render.files}
    assert files["app/rules.py"].content == "x = 1\n"
    assert files["app/rules.py"].mode == "once"
    assert files["app/broken.py"].content == "def (:\n"
    assert any("app/broken.py" in note for note in render.notes)
    assert not any(
        test.startswith("tests/test_service.py")
        for tests in render.provides.values()
        for test in tests
    )
