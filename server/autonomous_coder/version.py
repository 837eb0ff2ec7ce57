"""The version of the installed distribution."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("autonomous-coder")
except PackageNotFoundError:
    VERSION = "0+unknown"
