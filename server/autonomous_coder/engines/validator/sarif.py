"""A report as SARIF 2.1.0, for code hosts and editors. An export: it holds less than the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Edit,
    Severity,
    ValidationReport,
)

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MAX_RESULTS = 5_000
ROOT = "%SRCROOT%"
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_URL = re.compile(r"https?://[A-Za-z0-9.:@-]+(?:/[\w\-.~:/?#\[\]@!$&'()*+,;=%]*)?", re.ASCII)


def to_sarif(report: ValidationReport) -> dict[str, Any]:
    """Our own run with what was not checked, then one run per tool with its findings."""
    found = [(check, d) for check in report.checks for d in check.diagnostics]
    left_out = max(0, len(found) - MAX_RESULTS)
    if left_out:
        found = sorted(found, key=lambda entry: _GRAVITY[entry[1].severity])[:MAX_RESULTS]
    tools: dict[str, list[tuple[CheckResult, Diagnostic]]] = {}
    for check, diagnostic in found:
        tools.setdefault(diagnostic.tool or check.name, []).append((check, diagnostic))
    versions = {check.tool: check.tool_version for check in report.checks if check.tool}
    runs = [_own_run(report, left_out)]
    runs += [_run(report, tool, versions.get(tool, ""), some) for tool, some in tools.items()]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def _own_run(report: ValidationReport, left_out: int) -> dict[str, Any]:
    notes = [
        _note(
            "note" if check.status is CheckStatus.NOT_RUN else "error",
            f"{check.name}: {check.status.value}. {check.reason}".strip(),
        )
        for check in report.checks
        if check.status in (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE)
    ]
    if left_out:
        notes.append(_note("warning", f"{left_out} findings are left out; the report has them."))
    return {
        "tool": {"driver": {"name": "autonomous-coder", "rules": []}},
        "automationDetails": {"id": f"autonomous-coder/{report.language}/"},
        "invocations": [
            {**_invocation(report, report.checks), "toolExecutionNotifications": notes}
        ],
        "properties": {
            **_bound_to(report),
            "passed": report.passed,
            "complete": report.complete,
            "checks": {check.name: check.status.value for check in report.checks},
        },
        "results": [],
    }


def _note(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _invocation(report: ValidationReport, checks: Sequence[CheckResult]) -> dict[str, Any]:
    return {
        "executionSuccessful": all(c.status is not CheckStatus.INFRASTRUCTURE for c in checks),
        "endTimeUtc": report.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _bound_to(report: ValidationReport) -> dict[str, Any]:
    """What the findings speak of."""
    return {
        "reportId": report.report_id,
        "treeHash": report.tree_hash,
        "stale": report.stale,
        "sandboxLevel": report.level.value,
    }


def _run(
    report: ValidationReport,
    tool: str,
    version: str,
    found: Sequence[tuple[CheckResult, Diagnostic]],
) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = {}
    indexes: dict[str, int] = {}
    results = []
    for check, diagnostic in found:
        code = diagnostic.code or "finding"
        rule = rules.setdefault(code, {"id": code})
        if _URL.fullmatch(diagnostic.url):
            rule.setdefault("helpUri", diagnostic.url)
        index = indexes.setdefault(code, len(indexes))
        results.append(_result(check, diagnostic, code, index))
    driver: dict[str, Any] = {"name": tool, "rules": list(rules.values())}
    if version:
        driver["version"] = version
    checks = {id(check): check for check, _ in found}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"autonomous-coder/{report.language}/{tool}/"},
        "invocations": [_invocation(report, list(checks.values()))],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The project's directory."}}},
        "columnKind": "unicodeCodePoints",
        "properties": _bound_to(report),
        "results": results,
    }


def _result(check: CheckResult, diagnostic: Diagnostic, code: str, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message or code},
        "partialFingerprints": {"autonomousCoder/v1": diagnostic.fingerprint or code},
        "properties": {"check": check.name, "informational": check.informational},
    }
    if diagnostic.path:
        place: dict[str, Any] = {"artifactLocation": _artifact(diagnostic.path)}
        region = _region(
            diagnostic.line, diagnostic.column, diagnostic.end_line, diagnostic.end_column
        )
        if region:
            place["region"] = region
        result["locations"] = [{"physicalLocation": place}]
    changes = _changes(diagnostic.edits)
    if changes:
        how = "Safe, says the tool." if diagnostic.safe else "May change what the code does."
        result["fixes"] = [{"description": {"text": how}, "artifactChanges": changes}]
    return result


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="replace"), "uriBaseId": ROOT}


def _region(line: int, column: int, end_line: int, end_column: int) -> dict[str, int]:
    """1-based, the end column is the one after the last character: ours and SARIF's agree."""
    if line < 1:
        return {}
    region = {"startLine": line}
    if column > 0:
        region["startColumn"] = column
    if end_line >= line:
        region["endLine"] = end_line
        if end_column > 0 and (end_line > line or end_column >= max(1, column)):
            region["endColumn"] = end_column
    return region


def _changes(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """One entry a file; an edit without a usable place spoils them all, for halves mend nothing."""
    by_path: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        if min(edit.start_line, edit.start_column, edit.end_line, edit.end_column) < 1:
            return []
        region = _region(edit.start_line, edit.start_column, edit.end_line, edit.end_column)
        if "endColumn" not in region or not edit.path:
            return []
        by_path.setdefault(edit.path, []).append(
            {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        )
    return [
        {"artifactLocation": _artifact(path), "replacements": replacements}
        for path, replacements in by_path.items()
    ]
