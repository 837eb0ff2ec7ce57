"""The stacks of data pipelines: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import PARSER, TOOLS, stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PYTHON = (
    ("records", "pydantic", "pydantic", "each row is checked, and its problems told by column"),
    ("excel", "openpyxl", "openpyxl", "workbooks are read and written row by row"),
    PARSER,
)


def python_data_pipeline(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Records that check themselves, and openpyxl."""
    del spec
    return stack((*PYTHON, *TOOLS), resolution, language_reason)
