"""One validation of one frozen project: its components side by side, and what concerns them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import anyio
from anyio import to_thread

from autonomous_coder.engines.validator import kept_tests
from autonomous_coder.engines.validator.components import Part
from autonomous_coder.engines.validator.importing import imports_between
from autonomous_coder.engines.validator.narrowing import Scope
from autonomous_coder.engines.validator.running import not_run
from autonomous_coder.engines.validator.wishes import Wishes
from autonomous_coder.engines.validator.work import ADVISORIES, Kept, Means, Work
from autonomous_coder.errors import CoderError, InternalError
from autonomous_coder.languages.base import NotApplicable, Package, ProjectView, TestFact, Toolbox
from autonomous_coder.models.validation import CheckResult, CheckStatus, Severity
from autonomous_coder.treecopy import TreeCopy

Progress = Callable[[float, str], Awaitable[None]]
"""(percent of the checks that are done, what was done last)"""
Advisories = Callable[[Sequence[Package]], Awaitable[CheckResult]]
"""What is known against packages, as the check "advisories"."""
ADVISORIES_TITLE = "Nothing is known against the locked packages"
NOT_CHECKED = "not checked"
ONCE_A_PLACE = frozenset({"secrets"})
"""Checks that look at all files, whatever language they are in."""


class Validation:
    """`results` are complete after `run`, in the order of the report."""

    def __init__(
        self,
        wishes: Wishes,
        parts: Sequence[tuple[Part, Toolbox, str]],
        frozen: TreeCopy,
        scope: Scope | None,
        means: Callable[[Callable[[str], Awaitable[None]]], Means],
        advisories: Advisories | None,
        on_progress: Progress | None,
    ) -> None:
        self.wishes = wishes
        self.packages: list[Package] = []
        self.works: list[Work] = []
        self.extra: list[Kept] = []
        self._advisories = advisories
        self._on_progress = on_progress
        self._means = means(self._tell)
        strict = wishes.settings.strict_mode
        places: set[str] = set()
        for part, toolbox, machine in parts:
            asked = {n for n in part.language.check_names if wishes.asks(n, part)}
            work = Work(
                part=part,
                means=self._means,
                project=ProjectView(
                    frozen.root / part.path, part.files, strict=strict, links=part.links
                ),
                stamps=_below(frozen.stamps, part.path),
                toolbox=toolbox,
                machine=machine,
                options=wishes.options(part),
                asked=frozenset(asked),
                scope=scope,
                left_out=ONCE_A_PLACE if part.path in places else frozenset(),
            )
            places.add(part.path)
            self.works.append(work)

    async def run(self) -> list[Kept]:
        """Everything that is wanted."""
        async with anyio.create_task_group() as group:
            for work in self.works:
                group.start_soon(work.run)
            group.start_soon(self._known_against)
        if self.wishes.baseline is not None:
            await self._compare_tests(self.wishes.baseline)
        found = [work.results[name] for work in self.works for name in work.names()]
        return [*found, *self.extra]

    async def tests(self) -> dict[str, TestFact]:
        """Every test the files define, by id as seen from the project's top."""
        found: dict[str, TestFact] = {}
        for work in self.works:
            survey = await work.surveyed()
            for name, test in work.part.language.tests_defined(survey).items():
                whole = work.part.whole(name)
                found.setdefault(whole, replace(test, id=whole))
        return found

    async def _known_against(self) -> None:
        if self.wishes.asks(ADVISORIES):
            self.packages = await to_thread.run_sync(self._locked)
        result = await known_against(self.wishes, self.packages, self._advisories)
        self.extra.append(result)
        await self._tell(f"{ADVISORIES_TITLE}: {result.result.status.value}")

    def _locked(self) -> list[Package]:
        """The packages of all components."""
        return [
            replace(package, path=work.part.whole(package.path))
            for work in self.works
            for package in work.part.language.packages(work.project)
        ]

    async def _compare_tests(self, before: Mapping[str, TestFact]) -> None:
        now = await self.tests()
        unread: set[str] = set()
        languages: dict[str, str] = {}
        for work in self.works:
            language = work.part.language
            languages.update((end, language.name) for end in language.suffixes)
            check = work.survey.check if work.survey is not None else None
            if check is None or check.status not in (CheckStatus.PASSED, CheckStatus.FAILED):
                unread.update(work.part.whole(f) for f in work.part.files)
                continue
            unread.update(
                work.part.whole(d.path)
                for d in check.diagnostics
                if d.severity is Severity.ERROR and d.path
            )
            if check.status is CheckStatus.FAILED and not check.diagnostics:
                unread.update(work.part.whole(f) for f in work.part.files)
        result = kept_tests.tests_kept(before, now, unread, languages)
        kept = Kept(result, kept_tests.NAME, decides=False, needed=False, keepable=True)
        self.extra.append(kept)

    def imports(self, results: Sequence[Kept]) -> dict[str, list[str]]:
        """Which failing files import which broken ones. Blocking."""
        facts = [(w.part.path, w.survey.facts) for w in self.works if w.survey is not None]
        return imports_between([kept.result for kept in results], facts)

    async def _tell(self, message: str) -> None:
        if self._on_progress is not None:
            total = sum(len(work.asked) or 1 for work in self.works)
            done = sum(len(set(work.results) & work.asked) for work in self.works)
            await self._on_progress(min(100.0, 100 * done / max(1, total)), message)


async def known_against(
    wishes: Wishes, packages: Sequence[Package], advisories: Advisories | None
) -> Kept:
    """The check "advisories". It decides when it could be carried out; where no source answers it
    is told as not checked, since that says nothing of the project."""

    def left_out(reason: str) -> Kept:
        plan = NotApplicable(ADVISORIES, ADVISORIES_TITLE, reason)
        return Kept(not_run(plan), ADVISORIES, decides=False, needed=False, keepable=True)

    if not wishes.asks(ADVISORIES):
        return replace(left_out("Not asked for."), needed=bool(advisories))
    if not wishes.settings.security_scan:
        return left_out("Switched off in the settings.")
    if advisories is None or wishes.offline:
        return left_out(NOT_CHECKED)
    if not packages:
        return left_out("No package is locked.")
    try:
        result = await advisories(packages)
    except CoderError as error:
        result = CheckResult(
            name=ADVISORIES,
            title=ADVISORIES_TITLE,
            status=CheckStatus.INFRASTRUCTURE,
            reason=str(error),
        )
    carried_out = result.status in (CheckStatus.PASSED, CheckStatus.FAILED)
    return Kept(result, ADVISORIES, decides=carried_out, needed=carried_out, keepable=carried_out)


NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


@contextmanager
def one_error() -> Iterator[None]:
    """One of our errors comes out of task groups as itself."""
    try:
        yield
    except BaseExceptionGroup as group:
        inner: BaseException = group
        while isinstance(inner, BaseExceptionGroup) and len(inner.exceptions) == 1:
            inner = inner.exceptions[0]
        if isinstance(inner, CoderError):
            raise inner from None
        if isinstance(inner, NONSENSE):
            # Manifests of a project may hold anything; what they upset is told, not thrown.
            raise InternalError(
                f"The project could not be judged: {type(inner).__name__} while reading it.",
                hint="Look for a manifest or lock with odd values; please report it if there is "
                "none.",
            ) from inner
        raise


def _below(stamps: Mapping[str, str], path: str) -> dict[str, str]:
    """The entries of one directory, by their paths from there."""
    if not path:
        return dict(stamps)
    prefix = f"{path}/"
    return {
        name.removeprefix(prefix): stamp
        for name, stamp in stamps.items()
        if name.startswith(prefix)
    }
