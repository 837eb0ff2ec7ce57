"""Formats generated files with the language's own formatter, in a directory of ours."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from autonomous_coder.errors import GenerationError

if TYPE_CHECKING:
    from autonomous_coder.sandbox.sandbox import Sandbox


async def format_python(sandbox: Sandbox, files: Mapping[str, str]) -> Mapping[str, str]:
    """The files with imports sorted and code laid out by ruff, by the rendered configuration.

    Raises:
        GenerationError: a file does not parse, which is a fault of a template.
    """
    python = [path for path in files if path.endswith(".py")]
    if not python:
        return files
    with tempfile.TemporaryDirectory(prefix="autonomous-coder-format-") as name:
        root = Path(name)
        wanted = [*python, *(p for p in files if p == "pyproject.toml")]
        await anyio.to_thread.run_sync(_write, root, {path: files[path] for path in wanted})
        ruff = str(sandbox.tool("ruff"))
        for arguments in (
            ["check", "--no-cache", "--fix", "--quiet", "--exit-zero", "--select", "I,F401", "."],
            ["format", "--no-cache", "--quiet", "."],
        ):
            outcome = await sandbox.run_client([ruff, *arguments], timeout_s=60, cwd=root)
            if outcome.exit_code != 0:
                reason = outcome.stderr.decode("utf-8", "replace").strip()[-500:]
                raise GenerationError(
                    f"The generated code could not be formatted: {reason.replace(name, '')}",
                    hint="This is a fault of a template; please report it with the spec.",
                )
        formatted = await anyio.to_thread.run_sync(_read, root, python)
    return {**files, **formatted}


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def _read(root: Path, paths: list[str]) -> dict[str, str]:
    return {path: (root / path).read_text(encoding="utf-8") for path in paths}
