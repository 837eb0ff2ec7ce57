"""Performance: functions and files that grew too large, and constructs known to be slow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_coder.languages.base import CheckPlan, ProjectView, Steps
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.languages.sources import SourceFact, SourceFacts
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "performance", "Complexity and slow constructs"
MAX_COMPLEXITY = 15
MAX_FUNCTION_LINES = 150
MAX_FILE_LINES = 1_500
_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testdata|specs?|e2e|fixtures?)/|_test\.go$"
    r"|[._-](?:test|spec|cy)\.[cm]?[jt]sx?$|Tests?\.java$"
)


def performance_plan(project: ProjectView, facts: SourceFacts, language: str) -> CheckPlan:
    """Information from what the survey saw; nothing is run."""

    def steps() -> Steps[CheckResult]:
        yield from ()
        found = [d for fact in facts.files.values() for d in _diagnostics(fact, language)]
        return verdict(
            NAME, TITLE, found, strict=project.strict, informational=True,
            tool="tree-sitter", files=len(facts.files),
        )  # fmt: skip

    paths = tuple(facts.files)
    return CheckPlan(NAME, TITLE, steps, cost=0.01, informational=True, reads=paths)


def _diagnostics(fact: SourceFact, language: str) -> Iterator[Diagnostic]:
    def say(code: str, message: str, line: int = 0, column: int = 0) -> Diagnostic:
        return finding(
            language, "tree-sitter", code, Severity.INFO, message,
            path=fact.path, line=line, column=column,
        )  # fmt: skip

    if fact.lines > MAX_FILE_LINES:
        yield say("large-file", f"{fact.lines} lines in one file, more than {MAX_FILE_LINES}")
    # Tests repeat themselves on purpose, and their speed is not the program's.
    if _TEST.search(fact.path) or fact.tests:
        return
    for function in fact.functions:
        name = f"'{function.name}'" if function.name else "this function"
        if function.complexity > MAX_COMPLEXITY:
            message = (
                f"{name} has {function.complexity} ways through it, more than {MAX_COMPLEXITY}"
            )
            yield say("complex-function", message, function.line)
        length = function.end_line - function.line + 1
        if length > MAX_FUNCTION_LINES:
            message = f"{name} is {length} lines long, more than {MAX_FUNCTION_LINES}"
            yield say("long-function", message, function.line)
    for slow in fact.slow:
        yield say(slow.code, slow.message, slow.line, slow.column)
