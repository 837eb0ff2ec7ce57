"""Lock files by the real manager: our own uv on a manifest we wrote."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio

from autonomous_coder.engines.research.lockfile import explanation, is_offline, last_line
from autonomous_coder.engines.research.ports import UvRunner
from autonomous_coder.errors import NetworkUnavailableError, ResolutionError

LOCK_TIMEOUT_S = 180.0
_OPTIONS = re.compile(r"^\[options(?:\.[\w-]+)?\]\n(?:[^\n\[]+\n)*\n?", re.M)
"""uv.lock's record of the options it was made with."""


async def lock_python(
    uv: UvRunner,
    work_dir: Path,
    manifest: str,
    index: str,
    *,
    offline: bool,
    others: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> str:
    """The text of uv.lock for a pyproject.toml; no package's code runs for it.

    `index` are the keys of a uv index table, empty when uv finds the index by itself; `others` are
    further files beside the manifest, by relative path. A cooldown among the options leaves no
    trace in the lock, which would be stale without it.

    Raises:
        NetworkUnavailableError: the index is out of reach, or offline and uv's cache lacks files.
        ResolutionError: uv found no solution, or failed.
    """
    await anyio.Path(work_dir).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lock-", dir=work_dir) as name:
        directory = Path(name)
        await anyio.Path(directory / "pyproject.toml").write_text(manifest, encoding="utf-8")
        for path, content in (others or {}).items():
            place = anyio.Path(directory / path)
            await place.parent.mkdir(parents=True, exist_ok=True)
            await place.write_text(content, encoding="utf-8")
        if index:
            settings = anyio.Path(directory / "uv.toml")
            await settings.write_text(f"[[index]]\n{index}", encoding="utf-8")
        arguments = ["lock", "--no-build", *options, *(["--offline"] if offline else [])]
        code, _, errors = await uv(arguments, directory, LOCK_TIMEOUT_S)
        if code == 0:
            lock = await anyio.Path(directory / "uv.lock").read_text(encoding="utf-8")
            return _OPTIONS.sub("", lock) if options else lock
    reason = explanation(errors) or last_line(errors)
    if offline:
        raise NetworkUnavailableError(
            f"Dependencies cannot be locked offline: {reason}",
            hint="Build once with the network, so that uv's cache holds the packages.",
        )
    if is_offline(errors):
        raise NetworkUnavailableError(
            f"Dependencies cannot be locked, because the package index is out of reach: {reason}",
            hint="Check the network and the index with `autonomous-coder doctor`, or go offline.",
        )
    raise ResolutionError(
        f"Dependencies could not be locked: {reason}",
        hint="Check the packages and ranges, and the index with `autonomous-coder doctor`.",
    )
