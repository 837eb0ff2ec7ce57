"""The verdict on a project: what was checked, on which files, how contained, and what was not."""

from __future__ import annotations

from autonomous_coder.engines.validator.engine import ValidatorEngine
from autonomous_coder.engines.validator.junit import to_junit
from autonomous_coder.engines.validator.sarif import to_sarif
from autonomous_coder.engines.validator.validation import Advisories

__all__ = ["Advisories", "ValidatorEngine", "to_junit", "to_sarif"]
