"""The stacks of Python programs in windows: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import TOOLS, stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

KEPT = ("data directory", "platformdirs", "platformdirs", "where each system wants data to be")
PLAYED = (
    (
        "window",
        "pygame-ce",
        "pygame-ce",
        "released for new versions of Python and SDL, with types; pygame itself rests. "
        "Its dummy driver plays without a screen",
    ),
)


def python_game(
    _spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """pygame-ce, and nothing else that players would have to wait for."""
    return stack((*PLAYED, KEPT, *TOOLS), resolution, language_reason)
