"""Carries out work of one command: services opened, signals heeded, progress shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from autonomous_coder.cli.group import PROGRAM, Stopped
from autonomous_coder.cli.state import State

if TYPE_CHECKING:
    import anyio

    from autonomous_coder.models.runs import Run
    from autonomous_coder.orchestrator.orchestrator import Orchestrator
    from autonomous_coder.settings import Settings

T = TypeVar("T")

Work = Callable[["Orchestrator"], Coroutine[Any, Any, T]]


def run(state: State, work: Work[T]) -> T:
    """Carry out `work` with the operations at hand.

    Raises:
        Stopped: SIGINT or SIGTERM came; the work was cancelled and everything closed.
        CoderError: whatever the work raises.
    """
    from autonomous_coder.calling import use_services

    settings = state.settings()

    async def opened() -> T:
        return await use_services(settings, work)

    return run_async(opened)


def run_async(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine function to its end; the first SIGINT or SIGTERM cancels it cleanly."""
    import anyio

    return anyio.run(_until_signal, work)


async def _until_signal(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import anyio

    scope = anyio.CancelScope()
    signals: list[int] = []
    results: list[T] = []
    failures: list[Exception] = []
    async with anyio.create_task_group() as tasks:
        await tasks.start(_heed_signals, scope, signals)
        with scope:
            try:
                results.append(await work())
            except Exception as error:
                failures.append(error)  # raised below, outside the group that would wrap it
        tasks.cancel_scope.cancel()
    if signals:
        raise Stopped(signals[0])
    if failures:
        raise failures[0]
    return results[0]


async def _heed_signals(
    scope: anyio.CancelScope,
    signals: list[int],
    *,
    task_status: anyio.abc.TaskStatus[None],
) -> None:
    """Cancel on the first signal; a second one meets Python's own handling and ends at once."""
    import signal

    import anyio

    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as received:
        task_status.started()
        async for number in received:
            signals.append(int(number))
            scope.cancel()
            return


def run_long(
    state: State, settings_of_run: Settings, start: Callable[[Orchestrator], Awaitable[str]]
) -> Run:
    """Start a run, show its progress on stderr, and return its record once it has ended."""
    from autonomous_coder.calling import follow, use_services
    from autonomous_coder.cli.progress import ProgressShow

    async def work(orchestrator: Orchestrator) -> Run:
        run_id = await start(orchestrator)
        state.run_id = run_id
        record = await orchestrator.runs.get(run_id)
        if record.kind.value == "build":
            state.resume = f"{PROGRAM} build --resume {run_id}"
        with ProgressShow(enabled=settings_of_run.orchestration.progress_reporting) as show:
            return await follow(orchestrator, run_id, show.update)

    async def opened() -> Run:
        return await use_services(settings_of_run, work)

    return run_async(opened)
