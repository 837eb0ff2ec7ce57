"""From a selection of layers to the files of a project, before formatting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import cast

from autonomous_coder.engines.generator.layers import Layer, Selection
from autonomous_coder.engines.generator.leaving_out import OPTIONAL, is_left_out
from autonomous_coder.engines.generator.manifest import LayerDependency
from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.engines.generator.templating import MARK, Templates
from autonomous_coder.errors import GenerationError
from autonomous_coder.models.generation import Dependencies, GeneratedFile
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

MAX_FILES = 2_000
MAX_FILE_CHARS = 2_000_000


@dataclass(slots=True)
class Draft:
    """Files by path, and what their tests prove."""

    files: dict[str, GeneratedFile] = field(default_factory=dict)
    provides: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def add(self, file: GeneratedFile) -> None:
        """Put a file in; a later layer replaces what an earlier one made."""
        parts = PurePosixPath(file.path).parts
        if not parts or file.path.startswith("/") or {"..", ".git"} & set(parts):
            raise GenerationError(
                f"a layer made a file outside the project: '{file.path}'",
                hint="Mend the 'path' in the layer's manifest.",
            )
        earlier = self.files.get(file.path)
        if earlier is not None and earlier.layer == file.layer:
            raise GenerationError(
                f"the layer '{file.layer}' makes '{file.path}' twice",
                hint="Two names of the spec lead to the same file: rename one of them.",
            )
        if len(file.content) > MAX_FILE_CHARS:
            raise GenerationError(
                f"the layer '{file.layer}' makes '{file.path}' too large",
                hint="Mend its template; files have at most 2 million characters.",
            )
        self.files[file.path] = file
        if len(self.files) > MAX_FILES:
            raise GenerationError(
                f"the project would have more than {MAX_FILES} files",
                hint="Split it into several projects.",
            )


class Renderer:
    """Renders one spec with one selection."""

    def __init__(
        self, templates: Templates, pack: Pack, selection: Selection, spec: ProjectSpec
    ) -> None:
        self._templates = templates
        self._pack = pack
        self._selection = selection
        self._spec = spec
        self._filters: Mapping[str, Callable[..., str]] = pack.filters()
        self._view = pack.view(spec, selection.features)
        self._context: dict[str, object] = {
            **pack.functions(),
            "spec": self._view,
            "archetype": spec.archetype,
            "features": (selection.features | OPTIONAL) - {*spec.left_out},
            "slot": self._slot,
        }

    @property
    def view(self) -> object:
        """The spec as templates read it."""
        return self._view

    @property
    def layers(self) -> list[str]:
        """Names of the layers, bottom first."""
        return [layer.name for layer in self._selection.layers]

    @property
    def commands(self) -> tuple[str, str] | None:
        """What starts and what tests the project, where a layer says so."""
        manifests = [layer.manifest for layer in reversed(self._selection.layers)]
        start = next((m.start for m in manifests if m.start), "")
        test = next((m.test for m in manifests if m.test), "")
        return (start, test) if start or test else None

    def dependencies(self) -> Dependencies:
        """Packages by name, from every selected layer whose condition holds."""
        chosen = [
            dependency
            for layer in self._selection.layers
            for dependency in layer.manifest.dependencies
            if self._holds(dependency.when)
        ]
        names = {_bare(dependency.name) for dependency in chosen}
        asked = {n: range_ for n, range_ in self._spec.holds.items() if _bare(n) in names}
        return Dependencies(
            ecosystem=self._pack.ecosystem,
            runtime=self._pack.runtime,
            packages=_names(d for d in chosen if not d.dev),
            dev_packages=_names(d for d in chosen if d.dev),
            holds={d.name: d.hold.range for d in chosen if d.hold is not None} | asked,
            tested={d.name: d.tested for d in chosen if d.tested},
        )

    def draft(self, dependencies: Dependencies, resolution: Resolution | None) -> Draft:
        """Everything but the formatting."""
        noted = tuple(cast("Iterable[str]", getattr(self._view, "notes", ())))
        unbuilt = (f"No template builds '{name}' yet." for name in self._selection.unbuilt)
        draft = Draft(notes=(*noted, *unbuilt))
        draft.provides |= {
            name: [] for name in cast("Iterable[str]", getattr(self._view, "provides", ()))
        }
        self._context["versions"] = resolution.versions() if resolution else {}
        for layer in self._selection.layers:
            for capability in layer.manifest.provides:
                draft.provides.setdefault(capability, [])
        self._render_data(draft, dependencies, resolution)
        for layer in self._selection.layers:
            self._render_layer(layer, draft)
        for asked, canonical in self._selection.asked.items():
            tests = draft.provides.setdefault(f"feature:{canonical}", [])
            draft.provides.setdefault(f"feature:{asked}", tests)
        for name in self._spec.left_out:
            draft.provides.pop(f"feature:{name}", None)
        return draft

    def _render_layer(self, layer: Layer, draft: Draft) -> None:
        for file in layer.manifest.files:
            if not self._holds(file.when):
                continue
            for extra in self._items(file.each, file.binds):
                context = self._context | extra
                path = self._templates.expand(
                    self._pack.language, self._filters, file.path, context
                )
                text = self._templates.render(
                    self._pack.language, self._filters, layer.template(file.template), context
                )
                if is_left_out(path, self._spec.left_out):
                    self._note_unproven(path, text, draft)
                    continue
                draft.add(
                    GeneratedFile(
                        path=path,
                        content=self._unmark(path, text, draft.provides),
                        executable=file.executable,
                        layer=layer.name,
                        mode=file.mode,
                    )
                )

    def _note_unproven(self, path: str, text: str, draft: Draft) -> None:
        """What tests that are left out would have proven is built all the same."""
        shown: dict[str, list[str]] = {}
        self._unmark(path, text, shown)
        for capability in shown:
            draft.provides.setdefault(capability, [])

    def _render_data(
        self, draft: Draft, dependencies: Dependencies, resolution: Resolution | None
    ) -> None:
        merged: dict[str, dict[str, object]] = {}
        for layer in self._selection.layers:
            for path, data in layer.manifest.data.items():
                merged[path] = _merge(merged.get(path, {}), data)
        for path, content in merged.items():
            text = self._pack.data_file(path, content, self._spec, dependencies, resolution)
            draft.add(GeneratedFile(path=path, content=text, layer=self._pack.language))

    def _items(self, each: str, binds: str) -> list[dict[str, object]]:
        if not each:
            return [{}]
        items = self._templates.evaluate(self._pack.language, self._filters, each, self._context)
        if not isinstance(items, Iterable):
            raise GenerationError(
                f"'{each[:200]}' is nothing that a file could be made for each of",
                hint="Mend the 'each' in the layer's manifest, for example to spec.entities.",
            )
        return [{binds: item} for item in items]

    def _holds(self, when: str) -> bool:
        if not when:
            return True
        return bool(
            self._templates.evaluate(self._pack.language, self._filters, when, self._context)
        )

    def _slot(self, name: str) -> str:
        """What the selected layers put into a named place, in their order."""
        return "".join(
            self._templates.render(
                self._pack.language, self._filters, layer.template(piece.template), self._context
            )
            for layer in self._selection.layers
            for piece in layer.manifest.slots
            if piece.slot == name and self._holds(piece.when)
        )

    def _unmark(self, path: str, text: str, provides: dict[str, list[str]]) -> str:
        """Take the marks of `proves` out, noting which test follows each."""
        if MARK not in text:
            return text
        pending: list[str] = []
        kept: list[str] = []
        for line in text.splitlines(keepends=True):
            if line.startswith(MARK):
                pending += line.strip().strip(MARK).split()
                continue
            kept.append(line)
            test = self._pack.test_id(path, line) if pending else None
            if test is not None:
                for capability in pending:
                    tests = provides.setdefault(capability, [])
                    if test not in tests:
                        tests.append(test)
                pending = []
        if pending:
            raise GenerationError(
                f"'{path}' promises proof of {', '.join(pending)} but no test follows",
                hint="Mend the template: a test must follow each 'proves'.",
            )
        return "".join(kept)


def _bare(name: str) -> str:
    """A package's name without extras, as registries compare names."""
    return name.partition("[")[0].strip().lower().replace("_", "-")


def _names(dependencies: Iterable[LayerDependency]) -> list[str]:
    """Names once each; a name with extras replaces the bare one, extras of several are joined."""
    extras: dict[str, set[str]] = {}
    for dependency in dependencies:
        base, _, rest = dependency.name.partition("[")
        extras.setdefault(base, set()).update(e for e in rest.rstrip("]").split(",") if e)
    return [
        f"{base}[{','.join(sorted(more))}]" if more else base
        for base, more in sorted(extras.items())
    ]


def _merge(base: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    """Tables merge key by key, lists grow, other values are replaced."""
    result = dict(base)
    for key, value in more.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = _merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = [*old, *(item for item in value if item not in old)]
        else:
            result[key] = value
    return result
