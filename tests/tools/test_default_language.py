"""A request that names no language, on machines with and without Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.calling import use_services
from autonomous_coder.models.runs import BuildRequest
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.orchestrator.orchestrator import Orchestrator
from hosting import settings_in

pytestmark = pytest.mark.anyio
NODE = "#!/bin/sh\necho v24.11.0\n"


async def spec_of(root: Path, **sections: object) -> ProjectSpec:
    async def work(operations: Orchestrator) -> ProjectSpec:
        request = BuildRequest(description="a todo list", output_path=str(root / "todo"))
        return await operations.builds.understand(request)

    return await use_services(settings_in(root, **sections), work)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory in which programs are found."""
    place = tmp_path / "programs"
    place.mkdir()
    monkeypatch.setenv("PATH", str(place))
    return place


async def test_the_default_is_typescript_where_node_is_and_what_is_set_counts_first(
    tmp_path: Path, programs: Path
) -> None:
    for name in ("node", "npm"):
        (programs / name).write_text(NODE, encoding="utf-8")
        (programs / name).chmod(0o755)
    spec = await spec_of(tmp_path)
    assert (spec.language, spec.framework) == ("typescript", "hono")
    chosen = await spec_of(tmp_path, generation={"default_language": "python"})
    assert chosen.language == "python"


async def test_the_default_gives_way_to_python_where_node_is_missing_and_says_so(
    tmp_path: Path, programs: Path
) -> None:
    spec = await spec_of(tmp_path)
    assert spec.language == "python"
    assert any("needs npm, which is not installed here" in said for said in spec.assumptions)
