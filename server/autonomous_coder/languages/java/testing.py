"""Tests: JUnit's own platform, started by a program of ours, without network.

Neither Maven nor a plugin of the project takes part: surefire's settings cannot leave tests out
or pass over failures; only with `strict_mode` off are classes left out that they exclude, and
named. The tests run in one process with the project's code, so a project that wants to can forge
what it says; the result states that. What is refused: a run that ends without a complete report,
tests that the files define and that were not reported.
"""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import clean, finding, stopped, unreadable, verdict
from autonomous_coder.languages.java.compiling import REPORT as COMPILED
from autonomous_coder.languages.java.compiling import (
    SPECIFICATION,
    Compiled,
    errors,
    incomplete,
    read_report,
    reason_not_to,
)
from autonomous_coder.languages.java.installing import TARGET
from autonomous_coder.languages.java.layout import Layout, Module
from autonomous_coder.languages.java.specification import (
    ENV,
    OUT,
    class_path,
    loose_jars,
    specification,
)
from autonomous_coder.languages.java.tally import Tally
from autonomous_coder.languages.java.toolchain import QUICK, feature, java_of, quick
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    SOURCE_DIR,
    Command,
    Outcome,
)
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "tests", "Tests pass (JUnit, no network)"
MAX_PASSED = 5_000
FORGEABLE = "Outcomes come from the project's own process, which could forge them."
INTEGRATION = r"(.*\.)?(IT[^.]*|[^.]*IT|[^.]*ITCase)(\$.*)?"
"""Classes that Maven's failsafe plugin runs, with whatever it starts for them."""
_FLAG = re.compile(
    r"--(?:add-opens|add-exports|add-modules|add-reads|enable-native-access)=[\w.,/=$-]{1,300}"
    r"|--enable-preview|-XX:\+EnableDynamicAgentLoading|-Xss\d+[kKmM]|-Dfile\.encoding=[\w-]{1,40}"
    r"|-Duser\.(?:timezone|language|country)=[\w/+-]{1,60}"
)
_PAIRED = re.compile(r"(--(?:add-opens|add-exports|add-modules|add-reads))\s+(?=[\w.])")
_PROPERTY = re.compile(r"[\w.-]{1,200}")
_VALUE = re.compile(r"[^\0\r\n]{0,1000}")
_FIRST = ("junit-platform-launcher", "junit-platform-engine", "junit-platform-commons")


def tests_plan(
    project: ProjectView,
    layout: Layout,
    facts: SourceFacts,
    environment: Environment,
    options: CheckOptions,
    toolbox: Toolbox,
) -> CheckPlan | NotApplicable:
    """Every test the files define must be reported, every expected one must pass."""
    defined = facts.tests()
    if not defined and not options.expected_tests:
        return NotApplicable(NAME, TITLE, "The project has no tests.")
    if reason := reason_not_to(project, layout, environment, toolbox):
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    if reason := _no_runner(layout):
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    tested = [m for m in layout.modules if m.test_sources and m.option("launcher")]
    # Only where the build's own configuration decides.
    over = () if project.strict else tuple(f for m in tested for f in m.passed_over)
    static = [
        test
        for test in defined
        if _is_run(test, tested)
        and not _left_to_failsafe(test, tested)
        and test.split("::", 1)[0] not in over
    ]
    left = [*_left_out(defined, tested, layout), *_passed_over(defined, over), *_ignored(tested)]
    java = java_of(toolbox)

    def steps() -> Steps[CheckResult]:
        word = secrets.token_hex(16)
        outcome = yield Command(
            argv=("/bin/sh", "-c", _script(tested, layout, toolbox, over), "sh"),
            tree=project.root,
            cwd=PROJECT_DIR,
            env={"JAVA": java.programs["java"], **_environment(tested)},
            mounts=environment.mounts,
            limits=toolbox.limits,
            stdin=f"{word}\n".encode(),
        )
        return _result(project, layout, tested, outcome, word, static, options.expected_tests, left)

    loose = () if layout.maven else loose_jars(project.files)
    config = {SPECIFICATION: specification(layout, feature(java.version), loose=loose)}
    return CheckPlan(NAME, TITLE, steps, cost=15.0, needs_environment=True, config=config)


def _no_runner(layout: Layout) -> str:
    """Why the tests cannot be run, or nothing."""
    if not layout.maven:
        return "There is no pom.xml that declares a test framework, so tests cannot be run."
    if any(m.option("launcher") for m in layout.modules):
        old = next((m.option("junit4") for m in layout.modules if _too_old(m)), "")
        return f"JUnit {old} is too old for the JUnit platform; use 4.12 or newer." if old else ""
    if any(m.option("testng") for m in layout.modules):
        return "The tests are written for TestNG, which is not run here; only JUnit is."
    return "JUnit is not among the project's dependencies; add org.junit.jupiter:junit-jupiter."


