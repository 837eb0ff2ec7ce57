"""What an existing project is: read from its manifests as data; nothing of it is run."""

from __future__ import annotations

from autonomous_coder.languages.adopting.described import describe
from autonomous_coder.languages.adopting.entities import find_entities

__all__ = ["describe", "find_entities"]
