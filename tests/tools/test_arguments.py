"""Arguments are strict: what is unknown, wrong or too much is refused in a clear sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hosting import ERAS, Era, host, refused

pytestmark = pytest.mark.anyio

SECRET = "hunter2-and-more"


@pytest.mark.parametrize("era", ERAS)
async def test_an_unknown_argument_is_refused_by_name_with_the_accepted_ones(
    era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as client:
        text = await refused(client, "validate", path="/x", colour="red")
        assert "'colour'" in text
        accepted = "path, project_id, checks, paths, changed, level, cursor, offline, wait_seconds"
        assert accepted in text


@pytest.mark.parametrize("era", ERAS)
async def test_an_unknown_tool_is_named_with_the_known_ones(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        text = await refused(client, "destroy")
        assert "'destroy'" in text
        assert "build" in text


async def test_a_missing_argument_is_named(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        assert "'project_id' is required" in await refused(client, "generate")
        assert "'action' is required" in await refused(client, "checkpoint")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("plan", {"spec": SECRET}),
        ("plan", {"constraints": {"a": [SECRET]}}),
        ("status", {"wait_seconds": SECRET}),
        ("checkpoint", {"action": SECRET}),
        ("research", {"packages": [{SECRET: 1}]}),
    ],
)
async def test_a_wrong_value_is_described_and_never_repeated(
    tool: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path) as client:
        text = await refused(client, tool, **arguments)
        assert SECRET not in text
        assert "pydantic" not in text.lower()
        assert f"{tool} was called with unusable arguments" in text


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("tool", ["plan", "build"])
async def test_a_description_of_a_megabyte_is_refused_and_leaves_nothing_behind(
    tool: str, era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as client:
        text = await refused(client, tool, description="todo " * 200_000)
        assert "20000" in text
        assert len(text) < 500
    assert not (tmp_path / "state").exists()


async def test_arguments_that_are_too_large_in_all_are_refused(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        text = await refused(client, "plan", spec={"notes": "x" * 4_100_000})
        assert "limit" in text


async def test_a_very_long_name_of_an_argument_is_cut(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        assert len(await refused(client, "status", **{"x" * 100_000: 1})) < 500


async def test_a_value_out_of_range_is_refused(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        assert "'wait_seconds'" in await refused(client, "status", wait_seconds=100_000)
        assert "'limit'" in await refused(client, "status", limit=0)


async def test_combinations_that_make_no_sense_are_explained(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        assert "not both" in await refused(client, "status", run_id="a", project_id="b")
        assert "output_path" in await refused(client, "build", description="a todo API")
        assert "run_id" in await refused(client, "build", cancel=True)
        text = await refused(client, "build", run_id="r", output_path=str(tmp_path / "x"))
        assert "alone" in text
        assert "checkpoint_id" in await refused(client, "checkpoint", action="restore")
        assert "deadline" in await refused(
            client, "build", description="x", output_path=str(tmp_path / "x"), deadline="soon"
        )
