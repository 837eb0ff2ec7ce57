"""Many validations at once over HTTP: what is lost, what it costs, who waits how long.

    python benchmarks/load.py [COUNT ...]

Each COUNT (default 100 and 200) is asked of a server process of its own, all at once, from ten MCP
sessions in both protocol eras: tiny Python and JavaScript projects, all different, syntax and
format. Memory is what is resident in the server and everything below it, sampled ten times a
second (shared pages count in each process). The client runs on the same machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from crowd import Crowd, crowd, fault_of

MEGA = 1024**2


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 200])
    counts = parser.parse_args().counts
    found = [measured(count) for count in counts]
    print(f"{'validations at once':34}" + "".join(f"{count:>10}" for count in counts))
    for title, values in rows(counts, found).items():
        print(f"{title:34}" + "".join(f"{value:>10}" for value in values))
    print(f"load of the machine: {', '.join(f'{x:.1f}' for x in os.getloadavg())}")


def measured(count: int) -> Crowd:
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        return anyio.run(crowd, Path(name), count)


def rows(counts: list[int], found: list[Crowd]) -> dict[str, list[str]]:
    """The lines of the table by title."""
    return {
        "lost": [str(count - len(one.answers)) for count, one in zip(counts, found, strict=True)],
        "answers of another project": [str(strange(one)) for one in found],
        "seconds": [f"{one.seconds:.1f}" for one in found],
        "places out of turn, at most": [str(one.farthest_out_of_turn()) for one in found],
        "processes below the server, peak": [str(one.peak.processes) for one in found],
        "processes left": [str(one.left) for one in found],
        "memory of all, peak, MB": [f"{one.peak.tree_bytes / MEGA:.0f}" for one in found],
        "memory of the server, peak, MB": [f"{one.peak.server_bytes / MEGA:.0f}" for one in found],
        "threads of the server, peak": [str(one.peak.threads) for one in found],
        "open files of the server, peak": [str(one.peak.files) for one in found],
        "status meanwhile, median, ms": [
            f"{statistics.median(one.status_s) * 1000:.0f}" for one in found
        ],
        "status meanwhile, longest, ms": [f"{max(one.status_s) * 1000:.0f}" for one in found],
    }


def strange(one: Crowd) -> int:
    """Answers whose findings are not exactly the fault of their own project."""
    return sum(
        {(f["path"], f["line"]) for f in answer["diagnostics"] if f["severity"] == "error"}
        != {fault_of(int(name.removeprefix("project")))}
        for name, answer in one.answers.items()
    )


if __name__ == "__main__":
    main()
