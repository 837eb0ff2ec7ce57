"""Live updates: who is told of which rows, and names that they need."""

from __future__ import annotations

import ast

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, entity, field

pytestmark = pytest.mark.anyio

FORBIDDEN = ("TODO", "FIXME", "noqa", "type: ignore")
PEOPLE = ("accounts", "roles")
BESIDE = (*PEOPLE, "rate_limiting", "monitoring", "cors", "file_upload", "background_jobs")
TAKEN = [
    entity("Action", "actions", [field("name")], access="private"),
    entity("Live", "live", [field("row")], access="owner_write"),
    entity("Listener", "listeners", [field("name")], access="shared"),
    entity("Read", "reads", [field("at", "datetime")]),
    entity("Change", "changes", [field("id_no", "integer")]),
]


def spec_of(*features: str, entities: object = ()) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "features": features, "entities": entities})


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not [word for word in FORBIDDEN if word in text], path
        if path.endswith(".py"):
            ast.parse(text)
    return files


@pytest.mark.parametrize("name", sorted(SPECS))
@pytest.mark.parametrize("beside", [(), PEOPLE, BESIDE], ids=["alone", "people", "all"])
async def test_changes_of_any_spec_are_told(
    plain_engine: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await plain_engine.render(spec_of("websocket", *beside, entities=entities), None)
    contents(render)
    assert render.provides["feature:websocket"]


async def test_changes_are_told_to_those_who_may_read_a_row(plain_engine: GeneratorEngine) -> None:
    entities = SPECS["blog"]["entities"]
    files = contents(
        await plain_engine.render(spec_of("websocket", *PEOPLE, entities=entities), None)
    )
    assert 'PRIVATE = frozenset({"notes"})' in files["app/live.py"]
    assert 'SHARED = frozenset({"tags"})' in files["app/live.py"]
    assert "listener.admin or" in files["app/live.py"]
    assert "read.owner_id" in files["app/routers/notes.py"]
    assert "read.owner_id" not in files["app/routers/posts.py"]
    for name in ("CREATED", "CHANGED", "DELETED"):
        assert f"Action.{name}" in files["app/routers/posts.py"]


async def test_nobody_is_told_where_nobody_asks(plain_engine: GeneratorEngine) -> None:
    files = contents(await plain_engine.render(spec_of(entities=SPECS["blog"]["entities"]), None))
    assert "app/live.py" not in files
    assert "live" not in files["app/routers/posts.py"]


async def test_names_that_live_updates_need_are_left_to_them(
    plain_engine: GeneratorEngine,
) -> None:
    files = contents(await plain_engine.render(spec_of("websocket", *PEOPLE, entities=TAKEN), None))
    assert 'prefix="/live-list"' in files["app/routers/live_.py"]
    assert '@router.websocket("/live")' in files["app/routers/live.py"]
    assert "live_ = await" in files["app/routers/live_.py"]
    assert "read_ = await" in files["app/routers/reads.py"]
