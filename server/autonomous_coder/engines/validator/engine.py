"""The validator: freeze, look, install, check, and say exactly what that amounts to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread

from autonomous_coder.engines.validator import keys
from autonomous_coder.engines.validator.components import Part, find_parts
from autonomous_coder.engines.validator.durations import Durations
from autonomous_coder.engines.validator.environments import Environments, FetchAccessOf
from autonomous_coder.engines.validator.housekeeping import trim_when_due
from autonomous_coder.engines.validator.machines import Machines
from autonomous_coder.engines.validator.memory import Memory, Remembered
from autonomous_coder.engines.validator.narrowing import Scope, changed_since, scope_of
from autonomous_coder.engines.validator.provisioning import Provisioner
from autonomous_coder.engines.validator.replaying import Recording
from autonomous_coder.engines.validator.reporting import make_report
from autonomous_coder.engines.validator.results import ResultCache
from autonomous_coder.engines.validator.running import Runner
from autonomous_coder.engines.validator.slots import Slots
from autonomous_coder.engines.validator.validation import (
    Advisories,
    Progress,
    Validation,
    known_against,
    one_error,
)
from autonomous_coder.engines.validator.wishes import Wishes, checked_wishes, unknown_components
from autonomous_coder.engines.validator.work import ADVISORIES, Kept, Means
from autonomous_coder.languages.adopting import describe, find_entities
from autonomous_coder.languages.base import Language, ProjectView, TestFact, Toolbox
from autonomous_coder.models.adoption import MAX_COMPONENTS_FOUND, Component
from autonomous_coder.models.execution import Limits, SandboxLevel
from autonomous_coder.models.validation import CheckResult, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import ValidationSettings
from autonomous_coder.treecopy import TreeCopy, checked_root, copy_tree, private_directory
from autonomous_coder.treewalk import TreeHash, hash_tree

COPIES_PER_CORE = 2
"""How many validations hold a frozen copy at once; the others wait in order, without one."""


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A private copy of a project, and what may be done with it."""

    copy: TreeCopy
    scratch: Path
    runner: Runner


