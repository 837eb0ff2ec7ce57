"""Tests: pytest without network, with our configuration and our own report.

The runner is the project's own process, so a project that wants to can forge what it says; the
result states that. What is refused: a run without a complete report, tests that exist in the
files and were not reported, outcomes that differ from what the test itself did.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from autonomous_coder.languages.base import (
    CONFIG_DIR,
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import (
    clean,
    finding,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.python import lacking
from autonomous_coder.languages.python.dependencies import installed_modules
from autonomous_coder.languages.python.facts import Facts, is_test_file, is_test_path
from autonomous_coder.languages.python.metadata import (
    INSTALLED_DIR,
    Metadata,
    installed_record,
    strings,
)
from autonomous_coder.languages.python.syntax import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "tests", "Tests pass (pytest, no network)"
REPORT = "tests.jsonl"
MEASURE_PLACE = ".measure"
"""Where an environment has `coverage` apart, when the project does not bring its own."""
MAX_PASSED = 5_000
FORGEABLE = "Outcomes come from the project's own process, which could forge them."
REPLACING_HOOKS = frozenset(
    {
        "pytest_pyfunc_call",
        "pytest_runtest_call",
        "pytest_runtest_protocol",
        "pytest_runtestloop",
        "pytest_cmdline_main",
    }
)
"""With these a project decides itself whether a test's code is run at all."""
SCALARS = (
    "asyncio_mode",
    "asyncio_default_fixture_loop_scope",
    "asyncio_default_test_loop_scope",
    "anyio_mode",
    "xfail_strict",
    "DJANGO_SETTINGS_MODULE",
)
LISTS = ("filterwarnings", "markers", "usefixtures", "env", "doctest_optionflags")
PATTERNS = {
    "python_files": "test_*.py *_test.py",
    "python_classes": "Test",
    "python_functions": "test",
}
_IMPORT_MODE = re.compile(r"--import-mode[= ](prepend|append|importlib)\b")
_PRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]")


def tests_plan(
    project: ProjectView,
    metadata: Metadata,
    facts: Facts,
    environment: Environment,
    options: CheckOptions,
    toolbox: Toolbox,
) -> CheckPlan | NotApplicable:
    """Every test the files define must be reported, every expected one must pass."""
    files = [f for f in facts.files if is_test_file(f)]
    if not files and not options.expected_tests:
        return NotApplicable(NAME, TITLE, "The project has no tests.")
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    if "pytest" not in installed_modules(environment.directory):
        reason = "pytest is not among the project's dependencies; add it to the 'dev' group."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    added = _options(metadata.pytest.get("addopts"))
    doctests = "--doctest-modules" in added
    paths = _test_paths(metadata, list(facts.files) if doctests else files)
    selection = () if project.strict else _selection(added)
    static = [
        f"{f}::{test}"
        for f in files
        if not paths or any(f == p or f.startswith(f"{p}/") for p in paths)
        for test in facts.files[f].tests
    ]
    record = installed_record(metadata)
    mode = _IMPORT_MODE.search(" ".join(added))

    def steps() -> Steps[CheckResult]:
        outcome = yield Command(
            argv=(
                environment.executable, "-I", "-X", "utf8", f"{INSIDE_DIR}/run_tests.py",
                f"{OUTPUT_DIR}/{REPORT}", _roots(metadata.pytest, record), MEASURE_PLACE,
                "-c", f"{CONFIG_DIR}/pytest.ini", "--rootdir", PROJECT_DIR,
                "--confcutdir", PROJECT_DIR,
                "-p", "no:cacheprovider", "--import-mode", mode[1] if mode else "prepend",
                "-q", "--tb=short", "--continue-on-collection-errors", "--color=no",
                *(("--doctest-modules",) if doctests else ()), *selection,
                *(f"{PROJECT_DIR}/{p}" for p in paths),
            ),
            tree=project.root,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            mounts=(*environment.mounts, INSIDE_MOUNT),
            limits=toolbox.limits,
        )  # fmt: skip
        return _result(project, facts, outcome, static, options.expected_tests, selection)

    config = {"pytest.ini": _ini(metadata.pytest), **record}
    return CheckPlan(NAME, TITLE, steps, cost=15.0, needs_environment=True, config=config)


def _options(value: Any) -> list[str]:
    """The project's `addopts`, one argument each; none when they cannot be read."""
    try:
        return shlex.split(value) if isinstance(value, str) else strings(value)
    except ValueError:
        return []


def _selection(added: Sequence[str]) -> tuple[str, ...]:
    """Which tests the project itself chooses by marks or names. It decides only where the settings
    are not strict: otherwise a project could leave out what fails."""
    chosen = [(o, _line(v)) for o, v in pairwise(added) if o in ("-m", "-k")]
    # In one argument, so that no value can be an option of its own.
    return tuple(f"{option}{value}" for option, value in chosen if value)


