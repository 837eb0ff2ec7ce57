"""Realtime services in TypeScript: channels, the messages they carry, and that they are proven."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    AWKWARD,
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    entity,
    field,
    link,
)
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE

pytestmark = pytest.mark.anyio

STROKE = entity(
    "Stroke",
    "strokes",
    [field("color", "enum", values=["red", "blue"]), field("width", "float", minimum=0.5)],
    link("layer", "Layer"),
)
LAYER = entity("Layer", "layers", [field("title")])
SCORES = {"name": "scores", "description": "Points", "fields": [field("points", "integer")]}
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


@pytest.fixture
def node_engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, dict(PACKS), leave)


def realtime(**more: object) -> ProjectSpec:
    given = {"name": "demo", "archetype": "realtime", "language": "typescript", **more}
    return ProjectSpec.model_validate(given)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_channels_carry_what_the_spec_says(node_engine: GeneratorEngine) -> None:
    spec = realtime(entities=[STROKE, LAYER], channels=[SCORES, {"name": "class"}])
    render = await node_engine.render(spec, None)
    files = texts(render)
    channels = files["src/channels.ts"]
    assert 'publish("score", Score)' in channels
    assert 'kinds: ["stroke", "layer"]' in channels
    assert 'const colorValues = ["red", "blue"] as const;' in files["src/kinds/stroke.ts"]
    test = "tests/class.channel.test.ts::a message of the kind stroke reaches everybody else"
    for capability in ("entity:Stroke", "field:Stroke.color", "relation:Stroke.layer"):
        assert test in render.provides[capability]
    assert render.provides["channel:scores"]
    package = json.loads(files["package.json"])
    assert {"hono", "@hono/node-server", "ws", "zod"} == set(package["dependencies"])


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_a_service_whose_messages_are_all_proven(
    node_engine: GeneratorEngine, name: str
) -> None:
    more = {"archetype": "realtime", "language": "typescript", "features": []}
    spec = ProjectSpec.model_validate(SPECS[name] | more)
    render = await node_engine.render(spec, None)
    for path, content in texts(render).items():
        for word in ("TODO:", "biome-ignore", "@ts-", ": any", "as unknown"):
            assert word not in content, path
    for one in spec.entities:
        wanted = {f"entity:{one.name}", *(f"field:{one.name}.{f.name}" for f in one.fields)}
        assert all(render.provides[capability] for capability in wanted)


async def test_names_that_collide_are_renamed(node_engine: GeneratorEngine) -> None:
    named = [entity(name, f"{name.lower()}_list", []) for name in ("Join", "Values", "Map")]
    spec = realtime(entities=[NAMES, *named], channels=[{"name": name} for name in AWKWARD])
    files = texts(await node_engine.render(spec, None))
    assert "export const JoinData = z" in files["src/kinds/join.ts"]
    assert "export const MapData = z" in files["src/kinds/map.ts"]
    assert "export const Values = z" in files["src/kinds/values-kind.ts"]
    assert 'name: "model-config"' in files["src/channels.ts"]


async def test_words_of_a_service_stay_words(node_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        render = await node_engine.render(
            realtime(
                title=line,
                description=text,
                entities=[LAYER | {"description": line}],
                channels=[SCORES | {"description": line}, {"name": "board", "description": line}],
            ),
            None,
        )
        assert "feature:fake" not in render.provides
        files = texts(render)
        return {path: _STRING.sub('""', files[path]) for path in files if path.endswith(".ts")}

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        realtime(),
        realtime(
            entities=[*WIDE, NAMES],
            channels=[SCORES, {"name": "board"}, *({"name": name} for name in AWKWARD[:5])],
            features=["license", "dev_container"],
        ),
    ],
    ids=["empty", "wide"],
)
async def test_a_generated_service_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "start"} <= passed(report)
