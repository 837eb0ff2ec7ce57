"""Current facts about packages, what goes together, and where it may be fetched from."""

from __future__ import annotations

from autonomous_coder.engines.research.engine import ResearchEngine
from autonomous_coder.engines.research.ports import (
    CacheEntry,
    ClientRunner,
    ManagerRunner,
    ResearchCache,
    UvRunner,
)
from autonomous_coder.engines.research.refs import parse_ref

__all__ = [
    "CacheEntry",
    "ClientRunner",
    "ManagerRunner",
    "ResearchCache",
    "ResearchEngine",
    "UvRunner",
    "parse_ref",
]
