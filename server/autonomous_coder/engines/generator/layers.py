"""Which layers a spec selects: language pack, archetype, then features in the archetype's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.generator.manifest import LayerManifest, read_manifest
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec


@dataclass(frozen=True, slots=True)
class Layer:
    """A manifest with the folder its templates lie in."""

    folder: Path
    manifest: LayerManifest

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class Selection:
    """The layers of one project, bottom first. `features` are canonical names; `asked` maps each
    name the spec used to the canonical one; `unbuilt` are features no layer provides."""

    layers: tuple[Layer, ...]
    features: frozenset[str]
    asked: Mapping[str, str]
    unbuilt: tuple[str, ...] = ()


class LayerCatalogue:
    """The layers under one root, read on first use: `<language>/<archetype>/<feature>`."""

    def __init__(self, root: Path, languages: tuple[str, ...]) -> None:
        self._root = root
        self._languages = languages
        self._cache: dict[Path, Layer] = {}

    def archetypes(self, language: str) -> tuple[str, ...]:
        """Archetypes of a language, in the order its manifest lists them."""
        if language not in self._languages:
            return ()
        return tuple(self._layer(language).manifest.archetypes)

    def features(self, language: str, archetype: str) -> dict[str, Layer]:
        """Feature layers of an archetype by canonical name."""
        self._check(language, archetype)
        names = self._layer(language, archetype).manifest.features
        return {name: self._layer(language, archetype, "features", name) for name in names}

    def feature_names(self, language: str, archetype: str) -> frozenset[str]:
        """Canonical names of all features, built in or not."""
        available = self.features(language, archetype)
        built_in = _feature_names(self._layer(language, archetype).manifest.provides)
        return frozenset({*available, *built_in})

    def select(self, spec: ProjectSpec) -> Selection:
        """The layers for a spec; UnsupportedError names the nearest thing that works."""
        available = self.features(spec.language, spec.archetype)
        archetype = self._layer(spec.language, spec.archetype)
        built_in = _feature_names(archetype.manifest.provides)
        names = {
            alias: name for name, layer in available.items() for alias in layer.manifest.aliases
        }
        names |= {name: name for name in (*built_in, *available)}
        asked = {name: names[name] for name in spec.features if name in names}
        implied = (name for name, layer in available.items() if _implied(layer.manifest, spec))
        wanted = {*asked.values(), *implied}
        chosen = [layer for name, layer in available.items() if name in wanted]
        _check_fit(chosen, wanted | set(built_in))
        return Selection(
            layers=(self._layer(spec.language), archetype, *chosen),
            features=frozenset(wanted | set(built_in)),
            asked=asked,
            unbuilt=tuple(name for name in spec.features if name not in names),
        )

    def _check(self, language: str, archetype: str) -> None:
        known = self.archetypes(language)
        if not known:
            raise UnsupportedError(
                f"projects in '{language}' cannot be generated yet",
                hint=f"Languages that can: {', '.join(self._languages) or 'none'}.",
            )
        if archetype not in known:
            raise UnsupportedError(
                f"the archetype '{archetype}' cannot be generated in {language} yet",
                hint=f"Archetypes that can: {', '.join(known)}.",
            )

    def _layer(self, *parts: str) -> Layer:
        folder = self._root.joinpath(*parts)
        if folder not in self._cache:
            self._cache[folder] = Layer(folder, read_manifest(folder))
        return self._cache[folder]


def _feature_names(capabilities: list[str]) -> tuple[str, ...]:
    return tuple(
        text.removeprefix("feature:") for text in capabilities if text.startswith("feature:")
    )


def _implied(manifest: LayerManifest, spec: ProjectSpec) -> bool:
    """Whether a feature is there without being named: always, or for a constraint."""
    return manifest.default or any(
        spec.constraints.get(key, "").lower() in values
        for key, values in manifest.constraints.items()
    )


def _check_fit(layers: list[Layer], wanted: set[str]) -> None:
    for layer in layers:
        missing = [name for name in layer.manifest.requires if name not in wanted]
        if missing:
            raise UnsupportedError(
                f"the feature '{layer.name}' needs {', '.join(missing)}",
                hint="Add what it needs to 'features', or leave it out.",
            )
        clashing = [name for name in layer.manifest.conflicts if name in wanted]
        if clashing:
            raise UnsupportedError(
                f"the features '{layer.name}' and {', '.join(clashing)} exclude each other",
                hint="Keep one of them.",
            )
