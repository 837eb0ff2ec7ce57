"""Carrying out plans: commands go to the sandbox, outcomes back to the language."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from anyio import to_thread

from autonomous_coder.engines.validator.housekeeping import lock_of
from autonomous_coder.engines.validator.locking import FileLock
from autonomous_coder.engines.validator.replaying import Recording
from autonomous_coder.engines.validator.slots import Slots
from autonomous_coder.errors import CoderError, SandboxUnavailableError
from autonomous_coder.languages.base import CONFIG_DIR, CheckPlan, NotApplicable, Steps
from autonomous_coder.models.execution import Command, Mount, Outcome, SandboxLevel
from autonomous_coder.models.validation import CheckResult, CheckStatus
from autonomous_coder.sandbox.sandbox import Sandbox

T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a plan. `keepable` when the same plan would come to the same result; `worth`
    when something had to be run for it."""

    result: CheckResult
    keepable: bool = False
    worth: bool = False


class Runner:
    """Runs commands for one validation, in its `turn` among all validations. `level` is the least
    at which code of the project may run."""

    def __init__(
        self,
        sandbox: Sandbox,
        cache_dir: Path,
        scratch: Path,
        slots: Slots,
        turn: int,
        level: SandboxLevel | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._cache = cache_dir
        self._scratch = scratch
        self._slots = slots
        self._turn = turn
        self._level = level

    async def run(self, command: Command) -> Outcome:
        """Run one command as soon as a core is free.

        Raises:
            SandboxUnavailableError: the level it needs cannot be had here.
        """
        async with self._slots.hold(self._turn, command.limits.timeout_s):
            return await self._run(command)

    async def _run(self, command: Command) -> Outcome:
        if self._level is not None and command.runs_project_code:
            offered = (await self._sandbox.probe()).level
            if offered.rank < self._level.rank:
                raise SandboxUnavailableError(
                    f"Sandbox level {self._level} was asked for; this machine offers {offered}.",
                    hint="`autonomous-coder doctor` says what is missing.",
                )
        return await self._sandbox.run(command)

    async def drive(self, steps: Steps[T], recording: Recording) -> T:
        """Run a generator's commands one after another; its value. What the recording knows is
        not run again."""

        async def answer(command: Command) -> Outcome:
            outcome = recording.play(command)
            if outcome is None:
                outcome = await self.run(command)
                recording.note(command, outcome)
            return outcome

        return await _drive(steps, answer)

    async def check(self, plan: CheckPlan, expected: float) -> Checked:
        """The result of one check, whatever happens to it; `expected` are seconds."""
        outcomes: list[Outcome] = []

        async def answer(command: Command) -> Outcome:
            outcome = await self._run(replace(command, mounts=(*command.mounts, *mounts)))
            outcomes.append(outcome)
            return outcome

        try:
            async with self._slots.hold(self._turn, expected), self._state(plan) as state:
                mounts = (*state, *await to_thread.run_sync(self._config, plan.name, plan.config))
                result = await _drive(plan.steps(), answer)
        except SandboxUnavailableError as error:
            return Checked(_not_carried_out(plan, CheckStatus.NOT_RUN, str(error)))
        except CoderError as error:
            return Checked(_not_carried_out(plan, CheckStatus.INFRASTRUCTURE, str(error)))
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ):
            # What a project's process reports is untrusted: nonsense in it fails the check.
            logger.warning("the report of check %s cannot be read", plan.name, exc_info=True)
            reason = "Its report cannot be read."
            return Checked(_not_carried_out(plan, CheckStatus.FAILED, reason))
        # What was stopped may succeed the next time.
        undisturbed = not any(o.killed_by or o.refused_hosts for o in outcomes)
        decided = result.status in (CheckStatus.PASSED, CheckStatus.FAILED)
        keepable = plan.cacheable and undisturbed and decided
        return Checked(result, keepable, keepable and bool(outcomes))

    def _config(self, name: str, config: Mapping[str, str]) -> tuple[Mount, ...]:
        if not config:
            return ()
        directory = self._scratch / f"config-{name}-{secrets.token_hex(3)}"
        directory.mkdir()
        for file, text in config.items():
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / file).write_text(text, encoding="utf-8", errors="surrogateescape")
            (directory / file).chmod(0o755)
        return (Mount(directory, CONFIG_DIR),)

    @asynccontextmanager
    async def _state(self, plan: CheckPlan) -> AsyncIterator[tuple[Mount, ...]]:
        """The kept directory of a check, or a fresh one while somebody else uses it."""
        if not plan.state:
            yield ()
            return
        directory = self._cache / "state" / plan.state
        lock = FileLock(lock_of(directory))
        try:
            if not lock.attempt():
                directory = self._scratch / f"state-{secrets.token_hex(3)}"
            directory.mkdir(parents=True, exist_ok=True)
            os.utime(directory)
            yield (Mount(directory, plan.state_target, writable=True),)
        finally:
            lock.close()


async def _drive(steps: Steps[T], answer: Callable[[Command], Awaitable[Outcome]]) -> T:
    command, value = await to_thread.run_sync(_advance, steps, None)
    while command is not None:
        try:
            outcome: Outcome | SandboxUnavailableError = await answer(command)
        except SandboxUnavailableError as error:
            outcome = error
        command, value = await to_thread.run_sync(_advance, steps, outcome)
    assert value is not None
    return value[0]


def _advance(
    steps: Steps[T], outcome: Outcome | SandboxUnavailableError | None
) -> tuple[Command | None, tuple[T] | None]:
    """The next command, or None and the value in a tuple. That a command may not be started is
    raised where it was asked for; what does without it goes on."""
    try:
        if isinstance(outcome, SandboxUnavailableError):
            return steps.throw(outcome), None
        return (next(steps) if outcome is None else steps.send(outcome)), None
    except StopIteration as end:
        return None, (end.value,)


def _not_carried_out(plan: CheckPlan, status: CheckStatus, reason: str) -> CheckResult:
    return CheckResult(
        name=plan.name,
        title=plan.title,
        status=status,
        reason=reason,
        informational=plan.informational,
    )


def not_run(plan: NotApplicable, *, informational: bool = False) -> CheckResult:
    """The result of a check that was left out."""
    return CheckResult(
        name=plan.name,
        title=plan.title,
        status=CheckStatus.NOT_RUN,
        reason=plan.reason,
        informational=informational,
    )
