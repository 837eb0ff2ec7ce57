"""Tests that are less than they were at the last checkpoint are flagged."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus
from validating import build_file_tree, codes, make_validator, result_of

pytestmark = pytest.mark.anyio

BEFORE = {
    "tests/test_a.py": """
        import pytest


        def test_deleted() -> None:
            assert 1 + 1 == 2


        def test_weakened() -> None:
            assert 2 + 2 == 4
            assert 2 + 3 == 5


        def test_skipped() -> None:
            assert 3 + 3 == 6


        def test_moved() -> None:
            assert 4 + 4 == 8


        def test_same() -> None:
            assert 5 + 5 == 10
        """,
    "tests/test_broken.py": """
        def test_unknown() -> None:
            assert 6 + 6 == 12
        """,
}
AFTER = {
    "tests/test_a.py": """
        import pytest


        def test_weakened() -> None:
            assert 2 + 2 == 4


        @pytest.mark.skip
        def test_skipped() -> None:
            assert 3 + 3 == 6


        def test_same() -> None:
            assert 5 + 5 == 10
        """,
    "tests/test_b.py": """
        def test_moved() -> None:
            assert 4 + 4 == 8
        """,
    "tests/test_broken.py": "def (\n",
}


async def test_deleted_skipped_and_weakened_tests_are_flagged_and_moved_ones_are_not(
    tmp_path: Path,
) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(tmp_path / "p", BEFORE)
    before = await validator.tests_defined(root)
    assert before["tests/test_a.py::test_weakened"].assertions == 2
    same = await validator.validate(root, checks=("lint",), baseline_tests=before)
    assert result_of(same, "tests_kept").status is CheckStatus.PASSED
    assert not result_of(same, "tests_kept").diagnostics
    build_file_tree(root, AFTER)
    report = await validator.validate(root, checks=("lint",), baseline_tests=before)
    kept = result_of(report, "tests_kept")
    assert kept.informational
    assert codes(kept) == {
        ("deleted-test", "tests/test_a.py", 4),
        ("weakened-test", "tests/test_a.py", 4),
        ("skipped-test", "tests/test_a.py", 9),
        ("tests-not-compared", "tests/test_broken.py", 0),
    }
    plain = await validator.validate(root, checks=("lint",))
    assert plain.check("tests_kept") is None
