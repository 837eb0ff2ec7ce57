"""A few look-ups of packages that templates use, at the registries the user's clients name."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.models.technology import Origin
from autonomous_coder.settings import ResearchSettings
from research_helpers import KNOWLEDGE, MemoryCache, run_client, run_uv

pytestmark = [pytest.mark.anyio, pytest.mark.live]


@pytest.mark.parametrize("text", ["pypi:fastapi", "pypi:sqlalchemy@<3", "npm:react@^19"])
async def test_a_known_package_has_a_version_a_date_and_a_source(tmp_path: Path, text: str) -> None:
    settings = ResearchSettings()
    async with ResearchEngine(
        settings, MemoryCache(), run_client, run_uv, KNOWLEDGE, tmp_path
    ) as research:
        [info] = await research.research([parse_ref(text)])
    if "not installed" in info.error:
        pytest.skip(info.error)
    assert not info.error
    assert info.version
    assert info.origin is Origin.LIVE
    assert info.source
    assert info.majors
    assert info.license
    assert info.suspicious == []


async def test_the_index_and_its_file_hosts_are_learned(tmp_path: Path) -> None:
    async with ResearchEngine(
        ResearchSettings(), MemoryCache(), run_client, run_uv, KNOWLEDGE, tmp_path
    ) as research:
        access = await research.fetch_access("pypi")
    assert access.hosts
    assert all(value.startswith("http") and "@" not in value for value in access.env.values())
