"""The `repair_project` prompt."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder_prompts.spec import Argument, PromptSpec

REPAIR_PROJECT = PromptSpec(
    name="repair_project",
    title="Repair a project",
    description="Validate any project directory and mend what is wrong with it.",
    arguments=(Argument("path", "Absolute path of the project."),),
    text=Path(__file__).with_suffix(".md"),
)
