"""The project's own configuration is told beside our verdict, and decides only when not strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.settings import ValidationSettings
from validating import build_file_tree, make_validator, result_of

pytestmark = pytest.mark.anyio

FILES = {
    "pyproject.toml": """
        [project]
        name = "own"
        version = "1"
        requires-python = ">=3.11"

        [tool.ruff]
        line-length = 100

        [tool.ruff.lint]
        select = ["E9"]

        [tool.ruff.format]
        quote-style = "single"

        [tool.mypy]
        plugins = ["./evil.py"]
        ignore_errors = true
        """,
    "evil.py": "raise SystemExit('the plugin of a project ran')\n",
    "own.py": "import os\n\nnumber: int = 'one'\nprint(undefined)\n",
}
CHECKS = ("lint", "types", "format")


async def test_in_strict_mode_ours_decides_and_the_own_verdict_is_told(tmp_path: Path) -> None:
    root = build_file_tree(tmp_path / "p", FILES)
    report = await make_validator(tmp_path / "cache").validate(root, checks=CHECKS)
    for name in CHECKS:
        result = result_of(report, name)
        assert result.status is CheckStatus.FAILED, name
        assert "With the project's own configuration" in result.reason
        assert "finds nothing" in result.reason


async def test_without_strict_mode_the_own_verdict_decides(tmp_path: Path) -> None:
    root = build_file_tree(tmp_path / "p", FILES)
    engine = make_validator(tmp_path / "cache", settings=ValidationSettings(strict_mode=False))
    report = await engine.validate(root, checks=CHECKS)
    assert report.passed
    for name in ("lint", "types"):
        assert "It decides" in result_of(report, name).reason

    (root / "pyproject.toml").write_text(
        (root / "pyproject.toml").read_text().replace('"E9"', '"F"')
    )
    report = await engine.validate(root, checks=CHECKS)
    assert not report.passed
    assert "ruff finds 2." in result_of(report, "lint").reason


async def test_tests_the_project_deselects_run_in_strict_mode_only_and_doctests_always(
    tmp_path: Path,
) -> None:
    files = {
        "pyproject.toml": """
            [project]
            name = "own"
            version = "1"

            [tool.pytest.ini_options]
            addopts = "-m 'not stress' --doctest-modules"
            testpaths = ["src", "tests"]
            markers = ["stress: takes long"]
            """,
        "src/own.py": '''
            def double(number: int) -> int:
                """Twice that.

                >>> double(2)
                4
                """
                return 2 * number
            ''',
        "tests/test_own.py": """
            import subprocess
            import sys

            import pytest
            from own import double


            def test_double() -> None:
                assert double(1) == 2
                subprocess.run([sys.executable, "-c", "import own"], check=True)


            @pytest.mark.stress
            def test_long() -> None:
                raise AssertionError
            """,
    }
    root = build_file_tree(tmp_path / "p", files)
    strict = await make_validator(tmp_path / "cache").validate(root, checks=("tests",))
    assert result_of(strict, "tests").failed_tests == ["tests/test_own.py::test_long"]
    engine = make_validator(tmp_path / "cache", settings=ValidationSettings(strict_mode=False))
    result = result_of(await engine.validate(root, checks=("tests",)), "tests")
    assert result.status is CheckStatus.PASSED, result
    assert "(-mnot stress) left out 1 tests" in result.reason
    assert result.passed_tests == ["src/own.py::own.double", "tests/test_own.py::test_double"]
