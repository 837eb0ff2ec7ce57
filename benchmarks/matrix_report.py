"""The report of the matrix: which rows were built, from which text, and how they ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matrix_specs import HELD_OUT, SPECS

Found = Mapping[str, Any]

HEAD = """\
| language | archetype | spec | features | checks | tests | seconds | verdict |
|---|---|---|---|---|---|---|---|"""
INTRODUCTION = """\
# Generation report

`python benchmarks/matrix.py --results benchmarks/matrix-results.jsonl --report \
docs/generation-report.md`: whole builds by \
the program itself (versions looked up, rendered, locked, installed from the registries, built, \
type-checked, linted, tested, started in the sandbox). For each language and archetype, features \
are switched in pairs, with every spec: each two of them occur together, apart, and neither. A row \
is green when every check that applies passed and every test that the render promises was seen to \
pass. November 2026, two cores shared with other work; seconds depend on what was installed before.

Specs: {shown}; held out: {held}. The latter were not looked at while templates were written; what \
they found was mended, and their rows built again.

A row is known by the text that is rendered for it. `green before` was green with an earlier text, \
and has not been built again since templates changed; rows that were never built whole are counted \
and not listed. CI renders every cell with its features in pairs, and reads every file.
"""


def named(found: Found) -> str:
    """The cell, spec and features of a row."""
    return " | ".join(found["cell"])


def line(found: Found, verdict: str = "") -> str:
    """A row of the table."""
    ended = verdict or ("FAILED" if found["wrong"] else "green")
    measured = f"{found['checks']} | {found['tests']} | {found['seconds']}"
    return f"| {named(found)} | {measured} | {ended} |"


def report(rows: Sequence[tuple[list[str], str]], results: Iterable[Found]) -> str:
    """The table of all rows, given as cell and digest, with what is remembered of them."""
    by_digest: dict[str, Found] = {}
    by_cell: dict[tuple[str, ...], Found] = {}
    for found in results:
        by_digest[found["digest"]] = found
        by_cell[*found["cell"]] = found
    told: list[tuple[list[str], str, str]] = []
    failures: list[str] = []
    for cell, digest in rows:
        now, before = by_digest.get(digest), by_cell.get((*cell,))
        if now is not None:
            failures += [f"- {named(now)}: {now['wrong']}"] if now["wrong"] else []
            told.append((cell, "FAILED" if now["wrong"] else "green", line({**now, "cell": cell})))
        elif before is not None and not before["wrong"]:
            told.append((cell, "green before", line(before, "green before")))
        else:
            told.append((cell, "not built", ""))
    held = " and ".join(f"`{name}` ({_size(name)})" for name in HELD_OUT)
    shown = ", ".join(f"`{name}` ({_size(name)})" for name in SPECS if name not in HELD_OUT)
    return "\n".join(
        [
            INTRODUCTION.format(shown=shown, held=held),
            "| rows | all | green | green before | failed | not built |",
            "|---|---|---|---|---|---|",
            _counted("all", told),
            _counted("held out", [row for row in told if row[0][2] in HELD_OUT]),
            "",
            HEAD,
            *(text for _, _, text in told if text),
            "",
            *(["What was wrong:", "", *failures, ""] if failures else []),
        ]
    )


def _size(name: str) -> str:
    number = len(SPECS[name])
    return f"{number} entities" if number else "no entities"


def _counted(what: str, told: Sequence[tuple[list[str], str, str]]) -> str:
    verdicts = [verdict for _, verdict, _ in told]
    kinds = ("green", "green before", "FAILED", "not built")
    return f"| {what} | {len(told)} | {' | '.join(str(verdicts.count(kind)) for kind in kinds)} |"