def _too_old(module: Module) -> bool:
    numbers = [int(n) for n in re.findall(r"\d+", module.option("junit4"))[:2]]
    return bool(numbers) and not module.option("jupiter") and numbers < [4, 12]


def _failsafe(module: Module) -> bool:
    return any(p.name.endswith(":maven-failsafe-plugin") for p in module.plugins)


def _is_run(test: str, modules: Sequence[Module]) -> bool:
    path = test.split("::", 1)[0]
    return any(path in m.test_sources for m in modules)


def _left_out(
    defined: Iterable[str], modules: Sequence[Module], layout: Layout
) -> Iterable[Diagnostic]:
    """One finding for each file whose tests are not run."""
    seen: set[str] = set()
    for test in defined:
        path = test.split("::", 1)[0]
        if path in seen:
            continue
        if not _is_run(test, modules):
            seen.add(path)
            excluded = any(path in m.excluded for m in layout.modules)
            message = (
                "these tests are not run: the build leaves them out of what it compiles"
                if excluded
                else "these tests are not run: no module with JUnit has them among its tests"
            )
            yield finding(
                "java", "autonomous-coder", "tests-outside", Severity.WARNING, message, path=path
            )
        elif _left_to_failsafe(test, modules):
            seen.add(path)
            message = "integration tests are left to Maven's failsafe plugin, which is not run"
            yield finding(
                "java", "autonomous-coder", "integration-tests", Severity.INFO, message, path=path
            )


def _passed_over(defined: Iterable[str], over: Sequence[str]) -> Iterable[Diagnostic]:
    for path in sorted({test.split("::", 1)[0] for test in defined}.intersection(over)):
        message = "these tests are not run: the build's settings of surefire leave them out"
        yield finding(
            "java", "autonomous-coder", "tests-excluded", Severity.WARNING, message, path=path
        )


def _class_pattern(path: str, module: Module) -> str:
    """The classes of a file by its place below the module's tests, as a regular expression."""
    start = 0 if module.test_directory == "." else len(module.test_directory) + 1
    name = path[start:].removesuffix(".java").replace("/", ".")
    return re.sub(r"([^\w.])", r"\\\1", name).replace(".", r"\.") + r"(\$.*)?"


def _left_to_failsafe(test: str, modules: Sequence[Module]) -> bool:
    path, _, rest = test.partition("::")
    owner = next((m for m in modules if path in m.test_sources), None)
    return (
        owner is not None
        and _failsafe(owner)
        and re.fullmatch(INTEGRATION, rest.partition("::")[0]) is not None
    )


def _script(
    modules: Sequence[Module], layout: Layout, toolbox: Toolbox, over: Sequence[str]
) -> str:
    """Compile once, then one virtual machine a module, started in the module's directory."""
    memory = toolbox.limits.memory_bytes
    lines = [
        "read -r WORD",
        'OUT="$TMPDIR/out"',
        f'"$JAVA" {shlex.join(quick(memory))} -Djava.io.tmpdir="$TMPDIR" -cp {TARGET}/tools Compile'
        f' /config/{SPECIFICATION} {OUTPUT_DIR}/{COMPILED} {SOURCE_DIR} {TARGET} "$OUT"'
        " >/dev/null 2>&1 </dev/null || exit 9",
    ]
    for module in modules:
        path = [f"{ENV}/runner-{module.option('launcher')}", *_run_path(module, layout)]
        shown = ":".join(p.replace(OUT, "$OUT", 1).replace(ENV, TARGET, 1) for p in path)
        place = f"{PROJECT_DIR}/{module.path}".rstrip("/")
        names = [INTEGRATION] if _failsafe(module) else []
        names += [_class_pattern(f, module) for f in module.passed_over if f in over]
        pattern = "|".join(names)
        lines += [
            f"cd {shlex.quote(place)} || exit 8",
            'printf "%s\\n" "$WORD" | "$JAVA" '
            f"{shlex.join([*QUICK, f'-Xmx{memory // 2 // 2**20}m', '-ea', *_flags(module)])}"
            f' -Djava.io.tmpdir="$TMPDIR" -Dbasedir={shlex.quote(place)} -cp "{shown}" RunTests'
            f" {OUTPUT_DIR}/tests-{module.index}.jsonl {shlex.quote(pattern)}"
            f' "$OUT/test-{module.index}"',
        ]
    return "\n".join(lines)


def _run_path(module: Module, layout: Layout) -> list[str]:
    """The launcher first: no class of the project takes the place of one of its."""
    extra = [f"{ENV}/{e.where}" for e in module.entries if e.scope == "runner"]
    path = [
        f"{OUT}/test-{module.index}",
        f"{OUT}/main-{module.index}",
        *class_path(module, layout, tests=True),
        *extra,
    ]
    first = [p for p in path if any(f".{name}-" in p for name in _FIRST)]
    return [*first, *(p for p in path if p not in first)]


