"""One cache of environments and results for a whole test run, over all its workers.

What is kept there is keyed by all it depends on, and that tests may share it is itself something
they show. Tests about an empty cache, or about work that takes its time, bring their own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "AUTONOMOUS_CODER_TESTS_CACHE"


def shared_cache() -> Path:
    """The directory of this run."""
    return Path(os.environ[VARIABLE])


def make() -> bool:
    """Make it, unless a process above has; whether it was made here."""
    if VARIABLE in os.environ:
        return False
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="autonomous-coder-tests-")
    return True


def remove() -> None:
    """Remove it with all it holds."""
    shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)
