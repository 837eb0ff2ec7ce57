"""What a syntax tree tells about source files of any language but Python, file by file.

Ids of tests are `path::name`, and a language's runner output is to be brought to the same form:

- JavaScript, TypeScript: `src/a.test.ts::outer > inner > title`, titles as written, so that a title
  with `%s`, `$name` or `${…}` stands for all it is filled with (`is_template`);
- Go: `dir/a_test.go::TestX`, and `::TestX/a_literal_subtest` below it;
- Rust: `src/lib.rs::module::tests::name`, with the modules inside that file;
- Java: `src/test/java/p/BTest.java::BTest$Inner::name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.base import TestFact

_FILLED_IN = re.compile(r"\$\{|%[sdifjopc#$]|\$\w")


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
class Slow:
    """A construct known to be slow: `code` is its kind, e.g. 'await-in-loop'."""

    code: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Rules that must all hold for a part of a Rust file to be compiled: the test `name`, or (with
    `module`) the file that holds the module `name`, at `path` when an attribute says so."""

    name: str
    rules: tuple[str, ...] = ()
    module: bool = False
    path: str = ""


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
    slow: tuple[Slow, ...] = ()
    conditions: tuple[Condition, ...] = ()


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


def is_template(title: str) -> bool:
    """Whether a JavaScript test's title is filled in when it runs."""
    return bool(_FILLED_IN.search(title))
