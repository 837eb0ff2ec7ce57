"""How much compiling what a project depends on may write, and how long it may take."""

from __future__ import annotations

from autonomous_coder.languages.common.compiling import COMPILE_SECONDS, DISK_BYTES, compiling
from autonomous_coder.models.execution import Limits


def test_compiling_may_take_more_than_other_work() -> None:
    usual = Limits(disk_bytes=2**30, inodes=1_000, timeout_s=300)
    bounds = compiling(usual)
    assert (bounds.disk_bytes, bounds.timeout_s) == (DISK_BYTES, COMPILE_SECONDS)
    assert bounds.inodes > usual.inodes


def test_who_allows_more_keeps_it() -> None:
    wide = Limits(disk_bytes=2 * DISK_BYTES, timeout_s=2 * COMPILE_SECONDS)
    bounds = compiling(wide)
    assert (bounds.disk_bytes, bounds.timeout_s) == (wide.disk_bytes, wide.timeout_s)


def test_who_allows_less_time_than_is_usual_gets_no_more_of_it() -> None:
    assert compiling(Limits(timeout_s=20)).timeout_s == 20
