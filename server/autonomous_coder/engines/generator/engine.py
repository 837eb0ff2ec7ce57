"""The generator's public face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import anyio.to_thread

from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.engines.generator.rendering import Draft, Renderer
from autonomous_coder.engines.generator.templating import Templates
from autonomous_coder.errors import GenerationError
from autonomous_coder.models.generation import Dependencies, GeneratedFile, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

Formatter = Callable[[Mapping[str, str], str], Awaitable[Mapping[str, str]]]
"""(files by path, language) -> the same files, laid out by the language's own formatter."""


class GeneratorEngine:
    """Renders specs from the layers under `templates_root` and writes the result."""

    def __init__(
        self, templates_root: Path, packs: Mapping[str, Pack], format_files: Formatter
    ) -> None:
        self._packs = dict(packs)
        self._templates = Templates(templates_root)
        self._catalogue = LayerCatalogue(templates_root, tuple(self._packs))
        self._format = format_files

    def supported(self) -> dict[str, frozenset[str]]:
        """Language -> archetypes that can be generated."""
        return {name: frozenset(self._catalogue.archetypes(name)) for name in self._packs}

    def features(self, language: str, archetype: str) -> frozenset[str]:
        """Features an archetype has or can have; UnsupportedError when it is not there."""
        return self._catalogue.feature_names(language, archetype)

    def dependencies(self, spec: ProjectSpec) -> Dependencies:
        """Packages by name that the spec's constructs need."""
        return self._renderer(spec).dependencies()

    async def render(self, spec: ProjectSpec, resolution: Resolution | None) -> Render:
        """The whole project in memory, formatted; with the tests that prove each capability."""
        renderer = self._renderer(spec)
        dependencies = renderer.dependencies()
        draft = await anyio.to_thread.run_sync(renderer.draft, dependencies, resolution)
        start, test = self._packs[spec.language].commands()
        return Render(
            files=await self._formatted(draft, spec.language),
            layers=renderer.layers,
            provides=draft.provides,
            dependencies=dependencies,
            start=start,
            test=test,
            notes=list(draft.notes),
        )

    def _renderer(self, spec: ProjectSpec) -> Renderer:
        selection = self._catalogue.select(spec)
        return Renderer(self._templates, self._packs[spec.language], selection, spec)

    async def _formatted(self, draft: Draft, language: str) -> list[GeneratedFile]:
        sources = {path: file.content for path, file in draft.files.items()}
        formatted = await self._format(sources, language)
        missing = sources.keys() - formatted.keys()
        if missing:
            raise GenerationError(
                f"the formatter lost {', '.join(sorted(missing)[:5])}",
                hint="Report this; nothing was written.",
            )
        return [
            file.model_copy(update={"content": formatted[path]})
            for path, file in sorted(draft.files.items())
        ]
