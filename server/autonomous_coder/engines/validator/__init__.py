"""The verdict on a project: what was checked, on which files, how contained, and what was not."""

from __future__ import annotations

from autonomous_coder.engines.validator.engine import Advisories, ValidatorEngine
from autonomous_coder.engines.validator.sarif import to_sarif

__all__ = ["Advisories", "ValidatorEngine", "to_sarif"]
