"""A whole build from a sentence, cold and warm, against its checks run by hand one after another.

    python benchmarks/build.py [--rounds N] [--sentence TEXT]

Cold: our cache directory is empty (environments, downloads, type checker's state); warm: the same
request again into another directory. By hand: `uv sync`, ruff, mypy, bandit and pytest on the
project that came out, bare, with uv's own warm cache. Nothing is asserted: the goal is a warm build
in under 60 s on two cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
SENTENCE = "Create a REST API in Python for a todo app with authentication"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sentence", default=SENTENCE)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="build-benchmark-") as name:
        root = Path(name)
        cold = build(root, arguments.sentence, "cold")
        warm = [build(root, arguments.sentence, f"warm-{i}") for i in range(arguments.rounds)]
        hand = [by_hand(root / f"warm-{i}", root / f"env-{i}") for i in range(arguments.rounds)]
    baseline = statistics.median(hand)
    print(f"{'':24}{'seconds':>10}{'ratio':>8}")
    print(f"{'checks by hand':24}{baseline:10.1f}{1:8.2f}")
    print(f"{'whole build, cold':24}{cold:10.1f}{cold / baseline:8.2f}")
    median = statistics.median(warm)
    print(f"{'whole build, warm':24}{median:10.1f}{median / baseline:8.2f}")
    print(f"warm builds: {', '.join(f'{seconds:.1f}' for seconds in warm)}")


def build(root: Path, sentence: str, name: str) -> float:
    """Seconds of one `autonomous-coder build`, as a process, into a new directory."""
    environment = {
        **os.environ,
        "AUTONOMOUS_CODER_DATA_DIR": str(root / "state"),
        "AUTONOMOUS_CODER_CACHE_DIR": str(root / "cache"),
    }
    command = [sys.executable, "-m", "autonomous_coder", "build", sentence]
    return timed([*command, "--output", str(root / name)], root, environment)


def by_hand(project: Path, place: Path) -> float:
    """Seconds of the same checks without a sandbox and without what we keep."""
    environment = {
        **{k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"},
        "UV_PROJECT_ENVIRONMENT": str(place),
        "UV_PYTHON": sys.executable,
    }
    tool = {name: str(SCRIPTS / name) for name in ("uv", "ruff", "bandit")}
    commands = [
        [tool["uv"], "sync", "--locked", "--quiet"],
        [tool["ruff"], "check", "--no-cache", "--quiet", "."],
        [tool["ruff"], "format", "--no-cache", "--check", "--quiet", "."],
        [str(place / "bin" / "mypy"), "--strict", "--cache-dir", str(place / "types"), "."],
        [tool["bandit"], "-q", "-ll", "-r", "app"],
        [str(place / "bin" / "pytest"), "-q"],
    ]
    return sum(timed(command, project, environment) for command in commands)


def timed(command: list[str], directory: Path, environment: dict[str, str]) -> float:
    """Seconds of one command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
