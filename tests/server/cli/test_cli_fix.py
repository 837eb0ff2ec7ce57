"""`fix` by hand: what was changed is shown, and how to undo it."""

from __future__ import annotations

import pytest

from command_line import CommandLine

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


def test_a_fault_is_mended_shown_and_can_be_undone(cli: CommandLine) -> None:
    project = cli.home / "sample"
    project.mkdir()
    manifest = '[project]\nname = "sample"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
    (project / "pyproject.toml").write_text(manifest, encoding="utf-8")
    broken = "import os\n\n\ndef double(x: int) -> int:\n    return 2 * x\n"
    (project / "main.py").write_text(broken, encoding="utf-8")

    call = cli("fix", "sample", "--offline", "--json")
    result = call.json()
    assert result["project_path"] == str(project)
    assert result["errors_after"] < result["errors_before"]
    assert result["changed_files"] == ["main.py"]
    assert "import os" not in (project / "main.py").read_text(encoding="utf-8")
    assert result["success"] == (call.code == 0)

    undone = cli("checkpoint", "restore", result["checkpoint_id"])
    assert undone.code == 0
    assert (project / "main.py").read_text(encoding="utf-8") == broken
