"""Games in the browser: kinds from entities, actions from commands, rules that are the user's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES
from server.generator.proving import passed, proven

pytestmark = pytest.mark.anyio
SHIP = {
    "name": "SpaceShip",
    "plural": "space_ships",
    "fields": [
        {"name": "lives", "type": "integer", "default": 3},
        {"name": "speed", "type": "float", "minimum": 1.5},
        {"name": "state", "type": "enum", "values": ["idle", "hit"]},
        {"name": "constructor"},
    ],
}
ALIEN = {
    "name": "Alien",
    "plural": "aliens",
    "fields": [],
    "relations": [{"name": "prey", "kind": "many_to_one", "target": "SpaceShip"}],
}
COMMANDS = [{"name": n} for n in ("move_left", "right", "shoot", "jump", "pause", "warp_drive")]
SPACE = {"entities": [SHIP, ALIEN], "commands": COMMANDS}
RULES = """// A race to the right edge.
export function start(world) {
  world.add("spaceShip", { lives: 1 });
}

export function update(world, input, seconds) {
  const [ship] = world.all("spaceShip");
  ship.x += input.isDown("right") ? 200 * seconds : 0;
  world.keepInside(ship);
  if (ship.x === world.width - ship.width) {
    world.score = 1;
    world.over = true;
  }
}

export function draw(context, world) {
  for (const ship of world.all("spaceShip")) {
    context.fillRect(ship.x, ship.y, ship.width, ship.height);
  }
}
"""
RULES_TEST = """// Whoever reaches the right edge has won.
import assert from "node:assert/strict";
import test from "node:test";
import { key, played } from "./support.js";

test("holding the key to the right wins", () => {
  const game = played();
  key(game.window, "keydown", "ArrowRight");
  game.pass(600);
  assert.deepEqual([game.world.over, game.world.score], [true, 1]);
});
"""
HANDED = [
    {"path": "site/scripts/rules.js", "content": RULES},
    {"path": "tests/rules.test.js", "content": RULES_TEST, "proves": ["feature:rules"]},
]


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


def spec_of(**spec: Any) -> ProjectSpec:
    data = {"name": "arcade", "language": "html", "archetype": "game", **spec}
    return ProjectSpec.model_validate(data)


async def rendered(**spec: Any) -> tuple[Render, dict[str, str]]:
    engine = GeneratorEngine(TEMPLATES, dict(PACKS), leave)
    render = await engine.render(spec_of(**spec), None)
    return render, {file.path: file.content for file in render.files}


async def test_actions_have_the_keys_players_expect_and_no_key_twice() -> None:
    _, files = await rendered(**SPACE)
    found = dict(re.findall(r'name: "(\w+)".*keys: \[(.*)\]', files["site/scripts/actions.js"]))
    keys = {name: re.findall(r'"(\w+)"', listed) for name, listed in found.items()}
    assert keys["moveLeft"] == ["ArrowLeft", "KeyA"]
    assert keys["right"] == ["ArrowRight", "KeyD"]
    assert keys["shoot"] == ["Space", "KeyX"]
    assert keys["jump"] == ["KeyJ"]
    assert keys["warpDrive"] == ["KeyW"]
    pressed = [key for listed in keys.values() for key in listed]
    assert len(pressed) == len(set(pressed))


async def test_a_direction_moves_what_is_first_and_nothing_else_is_made_up() -> None:
    _, files = await rendered(**SPACE)
    rules = files["site/scripts/rules.js"]
    assert 'if (input.isDown("moveLeft"))' in rules
    assert "shoot" not in rules
    _, still = await rendered(commands=[{"name": "flip"}])
    assert "SPEED" not in still["site/scripts/rules.js"]


async def test_every_kind_field_and_action_has_a_test_that_shows_it() -> None:
    render, files = await rendered(**SPACE)
    shown = {name for name, tests in render.provides.items() if tests}
    assert {f"command:{c['name']}" for c in COMMANDS} <= shown
    assert {"archetype:game", "entity:SpaceShip", "field:SpaceShip.lives"} <= shown
    assert "relation:Alien.prey" in shown
    assert not re.search(
        r"TODO|FIXME|biome-ignore|innerHTML",
        "".join(text for path, text in files.items() if path.startswith("site/")),
    )


async def test_rules_of_the_hosts_take_the_place_of_those_to_begin_with() -> None:
    render, files = await rendered(**SPACE, extra_files=HANDED)
    assert files["site/scripts/rules.js"] == RULES
    assert render.provides["feature:rules"] == [
        "tests/rules.test.js::holding the key to the right wins"
    ]


@pytest.mark.parametrize("name", sorted(SPECS.keys() - {"tricky"}))
async def test_the_entities_of_every_spec_can_be_kinds(name: str) -> None:
    entities = SPECS[name].get("entities", [])
    render, _ = await rendered(entities=entities)
    assert all(render.provides[f"entity:{entity['name']}"] for entity in entities)


async def test_no_text_of_a_spec_becomes_markup_or_code() -> None:
    _, plain = await rendered(**SPACE)
    _, files = await rendered(**SPACE, title=HOSTILE_LINE, description=HOSTILE)
    for path in ("site/scripts/actions.js", "site/scripts/kinds.js", "tests/game.test.js"):
        assert files[path] == plain[path]
    assert files["site/index.html"].count("<script") == 1
    assert "{{" in files["site/index.html"]


async def test_a_field_that_every_thing_has_anyway_gets_a_name_of_its_own() -> None:
    fields = [{"name": "kind"}, {"name": "worth", "type": "integer", "default": "5"}]
    render, files = await rendered(
        entities=[{"name": "GoldCoin", "plural": "gold_coins", "fields": fields}]
    )
    assert 'goldCoinKind: ""' in files["site/scripts/kinds.js"]
    assert "worth: 5," in files["site/scripts/kinds.js"]
    assert any("'GoldCoin.kind' is the property `goldCoinKind`" in note for note in render.notes)


async def test_more_actions_than_keys_are_refused() -> None:
    commands = [{"name": f"act_{chr(97 + n // 10)}{n}"} for n in range(40)]
    with pytest.raises(UnsupportedError, match="more commands than there are keys"):
        await rendered(commands=commands)


@pytest.mark.parametrize(
    "case",
    [{"features": ["docker", "ci", "license"]}, {**SPACE, "extra_files": HANDED}],
    ids=["empty", "space"],
)
@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
async def test_a_generated_game_passes_every_check(case: dict[str, Any], tmp_path: Path) -> None:
    report = await proven(spec_of(**case), tmp_path)
    assert {"dependencies", "lint", "tests", "format"} <= passed(report)
