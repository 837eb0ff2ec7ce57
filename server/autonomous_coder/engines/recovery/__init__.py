"""Mending what validation found: every change is tried on a copy and kept only when it helps."""

from __future__ import annotations

from autonomous_coder.engines.recovery.diagnosis import Diagnosis
from autonomous_coder.engines.recovery.engine import RecoveryEngine

__all__ = ["Diagnosis", "RecoveryEngine"]