def _flags(module: Module) -> list[str]:
    words = _PAIRED.sub(r"\1=", module.option("argLine")).split()
    found = [w for w in words[:50] if _FLAG.fullmatch(w)]
    if module.option("preview") == "true":
        found.append("--enable-preview")
    found += [
        f"-D{name}={value}"
        for name, value in list(module.system_properties.items())[:50]
        if _PROPERTY.fullmatch(name) and _VALUE.fullmatch(value) and not name.startswith("java.")
    ]
    return found


def _environment(modules: Sequence[Module]) -> dict[str, str]:
    taken = ("JAVA", "PATH", "HOME", "TMPDIR", "WORD", "OUT")
    return {
        name: value
        for module in modules
        for name, value in list(module.environment.items())[:50]
        if re.fullmatch(r"[A-Za-z_]\w{0,100}", name)
        and not name.startswith(("LD_", "JDK_", "_JAVA", "JAVA_"))
        and name not in taken
        and _VALUE.fullmatch(value)
    }


def _result(
    project: ProjectView,
    layout: Layout,
    modules: Sequence[Module],
    outcome: Outcome,
    word: str,
    static: Sequence[str],
    wanted: Sequence[str],
    left: Sequence[Diagnostic],
) -> CheckResult:
    about: dict[str, Any] = {
        "tool": "junit",
        "tool_version": next((m.option("launcher") for m in modules), ""),
    }
    if ended := stopped(NAME, TITLE, outcome, **about):
        return ended
    compiled = read_report(project, outcome)
    if outcome.exit_code == 9 and compiled.ended:
        return _not_compiled(project, compiled, outcome, about)
    if problem := incomplete(compiled, layout, _as_compiled(outcome)):
        return unreadable(NAME, TITLE, outcome, problem, **about)
    tally = Tally(project, facts=compiled.sources)
    found: list[Diagnostic] = []
    for module in modules:
        data = outcome.files.get(f"tests-{module.index}.jsonl", b"")
        if not tally.read(data, word):
            found.append(tally.cut_short(module.path, _last_words(project, outcome)))
    found += tally.diagnostics()
    cut = [m for i, m in enumerate(modules) if i in tally.unfinished]
    for test in static:
        path = test.split("::", 1)[0]
        if tally.reported(test) or any(path in m.test_sources for m in cut):
            continue
        if not tally.explained(test):
            found.append(_missing(test, f"the test '{test}' was not reported", "test-not-reported"))
    found += [
        _missing(test, f"the expected test '{test}' did not pass", "test-expected")
        for test in wanted
        if test not in tally.passed
    ]
    if not tally.seen and not found:
        found.append(finding("java", "junit", "no-tests", Severity.ERROR, "no test was run"))
    found += left
    passed = [clean(test, limit=500) for test in sorted(tally.passed)[:MAX_PASSED]]
    return verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, reason=FORGEABLE,
        files=len({test.split("::", 1)[0] for test in tally.seen}),
        tests_passed=tally.counts["passed"], tests_failed=tally.counts["failed"],
        tests_skipped=tally.counts["skipped"], passed_tests=passed, **about,
    )  # fmt: skip


def _as_compiled(outcome: Outcome) -> Outcome:
    """The compiler ended well when tests were started after it."""
    return Outcome(0, b"", b"", 0.0, outcome.level)


def _not_compiled(
    project: ProjectView, compiled: Compiled, outcome: Outcome, about: dict[str, Any]
) -> CheckResult:
    first = next(iter(errors(project, compiled)), None)
    where = f"{first.path}:{first.line}: {first.message}" if first else ""
    return CheckResult(
        name=NAME, title=TITLE, status=CheckStatus.FAILED,
        reason=f"The code does not compile; see the build check. {where}".strip(),
        level=outcome.level, duration_s=outcome.duration_s, **about,
    )  # fmt: skip


def _last_words(project: ProjectView, outcome: Outcome) -> str:
    said = clean(outcome.stderr.decode("utf-8", "replace")[-4_000:], project.root, 4_000)
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("\tat")]
    return clean(lines[-1] if lines else "", limit=300)


def _missing(test: str, message: str, code: str) -> Diagnostic:
    path = test.split("::", 1)[0]
    return finding("java", "junit", code, Severity.ERROR, message, path=path)


def _ignored(modules: Sequence[Module]) -> list[Diagnostic]:
    """Settings of the build that would hide what the tests tell; they changed nothing here."""
    return [
        finding(
            "java", "autonomous-coder", "tests-ignored", Severity.INFO,
            "the build skips its tests or ignores their failures",
            path=f"{m.path}/pom.xml" if m.path else "pom.xml",
        )
        for m in modules
        if m.ignores_tests
    ]  # fmt: skip
