"""The validator: freeze, look, install, check, and say exactly what that amounts to."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import anyio
from anyio import CapacityLimiter, to_thread
from anyio.abc import TaskGroup

from autonomous_coder.engines.validator.environments import Environments, FetchAccessOf
from autonomous_coder.engines.validator.running import Runner, not_run
from autonomous_coder.engines.validator.toolbox import find_toolbox
from autonomous_coder.errors import InvalidInputError, SandboxUnavailableError, UnsupportedError
from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    Language,
    NotApplicable,
    Package,
    ProjectView,
    Survey,
    TestFact,
    Toolbox,
)
from autonomous_coder.models.execution import Limits, SandboxLevel, SandboxStatus
from autonomous_coder.models.validation import CheckResult, CheckStatus, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import ValidationSettings
from autonomous_coder.treecopy import TreeCopy, checked_root, copy_tree, private_directory
from autonomous_coder.treewalk import hash_tree

Progress = Callable[[float, str], Awaitable[None]]
"""(percent of the checks that are done, what was done last)"""
Advisories = Callable[[Sequence[Package]], Awaitable[CheckResult]]
"""What is known against packages, as the check "advisories"."""
MAX_EXPECTED_TESTS = 5_000


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
        self._limits = limits or Limits()
        self._advisories = advisories
        self._environments = Environments(sandbox, cache_dir, fetch_access)
        self._toolboxes: dict[str, Toolbox] = {}
        self._slots: CapacityLimiter | None = None

    def check_names(self) -> list[str]:
        """Every check of every language, in the order errors should be mended."""
        return list(dict.fromkeys(n for lang in self._languages.values() for n in lang.check_names))

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

        Raises:
            NotFoundError: the path does not exist.
            UnsupportedError: no known language is found there.
            InvalidInputError: an unknown check is named, or the tree is too large.
        """
        started = time.monotonic()
        root = await to_thread.run_sync(checked_root, path)
        options = self._options(checks, expected_tests)
        with private_directory(self._cache_dir / "staging") as scratch:
            frozen = await to_thread.run_sync(copy_tree, root, scratch / "tree")
            language = self._language(frozen.files)
            status = await self._sandbox.probe()
            work = _Validation(
                self, language, await self._toolbox(language), frozen, scratch, options, on_progress
            )
            results = await work.run(offline=offline)
            now = await to_thread.run_sync(hash_tree, root)
        return self._report(
            root, project_id, language, frozen, status, options, results,
            stale=now.digest != frozen.digest, duration=time.monotonic() - started,
        )  # fmt: skip

    async def tests_defined(self, path: Path) -> dict[str, TestFact]:
        """Every test the project's files define, by id; nothing of the project is run."""
        root = await to_thread.run_sync(checked_root, path)
        with private_directory(self._cache_dir / "staging") as scratch:
            copy = await to_thread.run_sync(copy_tree, root, scratch / "tree")
            language = self._language(copy.files)
            project = ProjectView(copy.root, copy.files, links=copy.links)
            steps = language.survey(project, await self._toolbox(language))
            return language.tests_defined(await self.runner(scratch).drive(steps))

    async def is_stale(self, report: ValidationReport) -> bool:
        """Whether the project's files differ from those the report speaks of."""
        found = await to_thread.run_sync(hash_tree, Path(report.path))
        return found.digest != report.tree_hash

    async def lock(self, path: Path, *, offline: bool = False) -> str:
        """The text of a lock made now for the project's declarations; nothing is written there.

        Raises:
            UnsupportedError: no known language is found there, or it has nothing to lock.
            ResolutionError: what is declared does not exist or does not fit together.
            EnvironmentLacksError: no network, or no sandbox.
        """
        root = await to_thread.run_sync(checked_root, path)
        with private_directory(self._cache_dir / "staging") as scratch:
            copy = await to_thread.run_sync(copy_tree, root, scratch / "tree")
            language = self._language(copy.files)
            project = ProjectView(copy.root, copy.files)
            toolbox = await self._toolbox(language)
            plan = await to_thread.run_sync(
                lambda: language.environment(project, toolbox, offline=offline)
            )
            return await self._environments.lock(plan, scratch)

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

    def _options(self, checks: Sequence[str], expected_tests: Sequence[str]) -> CheckOptions:
        known = self.check_names()
        unknown = [name for name in checks if name not in known]
        if unknown:
            raise InvalidInputError(
                f"There is no check called {', '.join(repr(n[:60]) for n in unknown[:10])}.",
                hint=f"Checks are: {', '.join(known)}.",
            )
        return CheckOptions(
            names=tuple(dict.fromkeys(checks)),
            strict=self._settings.strict_mode,
            security=self._settings.security_scan,
            performance=self._settings.performance_check,
            expected_tests=tuple(expected_tests)[:MAX_EXPECTED_TESTS],
        )

    def _language(self, files: Sequence[str]) -> Language:
        languages = list(self._languages.values())
        marked = [lang for lang in languages if any(mark in files for mark in lang.markers)]
        # Several have a project file at the top, or none has: then the most files decide.
        for language in sorted(marked or languages, key=lambda lang: -_sources(lang, files)):
            if language.detect(files):
                return language
        raise UnsupportedError(
            "No project of a supported language was found here.",
            hint=f"Supported are: {', '.join(self._languages)}. Name the project's top directory.",
        )

    async def _toolbox(self, language: Language) -> Toolbox:
        if language.name not in self._toolboxes:
            self._toolboxes[language.name] = await find_toolbox(
                self._sandbox, language.tools, language.toolchains, self._limits
            )
        return self._toolboxes[language.name]

    def slots(self) -> CapacityLimiter:
        """Bounds how many checks run at once, over all validations."""
        if self._slots is None:
            self._slots = CapacityLimiter(max(1, os.cpu_count() or 1))
        return self._slots

    def runner(self, scratch: Path) -> Runner:
        """Runs the plans of one validation."""
        return Runner(self._sandbox, self._cache_dir, scratch, self.slots())

    @property
    def environments(self) -> Environments:
        """The store of installed dependencies."""
        return self._environments

    def _report(
        self,
        root: Path,
        project_id: str,
        language: Language,
        frozen: TreeCopy,
        status: SandboxStatus,
        options: CheckOptions,
        results: Sequence[tuple[CheckResult, bool]],
        *,
        stale: bool,
        duration: float,
    ) -> ValidationReport:
        """`results` are (result, whether it applies); what applies and was asked for decides."""
        checks = [result for result, _ in results]
        deciding = [
            result
            for result, applies in results
            if applies and not result.informational and _asked(result.name, options)
        ]
        # Code that does not compile is never fine, whatever was asked for.
        deciding += [c for c in checks if c.name == language.check_names[0] and c not in deciding]
        left_out = any(
            applies and result.status in (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE)
            for result, applies in results
            if not result.informational
        )
        return ValidationReport(
            project_id=project_id,
            path=str(root),
            language=language.name,
            tree_hash=frozen.digest,
            files=len(frozen.files),
            created_at=datetime.now(UTC),
            duration_s=duration,
            passed=bool(deciding) and all(c.status is CheckStatus.PASSED for c in deciding),
            complete=not left_out and not frozen.skipped,
            level=status.level,
            layers=status.layers,
            missing=status.missing,
            network="none, but for installing dependencies through the allow-listing proxy",
            checks=checks,
            stale=stale,
        )


