"""Results for people: builds, reports, fixes. The last lines say what counts."""

from __future__ import annotations

import shlex
import shutil
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli.output import bullets, clean, clean_block, columns, heading, say

if TYPE_CHECKING:
    from autonomous_coder.models.runs import BuildResult
    from autonomous_coder.models.spec import Requirement
    from autonomous_coder.models.validation import (
        CheckResult,
        Diagnostic,
        Excerpt,
        FixReport,
        ValidationReport,
    )

MAX_FIRST = 5
MAX_DIAGNOSTICS = 15
MAX_EXCERPTS = 5
MAX_REQUIREMENTS = 60


def build(result: BuildResult) -> None:
    """A build's end: what was assumed, what was checked, and how to go on."""
    bullets("Open questions (answer them in --spec to change the outcome)", result.questions)
    bullets("Assumptions", result.assumptions)
    bullets("Warnings", result.warnings)
    if result.errors:
        heading("Errors")
        diagnostics(result.errors)
    excerpts(result.remaining)
    requirements(result.requirements)
    heading("Checks")
    columns(
        [
            (check.name, check.status, check.level, f"{check.duration_s:.1f} s", check.summary)
            for check in result.checks
        ]
    )
    heading("Verdict")
    _build_verdict(result)


def _build_verdict(result: BuildResult) -> None:
    passed = sum(check.status == "passed" for check in result.checks)
    decisive = [check for check in result.checks if not check.informational]
    failed = [check.name for check in decisive if check.status == "failed"]
    count = {
        status: sum(r.status.value == status for r in result.requirements)
        for status in ("proven", "built", "not_built")
    }
    if result.success and count["proven"] == len(result.requirements):
        verdict = click.style("PROVEN", fg="green", bold=True)
    elif result.success:
        verdict = click.style("GREEN, BUT NOT ALL OF IT IS PROVEN", fg="yellow", bold=True)
    elif failed:
        verdict = click.style("FAILED", fg="red", bold=True)
    else:
        verdict = click.style("NOT PROVEN", fg="yellow", bold=True)
    checks = f"{passed} of {len(result.checks)} checks passed"
    if failed:
        checks += f" (failed: {', '.join(failed)})"
    say(f"  {verdict}: {checks}, {result.metrics.tests} tests passed")
    rows = [
        (
            "requirements",
            f"{count['proven']} proven by tests, {count['built']} built but not proven, "
            f"{count['not_built']} not built",
        ),
        ("sandbox", _sandbox(result.sandbox.level, result.sandbox.missing)),
        *(("missing", missing) for missing in result.sandbox.missing),
        ("network", result.sandbox.network),
    ]
    if result.metrics.dependencies:
        rows.append(
            (
                "dependencies",
                f"{result.metrics.dependencies_current} of {result.metrics.dependencies} direct "
                "ones are the newest release",
            )
        )
    rows += [("time", _seconds(result.metrics.duration_s)), ("project", result.project_path)]
    if result.start:
        rows.append(("start it", _at(result.project_path, result.start)))
    if result.test:
        rows.append(("test it", _at(result.project_path, result.test)))
    columns(rows)


def requirements(items: Sequence[Requirement]) -> None:
    """The table of what was asked for and what was observed of it."""
    if not items:
        return
    heading("Requirements")
    columns(
        [
            (item.id, item.status.value, clean(item.text, 70), _evidence(item.evidence))
            for item in items[:MAX_REQUIREMENTS]
        ]
    )
    if len(items) > MAX_REQUIREMENTS:
        say(f"  … and {len(items) - MAX_REQUIREMENTS} more (--json shows all)")
    if any(item.status.value == "proven" for item in items):
        say("  Proven by tests means: as the project's own process reports.")


def _evidence(evidence: Sequence[str]) -> str:
    from autonomous_coder.orchestrator.requirements import FORGEABLE

    evidence = [entry for entry in evidence if entry != FORGEABLE]
    if not evidence:
        return ""
    more = f" (+{len(evidence) - 1})" if len(evidence) > 1 else ""
    return clean(evidence[0], 90) + more


