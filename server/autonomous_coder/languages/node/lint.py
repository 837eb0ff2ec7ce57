"""Lint: oxlint of ours with our rules, on every source file, whatever the project configures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from autonomous_coder.languages.base import (
    CONFIG_DIR,
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
    parse_json,
    relative,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.node import own
from autonomous_coder.languages.node.files import (
    JAVASCRIPT_SUFFIXES,
    is_declaration,
    is_test_path,
)
from autonomous_coder.languages.node.installed import tool_mounts, tool_path
from autonomous_coder.languages.node.installing import TOOLS
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace
from autonomous_coder.languages.node.suppressing import neutralised, suppressions
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import SOURCE_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "lint", "Linted with oxlint"
NEUTRAL = "neutral"
"""Below `/config`: files that switch the linter off as a whole, with those words broken."""
MAX_ARGUMENT_CHARS = 500_000
RULES = {
    "eslint/no-fallthrough": "warn",
    "eslint/no-self-compare": "warn",
    "eslint/array-callback-return": "warn",
    "eslint/no-unmodified-loop-condition": "off",
    "eslint/no-unassigned-vars": "error",
    "eslint/no-unused-vars": [
        "warn", {"argsIgnorePattern": "^_", "varsIgnorePattern": "^_", "args": "none",
                 "caughtErrors": "none", "ignoreRestSiblings": True},
    ],
    "unicorn/no-new-array": "off",
    "unicorn/no-empty-file": "off",
    "unicorn/no-await-in-promise-methods": "error",
    "unicorn/no-thenable": "off",
    "import/named": "error",
    "import/default": "off",
    "import/namespace": "off",
    "oxc/no-barrel-file": "off",
}  # fmt: skip
"""On top of oxlint's `correctness`: what is surely wrong, and nothing of taste."""
UNDEFINED = {"eslint/no-undef": "error"}
TEST_GLOBALS = (
    "describe", "suite", "context", "it", "test", "specify", "expect", "assert", "vi", "vitest",
    "jest", "before", "after", "beforeEach", "afterEach", "beforeAll", "afterAll", "xit",
    "xdescribe", "fit", "fdescribe", "cy",
)  # fmt: skip
WARNINGS = re.compile(
    r"no-unused-|no-useless-|no-extra-boolean-cast|no-empty-pattern|no-empty-static-block"
    r"|no-control-regex|require-yield|no-unneeded|no-fallthrough|no-self-compare"
    r"|array-callback-return|no-constant-|no-this-alias|triple-slash|no-wrapper-object"
    r"|prefer-|no-shadow-restricted|no-unsafe-optional"
)
_CODE = re.compile(r"([\w@/-]+)\(([\w/-]+)\)")


def lint_plan(
    project: ProjectView,
    workspace: Workspace,
    layout: Layout,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan | NotApplicable:
    """Errors for what is broken, warnings for what is useless."""
    files = [f for f in layout.sources if not is_declaration(f)]
    if not files:
        return NotApplicable(NAME, TITLE, "There is no code to be linted.")
    program = tool_path(environment, "oxlint/bin/oxlint")
    if not program:
        tools = environment.tools
        reason = tools.reason if tools and tools.reason else environment.reason
        return NotApplicable(NAME, TITLE, f"oxlint could not be had: {reason}", wanted=True)
    linters = own.linters(project, workspace, environment, toolbox)
    broken = neutralised(project, files)
    config = {"oxlint.json": json.dumps(_config(workspace))}
    config |= {f"{NEUTRAL}/{path}": text for path, text in broken.items()}
    listed = [f"{CONFIG_DIR}/{NEUTRAL}/{f}" if f in broken else f"./{f}" for f in files]

    def steps() -> Steps[CheckResult]:
        about: dict[str, Any] = {"tool": "oxlint", "tool_version": TOOLS["oxlint"]}
        found = suppressions(project, files, language)
        outcome: Outcome | None = None
        for part in _parts(listed):
            outcome = yield _command(project, environment, toolbox, program, part)
            if ended := stopped(NAME, TITLE, outcome, **about):
                return ended
            read = _read(outcome, len(part))
            if isinstance(read, str):
                return unreadable(NAME, TITLE, outcome, read, **about)
            found += [_diagnostic(project, item, language) for item in read]
        result = verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files),
            reason=layout.note, **about,
        )  # fmt: skip
        if result.status is CheckStatus.FAILED and linters:
            result = yield from own.beside(result, linters, strict=project.strict)
        return result

    # What the project brings itself may read anything of it.
    reads = None if linters else tuple(files)
    return CheckPlan(NAME, TITLE, steps, cost=0.6, config=config, reads=reads)


