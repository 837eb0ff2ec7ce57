"""A report as SARIF 2.1.0, for code hosts and editors. An export: it holds less than the report."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MAX_RESULTS = 5_000


def to_sarif(report: ValidationReport) -> dict[str, Any]:
    """One run per tool; checks that did not run appear as notifications of our own run."""
    tools: dict[str, list[tuple[CheckResult, Diagnostic]]] = {}
    for check in report.checks:
        for diagnostic in check.diagnostics:
            tools.setdefault(diagnostic.tool, []).append((check, diagnostic))
    versions = {check.tool: check.tool_version for check in report.checks if check.tool}
    runs = [_own_run(report)]
    left = MAX_RESULTS
    for tool, found in tools.items():
        runs.append(_run(tool, versions.get(tool, ""), found[: max(0, left)]))
        left -= len(found)
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def _own_run(report: ValidationReport) -> dict[str, Any]:
    notes = [
        {
            "level": "note" if check.status is CheckStatus.NOT_RUN else "error",
            "message": {"text": f"{check.name}: {check.status.value}. {check.reason}".strip()},
        }
        for check in report.checks
        if check.status in (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE)
    ]
    return {
        "tool": {"driver": {"name": "autonomous-coder", "rules": []}},
        "automationDetails": {"id": f"autonomous-coder/{report.language}/"},
        "invocations": [
            {
                "executionSuccessful": all(
                    c.status is not CheckStatus.INFRASTRUCTURE for c in report.checks
                ),
                "endTimeUtc": report.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "toolExecutionNotifications": notes,
            }
        ],
        "properties": {
            "passed": report.passed,
            "complete": report.complete,
            "stale": report.stale,
            "treeHash": report.tree_hash,
            "sandboxLevel": report.level.value,
        },
        "results": [],
    }


def _run(tool: str, version: str, found: list[tuple[CheckResult, Diagnostic]]) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = {}
    results = []
    for check, diagnostic in found:
        code = diagnostic.code or "finding"
        if code not in rules:
            rule: dict[str, Any] = {"id": code}
            if diagnostic.url.startswith(("https://", "http://")):
                rule["helpUri"] = diagnostic.url
            rules[code] = rule
        results.append(_result(check, diagnostic, code, list(rules).index(code)))
    driver: dict[str, Any] = {"name": tool, "rules": list(rules.values())}
    if version:
        driver["version"] = version
    return {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}


def _result(check: CheckResult, diagnostic: Diagnostic, code: str, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message or code},
        "partialFingerprints": {"autonomousCoder/v1": diagnostic.fingerprint or code},
        "properties": {"check": check.name},
    }
    if diagnostic.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(diagnostic.path)}}
        if region := _region(diagnostic):
            place["region"] = region
        result["locations"] = [{"physicalLocation": place}]
    return result


def _region(diagnostic: Diagnostic) -> dict[str, int]:
    if diagnostic.line < 1:
        return {}
    region = {"startLine": diagnostic.line}
    if diagnostic.column > 0:
        region["startColumn"] = diagnostic.column
    if diagnostic.end_line >= diagnostic.line:
        region["endLine"] = diagnostic.end_line
        if diagnostic.end_column > 0:
            region["endColumn"] = diagnostic.end_column
    return region
