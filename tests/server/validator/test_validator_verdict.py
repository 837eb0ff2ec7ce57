"""What a verdict depends on: contents and wishes, never times."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.settings import ValidationSettings
from validating import build_file_tree, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

GOOD = "def f() -> int:\n    return 1\n"


async def test_a_change_that_keeps_size_and_time_is_seen_by_the_type_checker(
    tmp_path: Path,
) -> None:
    validator = make_validator(tmp_path / "cache")
    statuses = []
    for text in (GOOD, GOOD.replace("int", "str"), GOOD):
        root = build_file_tree(tmp_path / "p", {"a.py": text})
        os.utime(root / "a.py", (1_700_000_000, 1_700_000_000))
        report = await validator.validate(root, checks=("types",))
        statuses.append(result_of(report, "types").status)
    assert statuses == [CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.PASSED]


async def test_a_check_that_the_settings_switch_off_is_named_and_does_not_decide(
    tmp_path: Path,
) -> None:
    off = ValidationSettings(security_scan=False, performance_check=False)
    validator = make_validator(tmp_path / "cache", settings=off)
    root = build_file_tree(tmp_path / "p", {"a.py": GOOD})
    report = await validator.validate(root)
    assert "settings" in result_of(report, "security").reason
    assert (report.passed, report.complete) == (True, True)
    partial = await validator.validate(root, checks=("format",))
    assert (partial.passed, partial.complete) == (True, False)