def _command(
    project: ProjectView,
    environment: Environment,
    toolbox: Toolbox,
    program: str,
    files: Sequence[str],
) -> Command:
    return Command(
        argv=(
            node_of(toolbox).programs["node"], program, "--config", f"{CONFIG_DIR}/oxlint.json",
            "--disable-nested-config", "--no-ignore", "--format", "json", "--threads", "2", *files,
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=(*node_mounts(toolbox), *tool_mounts(environment)),
        limits=toolbox.limits,
        runs_project_code=False,
    )  # fmt: skip


def _config(workspace: Workspace) -> dict[str, Any]:
    plugins = ["typescript", "unicorn", "oxc", "import", "promise", "node"]
    rules: dict[str, Any] = dict(RULES)
    if workspace.uses("react", "preact"):
        plugins.append("react")
        rules["react/rules-of-hooks"] = "error"
    tests = ("**/*.{test,spec}.*", "**/test/**", "**/tests/**", "**/__tests__/**", "**/spec/**")
    return {
        "plugins": plugins,
        "categories": {"correctness": "error"},
        "env": {"builtin": True, "es2024": True, "node": True, "browser": True, "commonjs": True},
        "rules": rules,
        "overrides": [
            # TypeScript tells undefined names better.
            {"files": [f"**/*{s}" for s in JAVASCRIPT_SUFFIXES], "rules": UNDEFINED},
            {"files": list(tests), "globals": dict.fromkeys(TEST_GLOBALS, "readonly")},
        ],
    }


def _parts(files: Sequence[str]) -> Iterator[list[str]]:
    """The files in portions that fit on a command line."""
    part: list[str] = []
    size = 0
    for file in files:
        if part and size + len(file) > MAX_ARGUMENT_CHARS:
            yield part
            part, size = [], 0
        part.append(file)
        size += len(file) + 1
    if part:
        yield part


def _read(outcome: Outcome, expected: int) -> list[dict[str, Any]] | str:
    """oxlint's findings, or why they cannot be trusted."""
    report = parse_json(outcome.stdout)
    items = report.get("diagnostics") if isinstance(report, dict) else None
    if outcome.exit_code not in (0, 1) or not isinstance(items, list):
        return "oxlint reported nothing that can be read"
    if report.get("number_of_files") != expected:
        return f"oxlint saw {report.get('number_of_files')} of {expected} files"
    return [item for item in items if isinstance(item, dict)]


FAULT_IS_LAST = frozenset(
    {"no-const-assign", "no-duplicate-case", "no-dupe-keys", "no-redeclare", "no-class-assign"}
)


def _diagnostic(project: ProjectView, item: dict[str, Any], language: str) -> Diagnostic:
    match = _CODE.fullmatch(str(item.get("code") or ""))
    plugin, rule = (match[1], match[2]) if match else ("", "syntax-error")
    name = str(item.get("filename", ""))
    path = relative(name, project.root)
    if path not in project.files and f"/{NEUTRAL}/" in name:
        path = relative(name.split(f"/{NEUTRAL}/", 1)[1], project.root)
    labels = item.get("labels")
    # Some name where a thing was first, then where it is wrong.
    chosen = -1 if rule in FAULT_IS_LAST else 0
    span = labels[chosen].get("span") if isinstance(labels, list) and labels else None
    span = span if isinstance(span, dict) else {}
    help_text = clean(str(item.get("help") or ""), limit=300)
    message = str(item.get("message", ""))
    grave = item.get("severity") == "error" and not WARNINGS.search(rule)
    if plugin in ("unicorn", "eslint-plugin-unicorn", "promise", "eslint-plugin-promise", "node"):
        grave = grave and rule == "no-await-in-promise-methods"
    if is_test_path(path) and rule in ("no-undef", "no-unassigned-vars"):
        grave = False
    return finding(
        language,
        "oxlint",
        rule if plugin in ("", "eslint") else f"{plugin}/{rule}",
        Severity.ERROR if grave else Severity.WARNING,
        f"{message} {help_text}".strip(),
        root=project.root,
        path=path,
        line=_number(span.get("line")),
        column=_number(span.get("column")),
        url=str(item.get("url") or "")[:300],
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
