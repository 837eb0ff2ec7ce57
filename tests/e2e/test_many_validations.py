"""Many hosts validate at once over HTTP: nothing is lost, nobody is overtaken by much."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from crowd import crowd, fault_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.sandbox]

COUNT = 40
"""As many as continuous integration has time for; benchmarks/load.py asks for 200."""
MAX_OUT_OF_TURN = 20
MAX_PROCESSES = 24
MAX_SERVER_BYTES = 200 * 1024**2


@pytest.mark.thorough
async def test_forty_calls_at_once_are_all_answered_in_turn_within_bounds(tmp_path: Path) -> None:
    many = await crowd(tmp_path, COUNT)

    assert len(many.answers) == len(many.arrived) == COUNT
    for number in range(COUNT):
        answer = many.answers[f"project{number}"]
        assert answer["status"] == "succeeded"
        assert answer["passed"] is False
        errors = [f for f in answer["diagnostics"] if f["severity"] == "error"]
        assert {(f["path"], f["line"]) for f in errors} == {fault_of(number)}
    assert many.farthest_out_of_turn() <= MAX_OUT_OF_TURN

    assert many.peak.processes <= MAX_PROCESSES
    assert many.peak.server_bytes <= MAX_SERVER_BYTES
    assert many.left == 0
    assert list((tmp_path / "cache" / "staging").iterdir()) == []
    assert statistics.median(many.status_s) < 1.0
