"""Realtime services in Python: channels, the messages they carry, and that they are proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import AWKWARD, HOSTILE, HOSTILE_LINE, SPECS, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE

pytestmark = pytest.mark.anyio

STROKE = entity(
    "Stroke",
    "strokes",
    [field("color", "enum", values=["red", "blue"]), field("width", "float", minimum=0.5)],
    link("layer", "Layer"),
)
LAYER = entity("Layer", "layers", [field("title", unique=True)])
USER = entity("User", "users", [field("nick", maximum=30)])
SCORES = {"name": "scores", "description": "Points", "fields": [field("points", "integer")]}
CHANNELS = [{"name": name} for name in AWKWARD]


def realtime(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "realtime", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_without_channels_there_is_one_for_everything(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(realtime(entities=[STROKE, LAYER]), None)
    channels = texts(render)["app/channels.py"]
    assert 'name="demo"' in channels
    assert 'kinds=("stroke", "layer", )' in channels
    test = "tests/test_demo_channel.py::test_stroke_reaches_everybody_else"
    for capability in ("entity:Stroke", "field:Stroke.color", "relation:Stroke.layer"):
        assert test in render.provides[capability]
    assert render.notes == [
        "Messages are not compared with one another: Layer.title may occur twice."
    ]


async def test_a_channel_carries_its_fields_its_entity_or_what_is_left(
    plain_engine: GeneratorEngine,
) -> None:
    spec = realtime(entities=[STROKE, LAYER], channels=[SCORES, {"name": "board"}])
    channels = texts(await plain_engine.render(spec, None))["app/channels.py"]
    assert channels.index('kinds=("score", )') < channels.index('kinds=("stroke", "layer", )')
    spec = realtime(entities=[STROKE, LAYER], channels=[{"name": "layers"}, {"name": "stroke"}])
    render = await plain_engine.render(spec, None)
    channels = texts(render)["app/channels.py"]
    assert channels.index('kinds=("layer", )') < channels.index('kinds=("stroke", )')
    assert "channel:layers" in render.provides
    spec = realtime(entities=[STROKE, LAYER], channels=[{"name": "layers"}])
    render = await plain_engine.render(spec, None)
    assert "The channel `demo` was added: it carries strokes." in render.notes
    text = texts(await plain_engine.render(realtime(channels=[{"name": "talk"}]), None))
    assert "max_length=2000" in text["app/kinds/message.py"]


async def test_channels_of_the_same_name_are_refused(plain_engine: GeneratorEngine) -> None:
    with pytest.raises(InvalidInputError, match="listed twice"):
        await plain_engine.render(realtime(channels=[SCORES, SCORES]), None)


async def test_there_is_a_database_only_where_something_is_kept(
    plain_engine: GeneratorEngine,
) -> None:
    plain = texts(await plain_engine.render(realtime(), None))
    assert not {"app/database.py", "app/archive.py", "migrations/env.py"} & plain.keys()
    project = tomllib.loads(plain["pyproject.toml"])
    assert "alembic" not in project["tool"]
    assert "optional-dependencies" not in project["project"]
    assert "DATABASE_URL" not in plain[".env.example"] + plain["Dockerfile"]
    for features in (["sqlite"], ["accounts"], ["postgresql"]):
        kept = texts(await plain_engine.render(realtime(features=features), None))
        assert "room_events" in kept["migrations/versions/0001_initial.py"]
        assert "sqlalchemy[asyncio]" in kept["pyproject.toml"]


async def test_with_accounts_a_token_is_demanded_and_users_are_no_messages(
    plain_engine: GeneratorEngine,
) -> None:
    spec = realtime(entities=[USER, STROKE, LAYER], features=["accounts"])
    render = await plain_engine.render(spec, None)
    files = texts(render)
    assert "token: SecretStr" in files["app/frames.py"]
    assert "app/kinds/user.py" not in files
    assert "nick" in files["app/models/auth.py"]
    assert render.provides["entity:User"]


async def test_frames_are_large_enough_for_what_they_hold(plain_engine: GeneratorEngine) -> None:
    large = entity("Note", "notes", [field("text", "text", maximum=100_000)])
    for entities, size in (([], 16_384), ([large], 262_144)):
        files = texts(await plain_engine.render(realtime(entities=entities), None))
        assert f"MAX_MESSAGE_BYTES={size}\n" in files[".env.example"]


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_a_service_whose_messages_are_all_proven(
    plain_engine: GeneratorEngine, name: str
) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "realtime"})
    render = await plain_engine.render(spec, None)
    for path, content in texts(render).items():
        assert "TODO:" not in content
        assert "# noqa" not in content
        assert "type: ignore" not in content
        if path.endswith(".py"):
            compile(content, path, "exec")
    for one in spec.entities:
        wanted = {f"entity:{one.name}", *(f"field:{one.name}.{f.name}" for f in one.fields)}
        assert all(render.provides[capability] for capability in wanted)


async def test_names_that_collide_are_renamed(plain_engine: GeneratorEngine) -> None:
    named = [entity(name, f"{name.lower()}_list", []) for name in ("Join", "Channel", "Base")]
    spec = realtime(entities=[NAMES, *named], channels=CHANNELS, features=["sqlite"])
    files = texts(await plain_engine.render(spec, None))
    for path, content in files.items():
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert "class JoinData(Message)" in files["app/kinds/join.py"]
    assert "class BaseData(Message)" in files["app/kinds/base_.py"]
    assert 'name="model-config"' in files["app/channels.py"]


async def test_words_of_a_service_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        render = await plain_engine.render(
            realtime(
                title=line,
                description=text,
                entities=[LAYER | {"description": line}],
                channels=[SCORES | {"description": line}, {"name": "board", "description": line}],
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
        realtime(),
        realtime(
            entities=[USER, *WIDE],
            channels=[SCORES, {"name": "board"}],
            features=["accounts", "monitoring", "logging", "compose", "pre_commit"],
        ),
        realtime(
            name="names", entities=[NAMES, LAYER], channels=CHANNELS, features=["sqlite", "license"]
        ),
    ],
    ids=["empty", "wide", "names"],
)
async def test_a_generated_service_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    wanted = {"dependencies", "lint", "types", "tests", "start", "format", "security"}
    assert wanted <= passed(report)
