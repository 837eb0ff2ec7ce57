"""What kind of mistake a finding is: roots come before their consequences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from autonomous_coder.models.validation import Diagnostic, Severity


class Stage(IntEnum):
    """In this order mistakes are mended; a later one may be the consequence of an earlier."""

    SYNTAX = 0
    DEPENDENCIES = 1
    IMPORTS = 2
    NAMES = 3
    ATTRIBUTES = 4
    TYPES = 5
    TESTS = 6
    SERVICE = 7
    SECURITY = 8
    STYLE = 9


WORDS = {
    Stage.SYNTAX: "The file does not parse; nothing else can be said of it.",
    Stage.DEPENDENCIES: "A package is missing, undeclared or not locked.",
    Stage.IMPORTS: "A module or a name in it cannot be found.",
    Stage.NAMES: "A name is used that nothing binds.",
    Stage.ATTRIBUTES: "An object does not have that attribute.",
    Stage.TYPES: "Types do not fit together.",
    Stage.TESTS: "A test fails.",
    Stage.SERVICE: "The service does not start, answer or stop as it should.",
    Stage.SECURITY: "The security scanner objects.",
    Stage.STYLE: "Lint or layout.",
}
MECHANICAL = frozenset({Stage.DEPENDENCIES, Stage.IMPORTS, Stage.NAMES, Stage.STYLE})
_CODES = {
    "invalid-syntax": Stage.SYNTAX,
    "syntax": Stage.SYNTAX,
    "import-not-found": Stage.IMPORTS,
    "collection-error": Stage.IMPORTS,
    "F821": Stage.NAMES,
    "F822": Stage.NAMES,
    "name-defined": Stage.NAMES,
    "attr-defined": Stage.ATTRIBUTES,
    "union-attr": Stage.ATTRIBUTES,
    "undeclared-import": Stage.DEPENDENCIES,
    "transitive-import": Stage.DEPENDENCIES,
}
_TOOLS = {
    "uv": Stage.DEPENDENCIES,
    "mypy": Stage.TYPES,
    "pytest": Stage.TESTS,
    "uvicorn": Stage.SERVICE,
    "bandit": Stage.SECURITY,
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`root` is false when earlier findings may be the cause; `mechanical` when there are rules
    that may mend it without knowing what the program should do."""

    diagnostic: Diagnostic
    stage: Stage
    explanation: str
    root: bool
    mechanical: bool


def stage_of(diagnostic: Diagnostic) -> Stage:
    """The stage of one finding."""
    stage = _CODES.get(diagnostic.code)
    return stage if stage is not None else _TOOLS.get(diagnostic.tool, Stage.STYLE)


def diagnose(diagnostic: Diagnostic, others: Iterable[Diagnostic] = ()) -> Diagnosis:
    """Place one finding among the others of its report."""
    stage = stage_of(diagnostic)
    earlier = any(
        stage_of(other) < min(stage, Stage.STYLE) and other.severity is Severity.ERROR
        for other in others
    )
    return Diagnosis(
        diagnostic=diagnostic,
        stage=stage,
        explanation=WORDS[stage],
        root=stage is Stage.SYNTAX or not earlier,
        mechanical=stage in MECHANICAL,
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Roots first; within a stage errors before warnings, then by place."""
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(
        diagnostics, key=lambda d: (stage_of(d), rank[d.severity], d.path, d.line, d.column)
    )
