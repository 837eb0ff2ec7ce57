"""Tests: every test the files define is compiled, run without network, and must be reported.

Tests run in the project's own process, which could forge what it says; the result states that.
What is refused: tests that exist in the files and were not reported (whatever TestMain did), a
package that reports nothing, test files that no build holds.
"""

from __future__ import annotations

import re
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
from autonomous_coder.languages.go import listing, toolchain
from autonomous_coder.languages.go.building import waiting
from autonomous_coder.languages.go.events import PackageRun, Run, read_events
from autonomous_coder.languages.go.listing import GoPackage, Listing
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import OUTPUT_DIR, Outcome
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
_SYSTEM = re.compile(
    r"^!?(?:go1\.\d+|linux|darwin|windows|unix|freebsd|netbsd|openbsd|solaris|plan9|js|wasip1|aix"
    r"|android|ios|illumos|dragonfly|zos|amd64|arm64|386|arm|wasm|riscv64|ppc64|ppc64le|s390x"
    r"|loong64|mips\w*|gc|gccgo|purego|appengine)$"
)
_SYSTEM_NAME = re.compile(
    r"_(?:linux|darwin|windows|freebsd|netbsd|openbsd|solaris|plan9|js|wasip1|aix|android|ios"
    r"|illumos|dragonfly|zos|amd64|arm64|386|arm|wasm|riscv64|ppc64|ppc64le|s390x|loong64)_test\.go$"
)
_CONSTRAINT = re.compile(r"^//go:build[ \t]+(.+)$", re.M)
SCRIPT = """
exec "$GO" test -json -count=1 -vet=off -shuffle=off -timeout "$LIMIT" $RACED $PATTERNS
"""
LIST_ONLY = f"""
set -f
exec "$GO" list -e -test -json={listing.FIELDS} $PATTERNS >{OUTPUT_DIR}/{listing.LIST_FILE}
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
        seen = yield toolchain.command(project, toolbox, environment, chosen, LIST_ONLY)
        packages = listing.read_listing(seen.files.get(listing.LIST_FILE, b""), project.root)
        if not packages.packages:
            return unreadable(NAME, TITLE, seen, "go sees no package here", **about)
        seconds = max(10, int(toolbox.limits.timeout_s * 0.8))
        command = toolchain.command(
            project, toolbox, environment, chosen, SCRIPT,
            code=True, cgo=chosen.cgo or chosen.race,
            extra={"LIMIT": f"{seconds}s", "RACED": "-race" if chosen.race else ""},
        )  # fmt: skip
        # The linker and its temporary files for each package are large beside the project.
        outcome = yield replace(command, limits=toolbox.limits)
        return _result(project, facts, packages, outcome, chosen, options, about)

    return CheckPlan(NAME, TITLE, steps, cost=15.0, needs_environment=True)


def _result(
    project: ProjectView,
    facts: SourceFacts,
    packages: Listing,
    outcome: Outcome,
    chosen: Choices,
    options: CheckOptions,
    about: Mapping[str, Any],
) -> CheckResult:
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    run = read_events(outcome.stdout)
    if not run.packages:
        return unreadable(NAME, TITLE, outcome, "The run ended without a report", **about)
    found = listing.compiled(run.compiler, project.root, tool="go test")
    tally = Tally(project, facts)
    for package in packages.packages.values():
        found += tally.package(package, run.packages.get(package.path), run)
    out, left = left_out(project, facts, packages)
    found += out
    for test in options.expected_tests:
        if test not in tally.passed and not any(p.startswith(f"{test}/") for p in tally.passed):
            found.append(
                _told(test, "test-expected", f"the expected test '{test}' did not pass", 0)
            )
    found = _unique([*found, *_load(packages, project, found)])
    if not tally.reported and all(d.severity is Severity.INFO for d in found):
        message = "no tests were run, although there are test files"
        found.append(finding("go", "go test", "no-tests", Severity.ERROR, message))
    if outcome.exit_code != 0 and not any(d.severity is Severity.ERROR for d in found):
        said = listing.said(outcome.stderr or outcome.stdout[-600:], project.root)
        message = f"go test ended with exit code {outcome.exit_code}. {said}"
        found.append(finding("go", "go test", "exit-code", Severity.ERROR, message))
    told = f"{left} tests are left out by build constraints." if left else ""
    passed = [clean(test, limit=500) for test in sorted(tally.passed)]
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome,
        reason=" ".join(filter(None, [FORGEABLE, RACED if chosen.race else "", told])),
        files=len({test.split("::")[0] for test in tally.reported}),
        tests_passed=len(tally.passed), tests_failed=len(tally.failed),
        tests_skipped=len(tally.skipped), passed_tests=passed[:MAX_PASSED], **about,
    )  # fmt: skip


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


def left_out(
    project: ProjectView, facts: SourceFacts, packages: Listing
) -> tuple[list[Diagnostic], int]:
    """Test files that build constraints keep out, and how many tests stand in them."""
    found: list[Diagnostic] = []
    count = 0
    ignored = {f for p in packages.packages.values() for f in p.ignored}
    for path in sorted(f for f in ignored if f.endswith("_test.go")):
        tests = facts.files[path].tests if path in facts.files else ()
        if not tests:
            continue
        count += len(tests)
        text = project.read(path)[:20_000]
        match = _CONSTRAINT.search(text)
        rule = match[1].strip() if match else ""
        words = re.findall(r"!?[\w.]+", rule)
        usual = all(w.lstrip("!") in KNOWN_TAGS or _SYSTEM.match(w) for w in words)
        named = bool(_SYSTEM_NAME.search(path))
        severity = Severity.INFO if (named or words) and usual else Severity.WARNING
        why = f"'//go:build {rule}'" if rule else "its name"
        line = text[: match.start()].count("\n") + 1 if match else 1
        message = f"{len(tests)} tests of this file are never built here, because of {why}"
        found.append(
            finding("go", "go test", "tests-left-out", severity, message, path=path, line=line)
        )
    return found, count


def _told(
    test: str, code: str, message: str, line: int, severity: Severity = Severity.ERROR
) -> Diagnostic:
    path: Sequence[str] = test.split("::")
    return finding("go", "go test", code, severity, message, path=path[0], line=line)
