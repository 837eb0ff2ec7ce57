"""What is to be mended first: roots before consequences, on constructed and on real reports."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomous_coder.engines.validator.importing import imports_between
from autonomous_coder.engines.validator.mending_order import Mend, first_to_mend, mending_order
from autonomous_coder.engines.validator.missing_modules import missing_module
from autonomous_coder.languages.sources import Import, SourceFact, SourceFacts
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)
from validating import build_file_tree, make_validator


def found(
    path: str, line: int, message: str, *, code: str = "x", fingerprint: str = "", tool: str = "t"
) -> Diagnostic:
    """An error."""
    return Diagnostic(
        tool=tool,
        code=code,
        severity=Severity.ERROR,
        message=message,
        path=path,
        line=line,
        column=1,
        fingerprint=fingerprint,
    )


def failed(name: str, *diagnostics: Diagnostic) -> CheckResult:
    """A check that failed for these."""
    return CheckResult(name=name, status=CheckStatus.FAILED, diagnostics=list(diagnostics))


def report_of(*checks: CheckResult, **more: object) -> ValidationReport:
    """A failed report with these checks."""
    return ValidationReport.model_validate(
        {
            "path": "/p",
            "tree_hash": "0" * 64,
            "created_at": datetime(2026, 11, 22, tzinfo=UTC),
            "passed": False,
            "complete": True,
            "level": SandboxLevel.L3,
            "checks": list(checks),
            **more,
        }
    )


def places(mends: list[Mend]) -> list[tuple[str, str, int]]:
    """(check, path, line) of every entry's first finding."""
    return [(m.first.check, m.first.diagnostic.path, m.first.diagnostic.line) for m in mends]


def test_a_file_that_does_not_parse_comes_first_and_takes_its_consequences_along() -> None:
    report = report_of(
        failed("lint", found("a.py", 3, "invalid syntax"), found("z.py", 1, "unused")),
        failed("tests", found("tests/test_b.py", 1, "SyntaxError in a.py while importing")),
        failed("format", found("a.py", 0, "cannot be formatted")),
        failed("syntax", found("a.py", 3, "never closed"), found("a.py", 9, "unexpected indent")),
        CheckResult(
            name="types",
            status=CheckStatus.NOT_RUN,
            reason="1 files do not compile; mend the syntax first.",
        ),
    )
    first, *rest = mending_order(report)
    assert (first.first.check, first.first.diagnostic.line) == ("syntax", 3)
    assert [c.check for c in first.causes] == ["lint", "tests", "format"]
    assert first.blocks == ["types"]
    assert places(rest) == [("syntax", "a.py", 9), ("lint", "z.py", 1)]


def test_a_missing_dependency_is_one_root_for_all_that_it_breaks() -> None:
    report = report_of(
        failed(
            "dependencies",
            found("app/a.py", 2, "'requests' is imported, but no declared dependency provides it"),
            found("app/b.py", 4, "'requests' is imported, but no declared dependency provides it"),
        ),
        failed(
            "types",
            found("app/a.py", 2, 'Cannot find implementation or stub for module named "requests"'),
            found("app/c.py", 7, "Incompatible return value"),
        ),
        failed(
            "tests",
            found("tests/test_a.py", 1, "ModuleNotFoundError: No module named 'requests.auth'"),
        ),
    )
    first, second = mending_order(report)
    assert places([first, second]) == [("dependencies", "app/a.py", 2), ("types", "app/c.py", 7)]
    assert [d.diagnostic.path for d in first.like] == ["app/b.py"]
    assert [d.check for d in first.causes] == ["types", "tests"]


def test_what_could_not_be_installed_says_which_checks_wait_for_it() -> None:
    waiting = CheckResult(
        name="tests",
        status=CheckStatus.NOT_RUN,
        reason="The dependencies are not installed: nonesuch does not exist.",
    )
    broken = failed("dependencies", found("pyproject.toml", 5, "nonesuch does not exist"))
    (only,) = mending_order(report_of(broken, waiting))
    assert only.blocks == ["tests"]


def test_an_error_of_the_compiler_comes_before_the_tests_of_what_imports_it() -> None:
    report = report_of(
        failed(
            "tests",
            found("tests/test_far.py", 5, "test_far: boom"),
            found("tests/test_own.py", 5, "test_own: assert 1 == 2"),
        ),
        failed("build", found("src/core.ts", 8, "Type 'string' is not assignable")),
        imports={"tests/test_far.py": ["src/middle.ts"], "src/middle.ts": ["src/core.ts"]},
    )
    first, second = mending_order(report)
    assert places([first, second]) == [
        ("build", "src/core.ts", 8),
        ("tests", "tests/test_own.py", 5),
    ]
    assert [c.diagnostic.path for c in first.causes] == ["tests/test_far.py"]


