"""A report as JUnit XML, which every CI service shows: one suite a check.

Written with the standard library: it escapes what XML must, and a writer of a hundred lines is
no reason for another dependency. Only what XML 1.0 cannot hold at all is replaced here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from xml.etree import ElementTree as ET

from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)

TESTS = "tests"
MAX_LINES = 200
"""Findings listed in the text of one case."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLON = re.compile(": ")
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def to_junit(report: ValidationReport) -> str:
    """The report as a JUnit XML document: not run is skipped, infrastructure is an error."""
    root = ET.Element("testsuites", name="autonomous-coder", time=_seconds(report.duration_s))
    for number, check in enumerate(report.checks):
        root.append(_suite(report, check, number))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: ValidationReport, check: CheckResult, number: int) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=_text(check.name),
        id=str(number),
        time=_seconds(check.duration_s),
        timestamp=report.created_at.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _facts(report, check):
        ET.SubElement(properties, "property", name=name, value=_text(value))
    suite.extend(_cases(report, check))
    suite.set("tests", str(len(suite.findall("testcase"))))
    for count, tag in _COUNTED.items():
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _facts(report: ValidationReport, check: CheckResult) -> Iterable[tuple[str, str]]:
    yield "title", check.title
    yield "tool", f"{check.tool} {check.tool_version}".strip()
    yield "level", check.level.value if check.level else ""
    yield "informational", str(check.informational).lower()
    yield "tree_hash", report.tree_hash
    yield "stale", str(report.stale).lower()


def _cases(report: ValidationReport, check: CheckResult) -> list[ET.Element]:
    group = f"{report.language or 'project'}.{check.name}"
    if check.status is CheckStatus.NOT_RUN:
        case = _case(group, check.name)
        ET.SubElement(case, "skipped", message=_text(check.reason))
        return [case]
    if check.status is CheckStatus.INFRASTRUCTURE:
        case = _case(group, check.name)
        error = ET.SubElement(case, "error", message=_text(check.reason), type=check.status.value)
        error.text = _listed(check.diagnostics)
        return [case]
    rest: Sequence[Diagnostic] = check.diagnostics
    cases: list[ET.Element] = []
    if check.base == TESTS:
        cases, rest = _tests(group, check)
    cases += _files(group, check, rest)
    failing = any(case.find("failure") is not None for case in cases)
    if not cases or (check.status is CheckStatus.FAILED and not failing):
        case = _case(group, check.name)
        if check.status is CheckStatus.FAILED:
            _fail(case, check.reason or "The check failed.", check.name, [])
        cases.insert(0, case)
    return cases


def _tests(group: str, check: CheckResult) -> tuple[list[ET.Element], list[Diagnostic]]:
    """A case for each test that is known by name, and the findings that name none of them."""
    cases = [_test(test) for test in check.passed_tests]
    unlisted = check.tests_passed - len(check.passed_tests)
    if unlisted > 0:
        cases.append(_case(group, f"{unlisted} more tests passed"))
    rest: list[Diagnostic] = []
    by_test: dict[str, list[Diagnostic]] = {}
    known = set(check.failed_tests)
    for diagnostic in check.diagnostics:
        test = _named(diagnostic.message, known)
        if test:
            by_test.setdefault(test, []).append(diagnostic)
        else:
            rest.append(diagnostic)
    for test in check.failed_tests:
        case = _test(test)
        found = by_test.get(test, [])
        _fail(case, found[0].message if found else "The test failed.", "test-failed", found)
        cases.append(case)
    for test in check.skipped_tests:
        case = _test(test)
        ET.SubElement(case, "skipped")
        cases.append(case)
    unlisted = check.tests_skipped - len(check.skipped_tests)
    if unlisted > 0:
        case = _case(group, f"{unlisted} more tests skipped")
        ET.SubElement(case, "skipped")
        cases.append(case)
    return cases, rest


def _named(message: str, known: Collection[str]) -> str:
    """The test whose id and a colon begin a message; ids may hold colons themselves."""
    for colon in islice(_COLON.finditer(message), 8):
        if message[: colon.start()] in known:
            return message[: colon.start()]
    return message if message in known else ""


def _files(group: str, check: CheckResult, found: Sequence[Diagnostic]) -> list[ET.Element]:
    """A case for each file with findings; those that do not fail the check are only printed."""
    by_path: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        by_path.setdefault(diagnostic.path, []).append(diagnostic)
    cases = []
    for path, some in by_path.items():
        case = _case(group, path or check.name)
        failing = check.status is CheckStatus.FAILED and not check.informational
        grave = [d for d in some if failing and d.severity is not Severity.INFO]
        if grave:
            _fail(case, grave[0].message, grave[0].code or check.name, grave)
        told = [d for d in some if not grave or d.severity is Severity.INFO]
        if told:
            ET.SubElement(case, "system-out").text = _listed(told)
        cases.append(case)
    return cases


def _fail(case: ET.Element, message: str, kind: str, found: Sequence[Diagnostic]) -> None:
    failure = ET.SubElement(case, "failure", message=_text(message), type=_text(kind))
    failure.text = _listed(found)


def _test(test: str) -> ET.Element:
    """`tests/test_a.py::TestA::test_b` as the case `test_b` of the class `tests.test_a.TestA`."""
    path, _, name = test.partition("::")
    *outer, last = name.split("::") if name else [path]
    file = path.rsplit(".", 1)[0].replace("/", ".")
    return _case(".".join([file, *outer]), last)


def _case(group: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_text(group), name=_text(name))


def _listed(found: Sequence[Diagnostic]) -> str:
    lines = [
        f"{d.path or d.tool}:{d.line}:{d.column}: {d.severity.value} {d.code}: {d.message}"
        for d in found[:MAX_LINES]
    ]
    if len(found) > MAX_LINES:
        lines.append(f"and {len(found) - MAX_LINES} more")
    return _text("\n".join(lines))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _seconds(seconds: float) -> str:
    return f"{max(0.0, seconds):.3f}"
