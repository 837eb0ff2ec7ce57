"""A project that exists is changed from the command line: by id and by directory."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from command_line import Call, CommandLine

pytestmark = pytest.mark.skipif(shutil.which("mvn") is None, reason="Maven is not installed")

OFFLINE = {"AUTONOMOUS_CODER_RESEARCH__OFFLINE": "true"}
# Nothing of it has to be locked: with Maven at hand it is written without a registry.
SHOP = {"name": "shop", "language": "java", "archetype": "library", "entities": {"Item": ["name"]}}
STARS = {"entities": {"Item": {"fields": ["stars: integer"]}, "Tag": {"fields": ["word"]}}}
EDIT = "\nThe shop's own words.\n"
JAVA = "src/main/java/com/example/shop"


def spec(cli: CommandLine, name: str, fields: dict[str, Any]) -> str:
    (cli.home / name).write_text(json.dumps(fields), "utf-8")
    return name


def on_disk(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def run(cli: CommandLine, *arguments: str) -> Call:
    call = cli(*arguments, env=OFFLINE)
    assert call.code == 0, call
    return call


@pytest.fixture
def shop(cli: CommandLine) -> str:
    """The id of a project that was planned, generated into `shop`, and edited."""
    planned = run(cli, "plan", "--spec", spec(cli, "shop.json", SHOP), "--json").json()
    number = str(planned["project_id"])
    run(cli, "generate", number, "--output", "shop")
    with (cli.home / "shop/README.md").open("a", encoding="utf-8") as readme:
        readme.write(EDIT)
    return number


@pytest.mark.parametrize("by_id", [True, False])
def test_a_changed_spec_is_planned_and_written_and_edits_stay(
    cli: CommandLine, shop: str, *, by_id: bool
) -> None:
    changed = spec(cli, "changed.json", STARS)
    root, named = cli.home / "shop", shop if by_id else "./shop"
    before = on_disk(root)

    preview = run(cli, "generate", named, "--spec", changed, "--preview", "--json").json()
    actions = {change["path"]: change["action"] for change in preview["result"]["changes"]}
    assert (actions[f"{JAVA}/Tag.java"], actions["README.md"]) == ("created", "merged")
    assert "stars" in preview["result"]["diff"]
    assert on_disk(root) == before
    kept = run(cli, "generate", named, "--preview", "--json").json()
    assert not [c for c in kept["result"]["changes"] if c["action"] in ("created", "updated")]

    written = run(cli, "generate", named, "--spec", changed, "--json").json()
    assert (written["project_id"], written["project_path"]) == (shop, str(root))
    assert "stars" in (root / JAVA / "Item.java").read_text("utf-8")
    assert (root / JAVA / "Tag.java").exists()
    assert EDIT in (root / "README.md").read_text("utf-8")
    assert len(cli("status", "--json").json()["projects"]) == 1


def test_a_plan_made_anew_is_kept_until_it_is_generated(cli: CommandLine, shop: str) -> None:
    root = cli.home / "shop"
    before = on_disk(root)
    planned = run(cli, "plan", "--project", "./shop", "--spec", spec(cli, "changed.json", STARS))
    assert f"autonomous-coder generate {shop}\n" in planned.out
    assert on_disk(root) == before
    run(cli, "generate", shop)
    assert "stars" in (root / JAVA / "Item.java").read_text("utf-8")
    assert "name" in (root / JAVA / "Item.java").read_text("utf-8")


def test_a_change_that_cannot_be_written_leaves_the_plan_as_it_was(
    cli: CommandLine, shop: str
) -> None:
    other = spec(cli, "other.json", {"language": "go", "entities": {"Tag": ["word"]}})
    call = cli("generate", shop, "--spec", other, env=OFFLINE)
    assert (call.code, "cannot change from java to go" in call.err) == (2, True)
    kept = run(cli, "generate", shop, "--json").json()
    assert "Tag" not in json.dumps(kept["result"])


def test_a_new_project_in_the_directory_of_another_is_refused_with_the_command_to_run(
    cli: CommandLine, shop: str
) -> None:
    changed = spec(cli, "a changed.json", STARS)
    before = on_disk(cli.home / "shop")
    call = cli("generate", "--spec", changed, "--output", "shop", "--offline", "--json")
    assert call.json()["error"]["code"] == "path_occupied"
    command = call.json()["error"]["hint"].partition("autonomous-coder ")[2]
    assert command == f"generate {shop} --spec 'a changed.json' --offline"
    assert on_disk(cli.home / "shop") == before
    run(cli, *shlex.split(command))
    assert (cli.home / "shop" / JAVA / "Tag.java").exists()


def test_a_directory_that_holds_no_project_of_ours_is_told_with_where_to_look(
    cli: CommandLine,
) -> None:
    (cli.home / "foreign").mkdir()
    changed = spec(cli, "changed.json", STARS)
    for command in (["generate", "foreign"], ["plan", "--project", "foreign"]):
        call = cli(*command, "--spec", changed, env=OFFLINE)
        assert call.code == 2
        assert "holds no project" in call.err
        assert "`status` without an id lists both" in call.err


def test_a_project_that_was_moved_is_changed_at_its_new_place(cli: CommandLine, shop: str) -> None:
    moved = (cli.home / "shop").rename(cli.home / "moved")
    changed = spec(cli, "changed.json", STARS)
    call = cli("generate", "moved", "--spec", changed, env=OFFLINE)
    assert (call.code, "If you moved it there, name its id" in call.err) == (2, True)
    run(cli, "generate", shop, "--output", "moved", "--spec", changed)
    assert "stars" in (moved / JAVA / "Item.java").read_text("utf-8")
    assert EDIT in (moved / "README.md").read_text("utf-8")
    assert not (cli.home / "shop").exists()