class ValidatorEngine:
    """Checks projects. One instance serves any number of validations at once."""

    def __init__(
        self,
        sandbox: Sandbox,
        settings: ValidationSettings,
        languages: Mapping[str, Language],
        cache_dir: Path,
        fetch_access: FetchAccessOf,
        limits: Limits | None = None,
        *,
        advisories: Advisories | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._languages = languages
        self._cache_dir = cache_dir
        provisioners: list[Provisioner] = []
        if settings.provision_toolchains:
            at_most = limits or Limits()
            provisioners = [
                Provisioner(sandbox, cache_dir, at_most, access) for access in (fetch_access, None)
            ]
        self._machines = Machines(sandbox, limits or Limits(), *provisioners)
        self._advisories = advisories
        self._environments = Environments(sandbox, cache_dir, fetch_access)
        self._results = ResultCache(cache_dir / "results")
        self._durations = Durations(cache_dir / "durations.json")
        self._memory = Memory()
        cores = os.cpu_count() or 1
        self._cores = Slots(cores)
        self._copies = Slots(COPIES_PER_CORE * cores)

    def check_names(self) -> list[str]:
        """Every check of every language, in the order errors should be mended."""
        names = [name for lang in self._languages.values() for name in lang.check_names]
        return [*dict.fromkeys(name for name in names if name != ADVISORIES), ADVISORIES]

    async def validate(
        self,
        path: Path,
        *,
        checks: Sequence[str] = (),
        paths: Sequence[str] = (),
        changed: bool = False,
        level: SandboxLevel | None = None,
        baseline_tests: Mapping[str, TestFact] | None = None,
        use_cache: bool = True,
        offline: bool = False,
        project_id: str = "",
        expected_tests: Sequence[str] = (),
        on_progress: Progress | None = None,
    ) -> ValidationReport:
        """Run the named checks (all when none is named) on a frozen copy of the project.

        `NAME` selects a check in every component, `NAME@COMPONENT` in one. With `paths` (relative)
        or `changed` (files that differ from the last validation of the whole project; everything
        when there was none or nothing differs) checks of single files look at those alone. `level`
        is the least at which code of the project may run. `baseline_tests` are compared with the
        tests there are (check "tests_kept"). Without `use_cache` everything is run.

        Raises:
            NotFoundError: the path does not exist, or one of `paths`.
            UnsupportedError: no known language is found there.
            InvalidInputError: an unknown check is named, a path leads outside, or the tree is too
                large.
        """
        started = time.monotonic()
        wishes = checked_wishes(
            self.check_names(), self._settings, checks=checks, paths=paths, changed=changed,
            level=level, baseline_tests=baseline_tests, use_cache=use_cache, offline=offline,
            project_id=project_id, expected_tests=expected_tests,
        )  # fmt: skip
        root = await to_thread.run_sync(checked_root, path)
        if use_cache:
            known = await self._unchanged(root, wishes, started)
            if known is not None:
                return known
        async with self._freeze(root, level) as frozen:
            return await self._validate(root, wishes, frozen, on_progress, started)

    async def tests_defined(self, path: Path) -> dict[str, TestFact]:
        """Every test the project's files define, by id; nothing of the project is run."""
        root = await to_thread.run_sync(checked_root, path)
        async with self._freeze(root) as frozen:
            wishes = Wishes(settings=self._settings)
            return await (await self._validation(root, wishes, frozen, None, None)).tests()

    async def describe(self, path: Path) -> tuple[list[Component], tuple[str, ...]]:
        """What a directory holds, component by component, and the paths of its files. Manifests
        are read as data, sources by their syntax; nothing of the project is run.

        Raises:
            UnsupportedError: no known language is found there.
        """
        root = await to_thread.run_sync(checked_root, path)
        async with self._freeze(root) as frozen:
            found: list[Component] = []
            parts = find_parts(self._languages, frozen.copy.files, frozen.copy.links)
            for part in parts[:MAX_COMPONENTS_FOUND]:
                project = ProjectView(frozen.copy.root / part.path, part.files, links=part.links)
                component = await to_thread.run_sync(describe, part.language, project, part.path)
                if part.language.name == "python":
                    toolbox = await self._machines.toolbox(part.language, offline=True)
                    entities, note = await frozen.runner.drive(
                        find_entities(project, toolbox), Recording()
                    )
                    update = {"entities": entities, "entities_note": note}
                    component = component.model_copy(update=update)
                found.append(component)
            return found, frozen.copy.files

    async def is_stale(self, report: ValidationReport) -> bool:
        """Whether the project's files differ from those the report speaks of."""
        found = await self._hashed(Path(report.path))
        return found.digest != report.tree_hash

    async def lock(self, path: Path, *, offline: bool = False) -> str:
        """The text of a lock made now for the project's declarations; nothing is written there.

        Raises:
            UnsupportedError: no known language is found there, or it has nothing to lock.
            ResolutionError: what is declared does not exist or does not fit together.
            EnvironmentLacksError: no network, or no sandbox.
        """
        root = await to_thread.run_sync(checked_root, path)
        async with self._freeze(root) as frozen:
            part = find_parts(self._languages, frozen.copy.files, frozen.copy.links)[0]
            project = ProjectView(frozen.copy.root / part.path, part.files, links=part.links)
            toolbox = await self._machines.toolbox(part.language, offline=offline)
            plan = await to_thread.run_sync(
                lambda: part.language.environment(project, toolbox, offline=offline)
            )
            return await self._environments.lock(plan, project, frozen.scratch, frozen.runner.run)

    async def validate_syntax(self, path: Path) -> CheckResult:
        """Whether every file compiles."""
        return await self._one(path, "syntax")

    async def check_types(self, path: Path) -> CheckResult:
        """Whether the type checker is content, against the installed dependencies."""
        return await self._one(path, "types")

    async def scan_security(self, path: Path) -> CheckResult:
        """What the security scanner finds."""
        return await self._one(path, "security")

    async def analyze_performance(self, path: Path) -> CheckResult:
        """Complexity and known slow constructs, as information."""
        return await self._one(path, "performance")

    async def verify_dependencies(self, path: Path) -> CheckResult:
        """Whether dependencies install from the lock and imports are declared."""
        return await self._one(path, "dependencies")

    async def _one(self, path: Path, name: str) -> CheckResult:
        report = await self.validate(path, checks=(name,))
        result = report.check(name)
        assert result is not None
        return result

    @asynccontextmanager
    async def _freeze(
        self, root: Path, level: SandboxLevel | None = None
    ) -> AsyncIterator[_Frozen]:
        """A copy of the project, as soon as it is this validation's turn to have one."""
        turn = self._copies.turn()
        async with self._copies.hold(turn):
            with private_directory(self._cache_dir / "staging") as scratch:
                memory = self._memory.tree(root)
                copy = await to_thread.run_sync(copy_tree, root, scratch / "tree", memory)
                await to_thread.run_sync(self._durations.load)
                runner = Runner(self._sandbox, self._cache_dir, scratch, self._cores, turn, level)
                yield _Frozen(copy, scratch, runner)

    async def _validate(
        self,
        root: Path,
        wishes: Wishes,
        frozen: _Frozen,
        on_progress: Progress | None,
        started: float,
    ) -> ValidationReport:
        scope = await to_thread.run_sync(self._scope, root, wishes, frozen.copy)
        work = await self._validation(root, wishes, frozen, scope, on_progress)
        parts = [each.part for each in work.works]
        unknown_components(wishes, parts)
        status = await self._sandbox.probe()
        results: list[Kept] = []
        with one_error():
            async with anyio.create_task_group() as beside:
                beside.start_soon(self._keep_house)
                results = await work.run()
                beside.cancel_scope.cancel()
        now = await self._hashed(root)
        stale = now.digest != frozen.copy.digest
        imports = await to_thread.run_sync(work.imports, results)
        lasting = all(each.lasting for each in work.works) and not frozen.copy.skipped
        lasting = lasting and not (wishes.changed and scope is not None)
        if lasting and all(kept.keepable for kept in results if kept.base != ADVISORIES):
            self._memory.keep(
                root,
                Remembered(
                    wishes.identity(), parts, replace(frozen.copy, stamps={}), scope, results,
                    tuple(each.machine for each in work.works),
                    tuple(place for each in work.works for place in each.environments),
                    work.packages, time.monotonic(), imports,
                ),
            )  # fmt: skip
        await to_thread.run_sync(self._finish, root, frozen.copy, scope)
        return make_report(
            root, wishes, parts, frozen.copy, scope, status, results,
            stale=stale, duration=time.monotonic() - started, imports=imports,
        )  # fmt: skip

    async def _validation(
        self,
        root: Path,
        wishes: Wishes,
        frozen: _Frozen,
        scope: Scope | None,
        on_progress: Progress | None,
    ) -> Validation:
        found = find_parts(self._languages, frozen.copy.files, frozen.copy.links)
        parts: list[tuple[Part, Toolbox, str]] = []
        for part in found:
            toolbox = await self._machines.toolbox(part.language, offline=wishes.offline)
            machine = await self._machine(part, wishes)
            parts.append((part, toolbox, machine))
        means = partial(
            Means, frozen.runner, self._environments, self._results, self._durations, root,
            frozen.scratch, wishes.use_cache, wishes.offline,
        )  # fmt: skip
        return Validation(wishes, parts, frozen.copy, scope, means, self._advisories, on_progress)

    async def _unchanged(
        self, root: Path, wishes: Wishes, started: float
    ) -> ValidationReport | None:
        """The report on a tree that is still the one of the last report for the same wishes."""
        known = self._memory.find(root, wishes.identity())
        if known is None or not await to_thread.run_sync(known.usable):
            return None
        now = await self._hashed(root)
        if now.digest != known.frozen.digest or now.skipped:
            return None
        for part, machine in zip(known.parts, known.machines, strict=True):
            if await self._machine(part, wishes) != machine:
                return None
        results = [
            await known_against(wishes, known.packages, self._advisories)
            if kept.base == ADVISORIES
            else replace(kept, result=_again(kept.result))
            for kept in known.results
        ]
        return make_report(
            root, wishes, known.parts, known.frozen, known.scope, await self._sandbox.probe(),
            results, stale=False, duration=time.monotonic() - started, imports=known.imports,
        )  # fmt: skip

    async def _machine(self, part: Part, wishes: Wishes) -> str:
        """What a result depends on beside the files. What ran at one level, or by a consent since
        withdrawn, answers nobody who asks for another."""
        machine = await self._machines.identity(part.language, offline=wishes.offline)
        return f"{machine} {wishes.level} {self._sandbox.demands}"

    async def _hashed(self, root: Path) -> TreeHash:
        return await to_thread.run_sync(hash_tree, root, self._memory.tree(root))

    def _scope(self, root: Path, wishes: Wishes, copy: TreeCopy) -> Scope | None:
        """What single-file checks look at; None for everything."""
        if wishes.paths:
            return scope_of(wishes.paths, copy.files)
        before = self._seen(root) if wishes.changed else None
        if before is None:
            return None
        scope = changed_since(before, copy.stamps, copy.files)
        # Nothing differs: the whole verdict is the same, and it is kept.
        return scope if scope.files else None

    def _seen(self, root: Path) -> dict[str, str] | None:
        """The files of the last validation of the whole project."""
        content = self._results.get(keys.digest(["seen", root]))
        try:
            files = json.loads(content) if content is not None else None
        except (ValueError, RecursionError):
            return None
        return files if isinstance(files, dict) else None

    def _finish(self, root: Path, copy: TreeCopy, scope: Scope | None) -> None:
        self._durations.save()
        if scope is None:
            files = {file: copy.stamps[file] for file in copy.files}
            self._results.put(keys.digest(["seen", root]), json.dumps(files).encode())

    async def _keep_house(self) -> None:
        bound = self._settings.cache_mb * 1024**2
        # Left alone when the validation ends first: it is done once an hour.
        await to_thread.run_sync(trim_when_due, self._cache_dir, bound, abandon_on_cancel=True)


def _again(result: CheckResult) -> CheckResult:
    """A result that is used once more."""
    return result.model_copy(update={"cached": True}, deep=True)
