"""Passwords in Python code are told of and never repeated, whatever the manifests look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from validating import build_file_tree, codes, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

# Put together here, so that no file of this repository holds one.
PASSWORD = "Tr4ub" + "4dor" + "77x"


async def test_a_password_is_not_in_the_report_and_odd_tables_break_nothing(tmp_path: Path) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": """
                project = { name = "p", version = 1, dependencies = [7], dynamic = "x" }
                dependency-groups = 3

                [tool]
                ruff = 7
                mypy = { overrides = [{ module = 7 }, 8] }
                uv = { sources = [], index = 1 }
                """,
            "uv.lock": "package = 7\n",
            "app.py": f"""
                def connect(password: str = "{PASSWORD}") -> str:
                    token = "{PASSWORD}"
                    if password == "{PASSWORD}":
                        return token
                    return connect(password="{PASSWORD}")
                """,
        },
    )
    report = await make_validator(tmp_path / "cache").validate(
        root, checks=("syntax", "security", "secrets", "lint", "dependencies")
    )
    found = codes(result_of(report, "security"))
    assert {code for code, _, _ in found} >= {"B105", "B106", "B107"}
    assert PASSWORD not in report.model_dump_json()
    assert not report.passed