def test_the_first_error_of_each_file_comes_before_the_later_ones() -> None:
    report = report_of(
        failed(
            "types", found("b.py", 9, "late"), found("b.py", 1, "early"), found("a.py", 5, "only")
        )
    )
    assert places(mending_order(report)) == [
        ("types", "a.py", 5),
        ("types", "b.py", 1),
        ("types", "b.py", 9),
    ]


def test_equal_mistakes_are_one_entry_and_information_comes_last() -> None:
    alike = [found(f"f{n}.py", 1, "unused import", fingerprint="same") for n in range(15)]
    told = CheckResult(
        name="performance",
        status=CheckStatus.PASSED,
        informational=True,
        diagnostics=[found("a.py", 1, "slow")],
    )
    entries = mending_order(report_of(told, failed("lint", *alike)))
    assert len(entries[0].like) == 14
    assert [m.first.check for m in entries] == ["lint", "performance"]
    assert [m.first.check for m in first_to_mend(entries, 10)] == ["lint"]


def test_no_finding_is_lost_or_doubled_and_five_thousand_take_no_time() -> None:
    checks = [
        failed(
            name,
            *(
                found(f"f{n % 97}.py", n, f"No module named 'm{n % 31}'", fingerprint=str(n % 7))
                for n in range(1_250)
            ),
        )
        for name in ("syntax", "types", "tests", "nonsense")
    ]
    report = report_of(*checks)
    started = time.process_time()
    entries = mending_order(report)
    assert time.process_time() - started < 2
    listed = [f.diagnostic for mend in entries for f in mend.findings]
    assert len(listed) == 5_000
    assert {id(d) for d in listed} == {id(d) for d in report.diagnostics()}


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("No module named 'foo.bar'", "foo.bar"),
        ('Cannot find implementation or library stub for module named "re_quests"', "re-quests"),
        ("Cannot find module 'react' or its corresponding type declarations.", "react"),
        ("Cannot find package '@a/b' imported from x.js", "@a/b"),
        ("no required module provides package github.com/a/b; to add it:", "github.com/a/b"),
        ("use of unresolved module or unlinked crate `tokio`", "tokio"),
        ("package com.google.common does not exist", "com.google.common"),
        ("Incompatible types in assignment", ""),
        ("No module named ''", ""),
    ],
)
def test_tools_say_in_many_ways_that_a_module_is_missing(message: str, name: str) -> None:
    assert missing_module(message) == name


@pytest.mark.parametrize(
    ("importer", "written", "target"),
    [
        ("web/src/a.test.ts", "./lib/core", "web/src/lib/core.ts"),
        ("web/a.test.js", "../lib", "lib/index.js"),
        ("cmd/main_test.go", "example.com/app/store", "store/store.go"),
        ("tests/it.rs", "crate::shop::price::total", "src/shop/price.rs"),
        ("src/test/java/AppTest.java", "com.acme.Price", "src/main/java/com/acme/Price.java"),
    ],
)
def test_imports_are_told_from_names_in_every_language(
    importer: str, written: str, target: str
) -> None:
    facts = SourceFacts(
        {
            importer: SourceFact(importer, "x", imports=(Import(written, 1), Import("react", 2))),
            target: SourceFact(target, "x"),
            "elsewhere/react.ts": SourceFact("elsewhere/react.ts", "typescript"),
        }
    )
    checks = [
        failed("build", found(target, 1, "broken"), found("elsewhere/react.ts", 1, "broken")),
        failed("tests", found(importer, 1, "fails")),
    ]
    assert imports_between(checks, [("", facts)]) == {importer: [target]}


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_failing_test_comes_after_the_type_error_in_what_it_imports(
    tmp_path: Path,
) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "shop/__init__.py": "",
            "shop/prices.py": "def total() -> int:\n    return 'one'\n",
            "shop/basket.py": "from .prices import total\n\n__all__ = ['total']\n",
            "tests/test_basket.py": "from shop.basket import total\n\n\n"
            "def test_total() -> None:\n    assert total() == 1\n",
        },
    )
    validator = make_validator(tmp_path / "cache")
    for _ in range(2):  # the second from memory
        report = await validator.validate(root, checks=("types", "tests"))
        first = mending_order(report)[0]
        assert (first.first.check, first.first.diagnostic.path) == ("types", "shop/prices.py")
        assert [c.diagnostic.path for c in first.causes] == ["tests/test_basket.py"]


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_real_validation_names_the_broken_file_before_what_follows(tmp_path: Path) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "shop/__init__.py": "",
            "shop/prices.py": "def total(:\n    return 1\n",
            "shop/other.py": "import os\n",
            "tests/test_prices.py": "from shop.prices import total\n\n\n"
            "def test_total() -> None:\n    assert total() == 1\n",
        },
    )
    report = await make_validator(tmp_path / "cache").validate(root)
    entries = mending_order(report)
    assert places(entries)[0] == ("syntax", "shop/prices.py", 1)
    assert "tests" in entries[0].blocks
    assert {f.check for f in entries[0].causes} >= {"lint"}
    assert ("lint", "shop/other.py", 1) in places(entries)
