"""What is not done twice, and what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.engines.validator.results import ResultCache
from autonomous_coder.models.execution import Limits
from autonomous_coder.models.validation import CheckStatus, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from validating import (
    InstalledPython,
    build_file_tree,
    codes,
    make_validator,
    no_registry,
    result_of,
)

pytestmark = pytest.mark.anyio

CHECKS = ("syntax", "lint", "format")
GOOD = "def f() -> int:\n    return 1\n"
FAULTY = "print(missing)\n"


def cached(report: ValidationReport) -> dict[str, bool]:
    """Of every check that was carried out, whether its result was kept from before."""
    return {c.name: c.cached for c in report.checks if c.status is not CheckStatus.NOT_RUN}


async def test_an_unchanged_project_is_neither_copied_nor_checked_again(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(tmp_path / "p", {"a.py": GOOD, "b.py": FAULTY})
    first = await validator.validate(root, checks=CHECKS)
    staging = (tmp_path / "cache/staging").stat().st_mtime_ns
    second = await validator.validate(root, checks=CHECKS, project_id="prj_x")
    assert (tmp_path / "cache/staging").stat().st_mtime_ns == staging
    assert cached(first) == dict.fromkeys(CHECKS, False)
    assert cached(second) == dict.fromkeys(CHECKS, True)
    assert (second.passed, second.complete) == (first.passed, first.complete) == (False, False)
    assert second.tree_hash == first.tree_hash
    assert second.project_id == "prj_x"
    for name in CHECKS:
        before, after = result_of(first, name), result_of(second, name)
        assert after.diagnostics == before.diagnostics
        assert after.duration_s == before.duration_s > 0
    third = await validator.validate(root, checks=CHECKS, use_cache=False)
    assert cached(third) == dict.fromkeys(CHECKS, False)


async def test_another_process_runs_only_what_reads_a_changed_file(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    root = build_file_tree(tmp_path / "p", {"a.py": FAULTY, "README.md": "one\n"})
    await make_validator(cache).validate(root, checks=CHECKS)
    (root / "README.md").write_text("two\n")
    other = make_validator(cache)
    report = await other.validate(root, checks=CHECKS)
    assert cached(report) == {"syntax": False, "lint": True, "format": True}
    assert codes(result_of(report, "lint")) == {("F821", "a.py", 1)}
    (root / "a.py").write_text(f"\n{FAULTY}")
    report = await other.validate(root, checks=CHECKS)
    assert cached(report) == dict.fromkeys(CHECKS, False)
    assert codes(result_of(report, "lint")) == {("F821", "a.py", 2)}
    (root / "a.py").write_text(FAULTY)
    for place in (cache / "results").rglob("*"):
        if place.is_file():
            assert place.stat().st_mode & 0o777 == 0o600
            place.write_bytes(place.read_bytes()[:-3] + b"???")
    report = await make_validator(cache).validate(root, checks=CHECKS)
    assert cached(report) == dict.fromkeys(CHECKS, False)
    assert codes(result_of(report, "lint")) == {("F821", "a.py", 1)}


@pytest.mark.sandbox
async def test_the_result_of_what_was_stopped_is_not_kept(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    root = build_file_tree(
        tmp_path / "p",
        {
            "test_a.py": """
                import time


                def test_a() -> None:
                    time.sleep(3600)
                """
        },
    )
    validator = ValidatorEngine(
        Sandbox(SandboxSettings(), cache),
        ValidationSettings(),
        {"python": InstalledPython()},
        cache,
        no_registry,
        limits=Limits(timeout_s=4),
    )
    report = await validator.validate(root, checks=("tests",))
    tests = result_of(report, "tests")
    assert (tests.status, tests.cached) == (CheckStatus.FAILED, False)
    assert "longer than allowed" in tests.reason
    (root / "test_a.py").write_text("def test_a() -> None:\n    assert 1\n")
    kept = len(list((cache / "results").glob("??/*")))
    report = await validator.validate(root, checks=("tests",))
    assert result_of(report, "tests").status is CheckStatus.PASSED
    # The survey and the result; the stopped one had left its survey and the list of files alone.
    assert (kept, len(list((cache / "results").glob("??/*")))) == (2, 4)


async def test_only_what_changed_since_the_last_validation_is_looked_at(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(tmp_path / "p", {"a.py": GOOD, "b.py": FAULTY, "c.txt": "x\n"})
    everything = await validator.validate(root, checks=CHECKS, changed=True)
    assert (everything.paths, everything.passed) == ([], False)
    nothing = await validator.validate(root, checks=CHECKS, changed=True)
    assert (nothing.paths, nothing.passed) == ([], False)
    (root / "a.py").write_text("def f() -> str:\n    return 1\n")
    narrowed = await validator.validate(root, checks=CHECKS, changed=True)
    assert (narrowed.paths, narrowed.passed, narrowed.complete) == (["a.py"], True, False)
    assert result_of(narrowed, "lint").files == 1
    whole = await validator.validate(root, checks=CHECKS)
    assert (whole.paths, whole.passed) == ([], False)


def test_kept_results_are_bounded_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    import os

    cache = ResultCache(tmp_path / "r", max_bytes=60 * 4_096)
    for number in range(64):
        cache.put(f"{number:032x}", b"x")
        os.utime(tmp_path / "r/00" / f"{number:032x}", (number, number))
    assert cache.get(f"{0:032x}") == b"x"
    cache.put("f" * 32, b"y")
    assert cache.get("f" * 32) == b"y"
    assert cache.get(f"{0:032x}") == b"x"
    assert cache.get(f"{1:032x}") is None
    assert cache.get(f"{63:032x}") == b"x"
