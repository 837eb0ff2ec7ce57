"""Looks at the files a host hands in, before anything is made from them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from autonomous_coder.engines.generator.tree import check_paths
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import ExtraFile

MAX_TOLD = 20


def check_handed_in(
    files: Sequence[ExtraFile],
    made: Collection[str],
    manifests: Collection[str],
    locks: Collection[str],
) -> list[str]:
    """Which files stand in the place of one that would be `made`, as sentences.

    Raises:
        InvalidInputError: one is a lock, which managers write, or a manifest that cannot be read.
        PathNotAllowedError: two paths cannot be files of one project.
    """
    paths = {file.path for file in files}
    check_paths({*made, *manifests, *locks} | paths)
    for file in files:
        if file.path in locks:
            raise InvalidInputError(
                f"'{file.path}' is written from the manifest by its manager and cannot be handed "
                "in.",
                hint='Leave it away; a version is held by spec {"holds": {"NAME": "<3"}}.',
            )
        if file.path in manifests:
            _check_manifest(file)
    taken = sorted(paths & set(made))
    if not taken:
        return []
    more = f" and {len(taken) - MAX_TOLD} more" if len(taken) > MAX_TOLD else ""
    return [
        "Files handed in stand in the place of generated ones: "
        f"{', '.join(taken[:MAX_TOLD])}{more}."
    ]


def _check_manifest(file: ExtraFile) -> None:
    suffix = PurePosixPath(file.path).suffix
    try:
        if suffix == ".toml":
            tomllib.loads(file.content)
        elif suffix == ".json" and not isinstance(json.loads(file.content), dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"'{file.path}', handed in with extra_files, cannot be read: {str(error)[:200]}.",
            hint="Correct it, or leave it away: one is generated then.",
        ) from error
