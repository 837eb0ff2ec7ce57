"""The stacks of Python programs in windows: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_python import CHECKED, STORED, TOOLS, stack
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
WINDOWS = (
    (
        "windows",
        "pyside6",
        "pyside6-essentials",
        "Qt's own bindings, typed and released with each Qt; tests need no screen (offscreen), "
        "only the system's libEGL, libGL and fontconfig. Tk needs a display for its tests, "
        "wxPython has no wheels for Linux, Kivy's last release is of 2024, NiceGUI is a web server",
    ),
)


def python_game(
    _spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """pygame-ce, and nothing else that players would have to wait for."""
    return stack((*PLAYED, KEPT, *TOOLS), resolution, language_reason)


def python_desktop_app(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Qt by PySide6, and SQLAlchemy where something is stored."""
    stored = STORED if spec.entities else ()
    checked = (CHECKED,) if spec.entities or spec.commands else ()
    return stack((*WINDOWS, *checked, *stored, *TOOLS), resolution, language_reason)
