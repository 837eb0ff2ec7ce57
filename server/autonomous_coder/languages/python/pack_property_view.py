"""What the templates of property tests read of a field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A field: values that it takes, and values that it refuses (empty for none)."""

    name: str
    taken: str
    refused: str
