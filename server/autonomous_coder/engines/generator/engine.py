"""The generator's public face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path

import anyio.to_thread

from autonomous_coder.engines.generator.adopting import Adopter
from autonomous_coder.engines.generator.applying import apply_render
from autonomous_coder.engines.generator.binding import bound, capabilities
from autonomous_coder.engines.generator.continuing import (
    beneath,
    check_same_kind,
    existing_files,
)
from autonomous_coder.engines.generator.handed_in import check_handed_in
from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.engines.generator.leaving_out import TESTS
from autonomous_coder.engines.generator.own_layers import OwnLayers
from autonomous_coder.engines.generator.pack import Migrating, Pack
from autonomous_coder.engines.generator.portions import (
    Portion,
    all_dependencies,
    joined,
    test_ids,
)
from autonomous_coder.engines.generator.rendering import Draft, Renderer
from autonomous_coder.engines.generator.templating import Templates
from autonomous_coder.engines.generator.tree import check_paths
from autonomous_coder.errors import EnvironmentLacksError, GenerationError, NotFoundError
from autonomous_coder.models.generation import (
    Dependencies,
    Earlier,
    GeneratedFile,
    GenerationResult,
    Render,
)
from autonomous_coder.models.spec import ExtraFile, ProjectSpec
from autonomous_coder.models.technology import Resolution

Formatter = Callable[[Mapping[str, str], str], Awaitable[Mapping[str, str]]]
"""(files by path, language) -> the same files, laid out by the language's own formatter."""
STYLED_BY = ("pyproject.toml", "biome.json", "package.json")
"""Files that say how the code of a project is laid out, and by which version of the formatter."""


