"""Progress on stderr: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from autonomous_coder.cli.output import clean, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from autonomous_coder.models.runs import Progress

WIDTH = 70


class ProgressShow:
    """Shows a run's progress while the `with` block lasts."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._bar: Bar | None = None
        self._last = ""

    def __enter__(self) -> Self:
        if self._enabled and sys.stderr.isatty():
            self._bar = _terminal_bar()
            self._bar.add_task("starting", total=100.0)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    async def update(self, progress: Progress) -> None:
        """Show where the run stands."""
        task = clean(progress.current_task, WIDTH)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=progress.percentage, description=task)
        elif self._enabled and task and task != self._last:
            say(f"{progress.percentage:3.0f}%  {task}", to_stderr=True)
        self._last = task


def _terminal_bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    return Bar(
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f}%", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
