"""When the newest versions do not pass: step back towards those that were tested, and say so.

The first rungs each keep one package on the line it was tested on, what the findings name first;
the last one takes all of them back to the very versions. The first that passes is kept; when none
does, the newest are put back, because then the versions are not what is wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from autonomous_coder.engines.research.resolving.stepping import Step
from autonomous_coder.errors import CoderError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.validation import CheckStatus, ValidationReport

MAX_SINGLE = 3
"""Rungs of one package each; every rung validates the whole project."""
Attempt = Callable[[ProjectSpec], Awaitable[ValidationReport]]
"""Writes and validates the project as a spec says; CoderError when that cannot be done."""


async def step_back(
    spec: ProjectSpec, report: ValidationReport, steps: Sequence[Step], attempt: Attempt
) -> tuple[ValidationReport, str]:
    """(the report of what stands now, what was done in words, empty when there was no step)."""
    open_steps = [step for step in steps if step.package not in spec.holds]
    if not open_steps:
        return report, ""
    said = _said(report)
    open_steps.sort(key=lambda step: step.package.lower() not in said)
    failed = [check.name for check in report.checks if check.status is CheckStatus.FAILED]
    rungs = [[(step, step.range)] for step in open_steps[:MAX_SINGLE]]
    rungs.append([(step, step.exactly) for step in open_steps])
    tried = 0
    for rung in rungs:
        held = _held(spec, rung, failed)
        try:
            found = await attempt(held)
        except CoderError:
            # Nothing fits these holds, or the network went away: the newest are put back below.
            continue
        tried += 1
        if found.passed:
            kept = ", ".join(f"{step.package} {range_}" for step, range_ in rung)
            return found, f"stepped back to {kept}"
    if not tried:
        return await attempt(spec), ""
    names = ", ".join(f"{step.package} {step.tested}" for step in open_steps)
    note = f"Older versions ({names}) were tried, too, and did not help: the newest are used."
    told = spec.model_copy(update={"assumptions": [*spec.assumptions, note[:500]][:100]})
    return await attempt(told), "older versions did not help"


def _held(
    spec: ProjectSpec, rung: Sequence[tuple[Step, str]], failed: Sequence[str]
) -> ProjectSpec:
    notes = [
        f"{step.package} is kept at {range_} (spec.holds): with {step.newest}, the newest, "
        f"{', '.join(failed[:5])} failed; {step.tested} is what this was last seen working with."
        for step, range_ in rung
    ]
    return spec.model_copy(
        update={
            "holds": {**spec.holds, **{step.package: range_ for step, range_ in rung}},
            "assumptions": [*spec.assumptions, *(note[:500] for note in notes)][:100],
        }
    )


def _said(report: ValidationReport) -> str:
    """What the findings and the reasons of failed checks say, in small letters."""
    texts = [check.reason for check in report.checks if check.status is CheckStatus.FAILED]
    texts += [diagnostic.message for diagnostic in report.diagnostics()]
    return "\n".join(texts).lower()
