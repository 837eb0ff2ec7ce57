"""A process of its own that writes state: `store_worker.py MODE DATA_DIR NAME ROUNDS`.

It prints a line for everything that it was told is stored, flushed at once.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import anyio

from autonomous_coder.errors import DiskFullError
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.runs import RunKind, RunStatus
from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.store.store import Store
from autonomous_coder.store.text import now


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def write_all_kinds(data_dir: Path, name: str, rounds: int) -> None:
    """Every kind of state, as fast as it goes; ends with DONE."""
    tree = data_dir.parent / f"tree-{name}"
    tree.mkdir(exist_ok=True)
    async with await Store.open(data_dir) as store:
        project = await store.create_project(name)
        say("project", project.project_id)
        for number in range(rounds):
            await store.save_state(project.project_id, "plan", {"number": number})
            run = await store.create_run(
                RunKind.BUILD, {"n": number}, project_id=project.project_id
            )
            say("run", run.run_id)
            async with store.claim(run.run_id):
                run.percentage = 100.0
                run.status = RunStatus.SUCCEEDED
                await store.save_run(run)
            say("succeeded", run.run_id)
            report = await store.save_report(
                ValidationReport(
                    project_id=project.project_id,
                    path=str(tree),
                    tree_hash="0",
                    created_at=now(),
                    passed=True,
                    complete=True,
                    level=SandboxLevel.L3,
                )
            )
            say("report", report.report_id)
            await store.cache_put(f"{name}-{number}", b"value " * 100)
            await store.audit("round", name, number=number)
            (tree / "file").write_text(f"{name} {number}\n")
            checkpoint = await store.checkpoints.create(tree, label=str(number))
            say("checkpoint", checkpoint.checkpoint_id, checkpoint.tree_hash)
        say("DONE")


async def own_a_run(data_dir: Path, name: str, rounds: int) -> None:
    """Claim a run, say so, and hold it until standard input ends."""
    async with await Store.open(data_dir) as store:
        run = await store.create_run(RunKind.BUILD, {"by": name})
        async with store.claim(run.run_id):
            say("owned", run.run_id)
            await anyio.to_thread.run_sync(sys.stdin.read)
            run.status = RunStatus.SUCCEEDED
            await store.save_run(run)
        say("DONE", rounds)


async def meet_a_size_limit(data_dir: Path, name: str, rounds: int) -> None:
    """Write until the limit on file size is met, then without it; says what happened."""
    async with await Store.open(data_dir) as store:
        project = await store.create_project(name)
        await store.save_state(project.project_id, "small", {"kept": True})
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            for number in range(rounds):
                await store.save_state(project.project_id, "big", {"n": number, "x": "y" * 100_000})
                say("stored", number)
        except DiskFullError as error:
            say("full", error.code)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await store.save_state(project.project_id, "after", {"works": True})
        say("DONE", project.project_id)


async def restore_in_turns(data_dir: Path, name: str, rounds: int) -> None:
    """Restore the two checkpoints named (`ID,ID`) over and over."""
    async with await Store.open(data_dir) as store:
        for number in range(rounds):
            say("restoring", number)
            await store.checkpoints.restore(name.split(",")[number % 2])


async def never_close(data_dir: Path, name: str, rounds: int) -> None:
    """Write and end without closing."""
    store = await Store.open(data_dir)
    sys.modules["kept_alive"] = store  # type: ignore[assignment]
    project = await store.create_project(name)
    say("DONE", project.project_id, rounds)


MODES = {
    "restore": restore_in_turns,
    "careless": never_close,
    "all": write_all_kinds,
    "own": own_a_run,
    "limit": meet_a_size_limit,
}

if __name__ == "__main__":
    mode, place, who, count = sys.argv[1:]
    anyio.run(MODES[mode], Path(place), who, int(count))
