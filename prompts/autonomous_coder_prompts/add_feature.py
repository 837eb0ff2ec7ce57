"""The `add_feature` prompt."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder_prompts.spec import Argument, PromptSpec

ADD_FEATURE = PromptSpec(
    name="add_feature",
    title="Add a feature",
    description="Extend a project made here; edits made by hand are kept.",
    arguments=(
        Argument("project_id", "Id of the project, from plan, build or status."),
        Argument("feature", "What is to be added, in your own words."),
    ),
    text=Path(__file__).with_suffix(".md"),
)
