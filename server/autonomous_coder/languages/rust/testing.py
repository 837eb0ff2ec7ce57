"""Tests: every test program of the workspace is run without network, and reports twice.

The programs are the project's own code, so one that wants to can forge what it says; the result
states that. What is refused: a program that ends before its summary, tests that exist in the
files and were not reported, reports that contradict each other. Tests behind features are run with
all of them; those of other platforms are named as not run.
"""

from __future__ import annotations

import posixpath
import re

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import (
    stopped,
)
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.manifests import Workspace, table
from autonomous_coder.languages.rust.naming import TestNames
from autonomous_coder.languages.rust.running import NAME, TITLE, Run
from autonomous_coder.languages.rust.toolchain import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.execution import OUTPUT_DIR, Command
from autonomous_coder.models.validation import CheckResult

MAX_SLOW_DOCTESTS = 40
RUNNER = (
    "target.'cfg(all())'.runner=['{python}', '-I', '-S', '-X', 'utf8', "
    f"'{INSIDE_DIR}/run_binary.py']"
)
SCRIPT = (
    '"$CARGO" test $ALL --tests --no-fail-fast --message-format=json '
    '--config "$RUNNER" "$@"; code=$?; '
    'if [ -n "$DOCTESTS" ]; then rm -rf .cargo; '
    f'"$CARGO" test $ALL --doc --no-fail-fast "$@" >{OUTPUT_DIR}/doc.out '
    f"2>{OUTPUT_DIR}/doc.err; echo $? >{OUTPUT_DIR}/doc.code; fi; exit $code"
)
_FENCE = re.compile(
    r"^[ \t]*(?://[/!].*|\*[ \t]*)?```[ \t]*(?:rust|should_panic|edition\d+|compile_fail|no_run|$)",
    re.M,
)
"""A fence of an example: in a comment of any kind, or in a text that an attribute makes one."""
_INDENTED = re.compile(r"^[ \t]*//[/!][ \t]*\n[ \t]*//[/!] {5,}\S", re.M)
_INCLUDED = re.compile(r"\bdoc\s*=\s*include_str!\(\s*\"([^\"\n]{1,300})\"")


def tests_plan(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    environment: Environment,
    options: CheckOptions,
    toolbox: Toolbox,
) -> CheckPlan | NotApplicable:
    """Every test the files define must be reported, every expected one must pass."""
    names = TestNames(workspace, facts)
    documented, note = doc_tests(project, workspace)
    bare = [
        target
        for crate in workspace.crates
        for target in crate.targets
        if crate.member and not target.harness and target.kind in ("test", "lib", "bin")
    ]
    if not (names.expected or documented or bare or options.expected_tests):
        return NotApplicable(NAME, TITLE, "The project has no tests.")

    libraries = {
        f"--package={crate.name}"
        for crate in workspace.crates
        if any(target.kind == "lib" for target in crate.targets)
    }

    def command(*more: str, documents: bool) -> Command:
        return toolchain.cargo_command(
            project, toolbox, environment, SCRIPT, (*toolchain.lock_flags(environment), *more),
            env={
                "RUNNER": RUNNER.format(python=toolbox.interpreter.executable),
                "REPORTS": OUTPUT_DIR,
                "BARE": ":".join(_program(target.name or target.path) for target in bare),
                "DOCTESTS": "1" if documents else "",
                "ALL": "" if more else "--workspace",
                "RUST_BACKTRACE": "0",
            },
            mounts=(*toolbox.interpreter.mounts, INSIDE_MOUNT),
        )  # fmt: skip

    def steps() -> Steps[CheckResult]:
        outcome = yield command(documents=documented)
        run = Run(project, workspace, names, outcome, toolbox)
        if early := run.did_not_run():
            return early
        run.read(documented=documented)
        for flags in run.wanting():
            # Cargo refuses to look for examples in a package without a library.
            packages = {flag for flag in flags if flag.startswith("--package=")}
            documents = documented and packages <= libraries
            outcome = yield command(*flags, documents=documents)
            if ended := stopped(NAME, TITLE, outcome, **run.about):
                return ended
            more = Run(project, workspace, names, outcome, toolbox)
            if more.compiled.finished is True:
                more.read(documented=documents)
                run.add(more, everything="--all-features" in flags)
                break
            run.refused(more)
        return run.result(options.expected_tests, note=note)

    return CheckPlan(NAME, TITLE, steps, cost=20.0, needs_environment=True)


def _program(name: str) -> str:
    """A target's name as its program bears it."""
    return posixpath.basename(name).removesuffix(".rs").replace("-", "_")


def doc_tests(project: ProjectView, workspace: Workspace) -> tuple[bool, str]:
    """Whether examples in documentation are run, and why not when there are too many."""
    merged = slow = 0
    for crate in workspace.crates:
        library = next((t for t in crate.targets if t.kind == "lib"), None)
        settings = table(crate.manifest.get("lib"))
        if (
            library is None
            or not crate.member
            or settings.get("doctest") is False
            or settings.get("proc-macro")
        ):
            continue
        for path in project.files:
            if path.endswith(".rs") and workspace.crate_of(path) is crate:
                count = _examples(project, path)
                merged += count if crate.edition >= "2024" else 0
                slow += count if crate.edition < "2024" else 0
    if slow > MAX_SLOW_DOCTESTS:
        return False, f"About {slow} examples in documentation were not run (too many)."
    return bool(merged or slow), ""


def _examples(project: ProjectView, path: str) -> int:
    """About how many examples a file's documentation has, and the texts that it includes."""
    text = project.read(path)
    names = [posixpath.join(posixpath.dirname(path), name) for name in _INCLUDED.findall(text)[:20]]
    included = [posixpath.normpath(name) for name in names]
    texts = [text, *(project.read(name) for name in included if name in project.files)]
    fences = sum(len(_FENCE.findall(one)) for one in texts)
    return (fences + 1) // 2 + len(_INDENTED.findall(text))
