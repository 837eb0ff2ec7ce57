"""In which order the findings of a report are mended: root causes before their consequences.

A pure function over a report. What it calls a consequence is told apart, never left out: the
link is a guess from places, names and imports, so it orders and explains, and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autonomous_coder.engines.validator.missing_modules import missing_module, shortest_known
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)

CHECK_ORDER = (
    "syntax",
    "dependencies",
    "build",
    "lint",
    "types",
    "tests",
    "start",
    "security",
    "secrets",
    "format",
    "performance",
    "advisories",
)
COMPILING = ("syntax", "build", "types")
"""Checks whose errors in a file make what imports it fail."""
AFFECTED = ("build", "types", "tests", "start")
RUNNING = ("tests", "start")
MAX_IMPORT_STEPS = 3
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_WORD = re.compile(r"[\w./-]+")
_BLOCKED_BY = {
    "dependencies": re.compile(r"dependencies are not installed|could not be installed"),
    "build": re.compile(r"does not build|not been built|was not built"),
    "syntax": re.compile(r"do(?:es)? not (?:compile|parse)|mend the syntax"),
}
"""What the reason of a check that was not run says, by the check whose failure is behind it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, and the check that made it."""

    check: str
    diagnostic: Diagnostic
    decides: bool
    """Whether it is among those that make the verdict what it is."""

    @property
    def base(self) -> str:
        """The check's name without its component."""
        return _base(self.check)


@dataclass(slots=True)
class Mend:
    """One thing to mend: its first finding, equal ones in other places, and what follows from it.

    `blocks` names checks that could not be carried out before this is mended.
    """

    first: Found
    like: list[Found] = field(default_factory=list)
    causes: list[Found] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[Found]:
        """Everything that goes away with it: itself, its like, its consequences."""
        return [self.first, *self.like, *self.causes]


def mending_order(report: ValidationReport) -> list[Mend]:
    """What to mend, the first first; every finding of the report is in exactly one entry."""
    order = _Order(report)
    for check in sorted(report.checks, key=_rank_of_check):
        for found in _first_of_each_file_first(check):
            order.add(found)
    return order.sorted()


def first_to_mend(mends: Iterable[Mend], limit: int) -> list[Mend]:
    """The first entries that decide the verdict."""
    return [mend for mend in mends if mend.first.decides][:limit]


class _Order:
    """Takes findings in the order of the checks; a root is known before its consequences."""

    def __init__(self, report: ValidationReport) -> None:
        self._report = report
        self._mends: list[Mend] = []
        self._alike: dict[tuple[str, str, bool], Mend] = {}
        self._broken: dict[str, Mend] = {}
        self._unparsed: set[str] = set()
        self._missing: dict[str, Mend] = {}
        self._names = {name for d in report.diagnostics() if (name := missing_module(d.message))}
        self._reach: dict[str, list[str]] = {}

    def add(self, found: Found) -> None:
        name = self._missing_name(found)
        mend = self._missing.get(name) if name else None
        cause = mend or self._cause(found)
        if cause is not None:
            same = mend is not None and cause.first.check == found.check
            (cause.like if same else cause.causes).append(found)
        else:
            cause = self._root(found)
            if name:
                self._missing[name] = cause
        self._note_broken(found, cause)

    def _root(self, found: Found) -> Mend:
        key = (found.check, found.diagnostic.fingerprint, found.decides)
        mend = self._alike.get(key) if found.diagnostic.fingerprint else None
        if mend is not None:
            mend.like.append(found)
            return mend
        mend = Mend(found)
        self._mends.append(mend)
        self._alike[key] = mend
        return mend

    def _note_broken(self, found: Found, mend: Mend) -> None:
        d = found.diagnostic
        if d.path and found.base in COMPILING and d.severity is Severity.ERROR:
            self._broken.setdefault(d.path, mend)
            if found.base == "syntax":
                self._unparsed.add(d.path)

    def _missing_name(self, found: Found) -> str:
        name = missing_module(found.diagnostic.message)
        return shortest_known(name, self._names) if name else ""

    def _cause(self, found: Found) -> Mend | None:
        """The earlier entry this one follows from, if any."""
        path, check = found.diagnostic.path, found.base
        if check != "syntax" and path in self._unparsed:
            return self._broken[path]
        if check not in AFFECTED or found.diagnostic.severity is not Severity.ERROR:
            return None
        # A compiler looks through what does not parse; tests and services also need what compiles.
        suspects = self._broken if check in RUNNING else self._unparsed
        if not suspects:
            return None
        if check in RUNNING and path in suspects:
            return self._broken[path]
        for place in (*self._imported(path), *_named_files(found.diagnostic.message)):
            if place in suspects and place != path:
                return self._broken[place]
        if check in RUNNING and not path:
            return self._first_of("syntax") or self._first_of("build")
        return None

    def _imported(self, path: str) -> list[str]:
        """Files that a file imports, directly or through others, the nearest first."""
        if path not in self._reach:
            self._reach[path] = _reachable(path, self._report.imports)
        return self._reach[path]

    def _first_of(self, check: str) -> Mend | None:
        return next((m for m in self._mends if m.first.base == check and m.first.decides), None)

    def sorted(self) -> list[Mend]:
        missing = {id(mend) for mend in self._missing.values()}
        place = {id(mend): n for n, mend in enumerate(self._mends)}

        def key(mend: Mend) -> tuple[int, int, int, int, int]:
            check = "dependencies" if id(mend) in missing else mend.first.check
            return (
                0 if mend.first.decides else 1,
                _rank(check),
                _GRAVITY[mend.first.diagnostic.severity],
                -len(mend.causes),
                place[id(mend)],
            )

        mends = sorted(self._mends, key=key)
        for check in self._report.checks:
            for behind, words in _BLOCKED_BY.items():
                if check.status is CheckStatus.NOT_RUN and words.search(check.reason):
                    first = next((m for m in mends if m.first.base == behind), None)
                    if first is not None and first.first.decides:
                        first.blocks.append(check.name)
        return mends


def _first_of_each_file_first(check: CheckResult) -> list[Found]:
    """The findings of a check: the gravest first, then the first of each file before its later
    ones, then by place."""
    failing = check.status is CheckStatus.FAILED and not check.informational
    seen: set[tuple[str, Severity]] = set()
    keyed = []
    for d in sorted(check.diagnostics, key=lambda d: (d.path, d.line, d.column)):
        again = bool(d.path) and (d.path, d.severity) in seen
        seen.add((d.path, d.severity))
        found = Found(check.name, d, failing and d.severity is not Severity.INFO)
        keyed.append((_GRAVITY[d.severity], again, found))
    keyed.sort(key=lambda entry: entry[:2])
    return [found for _, _, found in keyed]


def _reachable(path: str, imports: Mapping[str, list[str]]) -> list[str]:
    reached: dict[str, None] = {}
    edge = [path]
    for _ in range(MAX_IMPORT_STEPS):
        edge = [f for p in edge for f in imports.get(p, ()) if f not in reached and f != path]
        reached |= dict.fromkeys(edge)
    return list(reached)


def _named_files(message: str) -> list[str]:
    """Words of a message that may be paths of the project."""
    return [w.removeprefix("./").rstrip(".") for w in _WORD.findall(message) if "." in w]


def _base(check: str) -> str:
    return check.partition("@")[0]


def _rank(check: str) -> int:
    check = _base(check)
    return CHECK_ORDER.index(check) if check in CHECK_ORDER else len(CHECK_ORDER)


def _rank_of_check(check: CheckResult) -> int:
    return _rank(check.name)
