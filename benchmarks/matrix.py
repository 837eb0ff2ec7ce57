"""The matrix: every language and archetype, features in pairs, specs from none to twelve entities.

    python benchmarks/matrix.py [--language L] [--archetype A] [--spec S] [--whole] [--jobs N]
                                [--keep DIR] [--results FILE [--report FILE]]

Each row is a whole build by the program itself: versions looked up, rendered, locked, installed
from the registries, built, type-checked, linted, tested and started in the sandbox. A row is green
when every check that applies passed and every test that the render promises was seen to pass.
Features are switched in pairs: each two of them occur together, apart, and neither, with each
spec; `--whole` does so for every spec of its own. Rows of all cells take turns, the one with the
most features first; `--jobs` builds some at a time. `--keep` leaves the projects to be read.
`--results` remembers rows by the text of what was rendered: one that was green is not built again
while its text is the same, so that a long run can be stopped and go on. `--report` writes the
table of all remembered rows that are still made as they were.
Prints a Markdown table and what was wrong; ends with 1 when a row is not green.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import anyio
from matrix_plan import Cell, Row, cells, features_of, plan, spec_of
from matrix_report import HEAD, line, named, report
from matrix_specs import SPECS

from autonomous_coder import AutonomousCoder
from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import CoderError
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import ProjectSpec


def main() -> None:
    """Build every row and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", action="append")
    parser.add_argument("--archetype", action="append")
    parser.add_argument("--spec", action="append", choices=sorted(SPECS))
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    results = _read(arguments.results)
    rows = list(_rows(arguments))
    if arguments.report:
        asked = [(told(cell, row), digest) for cell, row, digest in rows]
        arguments.report.write_text(report(asked, results))
        return
    known = {found["digest"]: found for found in results}
    print(HEAD)
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="matrix-") as name:
        root = arguments.keep or Path(name)
        waiting: list[tuple[Cell, Row, str]] = []
        for cell, row, digest in _in_turn(rows):
            found = known.get(digest)
            if found is None or found["wrong"]:
                waiting.append((cell, row, digest))
            else:
                print(line(found), flush=True)
        # A process for each row: what it holds goes with it.
        processes = ProcessPoolExecutor(arguments.jobs, get_context("spawn"), max_tasks_per_child=1)
        with processes:
            started = [processes.submit(_built, root, *asked) for asked in waiting]
            for done in as_completed(started):
                found = done.result()
                _remember(arguments.results, found)
                print(line(found), flush=True)
                if found["wrong"]:
                    failures.append(f"{named(found)}: {found['wrong']}")
    print(f"\n{len(rows) - len(failures)} of {len(rows)} rows are green.")
    for failure in failures:
        print(f"\n{failure}")
    sys.exit(1 if failures else 0)


def _rows(arguments: argparse.Namespace) -> Iterator[tuple[Cell, Row, str]]:
    """The rows that are asked for, each with what tells it from others."""
    specs: Sequence[str] = arguments.spec or list(SPECS)
    for cell in cells():
        if cell.language not in (arguments.language or [cell.language]):
            continue
        if cell.archetype not in (arguments.archetype or [cell.archetype]):
            continue
        for row in plan(specs, cell, whole=arguments.whole):
            yield cell, row, anyio.run(_digest, spec_of(cell, row))


def _in_turn(rows: Sequence[tuple[Cell, Row, str]]) -> Iterator[tuple[Cell, Row, str]]:
    """Rows of all cells in turn, so that a run that is stopped has seen something of each."""
    by_cell: dict[tuple[str, str], list[tuple[Cell, Row, str]]] = {}
    for asked in rows:
        by_cell.setdefault((asked[0].language, asked[0].name), []).append(asked)
    for found in by_cell.values():
        found.sort(key=lambda asked: -len(features_of(asked[1])))
    for turn in zip_longest(*by_cell.values()):
        yield from filter(None, turn)


def _built(root: Path, cell: Cell, row: Row, digest: str) -> dict[str, Any]:
    """One row, built in a place of its own."""
    place = root / f"{cell.language}-{cell.archetype}-{digest[:12]}"
    shutil.rmtree(place, ignore_errors=True)
    return {"digest": digest, **build(cell, row, place, root / "state")}


async def _digest(spec: Mapping[str, Any]) -> str:
    """Of the files that are rendered, before versions are looked up."""

    async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
        return files

    engine = GeneratorEngine(data_roots().templates, dict(PACKS), leave)
    digest = hashlib.sha256()
    try:
        render = await engine.render(ProjectSpec.model_validate(spec), None)
    except CoderError as error:
        return f"refused: {error}"
    for file in sorted(render.files, key=lambda file: file.path):
        digest.update(f"{file.path}\0{file.content}\0".encode())
    return digest.hexdigest()


def build(cell: Cell, row: Row, place: Path, state: Path) -> dict[str, Any]:
    """Build one row; `wrong` is empty where it is green."""
    coder = AutonomousCoder(
        paths={"data_dir": str(state / "data"), "cache_dir": str(state / "cache")}
    )
    started = time.perf_counter()
    wrong, checks, tests = "", "", 0
    try:
        result = coder.build("", spec=spec_of(cell, row), output_path=place)
        passed = [c.name for c in result.checks if c.status == "passed"]
        applied = [c for c in result.checks if c.status in ("passed", "failed", "infrastructure")]
        checks, tests = f"{len(passed)}/{len(applied)}", result.metrics.tests
        if not result.success:
            said = [f"{c.name}: {c.status} {c.summary}" for c in applied if c.name not in passed]
            said += [
                f"{e.tool} {e.code}: {e.message} ({e.path}:{e.line})" for e in result.errors[:5]
            ]
            wrong = "; ".join(said) or "; ".join(result.warnings[:5]) or "not told"
    except CoderError as error:
        wrong = str(error)
    chosen = features_of(row) + ([f"API in {row['api']}"] if row.get("api") else [])
    return {
        "cell": [cell.language, cell.name, row["spec"], ", ".join(chosen) or "none"],
        "checks": checks,
        "tests": tests,
        "seconds": round(time.perf_counter() - started),
        "wrong": wrong,
    }


def told(cell: Cell, row: Row) -> list[str]:
    """A row as the table names it."""
    chosen = features_of(row) + ([f"API in {row['api']}"] if row.get("api") else [])
    return [cell.language, cell.archetype, row["spec"], ", ".join(chosen) or "none"]


def _read(results: Path | None) -> list[dict[str, Any]]:
    """Remembered rows, the newest last."""
    if results is None or not results.exists():
        return []
    return [json.loads(text) for text in results.read_text().splitlines()]


def _remember(results: Path | None, found: Mapping[str, Any]) -> None:
    if results is not None:
        with results.open("a") as file:
            file.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
