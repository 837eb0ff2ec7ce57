"""Autonomous Coder: builds real software from a description and proves what it built.

    from autonomous_coder import AutonomousCoder

    result = AutonomousCoder().build("Create a REST API for a todo app with authentication")

The names below are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autonomous_coder.coder import AutonomousCoder
    from autonomous_coder.models.runs import BuildRequest, BuildResult, Progress

__all__ = ["AutonomousCoder", "BuildRequest", "BuildResult", "Progress"]

_HOMES = {
    "AutonomousCoder": "autonomous_coder.coder",
    "BuildRequest": "autonomous_coder.models.runs",
    "BuildResult": "autonomous_coder.models.runs",
    "Progress": "autonomous_coder.models.runs",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
