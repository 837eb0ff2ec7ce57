"""`fix` by hand: what was changed is shown, and how to undo it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from command_line import CommandLine
from registry_standin import RegistryStandin

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


def test_a_package_whose_name_looks_like_a_well_known_one_is_not_declared_by_itself(
    cli: CommandLine,
) -> None:
    project = cli.home / "sample"
    project.mkdir()
    manifest = '[project]\nname = "sample"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
    (project / "pyproject.toml").write_text(manifest, encoding="utf-8")
    (project / "main.py").write_text("import requets\n\nprint(requets)\n", encoding="utf-8")
    with RegistryStandin() as index:
        index.add_python("requests", {"2.40.0": {"uploaded": "2015-01-02T03:04:05Z"}})
        index.add_python("requets", {"0.1": {"uploaded": datetime.now(UTC).isoformat()}})
        cli.environment |= {"UV_DEFAULT_INDEX": f"{index.url}/simple/"}
        result = cli("fix", "sample", "--json").json()
    [attempt] = [a for a in result["attempts"] if "requets" in a["description"]]
    assert not attempt["kept"]
    assert "look twice" in attempt["reason"]
    assert "requests" in attempt["reason"]
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == manifest
