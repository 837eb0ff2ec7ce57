"""Tests: every test the files define is compiled, run without network, and must be reported.

Tests run in the project's own process, which could forge what it says; the result states that.
What is refused: tests that exist in the files and were not reported (whatever TestMain did), a
package that reports nothing, test files that no build holds. Tests behind tags of the project's own
are run with them, but for tags that commonly ask for more than the project itself (a database, the
network): those, and tests for other platforms, are named as not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    TestFact,
    Toolbox,
)
from autonomous_coder.languages.findings import clean, finding, stopped, unreadable, verdict
from autonomous_coder.languages.go import constraints, listing, modfile, toolchain
from autonomous_coder.languages.go.building import waiting
from autonomous_coder.languages.go.constraints import Left, Reach
from autonomous_coder.languages.go.events import PackageRun, Run, read_events
from autonomous_coder.languages.go.listing import GoPackage, Listing
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import OUTPUT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "tests", "Tests pass (go test, no network)"
FORGEABLE = "Outcomes come from the project's own process, which could forge them."
RACED = "Data races are looked for."
MAX_PASSED = 5_000
KNOWN_TAGS = frozenset(
    {
        "acceptance", "bench", "cgo", "contract", "e2e", "external", "functional", "integration",
        "live", "network", "race", "slow", "smoke", "system",
    }
)  # fmt: skip
"""What test files are commonly kept apart with."""
SCRIPT = """
exec "$GO" test -json -count=1 -vet=off -shuffle=off -timeout "$LIMIT" $RACED $PATTERNS
"""
LIST_ONLY = f"""
set -f
exec "$GO" list -e -test $RACED -json={listing.FIELDS} $PATTERNS >{OUTPUT_DIR}/{listing.LIST_FILE}
"""


def tests_plan(
    project: ProjectView,
    facts: SourceFacts,
    environment: Environment,
    chosen: Choices,
    options: CheckOptions,
    toolbox: Toolbox,
) -> CheckPlan | NotApplicable:
    """What is built is asked of go before any code of the project runs."""
    if not any(f.endswith("_test.go") for f in facts.files) and not options.expected_tests:
        return NotApplicable(NAME, TITLE, "The project has no tests.")
    if not environment.ready:
        return waiting(NAME, TITLE, environment)

    def steps() -> Steps[CheckResult]:
        version = toolchain.found(toolbox).version
        about: dict[str, Any] = {"tool": "go test", "tool_version": version}
        seconds = max(10, int(toolbox.limits.timeout_s * 0.8))
        extra = {"LIMIT": f"{seconds}s", "RACED": "-race" if chosen.race else ""}

        def command(script: str, choices: Choices) -> Command:
            made = toolchain.command(
                project, toolbox, environment, choices, script, code=script == SCRIPT,
                cgo=chosen.cgo or chosen.race, extra=extra,
            )  # fmt: skip
            # The linker and its temporary files for each package are large beside the project.
            return replace(made, limits=toolbox.limits)

        seen = yield command(LIST_ONLY, chosen)
        packages = listing.read_listing(seen.files.get(listing.LIST_FILE, b""), project.root)
        if not packages.packages:
            return unreadable(NAME, TITLE, seen, "go sees no package here", **about)
        outcome = yield command(SCRIPT, chosen)
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        run = read_events(outcome.stdout)
        if not run.packages:
            return unreadable(NAME, TITLE, outcome, "The run ended without a report", **about)
        tally = Tally(project, facts)
        found = _reported(project, packages, run, tally)
        found += _load(packages, project, found)
        left = _apart(project, facts, packages, chosen, toolbox)
        for batch in constraints.rounds(x for x in left if not KNOWN_TAGS.intersection(x.tags)):
            tagged = replace(chosen, tags=batch.tags, patterns=batch.patterns)
            seen = yield command(LIST_ONLY, tagged)
            more = yield command(SCRIPT, tagged)
            if ended := stopped(NAME, TITLE, more, **about):
                return ended
            listed = listing.read_listing(seen.files.get(listing.LIST_FILE, b""), project.root)
            ran = read_events(more.stdout)
            if built := _tests_of(listed) & set(batch.paths):
                found += _reported(project, listed, ran, tally)
                left = [one for one in left if one.path not in built]
        return _result(project, facts, found, outcome, tally, left, chosen, options, about)

    return CheckPlan(NAME, TITLE, steps, cost=15.0, needs_environment=True)


def _reported(project: ProjectView, packages: Listing, run: Run, tally: Tally) -> list[Diagnostic]:
    """What one run found."""
    found = listing.compiled(run.compiler, project.root, tool="go test")
    for package in packages.packages.values():
        found += tally.package(package, run.packages.get(package.path), run)
    return found


def _apart(
    project: ProjectView,
    facts: SourceFacts,
    packages: Listing,
    chosen: Choices,
    toolbox: Toolbox,
) -> list[Left]:
    """Test files that hold tests and were not built, with what keeps them out."""
    nested = modfile.nested_modules(project)
    seen = packages.files()
    known = {x.path: x for x in constraints.left_out(project, chosen, toolbox, tests=True)}
    return [
        known.get(path, Left(path, Reach.NEVER))
        for path in modfile.sources(project)
        if path.endswith("_test.go")
        and path not in seen
        and path in facts.files
        and facts.files[path].tests
        and not any(path.startswith(f"{place}/") for place in nested)
    ]


def _tests_of(packages: Listing) -> set[str]:
    return {path for package in packages.packages.values() for path in package.tests}


def _result(
    project: ProjectView,
    facts: SourceFacts,
    found: list[Diagnostic],
    outcome: Outcome,
    tally: Tally,
    left: Sequence[Left],
    chosen: Choices,
    options: CheckOptions,
    about: Mapping[str, Any],
) -> CheckResult:
    found += [_left_out(one, len(facts.files[one.path].tests)) for one in left]
    apart = {test.id for one in left for test in facts.files[one.path].tests}
    passed, failed = tally.passed - tally.failed, tally.failed
    for test in options.expected_tests:
        if test not in passed and not any(p.startswith(f"{test}/") for p in passed):
            found.append(
                _told(test, "test-expected", f"the expected test '{test}' did not pass", 0)
            )
    found = _unique(found)
    if not (passed or failed) and all(d.severity is Severity.INFO for d in found):
        message = "no tests were run, although there are test files"
        found.append(finding("go", "go test", "no-tests", Severity.ERROR, message))
    if outcome.exit_code != 0 and not any(d.severity is Severity.ERROR for d in found):
        said = listing.said(outcome.stderr or outcome.stdout[-600:], project.root)
        message = f"go test ended with exit code {outcome.exit_code}. {said}"
        found.append(finding("go", "go test", "exit-code", Severity.ERROR, message))
    told = f"{len(apart)} tests were not run, because of build constraints." if apart else ""
    skipped = (tally.skipped | apart) - passed - failed
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome,
        reason=" ".join(filter(None, [FORGEABLE, RACED if chosen.race else "", told])),
        files=len({test.split("::")[0] for test in tally.reported}),
        tests_passed=len(passed), tests_failed=len(failed), tests_skipped=len(skipped),
        passed_tests=_bounded(passed), failed_tests=_bounded(failed),
        skipped_tests=_bounded(skipped), **about,
    )  # fmt: skip


def _bounded(tests: set[str]) -> list[str]:
    return [clean(test, limit=500) for test in sorted(tests)[:MAX_PASSED]]


def _load(packages: Listing, project: ProjectView, found: list[Diagnostic]) -> list[Diagnostic]:
    """Why packages could not be loaded, where compiling has not told that already."""
    places = {(d.path, d.line) for d in found}
    return [d for d in packages.diagnostics(project.root) if (d.path, d.line) not in places]


def _unique(found: list[Diagnostic]) -> list[Diagnostic]:
    return list({(d.code, d.path, d.line, d.message): d for d in found}.values())


class Tally:
    """Comparing what ran with what the files define. Ids are `path::TestX` or `path::TestX/sub`."""

    def __init__(self, project: ProjectView, facts: SourceFacts) -> None:
        self._project, self._facts = project, facts
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: set[str] = set()

    @property
    def reported(self) -> set[str]:
        return self.passed | self.failed | self.skipped

    def package(self, package: GoPackage, ran: PackageRun | None, run: Run) -> list[Diagnostic]:
        """The findings of one package."""
        defined = self._defined(package)
        if ran is None:
            if package.faults or not defined:
                return []
            message = f"the package '{package.path}' was not reported"
            place = next(iter(defined.values()))
            return [_told(place.id, "package-not-reported", message, place.line)]
        found: list[Diagnostic] = []
        for name, test in ran.tests.items():
            top = name.partition("/")[0]
            fact = defined.get(top)
            path = fact.id.split("::")[0] if fact else (package.tests[0] if package.tests else "")
            sink = {"pass": self.passed, "fail": self.failed, "skip": self.skipped}
            outcome = test.outcome
            if not outcome:
                # The process ended within it.
                outcome = "fail"
            sink[outcome].add(f"{path}::{name}")
            parent = any(
                other.startswith(f"{name}/") and t.outcome != "pass" and t.outcome != "skip"
                for other, t in ran.tests.items()
            )
            told = test.failure(self._project.root, package.directory, self._project.files)
            if outcome == "fail" and not (parent and not told.place):
                line = told.line or (fact.line if fact else 0)
                found.append(
                    finding(
                        "go", "go test", told.code, Severity.ERROR,
                        f"{name}: {told.message or 'failed'}", root=self._project.root,
                        path=told.place or path, line=line,
                    )
                )  # fmt: skip
        crashed = ran.outcome == "fail" and (ran.panicked or any(d.code in _ENDS for d in found))
        missing = [f for name, f in defined.items() if "/" not in name and name not in ran.tests]
        if ran.failed_build:
            if not run.compiler.strip() and not package.faults:
                message = f"the tests of '{package.path}' do not compile"
                found.append(finding("go", "go test", "build-failed", Severity.ERROR, message))
            return found
        if crashed and missing:
            message = f"{len(missing)} tests of this package were not run, because it ended early"
            found.append(_told(missing[0].id, "not-run", message, missing[0].line, Severity.INFO))
        elif missing:
            found += [
                _told(f.id, "test-not-reported", f"the test '{f.id}' was not reported", f.line)
                for f in missing
            ]
        if ran.outcome == "fail" and not any(d.severity is Severity.ERROR for d in found):
            told = ran.failure(self._project.root, package.directory, self._project.files)
            at = told.place or (package.tests[0] if package.tests else "")
            found.append(
                finding(
                    "go", "go test", told.code, Severity.ERROR,
                    f"{package.path}: {told.message or 'the package failed without naming a test'}",
                    root=self._project.root, path=at, line=told.line,
                )
            )  # fmt: skip
        return found

    def _defined(self, package: GoPackage) -> dict[str, TestFact]:
        """The tests of the files that are built, by name; benchmarks are not run."""
        return {
            test.id.split("::", 1)[1]: test
            for path in package.tests
            for test in (self._facts.files[path].tests if path in self._facts.files else ())
            if not test.id.split("::", 1)[1].startswith("Benchmark")
        }


_ENDS = frozenset({"panic", "timeout", "exit"})


def _left_out(left: Left, count: int) -> Diagnostic:
    """What is said of a test file that was not built."""
    usual = left.reach is Reach.PLATFORM or bool(KNOWN_TAGS.intersection(left.tags))
    return finding(
        "go", "go test", "tests-left-out", Severity.INFO if usual else Severity.WARNING,
        f"{count} tests of this file were not run, because of {left.why}",
        path=left.path, line=left.line,
    )  # fmt: skip


def _told(
    test: str, code: str, message: str, line: int, severity: Severity = Severity.ERROR
) -> Diagnostic:
    path: Sequence[str] = test.split("::")
    return finding("go", "go test", code, severity, message, path=path[0], line=line)
