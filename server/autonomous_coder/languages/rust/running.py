"""One run of `cargo test`: what it reported, against what the files define."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autonomous_coder.languages.base import (
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.common.conditions import words
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.compiling import notes, script_failures
from autonomous_coder.languages.rust.conditions import Standing, declared
from autonomous_coder.languages.rust.libtest import (
    Failure,
    Ran,
    doc_outcomes,
    doc_summaries,
    read_run,
    sections,
)
from autonomous_coder.languages.rust.manifests import Target, Workspace, table
from autonomous_coder.languages.rust.messages import (
    Compiled,
    cargo_error,
    machine_fault,
    read_messages,
    tail,
)
from autonomous_coder.languages.rust.naming import TestNames
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "tests", "Tests pass (cargo test, no network)"
FORGEABLE = "Outcomes come from the project's own processes, which could forge them."
MAX_PASSED = 5_000


class Run:
    """What one `cargo test` reported."""

    def __init__(
        self,
        project: ProjectView,
        workspace: Workspace,
        names: TestNames,
        outcome: Outcome,
        toolbox: Toolbox,
    ) -> None:
        self.project, self.workspace, self.names = project, workspace, names
        self.outcome = outcome
        version = toolchain.toolchain(toolbox).version
        self.about: dict[str, Any] = {"tool": "cargo test", "tool_version": version}
        self.note = notes(project, workspace, toolbox)
        self.compiled = read_messages(outcome.stdout, project, version)
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: set[str] = set()
        self.reported: set[str] = set()
        self.found: list[Diagnostic] = []
        self.programs = self.bare = 0
        self.everything = False

    def read(self, *, documented: bool = False) -> None:
        """Take in what was reported."""
        records = self._records()
        for executable, target in executables(self.compiled, self.workspace).items():
            record = records.get(executable)
            if record is None:
                message = f"the test program of '{target.path}' did not report"
                self._error("no-report", message, target.path)
            elif not target.harness:
                self._bare(record, target)
            else:
                self._program(record, target)
        if documented:
            self._documented()
        if self.outcome.exit_code != 0 and self._harmless():
            said = tail(self.outcome.stderr)
            message = f"cargo test ended with exit code {self.outcome.exit_code}. {said}"
            self._error("exit-code", message, "")

    def wanting(self) -> Iterator[tuple[str, ...]]:
        """Arguments for runs that would compile more of the tests: with all features of the crates
        these stand in, and with those features alone that they name, should all be too many."""
        waiting = [t for t in self._missing() if self._under_features(t) is Standing.MUST]
        crates = {t: self.workspace.crate_of(t.split("::", 1)[0]) for t in waiting}
        packages = {f"--package={crate.name}" for crate in crates.values() if crate}
        if not packages:
            return
        yield (*sorted(packages), "--all-features")
        named = {
            f"{crate.name}/{word.value}"
            for test, crate in crates.items()
            for word in words(self.names.conditions.of(test))
            if crate and word.name == "feature"
        }
        if named != {
            f"{c.name}/{feature}" for c in crates.values() if c for feature in declared(c)
        }:
            yield (*sorted(packages), f"--features={','.join(sorted(named))}")

    def _harmless(self) -> bool:
        return all(d.severity is Severity.INFO for d in self.found)

    def _missing(self) -> list[str]:
        return [t for t in self.names.expected if not self.names.is_reported(t, self.reported)]

    def _under_features(self, test: str) -> Standing:
        return self.names.conditions.standing(test, everything=True)

    def add(self, more: Run, *, everything: bool) -> None:
        """Take in a run with more features."""
        self.everything = everything
        self.passed |= more.passed
        self.failed |= more.failed
        self.skipped |= more.skipped
        self.reported |= more.reported
        known = {(d.code, d.path, d.line, d.message) for d in self.found}
        for found in more.found:
            if (found.code, found.path, found.line, found.message) not in known:
                message = f"{found.message} (with {'all' if everything else 'more'} features)"
                self.found.append(found.model_copy(update={"message": message}))

    def refused(self, more: Run) -> None:
        """A run with more features did not compile."""
        error = next(iter(more.compiled.errors), None) or cargo_error(
            more.outcome.stderr, self.project
        )
        why = f": {error.message}" if error else ""
        message = f"tests behind features were not run, for these do not compile together{why}"
        self.found = [d for d in self.found if d.code != "features"]
        self.found.append(
            finding(
                "rust", "cargo test", "features", Severity.INFO, message,
                path=error.path if error else "", line=error.line if error else 0,
            )
        )  # fmt: skip

    def result(self, wanted: Sequence[str], *, note: str) -> CheckResult:
        """The check's result."""
        left = self._unreported()
        self.passed -= self.failed
        self.skipped -= self.passed | self.failed
        for test in wanted:
            if test not in self.passed:
                path = test.split("::", 1)[0]
                self._error("test-expected", f"the expected test '{test}' did not pass", path)
        ran = self.passed or self.failed or self.bare
        count = len(self.names.expected)
        if not ran and (count or not self.programs) and self._harmless():
            self._error("no-tests", f"no test was run, although the files define {count}", "")
        told = f"{left} tests were not compiled here and did not run." if left else ""
        return verdict(
            NAME, TITLE, self.found, strict=self.project.strict, outcome=self.outcome,
            reason=" ".join(part for part in (FORGEABLE, told, note, self.note) if part),
            files=len({test.split("::", 1)[0] for test in self.reported}),
            tests_passed=len(self.passed), tests_failed=len(self.failed),
            tests_skipped=len(self.skipped), passed_tests=_bounded(self.passed),
            failed_tests=_bounded(self.failed), skipped_tests=_bounded(self.skipped),
            **self.about,
        )  # fmt: skip

    def did_not_run(self) -> CheckResult | None:
        """The result when the tests could not even be compiled."""
        outcome, compiled = self.outcome, self.compiled
        if ended := stopped(NAME, TITLE, outcome, **self.about):
            return ended
        if compiled.finished is not True:
            if why := machine_fault(outcome, compiled):
                return CheckResult(
                    name=NAME, title=TITLE, status=CheckStatus.INFRASTRUCTURE, reason=why,
                    level=outcome.level, duration_s=outcome.duration_s, **self.about,
                )  # fmt: skip
            error = cargo_error(outcome.stderr, self.project)
            found = list(compiled.errors)
            if compiled.finished is False and not found:
                found = script_failures(outcome, self.project, self.workspace)
            found = found or ([error] if error else [])
            if not found:
                what = "The run ended without a report"
                return unreadable(NAME, TITLE, outcome, what, **self.about)
            return verdict(
                NAME, TITLE, found, strict=self.project.strict, outcome=outcome,
                reason="The tests do not compile.", **self.about,
            )  # fmt: skip
        return None

    def _records(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for name, content in self.outcome.files.items():
            if name.startswith("run-") and name.endswith(".json"):
                record = parse_json(content)
                if isinstance(record, dict):
                    found[name.removeprefix("run-").removesuffix(".json")] = record
        return found

    def _bare(self, record: Mapping[str, Any], target: Target) -> None:
        self.programs += 1
        self.bare += 1
        code = record.get("code")
        message = "it has a harness of its own, so only its exit code is known, no single tests"
        self.found.append(
            finding(
                "rust", "cargo test", "custom-harness", Severity.INFO, message, path=target.path
            )
        )
        if code != 0:
            said = " ".join(str(record.get("stderr", "")).split())[-300:]
            message = f"the test program '{target.name}' ended with exit code {code}. {said}"
            self._error("test-failed", message, target.path)

    def _program(self, record: Mapping[str, Any], target: Target) -> None:
        self.programs += 1
        ran = read_run(record)
        ids = {name: self.names.id_of(target.path, name) for name in {*ran.listed, *ran.reported}}
        self.passed |= {ids[name] for name in ran.passed}
        self.skipped |= {ids[name] for name in ran.ignored}
        for name, failure in ran.failed.items():
            self._failure(ids[name], failure)
        for name in sorted(ran.doubtful):
            message = f"the outcome of '{ids[name]}' was reported more than once, or differently"
            self.failed.add(ids[name])
            self._error("outcome-forged", message, ids[name].split("::", 1)[0], ids[name])
        if ran.broken:
            message = f"the tests of '{target.path}' cannot be believed: {ran.broken}"
            self._error("run-ended", message, target.path)
        self.reported |= {ids[name] for name in ran.reported}
        if not ran.broken:
            self._silent(ran, ids)
        else:
            # One cause, one finding: what it did not come to is in its message.
            self.reported |= {ids[name] for name in ran.listed}

    def _silent(self, ran: Ran, ids: Mapping[str, str]) -> None:
        for name in ran.listed:
            if name not in ran.reported:
                message = f"the test '{ids[name]}' was not reported"
                self._error("test-not-reported", message, ids[name].split("::", 1)[0], ids[name])
                self.reported.add(ids[name])

    def _failure(self, test: str, failure: Failure) -> None:
        self.failed.add(test)
        path, line, column = self._place(failure)
        if not path:
            path, line = test.split("::", 1)[0], self.names.line_of(test)
        message = f"{test}: {failure.message or 'the test failed'}"
        self.found.append(
            finding(
                "rust", "cargo test", "test-failed", Severity.ERROR, message,
                root=self.project.root, path=path, line=line, column=column,
            )
        )  # fmt: skip

    def _place(self, failure: Failure) -> tuple[str, int, int]:
        path = relative(failure.path, self.project.root) if failure.path else ""
        if path in self.project.files:
            return path, failure.line, failure.column
        return "", 0, 0

    def _documented(self) -> None:
        text = self.outcome.files.get("doc.out", b"").decode("utf-8", "replace")
        code = self.outcome.files.get("doc.code", b"").strip()
        failures = sections(text)
        failed = False
        for name, word in doc_outcomes(text).items():
            path, line = self._doc_place(name)
            test = f"{path}::{name.split(' - ', 1)[-1]}"
            self.reported.add(test)
            if word == "ok":
                self.passed.add(test)
            elif word == "ignored":
                self.skipped.add(test)
            else:
                failed = True
                self.failed.add(test)
                said = failures.get(name, Failure()).message
                message = f"the example in the documentation fails: {said}"
                self._error("doctest-failed", message, path, line=line)
        if code != b"0" and not failed:
            said = tail(self.outcome.files.get("doc.err", b""))
            message = f"the examples in the documentation could not be run. {said}"
            self._error("doctests", message, "")
        elif code == b"0" and not doc_summaries(text):
            self._error("doctests", "the examples in the documentation were not reported", "")

    def _doc_place(self, name: str) -> tuple[str, int]:
        # Texts that a file includes are named from its directory: `src/../README.md`.
        path = posixpath.normpath(name.split(" - ", 1)[0])
        at = re.search(r"\(line (\d+)\)", name)
        for crate in self.workspace.crates:
            place = posixpath.join(crate.directory, path)
            if place in self.project.files and path not in self.project.files:
                path = place
        path = relative(path, self.project.root)
        return (path if path in self.project.files else ""), int(at[1]) if at else 0

    def _unreported(self) -> int:
        """Tests that stand in the files and that no program told of; how many may be left out."""
        left = 0
        conditions = self.names.conditions
        for test in self._missing():
            standings = {conditions.standing(test, everything=False)}
            if self.everything:
                standings.add(self._under_features(test))
            excused = standings == {Standing.ELSEWHERE}
            if excused:
                left += 1
                self.skipped.add(test)
                message = f"the test '{test}' was not run: it needs {conditions.told(test)}"
            elif Standing.MUST in standings:
                message = f"the test '{test}' was not reported"
            else:
                message = f"the test '{test}' is never compiled: {conditions.told(test)}"
            self.found.append(
                finding(
                    "rust", "cargo test", "test-not-run" if excused else "test-not-reported",
                    Severity.INFO if excused else Severity.ERROR, message,
                    path=test.split("::", 1)[0], line=self.names.line_of(test),
                )
            )  # fmt: skip
        return left

    def _error(self, code: str, message: str, path: str, test: str = "", line: int = 0) -> None:
        path = path if path in self.project.files else ""
        self.found.append(
            finding(
                "rust", "cargo test", code, Severity.ERROR, message, root=self.project.root,
                path=path, line=line or (self.names.line_of(test) if test else 0),
            )
        )  # fmt: skip


def executables(compiled: Compiled, workspace: Workspace) -> dict[str, Target]:
    """Program -> its target, of every test program that cargo says it made."""
    targets = {t.path: t for crate in workspace.crates for t in crate.targets}
    found: dict[str, Target] = {}
    for record in compiled.artifacts:
        program, target = record.get("executable"), table(record.get("target"))
        profile = table(record.get("profile"))
        if not isinstance(program, str) or profile.get("test") is not True:
            continue
        source = str(target.get("src_path", ""))
        # The longest: a path may be the end of another one.
        known = max(
            (t for path, t in targets.items() if source.endswith(f"/{path}")),
            key=lambda t: len(t.path),
            default=None,
        )
        name = str(target.get("name", ""))[:200]
        found[posixpath.basename(program)] = known or Target("test", name, "")
    return found


def _bounded(tests: set[str]) -> list[str]:
    return [clean(test, limit=500) for test in sorted(tests)[:MAX_PASSED]]