def report(result: ValidationReport, only: Sequence[str] = ()) -> None:
    """A validation: its checks (those in `only`, if any), their first findings, the verdict."""
    from autonomous_coder.orchestrator.outcome import describe_check

    shown = [check for check in result.checks if not only or check.name in only]
    heading("Checks")
    columns(
        [
            (
                check.name,
                check.status.value,
                check.level.value if check.level else "",
                "cached" if check.cached else f"{check.duration_s:.1f} s",
                describe_check(check),
            )
            for check in shown
        ]
    )
    for check in shown:
        _findings(check)
    _first_to_mend(result)
    heading("Verdict")
    if result.passed:
        verdict = click.style("PASSED", fg="green", bold=True)
        if not result.complete:
            verdict += " (not everything that applies was checked)"
    else:
        verdict = click.style("NOT PASSED", fg="red", bold=True)
    deleted, weakened = result.tests_lost()
    if deleted or weakened:
        lost = f"{deleted} tests were deleted, {weakened} weakened"
        verdict += f"; {lost} since checkpoint {clean(result.baseline)}"
    if result.stale:
        verdict += "; the files have changed since"
    say(f"  {verdict}")
    columns(
        [
            ("sandbox", _sandbox(result.level.value, result.missing)),
            *(("missing", f"{m.layer}: {m.reason}; {m.remedy}") for m in result.missing),
            ("network", result.network),
            ("files", f"{result.files}, tree {result.tree_hash[:16]}"),
            ("time", _seconds(result.duration_s)),
            ("project", result.path),
        ]
    )


def _first_to_mend(result: ValidationReport) -> None:
    """Roots before their consequences, where there is more than one thing to mend."""
    from autonomous_coder.engines.validator.mending_order import first_to_mend, mending_order

    mends = first_to_mend(mending_order(result), MAX_FIRST)
    if len(mends) < 2:
        return
    heading("First to mend, in this order")
    for number, mend in enumerate(mends, 1):
        item = mend.first.diagnostic
        place = f"{item.path}:{item.line}:{item.column}" if item.path else item.tool
        also = f" and {len(mend.like)} more like it" if mend.like else ""
        if mend.causes:
            also += f"; also causes {len(mend.causes)} findings"
        if mend.blocks:
            also += f"; {', '.join(mend.blocks)} wait for it"
        say(f"  {number}. {clean(place)} {clean(item.code)} {clean(item.message, 160)}{also}")


def _findings(check: CheckResult) -> None:
    if not check.diagnostics:
        return
    title = f"{check.name}: {len(check.diagnostics)} finding(s)"
    heading(title + (", for information only" if check.informational else ""))
    diagnostics(check.diagnostics)


def diagnostics(items: Sequence[Diagnostic]) -> None:
    """Findings as `path:line:col code message`, which editors and terminals can jump to."""
    for item in items[:MAX_DIAGNOSTICS]:
        place = f"{item.path}:{item.line}:{item.column}" if item.path else item.tool
        say(f"  {clean(place)} {clean(item.code or item.severity.value)} {clean(item.message)}")
    if len(items) > MAX_DIAGNOSTICS:
        say(f"  … and {len(items) - MAX_DIAGNOSTICS} more (--json shows all)")


def excerpts(items: Sequence[Excerpt]) -> None:
    """What is left to be mended by hand, with the lines around it."""
    if not items:
        return
    heading("Left to mend")
    for item in items[:MAX_EXCERPTS]:
        diagnostics([item.diagnostic])
        for line in clean_block(item.text).splitlines()[:12]:
            say(f"      {line}")
        if item.symbols:
            say(f"    nearby: {clean(', '.join(item.symbols))}")
        if item.tried:
            say(f"    tried: {clean('; '.join(item.tried))}")
    if len(items) > MAX_EXCERPTS:
        say(f"  … and {len(items) - MAX_EXCERPTS} more (--json shows all)")


def fixes(result: FixReport) -> None:
    """What fixing tried and kept, and what is left."""
    if result.attempts:
        heading("Tried")
        columns(
            [
                (
                    "kept" if attempt.kept else "undone",
                    attempt.rule,
                    attempt.description,
                    attempt.reason,
                )
                for attempt in result.attempts
            ]
        )
    if result.diff:
        heading("Changes")
        say(clean_block(result.diff).rstrip())
    excerpts(result.remaining)
    report(result.after)
    say(f"  errors   {result.errors_before} before, {result.errors_after} after")
    if result.checkpoint_id:
        say(f"  undo     autonomous-coder checkpoint restore {clean(result.checkpoint_id)}")


def _sandbox(level: str, missing: Sequence[object]) -> str:
    return f"level {level}" + ("; what is missing:" if missing else ", nothing missing")


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _at(path: str, line: str) -> str:
    """The shell line, to be run from anywhere; with our own uv where PATH has none."""
    if line.startswith("uv ") and shutil.which("uv") is None:
        own = Path(sysconfig.get_path("scripts")) / "uv"
        if own.is_file():
            line = shlex.quote(str(own)) + line.removeprefix("uv")
    return f"cd {shlex.quote(path)} && {line}"
