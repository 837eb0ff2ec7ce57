"""The recovery engine: try, judge, keep or roll back; say what remains."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from anyio import to_thread

from autonomous_coder.engines.recovery import editing, judging, retrying
from autonomous_coder.engines.recovery.diagnosis import Diagnosis, diagnose
from autonomous_coder.engines.recovery.excerpts import excerpts
from autonomous_coder.engines.recovery.mending import Mender, Relock, Resolve
from autonomous_coder.errors import BusyError, UnsupportedError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import Interpreter, Language, Toolbox
from autonomous_coder.models.validation import (
    Diagnostic,
    FixAttempt,
    FixReport,
    ValidationReport,
)
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings
from autonomous_coder.treecopy import checked_root, copy_tree, private_directory
from autonomous_coder.treewalk import hash_tree

T = TypeVar("T")
Validate = Callable[[Path, Sequence[str]], Awaitable[ValidationReport]]
Progress = Callable[[float, str], Awaitable[None]]
Recorder = Callable[[str, str, bool], Awaitable[None]]
"""(fingerprint, rule, whether it helped) -> kept by the store."""


class RecoveryEngine:
    """Mends projects. The real tree is written once, at the end, when everything is proven."""

    def __init__(
        self,
        sandbox: Sandbox,
        settings: OrchestrationSettings,
        work_dir: Path,
        recorder: Recorder | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._work_dir = work_dir
        self._recorder = recorder

    async def fix(
        self,
        path: Path,
        report: ValidationReport,
        *,
        validate: Validate,
        before_change: Callable[[], Awaitable[str]],
        resolve_package: Resolve | None = None,
        relock: Relock | None = None,
        on_progress: Progress | None = None,
    ) -> FixReport:
        """Mend what the report found.

        `validate` checks a tree (all checks when none is named); `before_change` takes a
        checkpoint and is awaited before the first write to the real tree; `resolve_package` gives
        a package's newest version (empty when there is no such package); `relock` gives the text
        of a new lock for a tree. Without the last two no dependency is added.

        Raises:
            NotFoundError: the path does not exist.
            UnsupportedError: the report's language has no rules.
            BusyError: the project changed while it was being mended; nothing was written.
        """
        root = await to_thread.run_sync(checked_root, path)
        language = LANGUAGES.get(report.language)
        if language is None:
            raise UnsupportedError(
                f"There are no rules for {report.language or 'this language'}.",
                hint=f"Languages with rules: {', '.join(LANGUAGES)}.",
            )
        with private_directory(self._work_dir / "fixing") as scratch:
            copy = await to_thread.run_sync(copy_tree, root, scratch / "tree")
            if copy.digest != report.tree_hash:
                # The report speaks of other files: look again before anything is decided.
                report = await validate(root, ())
                if copy.digest != report.tree_hash:
                    raise _moving()
            mender = Mender(
                self._sandbox, language, self._toolbox(language), copy.root, validate,
                resolve_package, relock, self._settings.max_fix_rounds, on_progress,
            )  # fmt: skip
            achieved = await mender.run(report)
            checkpoint = ""
            diff = ""
            after = report
            if achieved.changed:
                before = scratch / "before"
                await to_thread.run_sync(copy_tree, root, before)
                now = await to_thread.run_sync(hash_tree, before)
                if now.digest != report.tree_hash:
                    raise _moving()
                diff = editing.unified(before, copy.root, achieved.changed)
                checkpoint = await before_change()
                await self._commit(root, report.tree_hash, achieved.changed)
                after = achieved.report.model_copy(update={"path": str(root)})
            for attempt in achieved.attempts:
                await self._record(attempt, report)
            remaining = judging.problems(after)
            survey = await mender.survey()
            return FixReport(
                path=str(root),
                errors_before=judging.errors(report),
                errors_after=len(remaining),
                attempts=achieved.attempts,
                changed_files=sorted(achieved.changed),
                diff=diff,
                remaining=excerpts(
                    copy.root, after, remaining, achieved.attempts,
                    lambda place: language.symbols(survey, place),
                ),
                before=report,
                after=after,
                checkpoint_id=checkpoint,
            )  # fmt: skip

    async def _commit(self, root: Path, digest: str, changed: dict[str, bytes]) -> None:
        now = await to_thread.run_sync(hash_tree, root)
        if now.digest != digest:
            raise _moving()
        await to_thread.run_sync(editing.write_all, root, changed)

    def diagnose_error(
        self, diagnostic: Diagnostic, others: Sequence[Diagnostic] = ()
    ) -> Diagnosis:
        """What kind of mistake a finding is, and whether it may be a consequence of others."""
        return diagnose(diagnostic, others)

    async def apply_fix(self, root: Path, changes: dict[str, str]) -> list[str]:
        """Write whole new texts, all or none, never through a link; the changed paths.

        Raises:
            PathNotAllowedError: a path leads out of the project.
            InvalidInputError: a file could not be written; nothing was changed.
        """
        contents = {path: text.encode() for path, text in changes.items()}
        await to_thread.run_sync(editing.write_all, root, contents)
        return sorted(contents)

    async def retry_with_backoff(
        self,
        operation: Callable[[], Awaitable[T]],
        attempts: int = 3,
        *,
        first_delay_s: float = 0.5,
    ) -> T:
        """See `retrying.retry_with_backoff`."""
        return await retrying.retry_with_backoff(operation, attempts, first_delay_s=first_delay_s)

    async def rollback_to_checkpoint(
        self, checkpoint_id: str, restore: Callable[[str], Awaitable[T]]
    ) -> T:
        """Give a project the state of a checkpoint; `restore` is the store's."""
        return await restore(checkpoint_id)

    async def learn_from_error(self, diagnostic: Diagnostic, rule: str, *, helped: bool) -> None:
        """Count what a rule did for a kind of mistake."""
        if self._recorder is not None:
            await self._recorder(diagnostic.fingerprint, rule, helped)

    async def _record(self, attempt: FixAttempt, report: ValidationReport) -> None:
        for diagnostic in judging.problems(report):
            if diagnostic.path in attempt.paths:
                await self.learn_from_error(diagnostic, attempt.rule, helped=attempt.kept)

    def _toolbox(self, language: Language) -> Toolbox:
        mounts = self._sandbox.tool_mounts()
        ours = Interpreter(sys.executable, sys.version_info[:3], mounts)
        return Toolbox(
            interpreter=ours,
            tools={name: str(self._sandbox.tool(name)) for name in language.tools},
            versions={},
            mounts=mounts,
            interpreters=(ours,),
        )


def _moving() -> BusyError:
    return BusyError(
        "The project changed while it was being mended; nothing was written.",
        hint="Wait until nobody edits it and call fix again.",
    )
