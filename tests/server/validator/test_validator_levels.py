"""Where namespaces are refused, checks run at level L2; what cannot run there says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.settings import SandboxSettings
from validating import build_file_tree, make_validator, result_of

pytestmark = pytest.mark.anyio

SERVICE = """
    from starlette.applications import Starlette

    app = Starlette()
    """


async def test_types_and_tests_run_at_level_l2_and_a_service_is_not_said_to_start(
    tmp_path: Path,
) -> None:
    validator = make_validator(
        tmp_path / "cache", sandbox=SandboxSettings(bwrap=str(tmp_path / "no-bwrap"))
    )
    root = build_file_tree(
        tmp_path / "p",
        {
            "app/__init__.py": "",
            "app/main.py": SERVICE,
            "tests/test_a.py": """
                import pytest
                from app.main import app


                @pytest.fixture
                def unannotated():
                    return app


                def test_a(unannotated):
                    assert unannotated is app
                """,
        },
    )
    report = await validator.validate(root, checks=("types", "tests", "start"))
    if report.level is not SandboxLevel.L2:
        pytest.skip(f"this machine offers {report.level} without bwrap")
    assert result_of(report, "types").status is CheckStatus.PASSED, result_of(report, "types")
    assert result_of(report, "tests").status is CheckStatus.PASSED, result_of(report, "tests")
    assert result_of(report, "start").status is CheckStatus.NOT_RUN
    assert "L3" in result_of(report, "start").reason
    assert report.missing
    assert not report.passed
