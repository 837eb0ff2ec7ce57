"""What a syntax tree tells about source files of any language but Python, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.base import TestFact


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A place the grammar cannot read; line and column are 1-based."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Import:
    """One import as written: `module` is its text without quotes ('react', './a', 'net/http',
    'serde::de', 'java.util.List')."""

    module: str
    line: int
    column: int = 1
    type_only: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method with its cyclomatic complexity."""

    name: str
    line: int
    end_line: int
    complexity: int


@dataclass(frozen=True, slots=True)
class SourceFact:
    """One file. `grammar` is the name of its syntax (javascript, typescript, tsx, go, rust, java).
    `faults` are at most a few, the first the most telling."""

    path: str
    grammar: str
    lines: int = 0
    faults: tuple[SyntaxFault, ...] = ()
    imports: tuple[Import, ...] = ()
    tests: tuple[TestFact, ...] = ()
    functions: tuple[Function, ...] = ()
    defines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """All files that were read, by path; `unread` are those the survey had to leave out."""

    files: Mapping[str, SourceFact] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def broken(self) -> list[str]:
        """Paths of files the grammar cannot read."""
        return [path for path, fact in self.files.items() if fact.faults]

    def tests(self) -> dict[str, TestFact]:
        """Every test the files define, by id."""
        return {test.id: test for fact in self.files.values() for test in fact.tests}