def _sources(language: Language, files: Sequence[str]) -> int:
    return sum(file.endswith(language.suffixes) for file in files)


def _asked(name: str, options: CheckOptions) -> bool:
    return not options.names or name in options.names


class _Validation:
    """One validation on its way."""

    def __init__(
        self,
        engine: ValidatorEngine,
        language: Language,
        toolbox: Toolbox,
        frozen: TreeCopy,
        scratch: Path,
        options: CheckOptions,
        on_progress: Progress | None,
    ) -> None:
        self._engine = engine
        self._language = language
        self._toolbox = toolbox
        self._scratch = scratch
        self._options = options
        self._on_progress = on_progress
        self._runner = engine.runner(scratch)
        self._project = ProjectView(
            frozen.root, frozen.files, strict=options.strict, links=frozen.links
        )
        self._results: dict[str, tuple[CheckResult, bool]] = {}

    async def run(self, *, offline: bool) -> list[tuple[CheckResult, bool]]:
        """All checks in the language's order."""
        survey = await self._survey()
        await self._keep(survey.check, applies=True)
        async with anyio.create_task_group() as group:
            if self._wanted(set(self._language.check_names) - self._language.static_checks):
                group.start_soon(self._with_environment, survey, offline)
            plans = self._language.static_plans(self._project, survey, self._toolbox)
            await self._start(group, plans)
        for name in self._language.check_names:
            if name not in self._results:
                off = self._asked(name)
                reason = "Switched off in the settings." if off else "Not asked for."
                info = name in self._language.informational_checks
                plan = NotApplicable(name, name, reason)
                self._results[name] = (not_run(plan, informational=info), not off)
        return [self._results[name] for name in self._language.check_names]

    async def _survey(self) -> Survey:
        name = self._language.check_names[0]
        try:
            steps = self._language.survey(self._project, self._toolbox)
            return await self._runner.drive(steps)
        except SandboxUnavailableError as error:
            return Survey(not_run(NotApplicable(name, name, str(error))))

    async def _with_environment(self, survey: Survey, offline: bool) -> None:
        plan = await to_thread.run_sync(
            lambda: self._language.environment(self._project, self._toolbox, offline=offline)
        )
        await self._tell("Installing dependencies")
        lent = self._engine.environments.lend(plan, self._project, self._scratch)
        async with lent as environment, anyio.create_task_group() as group:
            plans = self._environment_plans(survey, environment)
            await self._start(group, plans)

    def _environment_plans(
        self, survey: Survey, environment: Environment
    ) -> Sequence[CheckPlan | NotApplicable]:
        return self._language.environment_plans(
            self._project, survey, environment, self._options, self._toolbox
        )

    async def _start(self, group: TaskGroup, plans: Sequence[CheckPlan | NotApplicable]) -> None:
        """Start what is wanted, the longest first; note what does not apply."""
        for plan in plans:
            if isinstance(plan, NotApplicable) and self._wanted({plan.name}):
                informational = plan.name in self._language.informational_checks
                await self._keep(not_run(plan, informational=informational), applies=plan.wanted)
        running = [p for p in plans if isinstance(p, CheckPlan) and self._wanted({p.name})]
        for plan in sorted(running, key=lambda p: -p.cost):
            group.start_soon(self._check, plan)

    async def _check(self, plan: CheckPlan) -> None:
        await self._keep(await self._runner.check(plan), applies=True)

    def _wanted(self, names: set[str]) -> bool:
        off = set()
        if not self._options.security:
            off.add("security")
        if not self._options.performance:
            off.add("performance")
        return any(self._asked(name) for name in names - off)

    def _asked(self, name: str) -> bool:
        return name in (self._options.names or self._language.check_names)

    async def _keep(self, result: CheckResult, *, applies: bool) -> None:
        self._results[result.name] = (result, applies)
        await self._tell(f"{result.title or result.name}: {result.status.value}")

    async def _tell(self, message: str) -> None:
        if self._on_progress is not None:
            total = len(self._options.names) or len(self._language.check_names)
            done = min(100.0, 100 * len(self._results) / max(1, total))
            await self._on_progress(done, message)
