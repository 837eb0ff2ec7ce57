"""How long thirty current versions take, against `pip index versions` one after another.

    python benchmarks/research.py [NUMBER]

Both ask the index that the user's own settings name, in the same run. Also measured: the same
packages again from a warm cache, and joint resolution of a service's stack.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.settings import ResearchSettings

PACKAGES = """
fastapi starlette pydantic pydantic-settings sqlalchemy aiosqlite asyncpg alembic pyjwt pwdlib
uvicorn httpx2 anyio pytest ruff mypy bandit typer rich click jinja2 django flask email-validator
python-multipart hatchling structlog packaging platformdirs tomlkit
""".split()  # noqa: SIM905
STACK = ["fastapi", "sqlalchemy[asyncio]", "aiosqlite", "alembic", "pyjwt", "pwdlib[argon2]"]


@dataclass(frozen=True)
class Entry:
    value: bytes
    stored_at: float
    etag: str = ""


class Cache:
    """Answers in memory: what is measured is the research, not the database."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    async def cache_get(self, key: str) -> Entry | None:
        return self.entries.get(key)

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:
        self.entries[key] = Entry(value, time.time(), etag)


async def run_client(argv: Sequence[str]) -> str:
    try:
        return (await anyio.run_process(list(argv), check=False)).stdout.decode()
    except FileNotFoundError as error:
        raise EnvironmentLacksError(f"{argv[0]} is not installed.") from error


async def run_uv(args: Sequence[str], cwd: Path, timeout: float) -> tuple[int, str, str]:
    uv = str(Path(sys.executable).parent / "uv")
    with anyio.fail_after(timeout):
        done = await anyio.run_process([uv, *args], cwd=cwd, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


async def ours(packages: Sequence[str], work: Path) -> tuple[dict[str, str], float, float, float]:
    """(versions, cold seconds, warm seconds, seconds of one joint resolution)."""
    knowledge = Path(autonomous_coder_resources.__file__).parent / "knowledge"
    async with ResearchEngine(
        ResearchSettings(), Cache(), run_client, run_uv, knowledge, work
    ) as research:
        started = time.perf_counter()
        versions = await research.get_current_versions(packages)
        cold = time.perf_counter() - started
        started = time.perf_counter()
        await research.get_current_versions(packages)
        warm = time.perf_counter() - started
        stack = Dependencies(ecosystem="pypi", runtime=">=3.11", packages=STACK)
        started = time.perf_counter()
        await research.resolve(stack)
        return versions, cold, warm, time.perf_counter() - started


def pip(packages: Sequence[str]) -> tuple[dict[str, str], float]:
    """(newest that pip names, seconds), one process after another."""
    found = {}
    started = time.perf_counter()
    for package in packages:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "index", "versions", package],
            capture_output=True,
            text=True,
            check=False,
        )
        first = done.stdout.partition("\n")[0]
        found[package] = first.partition("(")[2].rstrip(")")
    return found, time.perf_counter() - started


def main() -> None:
    packages = PACKAGES[: int(sys.argv[1]) if len(sys.argv) > 1 else len(PACKAGES)]
    with tempfile.TemporaryDirectory() as work:
        versions, cold, warm, resolution = anyio.run(ours, packages, Path(work))
    theirs, sequential = pip(packages)
    print(f"{'package':<20} {'ours':<12} pip")
    for package in packages:
        mine = versions.get(package, "?")
        mark = "" if mine == theirs[package] else "  (differs: pip asks for this Python only)"
        print(f"{package:<20} {mine:<12} {theirs[package]}{mark}")
    print(f"\n{len(packages)} packages, pip one after another: {sequential:.2f} s (1.00)")
    print(f"cold: {cold:.3f} s ({sequential / cold:.0f} times faster)")
    print(f"warm: {warm * 1000:.1f} ms ({sequential / warm:.0f} times faster)")
    print(f"joint resolution of {len(STACK)} packages: {resolution:.2f} s")


if __name__ == "__main__":
    main()
