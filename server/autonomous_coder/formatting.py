"""Formats generated files with the language's own formatter, in a directory of ours."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from autonomous_coder.errors import GenerationError, NetworkUnavailableError

if TYPE_CHECKING:
    from autonomous_coder.sandbox.sandbox import Sandbox

Manager = Callable[[Sequence[str], Path, float, Mapping[str, str]], Awaitable[tuple[int, str, str]]]
"""(words, directory, seconds, environment) -> a package manager's exit code, stdout, stderr."""
BIOME = "2.6.8"
"""Used where the project names no version."""
BIOME_SUFFIXES = (".ts", ".tsx", ".js", ".mjs", ".json", ".css")
BIOME_CONFIG = (
    '{"formatter": {"indentStyle": "space", "lineWidth": 100},'
    ' "css": {"parser": {"tailwindDirectives": true}}}'
)
INSTALL_TIMEOUT_S = 120.0
FORMAT_TIMEOUT_S = 60.0
_NAMED = re.compile(r'"@biomejs/biome": "[\^~]?(\d+\.\d+\.\d+)"')


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


async def format_typescript(
    sandbox: Sandbox, manage: Manager, cache: Path, files: Mapping[str, str]
) -> Mapping[str, str]:
    """The files laid out, their imports sorted, by the Biome that the project names, which npm
    brings into `cache` once.

    Raises:
        GenerationError: a file does not parse, which is a fault of a template.
        EnvironmentLacksError: Biome is not there and cannot be had.
    """
    mine = [path for path in files if path.endswith(BIOME_SUFFIXES)]
    if not mine:
        return files
    named = _NAMED.search(files.get("package.json", ""))
    biome = await _biome(manage, cache, named.group(1) if named else BIOME)
    with tempfile.TemporaryDirectory(prefix="autonomous-coder-format-") as name:
        root = Path(name)
        content = {"biome.json": BIOME_CONFIG, **{path: files[path] for path in mine}}
        await anyio.to_thread.run_sync(_write, root, content)
        # Twice: what the first round joins or sorts, the second lays out.
        for arguments in (("check", "--linter-enabled=false"), ("format",)):
            outcome = await sandbox.run_client(
                [str(biome), *arguments, "--write", "--max-diagnostics=5", "--colors=off", "."],
                timeout_s=60,
                cwd=root,
            )
            if outcome.exit_code != 0:
                said = (outcome.stdout + outcome.stderr).decode("utf-8", "replace")
                reason = said.strip()[:500].replace(name, "")
                raise GenerationError(
                    f"The generated code could not be formatted: {reason}",
                    hint="This is a fault of a template; please report it with the spec.",
                )
        formatted = await anyio.to_thread.run_sync(_read, root, mine)
    return {**files, **formatted}


async def format_go(manage: Manager, files: Mapping[str, str]) -> Mapping[str, str]:
    """The files laid out by gofmt, which comes with go.

    Raises:
        GenerationError: a file does not parse, which is a fault of a template.
        ToolchainMissingError: there is no gofmt.
    """
    mine = [path for path in files if path.endswith(".go")]
    if not mine:
        return files
    with tempfile.TemporaryDirectory(prefix="autonomous-coder-format-") as name:
        root = Path(name)
        await anyio.to_thread.run_sync(_write, root, {path: files[path] for path in mine})
        code, _, said = await manage(("gofmt", "-w", "."), root, FORMAT_TIMEOUT_S, {})
        if code != 0:
            reason = said.strip()[:500].replace(name, "")
            raise GenerationError(
                f"The generated code could not be formatted: {reason}",
                hint="This is a fault of a template; please report it with the spec.",
            )
        formatted = await anyio.to_thread.run_sync(_read, root, mine)
    return {**files, **formatted}


async def format_rust(manage: Manager, files: Mapping[str, str]) -> Mapping[str, str]:
    """The files laid out by rustfmt, which comes with Rust.

    Raises:
        GenerationError: a file does not parse, which is a fault of a template.
        ToolchainMissingError: there is no rustfmt.
    """
    mine = [path for path in files if path.endswith(".rs")]
    if not mine:
        return files
    with tempfile.TemporaryDirectory(prefix="autonomous-coder-format-") as name:
        root = Path(name)
        await anyio.to_thread.run_sync(_write, root, {path: files[path] for path in mine})
        line = ("rustfmt", "--edition", "2024", *mine)
        code, _, said = await manage(line, root, FORMAT_TIMEOUT_S, {})
        if code != 0:
            reason = said.strip()[:500].replace(name, "")
            raise GenerationError(
                f"The generated code could not be formatted: {reason}",
                hint="This is a fault of a template; please report it with the spec.",
            )
        formatted = await anyio.to_thread.run_sync(_read, root, mine)
    return {**files, **formatted}


async def _biome(manage: Manager, cache: Path, version: str) -> Path:
    """The program, brought by npm where it is not there yet; no script of a package runs."""
    place = cache / f"biome-{version}"
    if found := await anyio.to_thread.run_sync(_program, place):
        return found
    await anyio.Path(cache).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".biome-", dir=cache) as name:
        made = Path(name) / "biome"
        manifest = json.dumps({"private": True, "dependencies": {"@biomejs/biome": version}})
        await anyio.to_thread.run_sync(_write, made, {"package.json": manifest})
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        code, _, errors = await manage(("npm", "install", *options), made, INSTALL_TIMEOUT_S, {})
        if code != 0 or await anyio.to_thread.run_sync(_program, made) is None:
            lines = errors.strip().splitlines() or [f"npm ended with {code}"]
            raise NetworkUnavailableError(
                f"The formatter Biome {version} could not be had: {lines[0][:300]}",
                hint="Check npm and its registry with `autonomous-coder doctor`.",
            )
        await anyio.to_thread.run_sync(_put, made, place)
    if found := await anyio.to_thread.run_sync(_program, place):
        return found
    raise GenerationError("The formatter went missing.", hint="Try again.")


def _program(place: Path) -> Path | None:
    """The binary for this machine: npm installs the package of no other."""
    programs = [*place.glob("node_modules/@biomejs/cli-*/biome*")]
    return next((p for p in programs if p.is_file()), None)


def _put(made: Path, place: Path) -> None:
    """Move into place, unless another process was faster."""
    try:
        made.rename(place)
    except OSError:
        if _program(place) is None:
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def _read(root: Path, paths: list[str]) -> dict[str, str]:
    return {path: (root / path).read_text(encoding="utf-8") for path in paths}
