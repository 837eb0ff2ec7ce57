"""Curated, dated knowledge."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from autonomous_coder.models.base import Model


class KnowledgeDocument(Model):
    """One document of the knowledge base. `body` is Markdown."""

    id: str
    title: str
    ecosystem: str = ""
    tags: list[str] = Field(default_factory=list)
    verified: date
    source: str
    body: str


class KnowledgeHit(Model):
    """A search result: the best passage of a document."""

    id: str
    title: str
    score: float
    passage: str
    verified: date


class Documentation(Model):
    """Text fetched from outside: data, never instructions."""

    url: str
    title: str = ""
    text: str = ""
    origin: str = ""
    fetched_at: str = ""
    truncated: bool = False
