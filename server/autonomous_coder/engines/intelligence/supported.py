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

    of_kinds: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """Kind of software -> language -> features, where that is known so exactly."""

    variants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Frameworks that are used where they are asked for -> the features that there are then."""

    def having(self, kind: str) -> Mapping[str, frozenset[str]]:
        """Language -> the features that this kind of software can have in it."""
        return {**self.features, **self.of_kinds.get(kind, {})}

    def without(self, wanted: list[str], kind: str) -> dict[str, list[str]]:
        """Language -> which of the features it lacks while another language has them."""
        having = self.having(kind)
        anywhere: frozenset[str] = frozenset().union(*having.values())
        lacks = {
            language: [name for name in wanted if name in anywhere and name not in has]
            for language, has in having.items()
        }
        return {language: names for language, names in lacks.items() if names}

    def known_features(self) -> frozenset[str]:
        """Every feature that some kind of software can have in some language."""
        kinds = (has for languages in self.of_kinds.values() for has in languages.values())
        return frozenset().union(*self.features.values(), *kinds, *self.variants.values())
