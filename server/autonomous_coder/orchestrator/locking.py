"""Lock files by the real manager: our own uv on a manifest we wrote."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import anyio

from autonomous_coder.errors import GenerationError, NetworkUnavailableError

RunUv = Callable[[Sequence[str], Path, float], Awaitable[tuple[int, str, str]]]
"""(arguments, directory, timeout in seconds) -> exit code, stdout, stderr."""

LOCK_TIMEOUT_S = 180.0


async def lock_python(run_uv: RunUv, work_dir: Path, manifest: str, *, offline: bool) -> str:
    """The text of uv.lock for a pyproject.toml; no package's code runs for it.

    Raises:
        NetworkUnavailableError: offline, and uv's cache does not hold what is needed.
        GenerationError: uv found no solution, or failed.
    """
    await anyio.Path(work_dir).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lock-", dir=work_dir) as name:
        directory = Path(name)
        await anyio.Path(directory / "pyproject.toml").write_text(manifest, encoding="utf-8")
        arguments = ["lock", "--no-build", *(["--offline"] if offline else [])]
        code, _, errors = await run_uv(arguments, directory, LOCK_TIMEOUT_S)
        if code == 0:
            return await anyio.Path(directory / "uv.lock").read_text(encoding="utf-8")
    reason = " ".join(errors.split())[-600:]
    if offline:
        raise NetworkUnavailableError(
            f"Dependencies cannot be locked offline: {reason}",
            hint="Build once with the network, so that uv's cache holds the packages.",
        )
    raise GenerationError(
        f"Dependencies could not be locked: {reason}",
        hint="Check the network and the index configuration with `autonomous-coder doctor`.",
    )
