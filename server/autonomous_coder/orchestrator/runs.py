"""Runs in the background of one process: start, watch, wait, cancel.

A run is recorded before it starts and after each step, and is owned through a lock that dies
with the process: whoever looks later sees `interrupted`, and may resume it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
from anyio.abc import TaskGroup
from pydantic import BaseModel

from autonomous_coder.errors import BusyError, CoderError, DeadlineExceededError, NotFoundError
from autonomous_coder.models.planning import Phase
from autonomous_coder.models.runs import Progress, Run, RunKind, RunStatus, Step
from autonomous_coder.store.store import Store

logger = logging.getLogger(__name__)

SAVE_INTERVAL_S = 1.0

Work = Callable[["Reporter"], Awaitable[BaseModel]]


@dataclass(eq=False)
class _Live:
    """A run in flight in this process."""

    run: Run
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    changed: anyio.Event = field(default_factory=anyio.Event)
    cancel_asked: bool = False


class Reporter:
    """What the work of a run uses to tell where it stands."""

    def __init__(self, live: _Live, store: Store) -> None:
        self._live = live
        self._store = store
        self._saved = anyio.current_time()

    @property
    def run(self) -> Run:
        """The run's record; owned by the work while it runs."""
        return self._live.run

    async def progress(self, percentage: float, task: str) -> None:
        """Tell where the run stands; the percentage never goes down."""
        run = self._live.run
        run.percentage = round(min(100.0, max(run.percentage, percentage)), 1)
        run.current_task = task[:300]
        self._announce()
        if anyio.current_time() - self._saved >= SAVE_INTERVAL_S:
            await self.save()

    async def save(self) -> None:
        """Record the run as it is now."""
        self._saved = anyio.current_time()
        self._live.run.updated_at = datetime.now(UTC)
        await self._store.save_run(self._live.run)

    async def begin(self, name: str) -> Step:
        """Record that a step starts; an unfinished step of the same name is replaced."""
        run = self._live.run
        kept = [s for s in run.steps if s.name != name]
        step = Step(name=name, status=RunStatus.RUNNING, started_at=datetime.now(UTC))
        run.steps = [*kept, step]
        await self.save()
        return step

    async def end(self, step: Step, summary: str, *, checkpoint_id: str = "") -> None:
        """Record that a step is done."""
        step.finished_at = datetime.now(UTC)
        step.duration_s = round((step.finished_at - step.started_at).total_seconds(), 3)
        step.status = RunStatus.SUCCEEDED
        step.summary = summary[:500]
        step.checkpoint_id = checkpoint_id
        self._announce()
        await self.save()

    def _announce(self) -> None:
        self._live.changed.set()
        self._live.changed = anyio.Event()


