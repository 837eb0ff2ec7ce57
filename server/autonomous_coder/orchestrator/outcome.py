"""Puts together what a build says at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from autonomous_coder.models.generation import GenerationResult
from autonomous_coder.models.planning import Plan
from autonomous_coder.models.runs import (
    BuildResult,
    CheckSummary,
    Metrics,
    Project,
    Run,
    SandboxSummary,
)
from autonomous_coder.models.spec import ProjectSpec, Requirement, RequirementStatus
from autonomous_coder.models.technology import Origin, Resolution
from autonomous_coder.models.validation import (
    CheckResult,
    CheckStatus,
    Diagnostic,
    FixReport,
    Severity,
    ValidationReport,
)
from autonomous_coder.orchestrator.requirements import assess

MAX_ERRORS = 20
OF_FILES = frozenset({"syntax", "format", "lint", "types", "security", "secrets"})
"""Checks for which the number of files says what was looked at."""


def build_result(
    project: Project,
    run: Run,
    *,
    spec: ProjectSpec,
    plan: Plan,
    resolution: Resolution | None,
    generation: GenerationResult,
    report: ValidationReport,
    fixes: Sequence[FixReport],
) -> BuildResult:
    """The seed's BuildResult: success is the verdict on the tree as it stands, nothing softer."""
    requirements = assess(spec.requirements, generation.provides, report)
    return BuildResult(
        success=report.passed and report.complete and not report.stale,
        project_path=report.path,
        project_id=project.project_id,
        run_id=run.run_id,
        tech_stack=plan.stack.as_dict(),
        requirements=requirements,
        checks=[_summary(check) for check in report.checks],
        sandbox=SandboxSummary(
            level=report.level.value,
            layers=report.layers,
            missing=[
                f"{m.layer}: {m.reason}" + (f"; {m.remedy}" if m.remedy else "")
                for m in report.missing
            ],
            network=report.network,
        ),
        metrics=_metrics(run, resolution, generation, report, fixes),
        errors=errors_of(report),
        warnings=_warnings(report, resolution, generation, requirements),
        remaining=[excerpt for fix in fixes[-1:] for excerpt in fix.remaining],
        assumptions=list(spec.assumptions),
        questions=[f"{q.question} (assumed: {q.assumed})" for q in spec.questions],
        tree_hash=report.tree_hash,
        start=generation.start,
        test=generation.test,
    )


def errors_of(report: ValidationReport) -> list[Diagnostic]:
    """What failed, at most 20: errors, and then the milder findings that failed a check, so that
    a linter's warnings crowd no error out."""
    milder = [
        finding
        for check in report.checks
        for finding in check.diagnostics
        if check.status is CheckStatus.FAILED and finding.severity is not Severity.ERROR
    ]
    return [*report.diagnostics(Severity.ERROR), *milder][:MAX_ERRORS]


def _summary(check: CheckResult) -> CheckSummary:
    return CheckSummary(
        name=check.name,
        status=check.status.value,
        level=check.level.value if check.level else "",
        duration_s=round(check.duration_s, 2),
        summary=describe_check(check),
        informational=check.informational,
    )


def describe_check(check: CheckResult) -> str:
    """One short line: counts, or the reason."""
    if check.status in (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE):
        return check.reason
    parts = []
    if check.tests_passed or check.tests_failed or check.tests_skipped:
        parts.append(f"{check.tests_passed} tests passed")
        if check.tests_failed:
            parts.append(f"{check.tests_failed} failed")
        if check.tests_skipped:
            parts.append(f"{check.tests_skipped} skipped")
    findings = len(check.diagnostics)
    if findings:
        parts.append(f"{findings} finding{'s' if findings > 1 else ''}")
    elif not parts and check.files and check.name in OF_FILES:
        parts.append(f"{check.files} files")
    if check.reason and check.status is CheckStatus.FAILED:
        parts.append(check.reason)
    return ", ".join(parts)


def _metrics(
    run: Run,
    resolution: Resolution | None,
    generation: GenerationResult,
    report: ValidationReport,
    fixes: Sequence[FixReport],
) -> Metrics:
    direct = [p for p in resolution.pins if p.direct] if resolution else []
    current = [
        p
        for p in direct
        if p.origin in (Origin.LIVE, Origin.CACHED) and (not p.newest or p.newest == p.version)
    ]
    phases = {step.name: step.duration_s for step in run.steps}
    spent = sum(phases.values())
    return Metrics(
        duration_s=round(spent or (datetime.now(UTC) - run.created_at).total_seconds(), 2),
        phases=phases,
        files=report.files,
        lines=sum(change.lines_added for change in generation.changes),
        tests=sum(check.tests_passed for check in report.checks if check.base == "tests"),
        dependencies=len(direct),
        dependencies_current=len(current),
        fixes=sum(attempt.kept for fix in fixes for attempt in fix.attempts),
        attempts=run.attempts,
    )


def _warnings(
    report: ValidationReport,
    resolution: Resolution | None,
    generation: GenerationResult,
    requirements: Sequence[Requirement],
) -> list[str]:
    warnings = ["the files changed while they were checked"] if report.stale else []
    warnings += [
        f"{check.name} was not carried out: {check.reason}"
        for check in report.checks
        if check.status in (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE)
    ]
    if resolution is not None:
        warnings += [
            f"{pin.name} {pin.version} is held back from {pin.newest} by {pin.held_by}"
            for pin in resolution.pins
            if pin.direct and pin.held_by
        ]
        if resolution.origin not in (Origin.LIVE, Origin.CACHED):
            warnings.append(f"versions are {resolution.origin.value}, not looked up live")
        warnings += resolution.notes
    not_built = [r for r in requirements if r.status is RequirementStatus.NOT_BUILT]
    if not_built:
        warnings.append(f"{len(not_built)} of {len(requirements)} requirements are not built")
    warnings += generation.notes
    warnings += [
        f"{d.tool} {d.code}: {d.message} ({d.path}:{d.line})"
        for d in report.diagnostics(Severity.WARNING)[:MAX_ERRORS]
    ]
    return warnings
