"""Layers of the user's own: a folder with the same manifests as the one that ships.

`<language>/layer.toml` lies over everything in that language and lists `archetypes` of its own;
`<language>/<archetype>/layer.toml` is one of these, or lies over the one that ships. Both list
`features`, in `features/<name>/layer.toml` beside them.
"""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.engines.generator.manifest import MANIFEST, LayerManifest, read_manifest
from autonomous_coder.errors import GenerationError


class OwnLayers:
    """The layers under the user's folder, read on first use. Nothing in it is ever run: templates
    are rendered in the sandbox, and a manifest has no place for a command or a hook."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[tuple[str, ...], LayerManifest | None] = {}

    def archetypes(self, language: str) -> tuple[str, ...]:
        """Archetypes of the user's own."""
        manifest = self.manifest(language)
        return tuple(manifest.archetypes) if manifest else ()

    def over(self, *parts: str) -> tuple[Path, LayerManifest] | None:
        """What lies over a layer that ships, folder and manifest; None when nothing does."""
        manifest = self.manifest(*parts)
        return (self.root.joinpath(*parts), manifest) if manifest else None

    def features(self, language: str, archetype: str) -> dict[str, tuple[Path, LayerManifest]]:
        """Features for an archetype by name, those of the whole language first."""
        found = {}
        for parts in ((language,), (language, archetype)):
            manifest = self.manifest(*parts)
            for name in manifest.features if manifest else ():
                place = (*parts, "features", name)
                found[name] = (self.root.joinpath(*place), self.demanded(*place))
        return found

    def demanded(self, *parts: str) -> LayerManifest:
        """A manifest that another one names.

        Raises:
            GenerationError: it is not there, or malformed.
        """
        manifest = self.manifest(*parts)
        if manifest is None:
            raise GenerationError(
                f"the templates folder has no {'/'.join(parts)}/{MANIFEST}, which is listed",
                hint="Write it, or take the name off the list in the manifest above it.",
            )
        return manifest

    def manifest(self, *parts: str) -> LayerManifest | None:
        """The manifest of a folder; None when there is none.

        Raises:
            GenerationError: it is malformed, or lies outside the templates folder.
        """
        if parts not in self._known:
            self._known[parts] = self._read(parts)
        return self._known[parts]

    def _read(self, parts: tuple[str, ...]) -> LayerManifest | None:
        path = self.root.joinpath(*parts, MANIFEST)
        if not path.exists():
            return None
        if not path.resolve().is_relative_to(self.root.resolve()) or not path.is_file():
            raise GenerationError(
                f"{'/'.join(parts)}/{MANIFEST} is no file inside the templates folder",
                hint="Keep layers in the folder itself; links out of it are refused.",
            )
        return read_manifest(path.parent)
