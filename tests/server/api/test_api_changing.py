"""The Python API plans and generates, and changes a project that exists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autonomous_coder import AutonomousCoder
from autonomous_coder.errors import InvalidInputError, NotFoundError, UnsupportedError

pytestmark = pytest.mark.skipif(shutil.which("mvn") is None, reason="Maven is not installed")

# Nothing of it has to be locked: with Maven at hand it is written without a registry.
SHOP = {"name": "shop", "language": "java", "archetype": "library", "entities": {"Item": ["name"]}}
STARS = {"entities": {"Item": {"fields": ["stars: integer"]}}}
ITEM, EDIT = "src/main/java/com/example/shop/Item.java", "\nThe shop's own words.\n"


@pytest.fixture
def coder(tmp_path: Path) -> AutonomousCoder:
    return AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    )


def test_a_project_is_planned_generated_edited_and_changed(
    coder: AutonomousCoder, tmp_path: Path
) -> None:
    root = tmp_path / "shop"
    number = coder.plan(spec=SHOP).project_id
    assert coder.generate(number, output_path=root).result.path == str(root)
    with (root / "README.md").open("a", encoding="utf-8") as readme:
        readme.write(EDIT)
    first = (root / ITEM).read_text("utf-8")

    shown = coder.generate(root, spec=STARS, preview=True)
    assert "stars" in shown.result.diff
    assert (root / ITEM).read_text("utf-8") == first
    assert "stars" not in coder.generate(number, preview=True).result.diff

    assert coder.generate(root, spec=STARS).project_id == number
    assert "stars" in (root / ITEM).read_text("utf-8")
    assert EDIT in (root / "README.md").read_text("utf-8")

    more = coder.plan(spec={"entities": {"Item": {"fields": ["colour"]}}}, project_id=root)
    assert more.project_id == number
    coder.generate(number)
    assert all(word in (root / ITEM).read_text("utf-8") for word in ("stars", "colour", "name"))
    assert EDIT in (root / "README.md").read_text("utf-8")

    with pytest.raises(UnsupportedError, match="cannot change from java to go"):
        coder.generate(number, spec={"language": "go"})
    assert coder.generate(number, preview=True).project_id == number


def test_what_names_no_project_is_told_with_where_to_look(
    coder: AutonomousCoder, tmp_path: Path
) -> None:
    for wrong in ("prj_aaaaaaaaaaaa", tmp_path / "nowhere"):
        with pytest.raises(NotFoundError) as caught:
            coder.generate(wrong)
        assert "status" in caught.value.hint
    (tmp_path / "foreign").mkdir()
    with pytest.raises(NotFoundError, match="holds no project"):
        coder.plan(spec=STARS, project_id=str(tmp_path / "foreign"))
    with pytest.raises(InvalidInputError):
        coder.generate("")
