"""Validates the corpus of faulty and correct code and prints a table by language and kind.

    python benchmarks/corpus.py [LANGUAGE...]

Each bundle of tests/corpus becomes one project; dependencies come from the registries your own
clients are configured for. A fault counts as found when a finding names its file and line; a false
alarm is a finding graver than information where nothing is wrong.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from corpus_cases import bundles, false_alarms, missed
from live_validating import live_validator


async def main(languages: list[str]) -> None:
    """Print the table, then what was missed."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        base = Path(name)
        async with live_validator(base, cache=base / "cache") as validator:
            for bundle in bundles():
                if languages and bundle.language not in languages:
                    continue
                root = bundle.write(base / f"{bundle.language}-{bundle.name}")
                report = await validator.validate(root, checks=bundle.checks)
                lost, alarms = missed(bundle, report), false_alarms(bundle, report)
                row = rows[bundle.language, bundle.checks[0] if len(bundle.checks) == 1 else "all"]
                faults = sum(len(case.expect) for case in bundle.cases)
                row[0] += faults
                row[1] += faults - len(lost)
                row[2] += sum(not case.expect for case in bundle.cases)
                row[3] += len(alarms)
                problems += [f"{bundle.language}/{bundle.name}: {p}" for p in (*lost, *alarms)]
    print("| language | checks | faults | found | correct pieces | false alarms |")
    print("|---|---|---|---|---|---|")
    for (language, kind), (faults, found, correct, alarms_n) in sorted(rows.items()):
        print(f"| {language} | {kind} | {faults} | {found} | {correct} | {alarms_n} |")
    totals = [sum(row[i] for row in rows.values()) for i in range(4)]
    print(f"| all | | {totals[0]} | {totals[1]} | {totals[2]} | {totals[3]} |")
    for problem in problems:
        print(problem)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1:])
