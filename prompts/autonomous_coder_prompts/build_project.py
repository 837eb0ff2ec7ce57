"""The `build_project` prompt."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder_prompts.spec import Argument, PromptSpec

BUILD_PROJECT = PromptSpec(
    name="build_project",
    title="Build a project",
    description="Build a new project from a description and prove what was built.",
    arguments=(
        Argument("description", "What is to be built, in your own words."),
        Argument(
            "output_path",
            "Absolute path of a new or empty directory.",
            required=False,
            fallback="(not named yet)",
        ),
    ),
    text=Path(__file__).with_suffix(".md"),
)
