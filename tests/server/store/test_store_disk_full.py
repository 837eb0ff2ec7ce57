"""When there is no space: an error, nothing half-written, and it works again afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.errors import DiskFullError
from autonomous_coder.models.runs import RunKind, RunStatus
from autonomous_coder.store.store import Store

pytestmark = pytest.mark.anyio

WORKER = Path(__file__).with_name("store_worker.py")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"mounting a small file system is not allowed here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(65_536))
        except OSError:
            pass
    return ballast


async def test_a_full_disk_is_told_and_rolled_back_and_later_it_works_again(
    small_disk: Path,
) -> None:
    async with await Store.open(small_disk / "data") as store:
        project = await store.create_project("p")
        run = await store.create_run(RunKind.BUILD, {})
        await store.save_state(project.project_id, "spec", {"n": 0})
        ballast = fill(small_disk)
        stored = 0

        async def save_until_full() -> None:
            nonlocal stored
            for number in range(1, 1_000):
                data = {"n": number, "x": "y" * 50_000}
                await store.save_state(project.project_id, "spec", data)
                stored = number

        with pytest.raises(DiskFullError) as caught:
            await save_until_full()
        assert caught.value.hint
        document = await store.load_state(project.project_id, "spec")
        assert document is not None
        assert document["n"] == stored
        # The reserve has been given up, so that at least the failure can be recorded.
        run.status = RunStatus.FAILED
        await store.save_run(run)
        ballast.unlink()
        await store.save_state(project.project_id, "spec", {"n": -1})
        assert await store.load_state(project.project_id, "spec") == {"n": -1}
    async with await Store.open(small_disk / "data") as store:
        assert store.notices == []
        assert (await store.run(run.run_id)).status is RunStatus.FAILED


async def test_a_checkpoint_that_does_not_fit_leaves_no_trace(
    small_disk: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "small").write_text("small")
    async with await Store.open(small_disk / "data") as store:
        kept = await store.checkpoints.create(project)
        for number in range(40):
            (project / f"random{number}").write_bytes(os.urandom(1024**2))
        with pytest.raises(DiskFullError):
            await store.checkpoints.create(project)
        assert await store.checkpoints.list() == [kept]
        assert (await store.checkpoints.diff(kept.checkpoint_id)).changes
        for number in range(40):
            (project / f"random{number}").unlink()
        (project / "small").write_text("changed")
        again = await store.checkpoints.create(project)
        await store.checkpoints.restore(kept.checkpoint_id)
        assert (project / "small").read_text() == "small"
        assert await store.checkpoints.delete(again.checkpoint_id) >= 0


async def test_a_restore_that_does_not_fit_changes_nothing(
    small_disk: Path, tmp_path: Path
) -> None:
    project = small_disk / "project"
    project.mkdir()
    for number in range(8):
        (project / f"random{number}").write_bytes(os.urandom(1024**2))
    async with await Store.open(tmp_path / "data") as store:
        full = await store.checkpoints.create(project)
        for number in range(8):
            (project / f"random{number}").write_text(f"now small {number}")
        ballast = fill(small_disk)
        with pytest.raises(DiskFullError):
            await store.checkpoints.restore(full.checkpoint_id)
        assert {p.name for p in project.iterdir()} == {f"random{n}" for n in range(8)}
        assert (project / "random3").read_text() == "now small 3"
        ballast.unlink()
        await store.checkpoints.restore(full.checkpoint_id)
        assert (await store.checkpoints.diff(full.checkpoint_id)).changes == []


async def test_a_disk_full_from_the_start_is_told(small_disk: Path) -> None:
    ballast = fill(small_disk)
    with pytest.raises(DiskFullError):
        await Store.open(small_disk / "data")
    ballast.unlink()
    async with await Store.open(small_disk / "data") as store:
        await store.create_project("p")


async def test_a_limit_on_file_size_is_told_as_a_full_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(WORKER), "limit", str(tmp_path / "data"), "w", "50"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    assert "\nfull disk_full\n" in done.stdout
    last = int(done.stdout.split("\nfull")[0].rsplit(" ", 1)[1])
    project_id = done.stdout.split("DONE ")[1].strip()
    async with await Store.open(tmp_path / "data") as store:
        assert store.notices == []
        big = await store.load_state(project_id, "big")
        assert big is not None
        assert big["n"] == last
        assert await store.load_state(project_id, "small") == {"kept": True}
        assert await store.load_state(project_id, "after") == {"works": True}