def _relative(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not path.startswith("/") and ".." not in parts and not _PRINTABLE.search(path)


def _test_paths(metadata: Metadata, files: Sequence[str]) -> list[str]:
    """The project's `testpaths`, unless they leave every test out."""
    value = metadata.pytest.get("testpaths")
    named = value.split() if isinstance(value, str) else strings(value)
    paths = [p.strip("/").removeprefix("./") for p in named if _relative(p) and p not in (".", "")]
    kept = [p for p in paths if any(f == p or f.startswith(f"{p}/") for f in files)]
    return kept[:100]


def _roots(settings: Mapping[str, Any], record: Mapping[str, str]) -> str:
    """Where tests import from: the project's `pythonpath`, `src` and the top."""
    value = settings.get("pythonpath")
    own = value.split() if isinstance(value, str) else strings(value)
    roots = [p for p in own if _relative(p) and ":" not in p] + ["src", "."]
    places = [f"{PROJECT_DIR}/{root}" for root in dict.fromkeys(roots)]
    return ":".join([*places, *([f"{CONFIG_DIR}/{INSTALLED_DIR}"] if record else [])])


def _ini(settings: Mapping[str, Any]) -> str:
    """Our own configuration, with what of the project's cannot leave tests out."""
    lines = ["[pytest]", "addopts ="]
    for key in SCALARS:
        if isinstance(settings.get(key), str | bool):
            lines.append(f"{key} = {_line(str(settings[key]))}")
    for key in LISTS:
        value = settings.get(key)
        items = value.splitlines() if isinstance(value, str) else strings(value)
        if any(items):
            lines += [f"{key} =", *(f"    {_line(item)}" for item in items[:200] if item.strip())]
    for key, default in PATTERNS.items():
        value = settings.get(key)
        more = shlex.split(value) if isinstance(value, str) and "'" not in value else strings(value)
        lines.append(f"{key} = {' '.join([default, *(_line(m) for m in more)])}")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return _PRINTABLE.sub("", text)[:1_000].strip()


def _result(
    project: ProjectView,
    facts: Facts,
    outcome: Outcome,
    static: Sequence[str],
    wanted: Sequence[str],
    selection: Sequence[str] = (),
) -> CheckResult:
    records = _records(outcome.files.get(REPORT, b""))
    end = next((r for r in records if r.get("kind") == "end"), None)
    about: dict[str, Any] = {
        "tool": "pytest",
        "tool_version": clean(str((end or {}).get("version", "")), limit=40),
    }
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    if end is None:
        return unreadable(NAME, TITLE, outcome, "The run ended without a report", **about)
    tally = Tally(records)
    lacks = lacking.lacking([*tally.broken, *tally.failed.values()], lacking.known_libraries())
    found = [*tally.diagnostics(project, lacks), *_hooks(facts)]
    # A file that could not be collected has its own finding; its tests are the consequence.
    broken = {str(record.get("id", "")) for record in tally.broken}
    collected = tally.collected | tally.skipped_files | broken
    for test in static:
        if lacking.concerns(test, lacks):
            continue
        if not _in(test, collected) and test.split("::", 1)[0] not in collected:
            deselected = _in(test, tally.deselected)
            if deselected and selection:
                continue
            why = "was deselected" if deselected else "was not reported"
            found.append(_missing(test, f"the test '{test}' {why}", "test-not-reported"))
    for test in wanted:
        if not _in(test, tally.passed) and not lacking.concerns(test, lacks):
            found.append(
                _missing(test, f"the expected test '{test}' did not pass", "test-expected")
            )
    if not tally.collected and not tally.broken:
        message = "no tests were collected, although there are test files"
        found.append(finding("python", "pytest", "no-tests", Severity.ERROR, message))
    if outcome.exit_code not in (0, 1, 5) or end.get("exit") != outcome.exit_code:
        said = clean(outcome.stderr.decode("utf-8", "replace")[-600:], project.root, 400)
        message = f"pytest ended with exit code {outcome.exit_code}. {said}"
        found.append(finding("python", "pytest", "exit-code", Severity.ERROR, message))
    elif outcome.exit_code == 1 and not found and not lacks:
        message = "pytest reports failures that name no test"
        found.append(finding("python", "pytest", "exit-code", Severity.ERROR, message))
    passed = _names(tally.passed)
    missing = lacking.told(lacks.values(), len(passed)) if lacks else ""
    result = verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome,
        reason=f"{missing}{_coverage(records)}{_left_out(selection, tally)}{FORGEABLE}",
        files=len({test.split("::", 1)[0] for test in tally.collected}),
        tests_passed=len(tally.passed), tests_failed=len(tally.failed),
        tests_skipped=len(tally.skipped), passed_tests=passed,
        failed_tests=_names(tally.failed), skipped_tests=_names(tally.skipped), **about,
    )  # fmt: skip
    if lacks and result.status is CheckStatus.PASSED:
        return result.model_copy(update={"status": CheckStatus.INFRASTRUCTURE})
    return result


