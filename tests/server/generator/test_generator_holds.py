"""Packages that a spec keeps in a range."""

from __future__ import annotations

from pathlib import Path

import pytest

from hosting import call, host, refused

pytestmark = pytest.mark.anyio
TODO = "a todo API in Python"
HOLDS = {"Pydantic_Settings": "<2.15", "no-such-package-here": "<1"}


async def test_what_a_spec_holds_is_kept_below_its_bound_and_the_rest_is_not(
    tmp_path: Path,
) -> None:
    async with host(tmp_path, research={"offline": True}) as client:
        planned = await call(client, "plan", description=TODO, spec={"holds": HOLDS})
        assert planned["plan"]["spec"]["holds"] == HOLDS
        out = tmp_path / "out"
        shown = await call(
            client,
            "generate",
            project_id=planned["project_id"],
            output_path=str(out),
            preview=True,
        )
        manifest = next(c["diff"] for c in shown["changes"] if c["path"] == "pyproject.toml")
        [held] = [line for line in manifest.splitlines() if "pydantic-settings" in line]
        assert held.endswith(',<2.15",')
        assert "no-such-package-here" not in manifest


async def test_a_range_that_could_be_more_than_a_range_is_refused(tmp_path: Path) -> None:
    async with host(tmp_path, research={"offline": True}) as client:
        spec = {"holds": {"pydantic": "<3\n--index-url http://127.0.0.1"}}
        told = await refused(client, "plan", description=TODO, spec=spec)
        assert "spec.holds" in told
        assert '{"numpy": "<3"}' in told
