"""Runs inside the sandbox, by a trusted interpreter: starts the package beside it."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
runpy.run_module("serving", run_name="__main__")