def _left_out(selection: Sequence[str], tally: Tally) -> str:
    """What the project's own choice of tests did not run."""
    if not selection or not tally.deselected:
        return ""
    chosen = clean(" ".join(selection), limit=200)
    return (
        f"The project's own selection ({chosen}) left out {len(tally.deselected)} tests; it counts"
        " since strict_mode is off. "
    )


def _coverage(records: Iterable[Mapping[str, Any]]) -> str:
    """How much of the project's lines ran, where that could be measured."""
    record = next((r for r in records if r.get("kind") == "coverage"), {})
    percent = record.get("percent")
    return f"{percent:g}% of lines ran. " if isinstance(percent, int | float) else ""


def _names(tests: Iterable[str]) -> list[str]:
    return [clean(test, limit=500) for test in sorted(tests)[:MAX_PASSED]]


class Tally:
    """The outcome of every test from the reporter's records."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self.collected: set[str] = set()
        self.deselected: set[str] = set()
        self.skipped_files: set[str] = set()
        self.passed: set[str] = set()
        self.skipped: set[str] = set()
        self.failed: dict[str, Mapping[str, Any]] = {}
        self.broken: list[Mapping[str, Any]] = []
        self.forged: set[str] = set()
        for record in records:
            kind, name = record.get("kind"), str(record.get("id", ""))
            if kind in {"collected", "deselected"}:
                into = self.collected if kind == "collected" else self.deselected
                into.update(map(str, record.get("ids", ())))
            elif kind == "collect" and record.get("outcome") == "skipped":
                self.skipped_files.add(name)
            elif kind == "collect":
                self.broken.append(record)
            elif kind == "test":
                self._test(name, record)
        self.passed -= set(self.failed) | self.skipped | self.forged

    def _test(self, name: str, record: Mapping[str, Any]) -> None:
        if record.get("forged"):
            self.forged.add(name)
            self.failed.setdefault(name, record)
        elif record.get("outcome") == "failed":
            self.failed.setdefault(name, record)
        elif record.get("outcome") == "skipped":
            self.skipped.add(name)
        elif record.get("when") == "call" and record.get("outcome") == "passed":
            self.passed.add(name)

    def diagnostics(
        self, project: ProjectView, lacks: Container[str] = frozenset()
    ) -> list[Diagnostic]:
        """One finding a failed test, and one a file that could not be collected; without those
        that lack something of the machine's."""
        found = []
        for record in self.broken:
            if str(record.get("id", "")) not in lacks:
                found.append(_failure(project, record, "collection-error"))
        for name, record in self.failed.items():
            if name in lacks:
                continue
            if name in self.forged:
                message = "the test raised, and something reported it as not failed"
                found.append(_missing(name, message, "outcome-changed"))
            else:
                found.append(_failure(project, record, "test-failed"))
        return found


def _in(test: str, ids: Iterable[str]) -> bool:
    """Whether a test without parameters is among ids with them."""
    return test in ids or any(i.startswith(f"{test}[") for i in ids)


def _missing(test: str, message: str, code: str) -> Diagnostic:
    path = test.split("::", 1)[0]
    return finding("python", "pytest", code, Severity.ERROR, message, path=path)


def _failure(project: ProjectView, record: Mapping[str, Any], code: str) -> Diagnostic:
    name = str(record.get("id", ""))
    path = relative(str(record.get("path", "")), project.root)
    line = int(record.get("line") or 0)
    message = str(record.get("message", ""))
    if code == "collection-error" or path not in project.files:
        path, line = _last_place(project, str(record.get("text", ""))) or (
            name.split("::", 1)[0], 0
        )  # fmt: skip
    shown = f"{name}: {message}" if name else message
    return finding(
        "python", "pytest", code, Severity.ERROR, shown, root=project.root, path=path, line=line
    )


def _last_place(project: ProjectView, text: str) -> tuple[str, int] | None:
    """The deepest place of a traceback that lies in the project."""
    found = None
    for path, line in re.findall(
        r"^(?:E\s+)?(?:File \")?([\w./\- ]+\.py)\"?[:,] ?(?:line )?(\d+)", text, re.M
    ):
        shown = relative(path, project.root)
        if shown in project.files:
            found = shown, int(line)
    return found


def _hooks(facts: Facts) -> list[Diagnostic]:
    """Hooks of the project's tests that stand between a test and its outcome."""
    return [
        finding(
            "python", "autonomous-coder", "test-hook",
            Severity.WARNING if name in REPLACING_HOOKS else Severity.INFO,
            f"the hook '{name}' can change what the tests report", path=fact.path, line=line,
        )
        for fact in facts.files.values()
        if is_test_path(fact.path) or fact.path.endswith("conftest.py")
        for name, line in fact.hooks
    ]  # fmt: skip


def _records(data: bytes) -> list[dict[str, Any]]:
    records = []
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