class GeneratorEngine:
    """Renders specs from the layers under `templates_root`, and those of the user's `own` folder,
    and writes the result."""

    def __init__(
        self,
        templates_root: Path,
        packs: Mapping[str, Pack],
        format_files: Formatter,
        own: Path | None = None,
    ) -> None:
        self._packs = packs
        self._templates = Templates(templates_root, *([own] if own else []))
        layers = OwnLayers(own) if own else None
        self._catalogue = LayerCatalogue(templates_root, tuple(self._packs), layers)
        self._format = format_files
        self.adopter = Adopter(self._templates, templates_root, self._packs)
        """Adds to projects that were not made here."""

    def supported(self) -> dict[str, frozenset[str]]:
        """Language -> archetypes that can be generated."""
        return {name: frozenset(self._catalogue.archetypes(name)) for name in self._packs}

    def features(self, language: str, archetype: str) -> frozenset[str]:
        """Features an archetype has or can have; UnsupportedError when it is not there."""
        return self._catalogue.feature_names(language, archetype)

    def variants(self, language: str, archetype: str) -> dict[str, frozenset[str]]:
        """Frameworks that an archetype can be made with instead of its own -> the features that it
        has or can have then."""
        found = self._catalogue.variants(language, archetype)
        return {name: self.features(language, inner) for name, inner in found.items()}

    def dependencies(self, spec: ProjectSpec) -> Dependencies:
        """Packages by name that the spec's constructs need."""
        return all_dependencies(self._portions(spec))

    def bound(self, spec: ProjectSpec) -> ProjectSpec:
        """The spec with the host's files looked at: its requirements tied to the tests among them
        that prove them, and what they take the place of told.

        Raises:
            InvalidInputError: a file that is to prove something holds no test, or names a
                requirement that there is not; one is a lock or a broken manifest.
            PathNotAllowedError: two paths cannot be files of one project.
        """
        if spec.language not in self._packs or not spec.extra_files:
            return spec
        portions = self._portions(spec)
        drafts = [p.renderer.draft(p.renderer.dependencies(), None) for p in portions]
        drafted = list(zip(portions, drafts, strict=True))
        told = check_handed_in(
            spec.extra_files,
            made={portion.whole(path) for portion, draft in drafted for path in draft.files},
            manifests={p.whole(p.pack.manifest) for p in portions if p.pack.manifest},
            locks={p.whole(p.pack.lockfile) for p in portions if p.pack.lockfile},
        )
        spec = spec.model_copy(update={"assumptions": [*spec.assumptions, *told][:100]})
        if not any(file.proves for file in spec.extra_files):
            return spec
        test_id = test_ids(portions)
        own = capabilities(spec.extra_files, test_id)
        return bound(spec, test_id, {*own, *(name for d in drafts for name in d.provides)})

    async def render(
        self, spec: ProjectSpec, resolution: Resolution | None, earlier: Earlier | None = None
    ) -> Render:
        """The whole project in memory, formatted; with the tests that prove each capability.

        A project that was generated `earlier` keeps its migrations, and gets one more when its
        stored tables change.

        Raises:
            UnsupportedError: it would become something else, which no merge could bring about.
        """
        portions = self._portions(spec)
        before: dict[str, Portion] = {}
        if earlier is not None and earlier.spec is not None:
            check_same_kind(earlier.spec, spec, self._catalogue.made_as)
            before = {portion.under: portion for portion in self._portions(earlier.spec)}
            for portion in portions:
                if portion.under in before:
                    check_same_kind(before[portion.under].spec, portion.spec)
        rendered = []
        for portion in portions:
            files: dict[str, GeneratedFile] = {}
            render = await self._rendered(portion, portion.resolved(resolution), files)
            if earlier is not None and earlier.spec is None:
                _leave_migrations(files, portion, earlier)
            elif earlier is not None and portion.under in before:
                render.notes += await self._migrated(
                    files, portion, before[portion.under].renderer, earlier
                )
            overlay, notes = await self._overlay(portion.spec, files)
            files |= overlay
            render.notes += notes
            rendered.append((portion, _completed(render, files, overlay, portion)))
        whole = joined(rendered)
        check_paths({file.path: file for file in whole.files})
        return whole

    async def write(
        self,
        render: Render,
        output: Path,
        *,
        baseline: Mapping[str, str] | None,
        preview: bool = False,
        extra: Mapping[str, str] | None = None,
        given: Collection[str] = (),
        tried: Sequence[Mapping[str, str]] = (),
    ) -> GenerationResult:
        """Write a new project (`baseline` None), or bring one up to date.

        `baseline` is what was generated last, path -> content; what the user changed or deleted
        since is kept, both sides' changes are merged where they do not touch and left in the file,
        marked, where they do. `extra` are files made elsewhere: they are not merged. `given` are
        files that were handed to the user for good and are never taken away. `tried` is what
        attempts since the baseline that did not finish may have written, the newest first. With
        `preview` nothing is written and the differences are returned.
        """
        return await anyio.to_thread.run_sync(
            apply_render,
            render,
            output,
            baseline,
            preview,
            dict(extra or {}),
            frozenset(given),
            tried,
        )

    def generate_project_structure(self, spec: ProjectSpec) -> list[str]:
        """Paths of all files of the project, sorted."""
        found = {file.path for file in spec.extra_files}
        for portion in self._portions(spec):
            renderer = portion.renderer
            draft = renderer.draft(renderer.dependencies(), None)
            found |= {portion.whole(path) for path in draft.files}
        return sorted(found)

    async def generate_code_file(self, spec: ProjectSpec, path: str) -> GeneratedFile:
        """One file of the project; NotFoundError when the spec leads to no such file."""
        for file in (await self.render(spec, None)).files:
            if file.path == path:
                return file
        raise NotFoundError(
            f"the project has no file '{path}'",
            hint="generate_project_structure lists the files there are.",
        )

    async def generate_tests(self, spec: ProjectSpec) -> list[GeneratedFile]:
        """The test files of the project."""
        render = await self.render(spec, None)
        return [file for file in render.files if "tests" in file.path.split("/")[:-1]]

    async def generate_documentation(self, spec: ProjectSpec) -> list[GeneratedFile]:
        """The documents of the project."""
        render = await self.render(spec, None)
        return [file for file in render.files if file.path.endswith(".md")]

    async def format_code(self, files: Mapping[str, str], language: str) -> Mapping[str, str]:
        """The files laid out by the language's formatter."""
        return await self._format(files, language)

    def _portions(self, spec: ProjectSpec) -> list[Portion]:
        """The project itself, or what stands around its parts; then these."""
        spec = self._catalogue.made_as(spec)
        parts = self._catalogue.parts(spec)
        places = tuple(f"{part.under}/" for part in parts)
        around = [file for file in spec.extra_files if not file.path.startswith(places)]
        whole = spec
        if parts:
            told = parts[0].spec.constraints
            whole = spec.model_copy(update={"extra_files": around, "constraints": told})
        return [
            self._portion("", whole, frozenset(), is_whole=not parts),
            *(self._portion(part.under, part.spec, part.without) for part in parts),
        ]

    def _portion(
        self, under: str, spec: ProjectSpec, without: frozenset[str], *, is_whole: bool = True
    ) -> Portion:
        pack = self._packs[spec.language]
        selection = self._catalogue.select(spec, without)
        renderer = Renderer(self._templates, pack, selection, spec)
        commands = renderer.commands
        if commands is None:
            # Of the user's own archetypes only their layers know.
            theirs = self._catalogue.is_own(spec.language, spec.archetype)
            commands = pack.commands(spec) if is_whole and not theirs else ("", "")
        return Portion(under, spec, renderer, pack, commands)

    async def _rendered(
        self,
        portion: Portion,
        resolution: Resolution | None,
        files: dict[str, GeneratedFile],
    ) -> Render:
        """A portion without the host's files; its own go into `files`."""
        renderer = portion.renderer
        dependencies = renderer.dependencies()
        draft = await anyio.to_thread.run_sync(renderer.draft, dependencies, resolution)
        laid_out, unformatted = await self._formatted(draft, portion.spec.language)
        files |= {file.path: file for file in laid_out}
        start, test = portion.commands
        return Render(
            files=[],
            layers=renderer.layers,
            provides=draft.provides,
            dependencies=dependencies,
            manifest=portion.pack.manifest,
            lockfile=portion.pack.lockfile,
            start=start,
            test="" if TESTS in portion.spec.left_out else test,
            notes=[*draft.notes, *unformatted],
        )

    async def _migrated(
        self,
        files: dict[str, GeneratedFile],
        portion: Portion,
        before: Renderer,
        earlier: Earlier,
    ) -> list[str]:
        """Put the migrations that were generated before in the place of those rendered now, and
        the one that leads on from there beside them. Returns notes."""
        pack = portion.pack
        if not isinstance(pack, Migrating):
            return []
        kept = beneath(pack.migrations, portion.within(earlier.files))
        if not kept:
            return []
        made_here = [*kept, *beneath(pack.migrations, files)]
        folders = {pack.migrations, *(path.rpartition("/")[0] for path in made_here)}
        disk = await anyio.to_thread.run_sync(
            existing_files, earlier, sorted(map(portion.whole, folders))
        )
        migration = pack.migrate(before.view, portion.renderer.view, portion.within(disk) or kept)
        for path in beneath(pack.migrations, files):
            if not path.endswith(".md"):
                del files[path]
        layer = portion.renderer.layers[-1]
        for path, text in kept.items():
            files[path] = GeneratedFile(path=path, content=text, layer=layer)
        if migration is None:
            return []
        made = {**({migration.path: migration.text} if migration.text else {}), **migration.more}
        if not made:
            return migration.notes
        sources = dict(made)
        if pack.manifest in files:
            sources[pack.manifest] = files[pack.manifest].content
        formatted = await self._format(sources, pack.language)
        for path in made:
            files[path] = GeneratedFile(path=path, content=formatted[path], layer=layer)
        return migration.notes

    async def _overlay(
        self, spec: ProjectSpec, files: Mapping[str, GeneratedFile]
    ) -> tuple[dict[str, GeneratedFile], list[str]]:
        """The host's own files, laid out as the rest of the project where the formatter
        understands them."""
        overlay: dict[str, GeneratedFile] = {}
        style = {path: files[path].content for path in STYLED_BY if path in files}
        notes: list[str] = []
        for file in spec.extra_files:
            content = file.content
            if self._packs[spec.language].owns(file.path):
                try:
                    sources = {**style, file.path: content}
                    content = (await self._format(sources, spec.language))[file.path]
                except (GenerationError, EnvironmentLacksError):
                    notes.append(f"{file.path} was taken as it is: it could not be formatted.")
            overlay[file.path] = _overlay_file(file, content)
        return overlay, notes

    async def _formatted(
        self, draft: Draft, language: str
    ) -> tuple[list[GeneratedFile], list[str]]:
        """The files as the formatter lays them out, and why it could not, where it is missing."""
        sources = {path: file.content for path, file in draft.files.items()}
        notes: list[str] = []
        formatted: Mapping[str, str] = sources
        try:
            formatted = await self._format(sources, language)
        except EnvironmentLacksError as error:
            notes.append(f"The code was not laid out by its formatter. {error.message}")
        missing = sources.keys() - formatted.keys()
        if missing:
            raise GenerationError(
                f"the formatter lost {', '.join(sorted(missing)[:5])}",
                hint="Report this; nothing was written.",
            )
        return [
            file.model_copy(update={"content": formatted[path]})
            for path, file in sorted(draft.files.items())
        ], notes


