"""Which prompts there are, in their fixed order."""

from __future__ import annotations

from autonomous_coder_prompts.add_feature import ADD_FEATURE
from autonomous_coder_prompts.build_project import BUILD_PROJECT
from autonomous_coder_prompts.repair_project import REPAIR_PROJECT
from autonomous_coder_prompts.spec import PromptSpec

PROMPTS: tuple[PromptSpec, ...] = (BUILD_PROJECT, ADD_FEATURE, REPAIR_PROJECT)
