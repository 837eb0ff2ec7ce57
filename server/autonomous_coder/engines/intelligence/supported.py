"""What can be generated now, as it is told to the intelligence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Supported:
    """What the generator can make now: language -> archetypes, and the features it knows."""

    archetypes: Mapping[str, frozenset[str]]
    features: frozenset[str]
