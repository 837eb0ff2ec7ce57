"""Property tests: values that fields take and refuse, in every spec."""

from __future__ import annotations

import ast

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, entity, field

pytestmark = pytest.mark.anyio

FORBIDDEN = ("TODO", "FIXME", "noqa", "type: ignore")


def spec_of(*features: str, entities: object = (), **more: object) -> ProjectSpec:
    given = {"name": "demo", "features": features, "entities": entities, **more}
    return ProjectSpec.model_validate(given)


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not [word for word in FORBIDDEN if word in text], path
        if path.endswith(".py"):
            ast.parse(text)
    return files


@pytest.mark.parametrize("name", sorted(SPECS))
@pytest.mark.parametrize("beside", [(), ("accounts", "roles", "websocket", "file_upload")])
async def test_any_spec_has_properties(
    plain_engine: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await plain_engine.render(spec_of("property_tests", *beside, entities=entities), None)
    files = contents(render)
    assert render.provides["feature:property_tests"]
    assert "derandomize=True" in files["tests/test_properties.py"]
    assert ".hypothesis/" in files[".gitignore"]


def test_values_lie_within_the_bounds_of_their_field() -> None:
    fields = [
        field("title", minimum=2, maximum=10),
        field("pages", "integer", minimum=1, maximum=5),
        field("price", "decimal", minimum=0.5, maximum=9.99999),
        field("kind", "enum", values=["a", "b"]),
        field("long", "text", minimum=300, required=False),
        field("ok", "boolean"),
    ]
    spec = spec_of(entities=[entity("Book", "books", fields)])
    view = PythonPack().view(spec, frozenset({"property_tests"}))
    made = {each.name: each for each in view.properties["Book"]}
    assert made["title"].taken == "st.text(SHOWN, min_size=2, max_size=10)"
    assert made["title"].refused == "st.text(SHOWN, min_size=11, max_size=11)"
    assert made["pages"].taken == "st.integers(1, 5)"
    assert made["pages"].refused == "st.integers(max_value=0) | st.integers(min_value=6)"
    assert made["price"].taken == 'st.decimals("0.5000", "9.9999", places=4).map(str)'
    assert made["kind"].taken == "st.sampled_from(['a', 'b'])"
    assert made["long"].taken.startswith("st.none() | st.sampled_from(LETTERS)")
    assert made["ok"].refused == ""


async def test_without_tests_there_are_none(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(spec_of("property_tests", left_out=["tests"]), None)
    assert not [path for path in contents(render) if path.startswith("tests/")]
