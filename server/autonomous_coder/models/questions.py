"""What a host may ask of research."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from autonomous_coder.models.base import Model

MAX_PACKAGES = 100
MAX_TOPIC_CHARS = 300


class ResearchQuestion(Model):
    """At least one of `packages`, `topic` and `url`.

    With packages the topic is asked of their own documentation. `known` (package -> version) or
    `since` (a day) ask what changed; `joint` asks which versions install together on `runtime`.
    """

    packages: list[str] = Field(default_factory=list)
    """`ecosystem:name[@range]`."""
    topic: str = ""
    url: str = ""
    joint: bool = False
    runtime: str = ""
    """A range for the only ecosystem asked for (`>=3.11`), or `python >=3.11, node 20`."""
    known: dict[str, str] = Field(default_factory=dict)
    since: date | None = None
    minimum_age_days: int | None = Field(default=None, ge=0, le=365)
    """None means the setting's."""
    offline: bool = False
