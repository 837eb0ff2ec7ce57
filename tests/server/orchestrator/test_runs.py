"""Runs: recorded, owned by one live process, waited for, cancelled, resumed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from pydantic import BaseModel

from autonomous_coder.errors import BusyError, InvalidInputError, NotFoundError
from autonomous_coder.models.runs import Run, RunKind, RunStatus
from autonomous_coder.orchestrator.places import Places
from autonomous_coder.orchestrator.runs import Reporter, RunManager
from autonomous_coder.pathguard import PathGuard
from autonomous_coder.store.store import Store

pytestmark = pytest.mark.anyio


class Answer(BaseModel):
    value: int = 42


@asynccontextmanager
async def managing(tmp_path: Path) -> AsyncIterator[tuple[RunManager, Store]]:
    async with await Store.open(tmp_path / "state") as store, anyio.create_task_group() as tasks:
        yield RunManager(store, tasks, max_runtime_s=60), store
        tasks.cancel_scope.cancel()


async def new_run(store: Store) -> Run:
    return await store.create_run(RunKind.BUILD, {})


async def forever(reporter: Reporter) -> Answer:
    step = await reporter.begin("research")
    await reporter.progress(10, "waiting")
    await anyio.sleep_forever()
    await reporter.end(step, "never")
    return Answer()


async def test_a_run_ends_with_its_result_and_full_progress(tmp_path: Path) -> None:
    async def work(reporter: Reporter) -> Answer:
        step = await reporter.begin("research")
        await reporter.progress(60, "half way")
        await reporter.progress(20, "never goes back")
        await reporter.end(step, "done")
        return Answer()

    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), work)
        run = await runs.wait(run_id, 10)
        assert run.status is RunStatus.SUCCEEDED
        assert (run.result, run.percentage) == ({"value": 42}, 100)
        assert [(s.name, s.status) for s in run.steps] == [("research", RunStatus.SUCCEEDED)]
        assert (await store.run(run_id)).status is RunStatus.SUCCEEDED


async def test_waiting_returns_the_state_so_far_and_the_run_goes_on(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), forever)
        run = await runs.wait(run_id, 0.05)
        assert (run.status, run.current_task) == (RunStatus.RUNNING, "waiting")
        assert runs.live_ids() == [run_id]


async def test_progress_is_watched_without_ever_going_down(tmp_path: Path) -> None:
    async def work(reporter: Reporter) -> Answer:
        for share in (10, 5, 80):
            await reporter.progress(share, f"at {share}")
            await anyio.lowlevel.checkpoint()
        return Answer()

    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), work)
        seen = [p.percentage async for p in runs.watch(run_id)]
        assert seen == sorted(seen)
        assert seen[-1] == 100


async def test_a_cancelled_run_says_so_and_how_to_resume(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), forever)
        run = await runs.cancel(run_id)
        assert run.status is RunStatus.CANCELLED
        assert run_id in run.hint
        assert (await runs.resumable(run_id, RunKind.BUILD)).run_id == run_id


async def test_leaving_the_process_leaves_an_interrupted_run_to_resume(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), forever)
    async with managing(tmp_path) as (runs, store):
        run = await store.run(run_id)
        assert (run.status, run.error_code) == (RunStatus.INTERRUPTED, "interrupted")

        async def work(_: Reporter) -> Answer:
            return Answer()

        await runs.start(run, work)
        assert (await runs.wait(run_id, 10)).status is RunStatus.SUCCEEDED


async def test_a_run_under_way_is_not_started_twice(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, store):
        run = await new_run(store)
        await runs.start(run, forever)
        with pytest.raises(BusyError, match=run.run_id):
            await runs.start(run, forever)
        with pytest.raises(BusyError):
            await runs.resumable(run.run_id, RunKind.BUILD)


async def test_a_deadline_ends_a_run_with_its_own_error(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, store):
        soon = datetime.now(UTC) + timedelta(milliseconds=100)
        run_id = await runs.start(await new_run(store), forever, deadline=soon)
        run = await runs.wait(run_id, 10)
        assert (run.status, run.error_code) == (RunStatus.FAILED, "deadline")
        assert "waiting" in run.error


async def test_an_expected_failure_keeps_its_message_and_hint(tmp_path: Path) -> None:
    async def work(_: Reporter) -> Answer:
        raise InvalidInputError("That is wrong.", hint="Do this.")

    async with managing(tmp_path) as (runs, store):
        run = await runs.wait(await runs.start(await new_run(store), work), 10)
        assert (run.status, run.error, run.hint) == (
            RunStatus.FAILED,
            "That is wrong.",
            "Do this.",
        )


async def test_an_expected_failure_inside_task_groups_is_told_as_itself(tmp_path: Path) -> None:
    async def fail() -> None:
        raise InvalidInputError("No such thing.", hint="Name another.")

    async def work(_: Reporter) -> Answer:
        async with anyio.create_task_group() as outer, anyio.create_task_group() as inner:
            outer.start_soon(anyio.lowlevel.checkpoint)
            inner.start_soon(fail)
        return Answer()

    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), work)
        run = await runs.wait(run_id, 10)
        assert (run.error, run.hint) == ("No such thing.", "Name another.")


async def test_a_timeout_of_the_work_itself_is_not_called_the_deadline(tmp_path: Path) -> None:
    async def work(_: Reporter) -> Answer:
        raise TimeoutError

    async with managing(tmp_path) as (runs, store):
        run_id = await runs.start(await new_run(store), work)
        run = await runs.wait(run_id, 10)
        assert (run.status, run.error_code) == (RunStatus.FAILED, "internal")


async def test_an_unexpected_failure_hides_its_text_but_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(_: Reporter) -> Answer:
        raise KeyError("hunter2")

    async with managing(tmp_path) as (runs, store):
        run = await runs.wait(await runs.start(await new_run(store), work), 10)
        assert (run.status, run.error_code) == (RunStatus.FAILED, "internal")
        assert "hunter2" not in run.error
        assert "hunter2" in caplog.text


async def test_an_unknown_run_is_not_found(tmp_path: Path) -> None:
    async with managing(tmp_path) as (runs, _):
        for ask in (runs.get, runs.cancel):
            with pytest.raises(NotFoundError):
                await ask("run_aaaaaaaaaaaa")


async def test_a_project_is_written_by_one_run_at_a_time(tmp_path: Path) -> None:
    async with managing(tmp_path) as (_, store):
        project = await store.create_project("notes")
        places = Places(store, PathGuard([tmp_path]))
        async with places.alone(project), places.alone(None):
            with pytest.raises(BusyError, match=project.project_id):
                async with places.alone(project):
                    pass
        async with places.alone(project):
            pass
