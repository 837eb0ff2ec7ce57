"""The matrix: every language and archetype, features in pairs, specs from none to twelve entities.

    python benchmarks/matrix.py [--language L] [--archetype A] [--spec S] [--whole] [--keep DIR]

Each row is a whole build by the program itself: versions looked up, rendered, locked, installed
from the registries, built, type-checked, linted, tested and started in the sandbox. A row is green
when every check that applies passed and every test that the render promises was seen to pass.
Features are switched in pairs: each two of them occur together, apart, and neither, with each
spec; `--whole` does so for every spec of its own. `--keep` leaves the projects to be read.
Prints a Markdown table and what was wrong; ends with 1 when a row is not green.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matrix_specs import SPECS

from autonomous_coder import AutonomousCoder
from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.engines.generator.manifest import LayerManifest
from autonomous_coder.errors import CoderError
from autonomous_coder.languages.packs import PACKS

Row = dict[str, Any]
"""Value of each factor: `spec` (a name) and each feature (whether it is asked for)."""


def main() -> None:
    """Build every row and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", action="append")
    parser.add_argument("--archetype", action="append")
    parser.add_argument("--spec", action="append", choices=sorted(SPECS))
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    specs = arguments.spec or list(SPECS)
    failures: list[str] = []
    print("| language | archetype | spec | features | checks | tests | seconds | verdict |")
    print("|---|---|---|---|---|---|---|---|")
    rows = 0
    with tempfile.TemporaryDirectory(prefix="matrix-") as name:
        root = arguments.keep or Path(name)
        for language, archetype, features in cells():
            if language not in (arguments.language or [language]):
                continue
            if archetype not in (arguments.archetype or [archetype]):
                continue
            for number, row in enumerate(plan(specs, features, whole=arguments.whole)):
                rows += 1
                place = root / f"{language}-{archetype}-{number}"
                failures += build(language, archetype, row, place, root / "state")
    print(f"\n{rows - len(failures)} of {rows} rows are green.")
    for failure in failures:
        print(f"\n{failure}")
    sys.exit(1 if failures else 0)


def cells() -> Iterator[tuple[str, str, dict[str, LayerManifest]]]:
    """Each language and archetype with its optional features."""
    catalogue = LayerCatalogue(data_roots().templates, tuple(PACKS))
    for language in PACKS:
        for archetype in catalogue.archetypes(language):
            parts = catalogue.part_features(language, archetype)
            layers = parts | catalogue.features(language, archetype)
            yield language, archetype, {name: layer.manifest for name, layer in layers.items()}


def plan(specs: Sequence[str], features: dict[str, LayerManifest], *, whole: bool) -> list[Row]:
    """Rows in which every pair of values of any two factors occurs, found greedily. Features that
    are always there, or that need or exclude each other, are left as they must be."""
    switches = [name for name, layer in features.items() if not layer.default]
    if whole:
        return [row | {"spec": spec} for spec in specs for row in _covering({}, switches, features)]
    return _covering({"spec": list(specs)}, switches, features)


def _covering(
    factors: dict[str, list[Any]], switches: Sequence[str], features: dict[str, LayerManifest]
) -> list[Row]:
    """Each row begins with a pair that is still missing and takes, factor by factor, the value
    that brings most others."""
    factors = factors | {name: [False, True] for name in switches}
    values = [(name, value) for name, options in factors.items() for value in options]
    pairs = [pair for pair in itertools.combinations(values, 2) if pair[0][0] != pair[1][0]]
    missing = {pair: None for pair in pairs if _closed(dict(pair), features) is not None}
    rows: list[Row] = []
    while missing or not rows:
        row = _closed(dict(next(iter(missing), ())), features) or {}
        for name, options in factors.items():
            if name in row:
                continue
            fitting = [_closed(row | {name: value}, features) for value in options]
            row = max(
                (found for found in fitting if found is not None),
                key=lambda found: len(missing.keys() & _pairs(found, factors)),
            )
        rows.append(row)
        for pair in _pairs(row, factors):
            missing.pop(pair, None)
    return rows


def _closed(row: Row, features: dict[str, LayerManifest]) -> Row | None:
    """The row with what its features need; None where they exclude each other."""
    closed = dict(row)
    waiting = [name for name, value in row.items() if value is True]
    while waiting:
        for need in features[waiting.pop()].requires:
            if closed.get(need) is False:
                return None
            if need not in closed and not features[need].default:
                closed[need] = True
                waiting.append(need)
    chosen = {name for name, value in closed.items() if value is True}
    clashing = any(chosen & set(features[name].conflicts) for name in chosen)
    return None if clashing else closed


def _pairs(row: Row, factors: dict[str, list[Any]]) -> set[tuple[tuple[str, Any], ...]]:
    """Pairs of the values of a row, in the order of the factors."""
    return {*itertools.combinations([(n, row[n]) for n in factors if n in row], 2)}


def build(language: str, archetype: str, row: Row, place: Path, state: Path) -> list[str]:
    """Build one row, print it, and return what was wrong with it."""
    chosen = [name for name, value in row.items() if value is True]
    spec = {
        "name": f"{row['spec']}-{language}",
        "language": language,
        "archetype": archetype,
        "entities": _entities(row["spec"], accounts="accounts" in chosen),
        "features": chosen,
    }
    coder = AutonomousCoder(
        paths={"data_dir": str(state / "data"), "cache_dir": str(state / "cache")}
    )
    started = time.perf_counter()
    wrong, checks, tests = "", "", 0
    try:
        result = coder.build("", spec=spec, output_path=place)
        passed = [c.name for c in result.checks if c.status == "passed"]
        applied = [c for c in result.checks if c.status in ("passed", "failed", "infrastructure")]
        checks, tests = f"{len(passed)}/{len(applied)}", result.metrics.tests
        if not result.success:
            said = [f"{c.name}: {c.status} {c.summary}" for c in applied if c.name not in passed]
            said += [
                f"{e.tool} {e.code}: {e.message} ({e.path}:{e.line})" for e in result.errors[:5]
            ]
            wrong = "; ".join(said) or "; ".join(result.warnings[:5])
    except CoderError as error:
        wrong = f"{error} {error.hint}"
    seconds = time.perf_counter() - started
    cell = f"{language} | {archetype} | {row['spec']} | {', '.join(chosen) or 'none'}"
    print(
        f"| {cell} | {checks} | {tests} | {seconds:.0f} | {'FAILED' if wrong else 'green'} |",
        flush=True,
    )
    return [f"{cell}: {wrong}"] if wrong else []


def _entities(name: str, *, accounts: bool) -> list[Row]:
    """The entities; who may see a row can only be said where there are accounts."""
    return [e if accounts else e | {"access": "open"} for e in SPECS[name]]


if __name__ == "__main__":
    main()
