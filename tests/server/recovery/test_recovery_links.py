"""Mending never writes through a link, whoever put it there."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.errors import PathNotAllowedError
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings, SandboxSettings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["link.py", "folder/a.py", "../outside/a.py", ".git/config"])
async def test_a_fix_that_leads_out_of_the_project_is_refused_and_writes_nothing(
    tmp_path: Path, path: str
) -> None:
    root, outside = tmp_path / "p", tmp_path / "outside"
    for place in (root, outside):
        place.mkdir()
        (place / "a.py").write_text("X = 1\n")
    (root / "link.py").symlink_to(outside / "a.py")
    (root / "folder").symlink_to(outside)
    engine = RecoveryEngine(
        Sandbox(SandboxSettings(), tmp_path / "cache"), OrchestrationSettings(), tmp_path / "work"
    )
    with pytest.raises(PathNotAllowedError):
        await engine.apply_fix(root, {"a.py": "X = 2\n", path: "X = 3\n"})
    assert {p.read_text() for p in (root / "a.py", outside / "a.py")} == {"X = 1\n"}
