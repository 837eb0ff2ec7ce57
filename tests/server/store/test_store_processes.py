"""Several processes share one data directory; some of them die."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from autonomous_coder.errors import BusyError
from autonomous_coder.models.runs import RunKind, RunStatus
from autonomous_coder.store.store import Store
from autonomous_coder.treewalk import STAGING, hash_tree

pytestmark = pytest.mark.anyio

WORKER = Path(__file__).with_name("store_worker.py")


def start(mode: str, data_dir: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(WORKER), mode, str(data_dir), name, str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def words(output: str, kind: str) -> list[list[str]]:
    # A line that was cut off by the kill has no end.
    lines = output.split("\n")[:-1]
    return [line.split() for line in lines if line.startswith(kind + " ")]


async def check_what_was_promised(store: Store, output: str) -> None:
    for _, project_id in words(output, "project"):
        assert (await store.project(project_id)).project_id == project_id
    for _, run_id in words(output, "succeeded"):
        assert (await store.run(run_id)).status is RunStatus.SUCCEEDED
    for _, report_id in words(output, "report"):
        assert (await store.report(report_id)).passed
    for _, checkpoint_id, digest in words(output, "checkpoint"):
        assert (await store.checkpoints.get(checkpoint_id)).tree_hash == digest


async def test_eight_processes_write_everything_at_once_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    rounds = 6
    workers = [start("all", tmp_path / "data", f"w{number}", rounds) for number in range(8)]
    outputs = []
    for worker in workers:
        output, errors = await anyio.to_thread.run_sync(worker.communicate)
        assert errors == ""
        assert output.endswith("DONE\n")
        outputs.append(output)
    async with await Store.open(tmp_path / "data") as store:
        assert store.notices == []
        for number, output in enumerate(outputs):
            assert len(words(output, "checkpoint")) == rounds
            await check_what_was_promised(store, output)
            project_id = words(output, "project")[0][1]
            assert await store.load_state(project_id, "plan") == {"number": rounds - 1}
            for turn in range(rounds):
                assert await store.cache_get(f"w{number}-{turn}") is not None
        assert len(await store.projects()) == 8
        assert len(await store.runs(limit=1_000)) == 8 * rounds
        assert len(await store.audit_log(limit=1_000)) == 8 * rounds
        newest = (await store.checkpoints.list(path=tmp_path / "tree-w3"))[0]
        (tmp_path / "tree-w3" / "file").unlink()
        await store.checkpoints.restore(newest.checkpoint_id)
        assert (tmp_path / "tree-w3" / "file").read_text() == f"w3 {rounds - 1}\n"


@pytest.mark.slow
async def test_what_was_committed_survives_kill_9_in_rounds(tmp_path: Path) -> None:
    chance = random.Random(20)
    for turn in range(5):
        workers = [start("all", tmp_path / "data", f"k{turn}-{n}", 10_000) for n in range(3)]
        outputs = []
        for worker in workers:
            assert worker.stdout is not None
            seen = worker.stdout.readline()
            for _ in range(chance.randrange(30)):
                seen += worker.stdout.readline()
            outputs.append(seen)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        for position, worker in enumerate(workers):
            outputs[position] += worker.communicate()[0]
        async with await Store.open(tmp_path / "data") as store:
            assert store.notices == []
            for output in outputs:
                await check_what_was_promised(store, output)
                succeeded = {run_id for _, run_id in words(output, "succeeded")}
                for _, run_id in words(output, "run"):
                    status = (await store.run(run_id)).status
                    # Killed between the commit and saying so, it may have succeeded as well.
                    assert run_id not in succeeded or status is RunStatus.SUCCEEDED
                    assert status in (RunStatus.SUCCEEDED, RunStatus.INTERRUPTED)


async def test_a_killed_owner_leaves_an_interrupted_run_that_can_be_claimed(
    tmp_path: Path,
) -> None:
    worker = start("own", tmp_path / "data", "owner", 1)
    assert worker.stdout is not None
    run_id = worker.stdout.readline().split()[1]
    async with await Store.open(tmp_path / "data") as store:
        assert (await store.run(run_id)).status is RunStatus.RUNNING
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        assert (await store.run(run_id)).status is RunStatus.INTERRUPTED
        assert (await store.runs())[0].status is RunStatus.INTERRUPTED
        async with store.claim(run_id):
            run = await store.run(run_id)
            run.status = RunStatus.RUNNING
            await store.save_run(run)
            assert (await store.run(run_id)).status is RunStatus.RUNNING


async def test_a_live_owner_is_neither_interrupted_nor_robbed(tmp_path: Path) -> None:
    worker = start("own", tmp_path / "data", "owner", 1)
    assert worker.stdout is not None
    run_id = worker.stdout.readline().split()[1]
    async with await Store.open(tmp_path / "data") as store:
        assert (await store.run(run_id)).status is RunStatus.RUNNING
        assert [run.status for run in await store.runs()] == [RunStatus.RUNNING]
        with pytest.raises(BusyError):
            async with store.claim(run_id):
                pass
        worker.communicate(input="")
        assert (await store.run(run_id)).status is RunStatus.SUCCEEDED


async def test_two_stores_and_two_tasks_of_one_process_respect_each_other(
    tmp_path: Path,
) -> None:
    async with await Store.open(tmp_path) as one, await Store.open(tmp_path) as other:
        run = await one.create_run(RunKind.FIX, {})
        assert (await other.run(run.run_id)).status is RunStatus.RUNNING
        async with one.claim(run.run_id):
            for store in (one, other):
                with pytest.raises(BusyError):
                    async with store.claim(run.run_id):
                        pass
        assert (await other.run(run.run_id)).status is RunStatus.INTERRUPTED

        async def write(store: Store, name: str) -> None:
            for _ in range(10):
                await store.create_project(name)

        async with anyio.create_task_group() as tasks:
            for number in range(10):
                tasks.start_soon(write, (one, other)[number % 2], f"p{number}")
        assert len(await one.projects(limit=1_000)) == 100


async def test_a_cancelled_write_leaves_nothing_and_blocks_nobody(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        for delay in (0.0, 0.0005, 0.001, 0.002, 0.004):
            with anyio.move_on_after(delay):
                while True:
                    await store.save_run(await store.create_run(RunKind.PLAN, {}))
        await store.create_project("after")
        assert [p.name for p in await store.projects()] == ["after"]


async def test_a_process_that_never_closes_its_store_still_ends(tmp_path: Path) -> None:
    worker = start("careless", tmp_path / "data", "careless", 1)
    output, errors = await anyio.to_thread.run_sync(lambda: worker.communicate(timeout=60))
    assert errors == ""
    async with await Store.open(tmp_path / "data") as store:
        await store.project(output.split()[1])


async def test_a_restore_that_is_killed_leaves_whole_files_and_can_be_done_again(
    tmp_path: Path,
) -> None:
    chance = random.Random(3)
    root = tmp_path / "project"
    made = []
    contents: dict[str, set[bytes]] = {}
    async with await Store.open(tmp_path / "data") as store:
        for turn in range(2):
            for number in range(60):
                path = root / f"d{number % 7}-{turn if number % 3 else 0}" / f"f{number}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(chance.randbytes(5_000))
            for path in root.rglob("f*"):
                contents.setdefault(str(path), set()).add(path.read_bytes())
            made.append(await store.checkpoints.create(root))
    for turn in range(6):
        worker = start(
            "restore", tmp_path / "data", f"{made[0].checkpoint_id},{made[1].checkpoint_id}", 10_000
        )
        assert worker.stdout is not None
        for _ in range(1 + chance.randrange(4)):
            worker.stdout.readline()
        with anyio.move_on_after(chance.random() * 0.05):
            await anyio.sleep_forever()
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        for path in root.rglob("f*"):
            assert path.read_bytes() in contents[str(path)]
        async with await Store.open(tmp_path / "data") as store:
            assert store.notices == []
            wanted = made[turn % 2]
            await store.checkpoints.restore(wanted.checkpoint_id)
            assert hash_tree(root).digest == wanted.tree_hash
            assert not (root / STAGING).exists()
