"""The checks of one component of a frozen project."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup

from autonomous_coder.engines.validator import keys
from autonomous_coder.engines.validator.components import Part
from autonomous_coder.engines.validator.durations import Durations
from autonomous_coder.engines.validator.environments import Environments
from autonomous_coder.engines.validator.narrowing import (
    FILE_SCOPED,
    Scope,
    narrowed_result,
    narrowed_view,
)
from autonomous_coder.engines.validator.replaying import Recording
from autonomous_coder.engines.validator.results import ResultCache
from autonomous_coder.engines.validator.running import Runner, not_run
from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Survey,
    Toolbox,
)
from autonomous_coder.models.validation import CheckResult

ADVISORIES = "advisories"


@dataclass(frozen=True, slots=True)
class Kept:
    """A result, as the report takes it. `decides`: it must have passed; `needed`: without it the
    report is not complete; `keepable`: the same files would come to it again."""

    result: CheckResult
    base: str
    decides: bool = True
    needed: bool = True
    keepable: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What the components of one validation share. `root` is the project's place; `tell` is called
    after each result."""

    runner: Runner
    environments: Environments
    cache: ResultCache
    durations: Durations
    root: Path
    scratch: Path
    use_cache: bool
    offline: bool
    tell: Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Work:
    """One component on its way. `asked` are the wanted checks by their plain names; `scope` is
    what single-file checks look at, None for everything."""

    part: Part
    means: Means
    project: ProjectView
    stamps: Mapping[str, str]
    toolbox: Toolbox
    machine: str
    options: CheckOptions
    asked: frozenset[str]
    scope: Scope | None = None
    left_out: frozenset[str] = frozenset()
    """Checks that another component at the same place makes already."""
    survey: Survey | None = None
    environments: list[Path] = field(default_factory=list)
    lasting: bool = True
    """Whether the environment may be taken for the same the next time."""
    results: dict[str, Kept] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The checks of this component, in their order."""
        apart = {ADVISORIES, *self.left_out}
        return [name for name in self.part.language.check_names if name not in apart]

    async def run(self) -> None:
        """Carry out everything that is wanted; `results` are complete afterwards."""
        language = self.part.language
        first, *_ = self.names()
        if self.asked & set(self.names()):
            survey = await self.surveyed()
            undisturbed = survey.check.status.value in ("passed", "failed") and self.lasting
            await self._keep(first, Kept(survey.check, first, keepable=undisturbed))
            async with anyio.create_task_group() as group:
                if self.wanted(set(self.names()) - language.static_checks):
                    group.start_soon(self._with_environment, survey)
                if self.wanted(set(self.names()) & language.static_checks - {first}):
                    plans = await to_thread.run_sync(self._static_plans, survey)
                    await self._start(group, plans, None)
        for name in self.names():
            if name not in self.results:
                off = self._asked(name)
                reason = "Switched off in the settings." if off else "Not asked for."
                plan = NotApplicable(name, name, reason)
                result = not_run(plan, informational=name in language.informational_checks)
                await self._keep(
                    name, Kept(result, name, decides=not off, needed=not off, keepable=True)
                )

    async def surveyed(self) -> Survey:
        """The first look at all files; not taken again while they are the same."""
        if self.survey is not None:
            return self.survey
        language, means = self.part.language, self.means
        name = language.check_names[0]
        strict = self.options.strict
        key = keys.survey_key(
            self.machine, language.name, keys.tree_identity(self.stamps), strict=strict
        )
        kept = await to_thread.run_sync(means.cache.get, key) if means.use_cache else None
        recording = Recording(kept)
        try:
            steps = language.survey(self.project, self.toolbox)
            self.survey = await means.runner.drive(steps, recording)
        except SandboxUnavailableError as error:
            self.lasting = False
            self.survey = Survey(not_run(NotApplicable(name, name, str(error))))
            return self.survey
        if recording.complete and recording.played:
            check = self.survey.check.model_copy(update={"cached": True})
            self.survey = replace(self.survey, check=check)
        elif recording.undisturbed:
            await to_thread.run_sync(means.cache.put, key, recording.dump())
        else:
            self.lasting = False
        return self.survey

    def _static_plans(self, survey: Survey) -> list[CheckPlan | NotApplicable]:
        language = self.part.language
        if self.scope is None:
            return list(language.static_plans(self.project, survey, self.toolbox))
        prefix = f"{self.part.path}/" if self.part.path else ""
        chosen = {path.removeprefix(prefix) for path in self.scope.files if path.startswith(prefix)}
        view = narrowed_view(self.project, chosen, language.suffixes)
        narrow = language.static_plans(view, survey, self.toolbox)
        plans = [plan for plan in narrow if plan.name in FILE_SCOPED]
        if self.wanted(set(language.static_checks) - FILE_SCOPED):
            whole = language.static_plans(self.project, survey, self.toolbox)
            plans += [plan for plan in whole if plan.name not in FILE_SCOPED]
        return plans

    async def _with_environment(self, survey: Survey) -> None:
        language, means = self.part.language, self.means
        plan = await to_thread.run_sync(
            lambda: language.environment(self.project, self.toolbox, offline=means.offline)
        )
        await means.tell("Installing dependencies")
        run = means.runner.run
        lent = means.environments.lend(plan, self.project, means.scratch, run)
        async with lent as environment, anyio.create_task_group() as group:
            brought = [
                f"{name} {version} was provisioned from the registry."
                for name, version in self._provisioned().items()
            ]
            environment = replace(environment, notes=(*environment.notes, *brought))
            for part in (environment, environment.tools):
                if part is not None:
                    self.lasting = self.lasting and part.ready
                    if part.directory is not None:
                        self.environments.append(part.directory)
            after = partial(
                language.environment_plans,
                self.project, survey, environment, self.options, self.toolbox,
            )  # fmt: skip
            await self._start(group, await to_thread.run_sync(after), environment)

    def _provisioned(self) -> dict[str, str]:
        """The versions of the toolchains that came from a registry, by name."""
        chains = self.toolbox.toolchains.values()
        return {chain.name: chain.version for chain in chains if chain.provisioned}

    async def _start(
        self,
        group: TaskGroup,
        plans: Sequence[CheckPlan | NotApplicable],
        environment: Environment | None,
    ) -> None:
        """Start what is wanted, the longest first; note what does not apply."""
        running: list[tuple[float, CheckPlan]] = []
        for plan in plans:
            if plan.name in self.left_out or not self.wanted({plan.name}):
                continue
            absent = environment is not None and environment.missing
            if isinstance(plan, CheckPlan) and plan.needs_environment and absent:
                assert environment is not None
                plan = NotApplicable(plan.name, plan.title, environment.reason, wanted=True)
            if isinstance(plan, CheckPlan):
                running.append((self._expected(plan), plan))
                continue
            informational = plan.name in self.part.language.informational_checks
            result = not_run(plan, informational=informational)
            kept = Kept(
                result, plan.name, decides=plan.wanted, needed=plan.wanted, keepable=not plan.wanted
            )
            await self._keep(plan.name, kept)
        for expected, plan in sorted(running, key=lambda item: -item[0]):
            group.start_soon(self._check, plan, expected, environment)

    def _expected(self, plan: CheckPlan) -> float:
        name = self.part.name(plan.name)
        return self.means.durations.expected(self.means.root, name, plan.cost)

    async def _check(
        self, plan: CheckPlan, expected: float, environment: Environment | None
    ) -> None:
        means = self.means
        key = await to_thread.run_sync(self._key, plan, environment)
        if means.use_cache and plan.cacheable:
            kept = _result(await to_thread.run_sync(means.cache.get, key), plan.name)
            if kept is not None:
                await self._keep(plan.name, Kept(kept, plan.name, keepable=True))
                return
        checked = await means.runner.check(plan, expected)
        if checked.worth:
            content = checked.result.model_dump_json().encode()
            await to_thread.run_sync(means.cache.put, key, content)
            means.durations.note(means.root, self.part.name(plan.name), checked.result.duration_s)
        await self._keep(plan.name, Kept(checked.result, plan.name, keepable=checked.keepable))

    def _key(self, plan: CheckPlan, environment: Environment | None) -> str:
        tree = keys.tree_identity(self.stamps, plan.reads)
        name = self.part.language.name
        narrowed = self.scope is not None and environment is None and plan.name in FILE_SCOPED
        seen = sorted(self.scope.files) if self.scope is not None and narrowed else ()
        return keys.check_key(self.machine, name, plan, tree, environment, self.options, seen)

    async def _keep(self, name: str, kept: Kept) -> None:
        result = self._seen_from_the_top(kept.result)
        if result.tool and result.tool_version in self._provisioned().values():
            result.tool_version += " (provisioned)"
        if self.scope is not None and name in FILE_SCOPED:
            result = narrowed_result(result, self.scope, strict=self.options.strict)
        self.results[name] = replace(kept, result=result)
        await self.means.tell(f"{result.title or result.name}: {result.status.value}")

    def _seen_from_the_top(self, result: CheckResult) -> CheckResult:
        """With the component's name, and with paths as the whole project has them."""
        whole = self.part.whole
        update: dict[str, object] = {"name": self.part.name(result.name)}
        if self.part.path:
            update["passed_tests"] = [whole(test) for test in result.passed_tests]
            update["diagnostics"] = [
                finding.model_copy(
                    update={
                        "path": whole(finding.path),
                        "edits": [
                            edit.model_copy(update={"path": whole(edit.path)})
                            for edit in finding.edits
                        ],
                    }
                )
                for finding in result.diagnostics
            ]
        return result.model_copy(update=update)

    def wanted(self, names: set[str]) -> bool:
        """Whether any of these checks is asked for and not switched off."""
        off = set()
        if not self.options.security:
            off |= {"security", "secrets"}
        if not self.options.performance:
            off.add("performance")
        return any(self._asked(name) for name in names - off)

    def _asked(self, name: str) -> bool:
        return name in self.asked


def _result(content: bytes | None, name: str) -> CheckResult | None:
    """A kept result, told to be one."""
    if content is None:
        return None
    with contextlib.suppress(ValueError):
        result = CheckResult.model_validate_json(content)
        if result.name == name:
            return result.model_copy(update={"cached": True})
    return None
