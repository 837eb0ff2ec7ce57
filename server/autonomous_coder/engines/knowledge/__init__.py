"""The knowledge base: curated, dated Markdown documents, found by BM25 over their passages."""

from autonomous_coder.engines.knowledge.base import KnowledgeBase
from autonomous_coder.engines.knowledge.passages import (
    Passage,
    Since,
    parse_document,
    passages,
    prose,
)
from autonomous_coder.engines.knowledge.words import ECOSYSTEMS, tokens

__all__ = [
    "ECOSYSTEMS",
    "KnowledgeBase",
    "Passage",
    "Since",
    "parse_document",
    "passages",
    "prose",
    "tokens",
]
