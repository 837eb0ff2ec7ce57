"""Where our own tools are on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from autonomous_coder.errors import ToolchainMissingError

BUNDLED = ("ruff", "mypy", "bandit", "uv")


def find_tool(name: str) -> Path:
    """The absolute path of a tool of our own environment, else of PATH.

    Raises:
        ToolchainMissingError: it is in neither; the hint holds the command that installs it.
    """
    scripts = "Scripts" if os.name == "nt" else "bin"
    for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix)):
        candidate = Path(prefix) / scripts / name
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    command = f"{sys.executable} -m pip install {name}"
    if name in BUNDLED:
        command = f"{sys.executable} -m pip install --force-reinstall autonomous-coder"
    raise ToolchainMissingError(
        f"The tool {name} is not installed.", hint=f"Install it: `{command}`."
    )
