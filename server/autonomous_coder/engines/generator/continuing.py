"""What a project that was generated before brings into its next generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from autonomous_coder.engines.generator.tree import Tree
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.generation import Earlier
from autonomous_coder.models.spec import ProjectSpec

T = TypeVar("T")
MAX_EXISTING = 1_000


def check_same_kind(
    before: ProjectSpec,
    now: ProjectSpec,
    made_as: Callable[[ProjectSpec], ProjectSpec] | None = None,
) -> None:
    """UnsupportedError when the project would become another language or kind of software, or one
    that is `made_as` something else."""
    for what, old, new in (
        ("language", before.language, now.language),
        ("archetype", before.archetype, now.archetype),
    ):
        if old != new:
            raise _changed(what, old, new)
    if made_as is not None and made_as(before).archetype != made_as(now).archetype:
        raise _changed("framework", before.framework, now.framework)


def _changed(what: str, old: str, new: str) -> UnsupportedError:
    return UnsupportedError(
        f"the {what} of a project that is written cannot change from {old} to {new}",
        hint="Plan it as a project of its own, without project_id, in another directory.",
    )


def beneath(folder: str, files: Mapping[str, T]) -> dict[str, T]:
    """The files in a directory, by path."""
    return {path: file for path, file in sorted(files.items()) if path.startswith(f"{folder}/")}


def existing_files(earlier: Earlier, folders: Iterable[str]) -> dict[str, str]:
    """The texts directly in directories of the project as they are now; without those that a
    stopped generation left there. UnsupportedError when there are too many to look through."""
    left = set(earlier.unfinished) - earlier.files.keys()
    with Tree(earlier.root) as tree:
        found = (path for folder in folders for path in tree.names(folder, MAX_EXISTING))
        return dict(_texts(tree, (path for path in found if path not in left)))


def _texts(tree: Tree, paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    for path in paths:
        text = tree.read(path).text
        if text is not None:
            yield path, text
