"""A project is rendered portion by portion: each of its parts, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.engines.generator.rendering import Renderer
from autonomous_coder.errors import GenerationError
from autonomous_coder.models.generation import Dependencies, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Portion:
    """What one pack renders of a project. `under` is its directory, empty for the whole project or
    for what stands around its parts; all paths in `spec` and `renderer` are seen from there."""

    under: str
    spec: ProjectSpec
    renderer: Renderer
    pack: Pack
    commands: tuple[str, str]
    """What starts and what tests it, run in its directory."""

    def whole(self, path: str) -> str:
        """A path, or the id of a test, as seen from the project's top."""
        return f"{self.under}/{path}" if self.under else path

    def within(self, files: Mapping[str, T]) -> dict[str, T]:
        """What lies in its directory, by the paths from there."""
        prefix = self.whole("")
        return {
            path.removeprefix(prefix): file
            for path, file in files.items()
            if path.startswith(prefix)
        }

    def resolved(self, resolution: Resolution | None) -> Resolution | None:
        """What was resolved for it."""
        return resolution.parts.get(self.under) if resolution and self.under else resolution


def test_ids(portions: Sequence[Portion]) -> Callable[[str, str], str | None]:
    """(path, line) -> the id of the test that starts there, as seen from the project's top."""

    def test_id(path: str, line: str) -> str | None:
        portion = next(p for p in reversed(portions) if path.startswith(p.whole("")))
        found = portion.pack.test_id(path.removeprefix(portion.whole("")), line)
        return None if found is None else portion.whole(found)

    return test_id


def all_dependencies(portions: Sequence[Portion]) -> Dependencies:
    """What the project needs: of its parts where it has any."""
    whole, *parts = portions
    found = whole.renderer.dependencies()
    if parts:
        found.parts = {part.under: part.renderer.dependencies() for part in parts}
    return found


def joined(rendered: Sequence[tuple[Portion, Render]]) -> Render:
    """One render of all portions, with the paths of each as seen from the project's top.

    Raises:
        GenerationError: two portions make the same file.
    """
    (_, whole), *parts = rendered
    if not parts:
        return whole
    files = {file.path: file for file in whole.files}
    provides = dict(whole.provides)
    for part, render in parts:
        for file in render.files:
            path = part.whole(file.path)
            if path in files:
                raise _twice(path)
            files[path] = file.model_copy(update={"path": path})
        for capability, tests in render.provides.items():
            known = provides.setdefault(capability, [])
            provides[capability] = [*known, *(part.whole(test) for test in tests)]
    return Render(
        files=[files[path] for path in sorted(files)],
        layers=[*whole.layers, *(layer for _, render in parts for layer in render.layers)],
        provides=provides,
        parts={part.under: render for part, render in parts},
        start=whole.start or _together(parts, lambda render: render.start, " & "),
        test=whole.test or _together(parts, lambda render: render.test, " && "),
        notes=list(dict.fromkeys([*whole.notes, *(n for _, r in parts for n in r.notes)])),
    )


def _together(
    parts: Sequence[tuple[Portion, Render]], line: Callable[[Render], str], between: str
) -> str:
    """The shell lines of all parts, each in its directory."""
    return between.join(f"(cd {part.under} && {line(r)})" for part, r in parts if line(r))


def _twice(path: str) -> GenerationError:
    return GenerationError(
        f"two parts of the project make '{path}'",
        hint="Mend the 'parts' in the archetype's manifest: each has a directory of its own.",
    )
