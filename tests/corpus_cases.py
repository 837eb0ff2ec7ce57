"""The corpus of faulty and correct code: what each bundle holds and what must be found in it.

A bundle is one YAML file `corpus/LANGUAGE/NAME.yaml` and becomes one project, so that many cases
cost one validation:

    checks: [types]             # what is asked for; the first is the default of `expect`
    files: {path: text}         # files all cases share (manifest, lock)
    cases:
      - name: argument-type     # a few words on the fault
        files: {path: text}
        expect: [{check: types, path: app.py, line: 3, code: arg-type}]

A case without `expect` is correct: nothing graver than information may be found in its files.
In `expect`, `check` defaults to the bundle's first check, `path` to the case's first file; `line`
and `code` may be left out where a finding has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from autonomous_coder.models.validation import (
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Fault:
    """What must be found for a case."""

    check: str
    path: str
    line: int = 0
    code: str = ""

    def is_met_by(self, check: str, found: Diagnostic) -> bool:
        return (
            check == self.check
            and found.severity is not Severity.INFO
            and found.path == self.path
            and (not self.line or found.line == self.line)
            and (not self.code or found.code == self.code)
        )


@dataclass(frozen=True)
class Case:
    """One fault, or one piece of correct code when nothing is expected."""

    name: str
    files: dict[str, str]
    expect: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """Cases that are validated together."""

    language: str
    name: str
    checks: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()

    def write(self, root: Path) -> Path:
        """The project of all cases."""
        for files in (self.files, *(case.files for case in self.cases)):
            for name, text in files.items():
                place = root / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        return root


def bundles() -> Iterator[Bundle]:
    """Every bundle of the corpus, by language."""
    for path in sorted(CORPUS.glob("*/*.yaml")):
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        checks = tuple(values["checks"])
        cases = []
        for case in values["cases"]:
            first = next(iter(case["files"]), "")
            expect = tuple(
                Fault(
                    item.get("check", checks[0]),
                    item.get("path", first),
                    item.get("line", 0),
                    item.get("code", ""),
                )
                for item in case.get("expect", ())
            )
            cases.append(Case(case["name"], dict(case["files"]), expect))
        yield Bundle(
            path.parent.name, path.stem, checks, dict(values.get("files", {})), tuple(cases)
        )


def missed(bundle: Bundle, report: ValidationReport) -> list[str]:
    """Faults that were not found, each in words."""
    found = [(check.name, d) for check in report.checks for d in check.diagnostics]
    said = {check.name: f"({check.status.value}: {check.reason})" for check in report.checks}
    return [
        f"{case.name}: no finding of '{fault.check}' at {fault.path}:{fault.line} {fault.code} "
        f"{said.get(fault.check, '(no such check)')}"
        for case in bundle.cases
        for fault in case.expect
        if not any(fault.is_met_by(check, d) for check, d in found)
    ]


def false_alarms(bundle: Bundle, report: ValidationReport) -> list[str]:
    """Findings where nothing is wrong, and checks of a correct bundle that did not pass."""
    faulty = {f.path for case in bundle.cases for f in case.expect}
    faulty |= {p for case in bundle.cases if case.expect for p in case.files}
    alarms = [
        f"{check.name}: {d.code} at {d.path}:{d.line}: {d.message}"
        for check in report.checks
        if not check.informational
        for d in check.diagnostics
        if d.severity is not Severity.INFO
        and d.path not in faulty
        and (d.path or not faulty)
        # A lock holds addresses of a registry, so none is committed.
        and d.code != "no-lock"
    ]
    if not faulty:
        alarms += [
            f"{check.name}: {check.status.value}: {check.reason}"
            for check in report.checks
            if check.name in bundle.checks and check.status is not CheckStatus.PASSED
        ]
    return alarms