class RunManager:
    """Starts work as runs in a task group and answers for them."""

    def __init__(self, store: Store, tasks: TaskGroup, *, max_runtime_s: float) -> None:
        self._store = store
        self._tasks = tasks
        self._max_runtime_s = max_runtime_s
        self._live: dict[str, _Live] = {}

    async def start(self, run: Run, work: Work, *, deadline: datetime | None = None) -> str:
        """Carry out `work` as the run, in the background. Returns the run's id.

        Raises:
            BusyError: a live process (this one included) already carries it out.
        """
        if run.run_id in self._live:
            raise BusyError(
                f"Run {run.run_id} is already under way.",
                hint=f"Call status with run_id={run.run_id}.",
            )
        live = _Live(run)
        self._live[run.run_id] = live
        try:
            await self._tasks.start(self._carry_out, live, work, deadline)
        except BaseException:
            self._live.pop(run.run_id, None)
            raise
        return run.run_id

    async def _carry_out(
        self,
        live: _Live,
        work: Work,
        deadline: datetime | None,
        *,
        task_status: anyio.abc.TaskStatus[None],
    ) -> None:
        run = live.run
        try:
            async with self._store.claim(run.run_id):
                run.status = RunStatus.RUNNING
                run.error = run.error_code = run.hint = ""
                reporter = Reporter(live, self._store)
                await reporter.save()
                task_status.started()
                try:
                    await self._attempt(live, work, reporter, deadline)
                finally:
                    with anyio.CancelScope(shield=True):
                        await reporter.save()
        finally:
            self._live.pop(run.run_id, None)
            live.done.set()
            live.changed.set()

    async def _attempt(
        self, live: _Live, work: Work, reporter: Reporter, deadline: datetime | None
    ) -> None:
        run = live.run
        seconds = self._max_runtime_s
        if deadline is not None:
            seconds = min(seconds, (deadline - datetime.now(UTC)).total_seconds())
        try:
            with live.scope, anyio.fail_after(max(0.0, seconds)) as limit:
                result = await work(reporter)
                run.result = result.model_dump(mode="json")
                run.status = RunStatus.SUCCEEDED
                run.percentage = 100.0
                run.current_task = "done"
            if run.status is RunStatus.RUNNING:
                self._record_stop(live)
        except anyio.get_cancelled_exc_class():
            self._record_stop(live)
            raise
        except Exception as raised:
            error = _single(raised)
            if isinstance(error, TimeoutError) and limit.cancelled_caught:
                error = DeadlineExceededError(
                    f"The deadline passed during '{run.current_task}'.",
                    hint=f"What was done is kept; resume with run_id={run.run_id}.",
                )
            if isinstance(error, CoderError):
                _record_failure(run, error)
                return
            logger.exception("run %s failed unexpectedly", run.run_id)
            run.status = RunStatus.FAILED
            run.error = f"Unexpected {type(error).__name__} during '{run.current_task}'."
            run.error_code = "internal"
            run.hint = f"See the server's log, then resume with run_id={run.run_id}."
            _stop_steps(run)

    @staticmethod
    def _record_stop(live: _Live) -> None:
        run = live.run
        if live.cancel_asked:
            run.status = RunStatus.CANCELLED
            run.error = f"Cancelled during '{run.current_task}'."
            run.error_code = "cancelled"
        else:
            run.status = RunStatus.INTERRUPTED
            run.error = f"The server stopped during '{run.current_task}'."
            run.error_code = "interrupted"
        run.hint = f"What was done is kept; resume with run_id={run.run_id}."
        _stop_steps(run)

    async def get(self, run_id: str) -> Run:
        """The run's record, the live one when it runs here. NotFoundError for an unknown id."""
        live = self._live.get(run_id)
        return live.run.model_copy(deep=True) if live else await self._store.run(run_id)

    async def wait(self, run_id: str, seconds: float) -> Run:
        """The run's record once it is done, or after `seconds`, whichever comes first."""
        live = self._live.get(run_id)
        if live is not None and seconds > 0:
            with anyio.move_on_after(seconds):
                await live.done.wait()
        elif live is None:
            return await self._wait_elsewhere(run_id, seconds)
        return await self.get(run_id)

    async def _wait_elsewhere(self, run_id: str, seconds: float) -> Run:
        """Another process may carry it out: look at the record now and then."""
        run = await self._store.run(run_id)
        with anyio.move_on_after(seconds):
            while run.status is RunStatus.RUNNING:
                await anyio.sleep(0.5)
                run = await self._store.run(run_id)
        return run

    async def watch(self, run_id: str) -> AsyncIterator[Progress]:
        """Progress of a run that is carried out here, until it is done."""
        live = self._live.get(run_id)
        while live is not None:
            changed = live.changed
            run = live.run
            yield Progress(
                run_id=run_id,
                percentage=run.percentage,
                current_task=run.current_task,
                phase=_phase_of(run),
            )
            if live.done.is_set():
                return
            await changed.wait()

    async def cancel(self, run_id: str) -> Run:
        """Stop a run that is carried out here and wait until it has stopped.

        Raises:
            NotFoundError: unknown id.
            BusyError: it runs in another process.
        """
        live = self._live.get(run_id)
        if live is None:
            run = await self._store.run(run_id)
            if run.status is RunStatus.RUNNING:
                raise BusyError(
                    f"Run {run_id} is carried out by another server process.",
                    hint="Cancel it there, or end that process.",
                )
            return run
        live.cancel_asked = True
        live.scope.cancel()
        await live.done.wait()
        return await self._store.run(run_id)

    def live_ids(self) -> list[str]:
        """The runs under way in this process."""
        return list(self._live)

    async def resumable(self, run_id: str, kind: RunKind) -> Run:
        """A stopped run of that kind, ready to be started again.

        Raises:
            NotFoundError: unknown id, or another kind of run.
            BusyError: it is still under way.
        """
        run = await self.get(run_id)
        if run.kind is not kind:
            raise NotFoundError(
                f"Run {run_id} is a {run.kind} run, not a {kind} run.",
                hint="Call status to list the runs.",
            )
        if run.status is RunStatus.RUNNING:
            raise BusyError(
                f"Run {run_id} is still under way.", hint=f"Call status with run_id={run_id}."
            )
        return run


def _phase_of(run: Run) -> Phase | None:
    running = [s.name for s in run.steps if s.status is RunStatus.RUNNING]
    return Phase(running[-1]) if running and running[-1] in set(Phase) else None


def _single(error: Exception) -> Exception:
    """The one error that task groups have wrapped, if it is one."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _record_failure(run: Run, error: CoderError) -> None:
    run.status = RunStatus.FAILED
    run.error = error.message
    run.error_code = error.code
    run.hint = error.hint
    _stop_steps(run)


def _stop_steps(run: Run) -> None:
    """A step that was under way ended as the run did."""
    for step in run.steps:
        if step.status is RunStatus.RUNNING:
            step.status = run.status
