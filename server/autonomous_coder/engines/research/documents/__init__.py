"""Documentation exact to a version: read, cut into passages, searched."""

from __future__ import annotations

from autonomous_coder.engines.research.documents.answering import Documents

__all__ = ["Documents"]
