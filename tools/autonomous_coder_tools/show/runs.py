"""Runs: where one stands, and its result once it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autonomous_coder_tools.reply import View
from autonomous_coder_tools.show.building import show_build
from autonomous_coder_tools.show.planning import show_generated, show_plan
from autonomous_coder_tools.show.report import show_report
from autonomous_coder_tools.show.researching import show_research
from autonomous_coder_tools.show.validation import show_fix

if TYPE_CHECKING:
    from autonomous_coder.models.runs import Run

Renderer = Callable[..., View]

RENDERERS: dict[str, Renderer] = {
    "research": show_research,
    "plan": show_plan,
    "generate": show_generated,
    "validate": show_report,
    "fix": show_fix,
    "build": show_build,
}
"""By kind of run."""

_RESUME = "resume with run_id"


def run_view(run: Run, *, offset: int = 0, limit: int = 50) -> View:
    """The result of a finished run, or where it stands, or why it stopped."""
    status = run.status.value
    if status == "succeeded" and run.result is not None:
        view = RENDERERS[run.kind.value](run.result, offset=offset, limit=limit)
        view.data = {**run_facts(run), **view.data}
        return view
    if status == "running":
        return _under_way(run)
    return _stopped(run)


def run_facts(run: Run) -> dict[str, Any]:
    """What every answer about a run holds."""
    facts: dict[str, Any] = {
        "run_id": run.run_id,
        "kind": run.kind.value,
        "status": run.status.value,
        "percentage": run.percentage,
        "current_task": run.current_task,
    }
    if run.project_id:
        facts["project_id"] = run.project_id
    return facts


def _steps(run: Run) -> list[dict[str, Any]]:
    return [
        step.model_dump(
            mode="json", include={"name", "status", "duration_s", "summary", "checkpoint_id"}
        )
        for step in run.steps
    ]


def _step_lines(run: Run) -> list[str]:
    return [f"- {s.name}: {s.status.value} {s.summary}".rstrip() for s in run.steps]


def _under_way(run: Run) -> View:
    lines = [
        f"The {run.kind.value} run {run.run_id} is under way: {run.percentage:.0f} %, "
        f"{run.current_task or 'starting'}.",
        *_step_lines(run),
    ]
    data = {**run_facts(run), "steps": _steps(run)}
    return View(lines, data, f"Call status with run_id='{run.run_id}', wait_seconds=45.")


def _stopped(run: Run) -> View:
    kind, status = run.kind.value, run.status.value
    message = run.error or "It stopped without a result."
    lines = [
        f"The {kind} run {run.run_id} {_WORDS.get(status, status)}: {message}",
        *_step_lines(run),
    ]
    data = {
        **run_facts(run),
        "steps": _steps(run),
        "error": message,
        "error_code": run.error_code or status,
    }
    hint = "" if _RESUME in run.hint else run.hint
    again = (
        f"Call build with run_id='{run.run_id}' to go on where it stopped."
        if kind == "build"
        else f"Call {kind} again."
    )
    return View(lines, data, f"{hint} {again}".strip(), failed=status == "failed")


_WORDS = {"failed": "failed", "cancelled": "was cancelled", "interrupted": "was interrupted"}
