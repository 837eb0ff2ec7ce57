"""Carrying out plans: commands go to the sandbox, outcomes back to the language."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from autonomous_coder.engines.validator.locking import FileLock
from autonomous_coder.errors import CoderError, SandboxUnavailableError
from autonomous_coder.languages.base import CONFIG_DIR, CheckPlan, NotApplicable, Steps
from autonomous_coder.models.execution import Command, Mount, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus
from autonomous_coder.sandbox.sandbox import Sandbox

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Runner:
    """Runs steps for one validation; `slots` bounds the commands of all validations."""

    def __init__(
        self, sandbox: Sandbox, cache_dir: Path, scratch: Path, slots: CapacityLimiter
    ) -> None:
        self._sandbox = sandbox
        self._cache = cache_dir
        self._scratch = scratch
        self._slots = slots

    async def drive(self, steps: Steps[T], mounts: tuple[Mount, ...] = ()) -> T:
        """Run a generator's commands one after another; its value."""
        command, value = await to_thread.run_sync(_advance, steps, None)
        while command is not None:
            outcome = await self._sandbox.run(replace(command, mounts=(*command.mounts, *mounts)))
            command, value = await to_thread.run_sync(_advance, steps, outcome)
        assert value is not None
        return value[0]

    async def check(self, plan: CheckPlan) -> CheckResult:
        """The result of one check, whatever happens to it."""
        try:
            async with self._slots, self._state(plan) as state:
                mounts = (*state, *await to_thread.run_sync(self._config, plan.name, plan.config))
                result = await self.drive(plan.steps(), mounts)
        except SandboxUnavailableError as error:
            return _not_carried_out(plan, CheckStatus.NOT_RUN, str(error))
        except CoderError as error:
            return _not_carried_out(plan, CheckStatus.INFRASTRUCTURE, str(error))
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
            return _not_carried_out(plan, CheckStatus.FAILED, "Its report cannot be read.")
        return result

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
        lock = FileLock(directory.with_name(f"{directory.name}.lock"))
        try:
            if not lock.attempt():
                directory = self._scratch / f"state-{secrets.token_hex(3)}"
            directory.mkdir(parents=True, exist_ok=True)
            yield (Mount(directory, plan.state_target, writable=True),)
        finally:
            lock.close()


def _advance(steps: Steps[T], outcome: Outcome | None) -> tuple[Command | None, tuple[T] | None]:
    """The next command, or None and the value in a tuple."""
    try:
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
