"""What can be generated now, as it is told to the intelligence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Supported:
    """What the generator can make now: language -> archetypes, language -> features."""

    archetypes: Mapping[str, frozenset[str]]
    features: Mapping[str, frozenset[str]]
    lacking: Mapping[str, str] = field(default_factory=dict)
    """Languages whose tools this machine lacks, with what is wrong (`needs npm, which ...`): they
    are used where they are asked for, and never by default."""

    def without(self, wanted: list[str]) -> dict[str, list[str]]:
        """Language -> which of the features it lacks while another language has them."""
        anywhere: frozenset[str] = frozenset().union(*self.features.values())
        lacks = {
            language: [name for name in wanted if name in anywhere and name not in has]
            for language, has in self.features.items()
        }
        return {language: names for language, names in lacks.items() if names}
