"""Restoring changes nothing outside the project, even when a directory becomes a link meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autonomous_coder.store.checkpoints.beneath import Beneath


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.remove("folder/a.txt"),
        lambda tree: tree.remove_directory("folder/empty"),
        lambda tree: tree.make_directory("folder/new"),
        lambda tree: tree.move("b.txt", "folder/a.txt"),
        lambda tree: tree.move("folder/a.txt", "c.txt"),
        lambda tree: tree.change_mode("folder/a.txt", 0o777, directory=False),
        lambda tree: tree.change_mode("folder", 0o777, directory=True),
    ],
    ids=["remove", "remove-directory", "make", "move-there", "move-from", "mode", "own-mode"],
)
def test_a_directory_swapped_for_a_link_stops_the_change(
    tmp_path: Path, change: Callable[[Beneath], None]
) -> None:
    root, outside = tmp_path / "p", tmp_path / "outside"
    for place in (root, outside / "empty"):
        place.mkdir(parents=True)
    (outside / "a.txt").write_text("a")
    (root / "b.txt").write_text("b")
    modes = [p.stat().st_mode for p in (outside, outside / "a.txt")]
    with Beneath(root) as tree:
        (root / "folder").symlink_to(outside)
        with pytest.raises(OSError, match=r"directory|link"):
            change(tree)
    assert sorted(p.name for p in outside.iterdir()) == ["a.txt", "empty"]
    assert (outside / "a.txt").read_text() == "a"
    assert [p.stat().st_mode for p in (outside, outside / "a.txt")] == modes


def test_a_root_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "p").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match=r"directory|link"):
        Beneath(tmp_path / "p")
