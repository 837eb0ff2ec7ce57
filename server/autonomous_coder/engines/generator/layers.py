"""Which layers a spec selects: language pack, what the archetype stands on, the archetype, then
features in the archetype's order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.generator.manifest import (
    MANIFEST,
    LayerManifest,
    LayerPart,
    read_manifest,
)
from autonomous_coder.engines.generator.own_layers import OwnLayers
from autonomous_coder.errors import GenerationError, UnsupportedError
from autonomous_coder.models.spec import ProjectSpec

WITHOUT = "without:"
COMMON = "common"
"""The folder of what all languages share: a feature's manifest, or some of its templates."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A manifest with the folder its templates lie in; those that are not there lie in the first
    of `beside` that has them."""

    folder: Path
    manifest: LayerManifest
    beside: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        return self.manifest.name

    def template(self, name: str) -> Path:
        """Where a template of the layer lies."""
        places = [folder / name for folder in (self.folder, *self.beside)]
        return next((place for place in places if place.is_file()), places[0])


@dataclass(frozen=True, slots=True)
class Selection:
    """The layers of one project, bottom first. `features` are canonical names; `asked` maps each
    name the spec used to the canonical one; `unbuilt` are features no layer provides."""

    layers: tuple[Layer, ...]
    features: frozenset[str]
    asked: Mapping[str, str]
    unbuilt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectedPart:
    """A part of a project: what it is as a project of its own, and the features that it leaves to
    the whole."""

    under: str
    spec: ProjectSpec
    without: frozenset[str]


class LayerCatalogue:
    """The layers under one root, read on first use: `<language>/<archetype>/<feature>`."""

    def __init__(
        self, root: Path, languages: tuple[str, ...], own: OwnLayers | None = None
    ) -> None:
        self._root = root
        self._languages = languages
        self._own = own
        self._cache: dict[Path, Layer] = {}

    def archetypes(self, language: str) -> tuple[str, ...]:
        """Archetypes of a language, in the order its manifest lists them."""
        if language not in self._languages:
            return ()
        shipped = tuple(self._layer(language).manifest.archetypes)
        own = self._own.archetypes(language) if self._own else ()
        _check_new(own, shipped, f"archetypes of {language}")
        return (*shipped, *own)

    def features(self, language: str, archetype: str) -> dict[str, Layer]:
        """Feature layers of an archetype by canonical name."""
        self._check(language, archetype)
        if self.is_own(language, archetype):
            return self._own_features(language, archetype)
        names = self._layer(language, archetype).manifest.features
        own = self._own_features(language, archetype)
        _check_new(own, names, f"features of {language} {archetype}")
        return {**{name: self._feature(language, archetype, name) for name in names}, **own}

    def feature_names(self, language: str, archetype: str) -> frozenset[str]:
        """Canonical names of all features, built in or not, those of its parts among them."""
        available = self.features(language, archetype)
        manifest = self._layer(language, archetype).manifest
        of_parts = (
            self.feature_names(part.language, part.archetype) - {*part.without}
            for part in manifest.parts
        )
        return frozenset({*available, *_feature_names(manifest.provides)}.union(*of_parts))

    def variants(self, language: str, archetype: str) -> dict[str, str]:
        """Frameworks that an archetype can be made with instead of its own -> the inner archetype
        that it is made as then."""
        self._check(language, archetype)
        return dict(self._layer(language, archetype).manifest.variants)

    def made_as(self, spec: ProjectSpec) -> ProjectSpec:
        """The spec with the archetype that its framework makes of it."""
        variants = self.variants(spec.language, spec.archetype)
        archetype = variants.get(spec.framework.lower(), spec.archetype)
        return spec.model_copy(update={"archetype": archetype})

    def layer_parts(self, language: str, archetype: str) -> tuple[LayerPart, ...]:
        """What a project of an archetype is made of, with the languages each part can be in."""
        self._check(language, archetype)
        return tuple(self._layer(language, archetype).manifest.parts)

    def part_features(self, language: str, archetype: str) -> dict[str, Layer]:
        """Feature layers of the parts of an archetype, as far as they leave them to nobody."""
        self._check(language, archetype)
        return {
            name: layer
            for part in self._layer(language, archetype).manifest.parts
            for name, layer in self.features(part.language, part.archetype).items()
            if name not in part.without
        }

    def parts(self, spec: ProjectSpec) -> tuple[SelectedPart, ...]:
        """The parts that a project consists of; none for one that is a whole by itself.

        Raises:
            UnsupportedError: a language was chosen for one that cannot generate it.
        """
        self._check(spec.language, spec.archetype)
        manifest = self._layer(spec.language, spec.archetype).manifest
        wishes = {**spec.preferences, **spec.constraints}
        languages = {
            part.under: next(
                (wishes[key].lower() for key in part.chosen_by if wishes.get(key)), part.language
            )
            for part in manifest.parts
        }
        # Each part may have to know what the others are written in, and what they do.
        told = {f"{under}_language": language for under, language in languages.items()}
        for part in manifest.parts:
            language = languages[part.under]
            if language in {part.language, *part.others}:
                names = self._names(language, part.archetype)
                asked = {names[name] for name in spec.features if name in names}
                told[f"{part.under}_features"] = " ".join(sorted(asked))
        of_all = spec.model_copy(update={"constraints": {**spec.constraints, **told}})
        return tuple(self._part(of_all, part, languages[part.under]) for part in manifest.parts)

    def _part(self, spec: ProjectSpec, part: LayerPart, language: str) -> SelectedPart:
        if language not in {part.language, *part.others}:
            raise UnsupportedError(
                f"{spec.archetype} cannot have its '{part.under}' in '{language[:40]}' yet",
                hint=f"Languages that can: {', '.join([part.language, *part.others])}.",
            )
        self._check(language, part.archetype)
        known = {*self._names(language, part.archetype)} - {*part.without}
        room = 60 - len(part.under) - 1
        prefix = f"{part.under}/"
        of_part = spec.model_copy(
            update={
                "name": f"{spec.name[:room].rstrip('-')}-{part.under.replace('_', '-')}",
                "title": spec.title or spec.name.replace("-", " ").capitalize(),
                "language": language,
                "archetype": part.archetype,
                "features": [name for name in spec.features if name in known],
                "extra_files": [
                    file.model_copy(update={"path": file.path.removeprefix(prefix)})
                    for file in spec.extra_files
                    if file.path.startswith(prefix)
                ],
            }
        )
        return SelectedPart(part.under, of_part, frozenset(part.without))

    def _names(self, language: str, archetype: str) -> dict[str, str]:
        """Every name of a feature, canonical or not -> the canonical one."""
        available = self.features(language, archetype)
        names = {
            alias: name for name, layer in available.items() for alias in layer.manifest.aliases
        }
        built_in = _feature_names(self._layer(language, archetype).manifest.provides)
        return names | {name: name for name in (*built_in, *available)}

    def select(self, spec: ProjectSpec, without: frozenset[str] = frozenset()) -> Selection:
        """The layers for a spec, `without` some features; UnsupportedError names the nearest thing
        that works."""
        available = self.features(spec.language, spec.archetype)
        archetype = self._layer(spec.language, spec.archetype)
        built_in = _feature_names(archetype.manifest.provides)
        names = self._names(spec.language, spec.archetype)
        asked = {name: names[name] for name in spec.features if name in names}
        implied = (name for name, layer in available.items() if _implied(layer.manifest, spec))
        refused = {names.get(name, name) for name in _left_out(spec)} | without
        unasked = {*implied, *archetype.manifest.defaults} - refused
        wanted = {*asked.values(), *unasked}
        chosen = [layer for name, layer in available.items() if name in wanted]
        _check_fit(chosen, wanted | set(built_in))
        parts = self.parts(spec)
        of_parts = {
            name: self._names(part.spec.language, part.spec.archetype)[name]
            for part in parts
            for name in part.spec.features
        }
        # What stands around the parts has to know what they have without being asked for it.
        had = (self.select(part.spec, part.without).features for part in parts)
        return Selection(
            layers=(
                *([] if archetype.manifest.alone else [self._layer(spec.language)]),
                *self._over(spec.language),
                *(self._layer(spec.language, name) for name in archetype.manifest.base),
                archetype,
                *self._over(spec.language, spec.archetype),
                *chosen,
            ),
            features=frozenset({*wanted, *built_in}.union(*had)),
            asked=asked,
            unbuilt=tuple(name for name in spec.features if name not in {*names, *of_parts}),
        )

    def _check(self, language: str, archetype: str) -> None:
        known = self.archetypes(language)
        if known and archetype in self._layer(language).manifest.inner:
            return
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

    def _feature(self, language: str, archetype: str, name: str) -> Layer:
        """The archetype's own, else the one that the language has for all of them."""
        special = (archetype, "features", name)
        tongues = [tongue for tongue in (language, self._kin(language)) if tongue]
        folders = [self._root.joinpath(tongue, *special) for tongue in tongues]
        if any(folder in self._cache or folder.is_dir() for folder in folders):
            return self._layer(language, *special)
        return self._layer(language, "features", name)

    def _kin(self, language: str) -> str:
        """The language whose layers stand in for missing ones; empty for none."""
        return self._layer(language).manifest.kin

    def is_own(self, language: str, archetype: str) -> bool:
        """Whether an archetype is one of the user's own."""
        return self._own is not None and archetype in self._own.archetypes(language)

    def _own_features(self, language: str, archetype: str) -> dict[str, Layer]:
        found = self._own.features(language, archetype) if self._own else {}
        return {name: Layer(*layer) for name, layer in found.items()}

    def _over(self, *parts: str) -> list[Layer]:
        """The user's layer over one that ships."""
        if self._own is None or (len(parts) == 2 and self.is_own(*parts)):
            return []
        found = self._own.over(*parts)
        return [Layer(*found)] if found else []

    def _layer(self, *parts: str) -> Layer:
        if len(parts) == 2 and self._own is not None and self.is_own(*parts):
            return Layer(self._own.root.joinpath(*parts), self._own.demanded(*parts))
        folder = self._root.joinpath(*parts)
        if folder not in self._cache:
            self._cache[folder] = self._read(folder, parts)
        return self._cache[folder]

    def _read(self, folder: Path, parts: tuple[str, ...]) -> Layer:
        language, *rest = parts
        if not rest:
            manifest = read_manifest(folder)
            return Layer(folder, manifest, (self._root / manifest.kin,) if manifest.kin else ())
        kin = self._kin(language)
        beside = (
            *([self._root.joinpath(kin, *rest)] if kin else []),
            *([self._root.joinpath(COMMON, *rest[-2:])] if "features" in rest else []),
        )
        place = next((place for place in beside if (place / MANIFEST).is_file()), None)
        if place is None or (folder / MANIFEST).is_file():
            return Layer(folder, read_manifest(folder), beside)
        name = "/".join(part for part in parts if part != "features")
        return Layer(folder, read_manifest(place).model_copy(update={"name": name}), beside)


def _check_new(own: Iterable[str], shipped: Collection[str], of: str) -> None:
    """Names that ship are not replaced: what they promise is proven for what ships."""
    taken = [name for name in own if name in shipped]
    if taken:
        raise GenerationError(
            f"the templates folder lists {', '.join(taken)} among the {of}, which ship already",
            hint="Choose another name; an archetype of your own can stand on one by 'base'.",
        )


def _feature_names(capabilities: list[str]) -> tuple[str, ...]:
    return tuple(
        text.removeprefix("feature:") for text in capabilities if text.startswith("feature:")
    )


def _left_out(spec: ProjectSpec) -> tuple[str, ...]:
    """Features that a requirement wants not to be there."""
    needs = [need for requirement in spec.requirements for need in requirement.needs]
    return _feature_names([n.removeprefix(WITHOUT) for n in needs if n.startswith(WITHOUT)])


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
