"""Games in a window: kinds from entities, actions from commands, rules that are the user's."""

from __future__ import annotations

import ast
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
from server.generator.python_packages import NAMES, WIDE, without_strings

pytestmark = pytest.mark.anyio
OF_SHIP = [
    field("lives", "integer", default=3),
    field("speed", "float", minimum=1.5),
    field("x", "decimal", default="2.5"),
    field("state", "enum", values=["idle", "hit"]),
    field("class"),
    field("field"),
]
SHIP = entity("SpaceShip", "space_ships", OF_SHIP)
ALIEN = entity(
    "Alien",
    "aliens",
    [field("worth", "decimal")],
    link("prey", "SpaceShip"),
    link("mates", "Alien", "many_to_many"),
)
THING = entity("Thing", "things", [])
COMMANDS = [
    {"name": n} for n in ("move_left", "right", "shoot", "jump", "pause", "warp_drive", "punch")
]
SPACE: dict[str, Any] = {"entities": [SHIP, ALIEN, THING], "commands": COMMANDS}
RULES = '''"""A race to the right edge."""

from arcade.actions import Action, Actions
from arcade.kinds import SpaceShip
from arcade.world import World


def start(world: World) -> None:
    """One ship at the left."""
    world.add(SpaceShip(x=0, y=world.dice.uniform(0, 300), lives=1))


def update(world: World, actions: Actions, seconds: float) -> None:
    """The edge ends it."""
    (ship,) = world.every(SpaceShip)
    ship.x += 200 * seconds if Action.RIGHT in actions.held else 0
    world.keep_inside(ship)
    if ship.x == world.width - ship.width:
        world.score = 1
        world.over = True
'''
RULES_TEST = '''"""Whoever reaches the right edge has won."""

from arcade.actions import Action, Actions
from arcade.game import Game
from arcade.steps import STEP


def test_going_right_wins() -> None:
    game = Game(1)
    for _ in range(600):
        game.step(Actions(frozenset({Action.RIGHT})), STEP)
    assert (game.world.over, game.best) == (True, 1)
'''
HANDED = [
    {"path": "src/arcade/rules.py", "content": RULES},
    {"path": "tests/test_rules.py", "content": RULES_TEST, "proves": ["feature:rules"]},
]


def game(**more: Any) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "arcade", "archetype": "game", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_actions_have_the_keys_players_expect_and_no_key_twice(
    plain_engine: GeneratorEngine,
) -> None:
    files = texts(await plain_engine.render(game(**SPACE), None))
    found = re.findall(r"pygame\.(K_\w+): (\w+\.\w+)", files["src/arcade/keyboard.py"])
    assert dict(found) == {
        "K_LEFT": "Action.MOVE_LEFT", "K_a": "Action.MOVE_LEFT",
        "K_RIGHT": "Action.RIGHT", "K_d": "Action.RIGHT",
        "K_SPACE": "Action.SHOOT", "K_x": "Action.SHOOT", "K_j": "Action.JUMP",
        "K_w": "Action.WARP_DRIVE", "K_u": "Action.PUNCH",
        "K_p": "Control.PAUSE", "K_r": "Control.RESTART", "K_ESCAPE": "Control.QUIT",
    }  # fmt: skip
    assert len(found) == len(dict(found))
    rules = files["src/arcade/rules.py"]
    assert "if Action.MOVE_LEFT in actions.held:" in rules
    assert "SHOOT" not in rules


async def test_every_kind_field_and_action_has_a_test_that_shows_it(
    plain_engine: GeneratorEngine,
) -> None:
    render = await plain_engine.render(game(**SPACE), None)
    shown = {name for name, tests in render.provides.items() if tests}
    assert {f"command:{c['name']}" for c in COMMANDS} <= shown
    assert {"archetype:game", "entity:SpaceShip", "field:SpaceShip.lives"} <= shown
    assert {"relation:Alien.prey", "relation:Alien.mates", "entity:Thing"} <= shown
    assert render.provides["command:pause"] == [
        "tests/test_keyboard.py::test_the_game_is_paused_with_its_key"
    ]
    project = tomllib.loads(texts(render)["pyproject.toml"])
    assert project["project"]["gui-scripts"] == {"arcade": "arcade.__main__:main"}
    assert "plugins" not in project["tool"]["mypy"]


async def test_only_what_shows_the_game_knows_the_library(plain_engine: GeneratorEngine) -> None:
    files = texts(await plain_engine.render(game(**SPACE), None))
    knowing = {path for path, text in files.items() if "import pygame" in text}
    assert {path for path in knowing if path.startswith("src")} == {
        f"src/arcade/{name}.py" for name in ("drawing", "keyboard", "window")
    }


async def test_rules_of_the_hosts_take_the_place_of_those_to_begin_with(
    plain_engine: GeneratorEngine,
) -> None:
    render = await plain_engine.render(game(**SPACE, extra_files=HANDED), None)
    assert texts(render)["src/arcade/rules.py"] == RULES
    assert render.provides["feature:rules"] == ["tests/test_rules.py::test_going_right_wins"]


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_valid_code(plain_engine: GeneratorEngine, name: str) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "game", "features": []})
    render = await plain_engine.render(spec, None)
    for path, content in texts(render).items():
        assert not re.search(r"TODO:|# noqa|type: ignore|\bAny\b", content)
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert all(render.provides[f"entity:{given.name}"] for given in spec.entities)


async def test_words_of_a_game_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        commands = [command | {"description": line} for command in COMMANDS]
        told = [given | {"description": line} for given in OF_SHIP]
        ship = SHIP | {"description": line, "fields": told}
        spec = game(title=line, description=text, entities=[ship], commands=commands)
        render = await plain_engine.render(spec, None)
        assert "feature:fake" not in render.provides
        return {
            path: without_strings(content) if path.endswith(".py") else ""
            for path, content in texts(render).items()
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


async def test_the_default_of_a_text_is_a_text(plain_engine: GeneratorEngine) -> None:
    named = entity("Sign", "signs", [field("says", "text", default=HOSTILE_LINE)])
    files = texts(await plain_engine.render(game(entities=[named]), None))
    (sign,) = (
        node for node in ast.walk(ast.parse(files["src/arcade/kinds.py"]))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "says"
    )  # fmt: skip
    assert isinstance(sign.value, ast.Constant)
    assert sign.value.value == HOSTILE_LINE.strip()


async def test_a_place_is_a_number(plain_engine: GeneratorEngine) -> None:
    coin = entity("Coin", "coins", [field("width")])
    with pytest.raises(UnsupportedError, match=r"'Coin\.width' is where or how large"):
        await plain_engine.render(game(entities=[coin]), None)


async def test_more_actions_than_keys_are_refused(plain_engine: GeneratorEngine) -> None:
    commands = [{"name": f"act_{chr(97 + n // 10)}{n}"} for n in range(40)]
    with pytest.raises(UnsupportedError, match="more commands than there are keys"):
        await plain_engine.render(game(commands=commands), None)


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        game(features=["license", "ci"]),
        game(**SPACE, extra_files=HANDED),
        game(entities=[*WIDE, NAMES], features=["pre_commit"]),
    ],
    ids=["empty", "space", "wide"],
)
async def test_a_generated_game_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
