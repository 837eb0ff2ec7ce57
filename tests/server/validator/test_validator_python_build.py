"""A Python library's wheel is built, looked into and imported."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.models.validation import CheckResult, CheckStatus
from live_validating import live_validator
from validating import build_file_tree, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live]

PYPROJECT = """
    [project]
    name = "demo-lib"
    version = "0.1.0"
    requires-python = ">=3.11"
    dependencies = []

    [dependency-groups]
    dev = ["pytest>=9"]

    [build-system]
    requires = ["hatchling>=1.27"]
    build-backend = "hatchling.build"
    """
GOOD = {
    "pyproject.toml": PYPROJECT,
    "src/demo_lib/__init__.py": """
        def double(number: int) -> int:
            return 2 * number


        def triple(number: int) -> int:
            return 3 * number
        """,
    "tests/test_double.py": """
        from demo_lib import double


        def test_double() -> None:
            assert double(2) == 4
        """,
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State and cache shared by this module's tests."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture
async def validator(kept: Path) -> AsyncIterator[ValidatorEngine]:
    async with live_validator(kept) as engine:
        yield engine


async def build(engine: ValidatorEngine, root: Path, files: dict[str, str]) -> CheckResult:
    build_file_tree(root, files)
    return result_of(await engine.validate(root, checks=("build",)), "build")


async def test_a_sound_library_builds_and_its_tests_tell_how_many_lines_ran(
    validator: ValidatorEngine, tmp_path: Path
) -> None:
    build_file_tree(tmp_path, GOOD)
    report = await validator.validate(tmp_path, checks=("build", "tests"))
    assert report.passed, report.diagnostics()
    assert "demo_lib-0.1.0-py3-none-any.whl" in result_of(report, "build").reason
    assert re.search(r"Importing it takes \d+\.\d\d s\.", result_of(report, "build").reason)
    assert "75% of lines ran" in result_of(report, "tests").reason


async def test_what_is_wrong_with_a_wheel_is_told(
    validator: ValidatorEngine, tmp_path: Path
) -> None:
    broken = GOOD | {"src/demo_lib/__init__.py": "from demo_lib import nothing\n"}
    result = await build(validator, tmp_path / "import", broken)
    assert result.status is CheckStatus.FAILED
    assert [d.code for d in result.diagnostics] == ["import-fails"]
    assert "cannot import name 'nothing'" in result.diagnostics[0].message

    chosen = PYPROJECT + '\n    [tool.hatch.build.targets.wheel]\n    packages = ["tests"]\n'
    result = await build(validator, tmp_path / "other", GOOD | {"pyproject.toml": chosen})
    assert {d.code for d in result.diagnostics} >= {"unwanted-package", "package-left-out"}

    chosen = PYPROJECT + '\n    [tool.hatch.build.targets.wheel]\n    packages = "demo"\n'
    result = await build(validator, tmp_path / "error", GOOD | {"pyproject.toml": chosen})
    assert [d.code for d in result.diagnostics] == ["build-failed"]
    assert "packages" in result.diagnostics[0].message


async def test_a_backend_that_does_not_exist_is_not_judged(
    validator: ValidatorEngine, tmp_path: Path
) -> None:
    wrong = PYPROJECT.replace("hatchling>=1.27", "hatchling>=9999")
    result = await build(validator, tmp_path, GOOD | {"pyproject.toml": wrong})
    assert result.status is CheckStatus.NOT_RUN
    assert "could not be installed" in result.reason


async def test_what_a_backend_asks_for_beyond_its_own_counts_only_where_it_applies(
    validator: ValidatorEngine, tmp_path: Path
) -> None:
    # flit cannot read this version without an import, so it asks for all the project requires.
    manifest = """
        [project]
        name = "demo-lib"
        description = "Demo"
        dynamic = ["version"]
        requires-python = ">=3.11"

        [project.optional-dependencies]
        more = ["orjson>=3"]

        [build-system]
        requires = ["flit_core>=3.11,<5"]
        build-backend = "flit_core.buildapi"
        """
    files = {
        "pyproject.toml": manifest,
        "demo_lib/__init__.py": '"""Demo."""\n\nfrom .told import __version__\n',
        "demo_lib/told.py": '__version__ = "1.2"\n',
    }
    result = await build(validator, tmp_path, files)
    assert result.status is CheckStatus.PASSED, result.reason
    assert "demo_lib-1.2" in result.reason
