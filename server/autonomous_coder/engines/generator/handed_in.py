"""Looks at the files a host hands in, before anything is made from them."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from autonomous_coder.engines.generator.tree import check_paths
from autonomous_coder.errors import InvalidInputError, PathNotAllowedError
from autonomous_coder.models.spec import ExtraFile

MAX_TOLD = 20
_ODD = re.compile(r'[<>"|?*]|[. ]$|^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)', re.IGNORECASE)
"""Names that Windows keeps for itself, or cannot write."""


def check_handed_in(
    files: Sequence[ExtraFile],
    made: Collection[str],
    manifests: Collection[str],
    locks: Collection[str],
) -> list[str]:
    """Which files stand in the place of one that would be `made`, and which not every system can
    have, as sentences.

    Raises:
        InvalidInputError: one is a lock, which managers write, or a manifest that cannot be read.
        PathNotAllowedError: two paths cannot be files of one project.
    """
    paths = {file.path for file in files}
    everything = {*made, *manifests, *locks} | paths
    check_paths(everything)
    _check_case(paths, everything)
    for file in files:
        if file.path in locks:
            raise InvalidInputError(
                f"'{file.path}' is written from the manifest by its manager and cannot be handed "
                "in.",
                hint='Leave it away; a version is held by spec {"holds": {"NAME": "<3"}}.',
            )
        if file.path in manifests:
            _check_manifest(file)
    told = []
    if taken := sorted(paths & set(made)):
        told.append(f"Files handed in stand in the place of generated ones: {_listed(taken)}.")
    if odd := sorted(path for path in paths if any(map(_ODD.search, path.split("/")))):
        told.append(f"Windows cannot have files of these names: {_listed(odd)}.")
    return told


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - MAX_TOLD} more" if len(paths) > MAX_TOLD else ""
    return f"{', '.join(paths[:MAX_TOLD])}{more}"


def _check_case(handed: Collection[str], everything: Collection[str]) -> None:
    """No file handed in, and no directory of one, may be another to systems that tell cases
    apart and the same to those that do not."""
    known: dict[str, str] = {}
    for path in (*sorted(set(everything) - set(handed)), *sorted(handed)):
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            place = "/".join(parts[:end])
            other = known.setdefault(unicodedata.normalize("NFC", place).casefold(), place)
            if other != place and path in handed:
                raise PathNotAllowedError(
                    f"'{place}', of a file handed in with extra_files, and '{other}' are the same "
                    "on macOS and Windows",
                    hint="Rename it in the spec and plan again.",
                )


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
