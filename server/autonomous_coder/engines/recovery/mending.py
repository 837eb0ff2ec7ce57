"""The rounds on the copy: each repair is applied, judged by the checks, and kept or undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from anyio import to_thread

from autonomous_coder.engines.recovery import editing, judging
from autonomous_coder.errors import CoderError
from autonomous_coder.languages.base import (
    Language,
    ProjectView,
    Repair,
    Steps,
    Survey,
    TestFact,
    Toolbox,
)
from autonomous_coder.models.execution import Command, Outcome
from autonomous_coder.models.validation import FixAttempt, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.treewalk import walk

Validate = Callable[[Path, Sequence[str]], Awaitable[ValidationReport]]
Progress = Callable[[float, str], Awaitable[None]]
Resolve = Callable[[str], Awaitable[str]]
Relock = Callable[[Path], Awaitable[str]]
MAX_TRIED = 60
PASSES = 5
"""How often, a round, the repairs are thought of anew after some were kept."""
BROAD = frozenset({"ruff-safe-fixes", "format"})
"""Rules whose repairs cover many files and are worth trying again in a later pass."""
T = TypeVar("T")


@dataclass(slots=True)
class Achieved:
    """The last strictly better state of the copy: its report and the files that differ."""

    report: ValidationReport
    attempts: list[FixAttempt] = field(default_factory=list)
    changed: dict[str, bytes] = field(default_factory=dict)


class Mender:
    """Works on one copy."""

    def __init__(
        self,
        sandbox: Sandbox,
        language: Language,
        toolbox: Toolbox,
        tree: Path,
        validate: Validate,
        resolve: Resolve | None,
        relock: Relock | None,
        rounds: int,
        on_progress: Progress | None,
    ) -> None:
        self._sandbox = sandbox
        self._language = language
        self._toolbox = toolbox
        self._tree = tree
        self._validate = validate
        self._resolve = resolve
        self._relock = relock
        self._rounds = rounds
        self._on_progress = on_progress

    async def run(self, report: ValidationReport) -> Achieved:
        """At most `rounds` rounds; what is left is strictly better than `report`, or unchanged."""
        achieved = Achieved(report)
        original: dict[str, bytes | None] = {}
        current = report
        tried: set[tuple[str, str, int]] = set()
        for number in range(self._rounds * PASSES):
            # A repair is made from the texts as they were; what it would overwrite waits.
            dirty: set[str] = set()
            for repair in await self._repairs(current):
                key = (repair.rule, repair.description, number if repair.rule in BROAD else -1)
                if len(tried) >= MAX_TRIED or key in tried or dirty.intersection(repair.changes):
                    continue
                tried.add(key)
                if self._on_progress is not None:
                    await self._on_progress(90 * len(tried) / MAX_TRIED, repair.description)
                better = await self._attempt(repair, current, achieved.attempts, original)
                if better is not None:
                    current = better
                    dirty.update(achieved.attempts[-1].paths)
            if not dirty:
                break
        if not original:
            return achieved
        return await self._final(report, achieved, original)

    async def _final(
        self, before: ValidationReport, achieved: Achieved, original: Mapping[str, bytes | None]
    ) -> Achieved:
        """Everything is checked once more together; if that is not better, all is undone."""
        after = await self._validate(self._tree, ())
        reason = judging.worse(before, after)
        if reason:
            editing.restore(self._tree, original)
            undone = [
                a.model_copy(update={"kept": False, "reason": f"all together: {reason}"})
                if a.kept
                else a
                for a in achieved.attempts
            ]
            return Achieved(before, undone)
        changed = {path: editing.read(self._tree, path) for path in original}
        achieved.report = after
        achieved.changed = {
            path: content
            for path, content in changed.items()
            if content is not None and content != original[path]
        }
        return achieved

    async def _attempt(
        self,
        repair: Repair,
        current: ValidationReport,
        attempts: list[FixAttempt],
        original: dict[str, bytes | None],
    ) -> ValidationReport | None:
        """The report after a repair that helped; None when it was undone."""
        changes: Mapping[str, str] = {}
        before: dict[str, bytes | None] = {}
        try:
            changes = await self._changes(repair)
            before = {path: editing.read(self._tree, path) for path in changes}
            if not all(editing.is_text(content) for content in before.values()):
                raise _RefusedError("a file is not text")
            tests = await self._tests_in(changes)
            contents = {path: text.encode() for path, text in changes.items()}
            await to_thread.run_sync(editing.write_all, self._tree, contents)
            if tests and (lost := judging.lost_tests(tests, await self._tests_in(changes))):
                raise _RefusedError(lost)
            checks = self._checks(repair, current)
            after = await self._validate(self._tree, checks)
            reason = judging.worse(_only(current, checks), _only(after, checks))
        except (_RefusedError, CoderError) as error:
            reason = str(error)
            after = current
        attempts.append(
            FixAttempt(
                rule=repair.rule,
                description=repair.description[:500],
                paths=sorted(changes),
                kept=not reason,
                reason=reason[:500],
            )
        )
        if reason:
            editing.restore(self._tree, before)
            return None
        for path, content in before.items():
            original.setdefault(path, content)
        return _merged(current, after, checks)

    async def _tests_in(self, paths: Collection[str]) -> dict[str, TestFact]:
        """The tests that files of the copy define; nothing is run when none can hold any."""
        if not any(path.endswith(self._language.suffixes) for path in paths):
            return {}
        defined = self._language.tests_defined(await self.survey())
        return {name: fact for name, fact in defined.items() if name.split("::", 1)[0] in paths}

    async def _changes(self, repair: Repair) -> Mapping[str, str]:
        """The files a repair changes; for a package, once its registry has confirmed it."""
        if not repair.package:
            return repair.changes
        if self._resolve is None:
            raise _RefusedError("the package cannot be looked up here")
        version = await self._resolve(repair.package)
        if not version:
            raise _RefusedError(f"there is no package called {repair.package}")
        manifest = (editing.read(self._tree, self._language.manifest) or b"").decode()
        if not manifest:
            raise _RefusedError(f"there is no {self._language.manifest} to declare it in")
        text = self._language.declare(
            manifest, repair.package, version, development=repair.development
        )
        if text == manifest:
            raise _RefusedError("it is declared already")
        changes = {self._language.manifest: text}
        if editing.read(self._tree, self._language.lockfile) is not None:
            if self._relock is None:
                raise _RefusedError("the lock cannot be renewed here")
            old = editing.read(self._tree, self._language.manifest)
            editing.write(self._tree, self._language.manifest, text.encode())
            try:
                changes[self._language.lockfile] = await self._relock(self._tree)
            finally:
                editing.restore(self._tree, {self._language.manifest: old})
        return changes

    def _checks(self, repair: Repair, current: ValidationReport) -> tuple[str, ...]:
        """Those of a repair that were carried out before, too."""
        ran = {c.name for c in current.checks if c.status in judging.RAN}
        return tuple(name for name in repair.checks if name in ran) or repair.checks[:1]

    async def _repairs(self, report: ValidationReport) -> list[Repair]:
        survey = await self.survey()
        found = judging.problems(report)
        steps = self._language.repairs(await self._view(), survey, found, self._toolbox)
        return await self._drive(steps)

    async def survey(self) -> Survey:
        """What the copy's files hold now."""
        return await self._drive(self._language.survey(await self._view(), self._toolbox))

    async def _view(self) -> ProjectView:
        def files() -> tuple[str, ...]:
            return tuple(
                e.path for e in walk(self._tree) if e.kind == "file" and e.path.isprintable()
            )

        return ProjectView(self._tree, await to_thread.run_sync(files))

    async def _drive(self, steps: Steps[T]) -> T:
        command, value = await to_thread.run_sync(_advance, steps, None)
        while command is not None:
            outcome = await self._sandbox.run(command)
            command, value = await to_thread.run_sync(_advance, steps, outcome)
        assert value is not None
        return value[0]


class _RefusedError(Exception):
    """A repair that was not tried, with the reason."""


def _advance(steps: Steps[T], outcome: Outcome | None) -> tuple[Command | None, tuple[T] | None]:
    """The next command, or None and the value in a tuple."""
    try:
        return (next(steps) if outcome is None else steps.send(outcome)), None
    except StopIteration as end:
        return None, (end.value,)


def _only(report: ValidationReport, names: Sequence[str]) -> ValidationReport:
    return report.model_copy(update={"checks": [c for c in report.checks if c.name in names]})


def _merged(old: ValidationReport, new: ValidationReport, names: Sequence[str]) -> ValidationReport:
    """The old report with the results of the checks that were carried out again."""
    results = [(new.check(c.name) or c) if c.name in names else c for c in old.checks]
    return old.model_copy(update={"checks": results, "tree_hash": new.tree_hash})
