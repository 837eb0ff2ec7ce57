"""Packages that a spec keeps in a range."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.spec import ProjectSpec
from hosting import call, host, refused

pytestmark = pytest.mark.anyio
TODO = "a todo API in Python"
HOLDS = {"Pydantic_Settings": "<2.15", "no-such-package-here": "<1"}


async def test_what_a_spec_holds_is_kept_below_its_bound_and_the_rest_is_not(
    engine: GeneratorEngine,
) -> None:
    render = await engine.render(ProjectSpec(name="shop", holds=HOLDS), None)
    manifest = next(file.content for file in render.files if file.path == "pyproject.toml")
    assert '"pydantic-settings<2.15"' in manifest
    assert "no-such-package-here" not in manifest


async def test_a_hold_stays_until_it_is_taken_away(tmp_path: Path) -> None:
    async with host(tmp_path, research={"offline": True}) as client:
        planned = await call(client, "plan", description=TODO, spec={"holds": HOLDS})
        assert planned["spec"]["holds"] == HOLDS
        again = {"project_id": planned["project_id"]}
        more = await call(client, "plan", **again, spec={"holds": {"alembic": "<2"}})
        assert more["spec"]["holds"] == {**HOLDS, "alembic": "<2"}
        gone = {"holds": dict.fromkeys(HOLDS)}
        left = await call(client, "plan", **again, spec=gone)
        assert left["spec"]["holds"] == {"alembic": "<2"}


async def test_a_range_that_could_be_more_than_a_range_is_refused(tmp_path: Path) -> None:
    async with host(tmp_path, research={"offline": True}) as client:
        spec = {"holds": {"pydantic": "<3\n--index-url http://127.0.0.1"}}
        told = await refused(client, "plan", description=TODO, spec=spec)
        assert "spec.holds" in told
        assert '{"numpy": "<3"}' in told
