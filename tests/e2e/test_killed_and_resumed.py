"""kill -9 in each phase, then the same request again: nothing lost, finished and green."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.models.planning import PHASES

pytestmark = [pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]

SENTENCE = "A notes API in Python where users can log in"
PROGRAM = Path(__file__).with_name("builder_that_dies.py")


def command_line(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "autonomous_coder", *arguments, "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def build(output: Path, phase: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), SENTENCE, str(output), phase],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.thorough
def test_a_build_killed_in_every_phase_in_turn_ends_green_in_one_run(tmp_path: Path) -> None:
    output = tmp_path / "notes"
    for number, phase in enumerate(PHASES):
        killed = build(output, phase.value)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
        (run,) = command_line("status")["runs"]
        assert run["status"] == "interrupted"
        done = [s["name"] for s in run["steps"] if s["status"] == "succeeded"]
        assert done == [p.value for p in PHASES[:number]]

    finished = build(output, "none")
    assert finished.returncode == 0, finished.stderr
    result = json.loads(finished.stdout)
    assert result["success"] is True
    assert result["metrics"]["attempts"] == len(PHASES) + 1
    (run,) = command_line("status")["runs"]
    assert run["run_id"] == result["run_id"]
    assert run["status"] == "succeeded"
    (project,) = command_line("status")["projects"]
    assert project["path"] == str(output)
    leftovers = [p.name for p in tmp_path.iterdir() if p.name.startswith(".notes")]
    assert leftovers == []
