"""Understanding: from a sentence, and what the host knows, to a ProjectSpec and its stack."""

from autonomous_coder.engines.intelligence.core import IntelligenceCore, Supported

__all__ = ["IntelligenceCore", "Supported"]