def _leave_migrations(files: dict[str, GeneratedFile], portion: Portion, earlier: Earlier) -> None:
    """The migrations of before in the place of those rendered now: nobody knows any more which
    tables they led to."""
    if not isinstance(portion.pack, Migrating):
        return
    folder = portion.pack.migrations
    kept = beneath(folder, portion.within(earlier.files))
    if not kept:
        return
    for path in beneath(folder, files):
        del files[path]
    layer = portion.renderer.layers[-1]
    for path, text in kept.items():
        files[path] = GeneratedFile(path=path, content=text, layer=layer)


def _completed(
    render: Render,
    files: Mapping[str, GeneratedFile],
    overlay: Mapping[str, GeneratedFile],
    portion: Portion,
) -> Render:
    """A render with its files, the host's among them, and with what these prove."""
    provides = {
        capability: [test for test in tests if test.partition("::")[0] not in overlay]
        for capability, tests in render.provides.items()
    }
    for capability, tests in capabilities(portion.spec.extra_files, portion.pack.test_id).items():
        provides[capability] = [*provides.get(capability, []), *tests]
    return render.model_copy(
        update={
            "files": [files[path] for path in sorted(files)],
            "layers": [*render.layers, *(["overlay"] if overlay else [])],
            "provides": provides,
        }
    )


def _overlay_file(file: ExtraFile, content: str) -> GeneratedFile:
    return GeneratedFile(path=file.path, content=content, layer="overlay", mode=file.mode)
