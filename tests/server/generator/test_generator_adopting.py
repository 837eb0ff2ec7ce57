"""What may be added to an existing project, whatever lies in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.generation import GeneratedFile, Render

pytestmark = pytest.mark.anyio


async def test_only_what_is_missing_or_was_added_before_is_written(
    plain_engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    root.mkdir()
    (tmp_path / "elsewhere").write_text("far\n")
    (root / "link.txt").symlink_to(tmp_path / "elsewhere")
    (root / "binary.txt").write_bytes(b"\xff\xfe\x00")
    texts = {"mine.txt": "mine\n", "ours.txt": "old\n", "reached.txt": "new\n", "other.txt": "x\n"}
    for path, text in texts.items():
        (root / path).write_text(text)
    names = ["link", "binary", "mine", "ours", "reached", "other", "missed", "gone", "fresh"]
    render = Render(
        files=[GeneratedFile(path=f"{name}.txt", content="new\n") for name in names],
        provides={"feature:a": ["mine.txt::t"], "feature:b": ["fresh.txt::t"], "feature:c": []},
    )
    stopped = {"reached.txt": "new\n", "other.txt": "new\n", "missed.txt": "new\n"}
    baseline = {"ours.txt": "old\n", "gone.txt": "old\n"}
    additions = plain_engine.adopter.additions(render, root, baseline, stopped)
    left = {change.path: change.reason for change in additions.foreign}
    assert list(left) == ["binary.txt", "link.txt", "mine.txt", "other.txt"]
    assert "symbolic link" in left["link.txt"]
    assert additions.render.provides == {"feature:b": ["fresh.txt::t"], "feature:c": []}
    result = await plain_engine.write(additions.render, root, baseline=additions.baseline)
    assert {change.path: change.action for change in result.changes} == {
        "fresh.txt": "created",
        "gone.txt": "kept",
        "missed.txt": "created",
        "ours.txt": "updated",
        "reached.txt": "unchanged",
    }
    assert (root / "mine.txt").read_text() == "mine\n"
    assert (root / "other.txt").read_text() == "x\n"
    assert (tmp_path / "elsewhere").read_text() == "far\n"
    assert not (root / "gone.txt").exists()
