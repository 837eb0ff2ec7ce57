"""How long the current versions of 50 Python and 50 npm packages take, against the clients' own.

    python benchmarks/research.py [--live] [--python N] [--npm N] [--delay MS]

Compared with `pip index versions` and `npm view` one after another, in the same run. By default all
of them ask a stand-in on loopback, in a process of its own, whose pages are as large as those of
well-known packages and which waits DELAY milliseconds before each answer, as a network would. With
--live they ask the registries that the user's own settings name, for packages people know. Also
measured: the same again from the database (warm), everything about each package (told), and the
same from the database.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.settings import ResearchSettings
from autonomous_coder.store.store import Store

PYTHON = """
fastapi starlette pydantic pydantic-settings sqlalchemy aiosqlite asyncpg alembic pyjwt pwdlib
uvicorn httpx2 anyio pytest ruff mypy bandit typer rich click jinja2 django flask email-validator
python-multipart hatchling structlog packaging platformdirs tomlkit psycopg greenlet mako markupsafe
itsdangerous werkzeug h11 idna certifi sniffio typing-extensions annotated-types pydantic-core
iniconfig pluggy pygments shellingham mdurl markdown-it-py coverage
"""
NPM = """
react react-dom vite vitest typescript eslint prettier @biomejs/biome oxlint express fastify hono
zod prisma drizzle-orm better-sqlite3 pg jsonwebtoken argon2 pino dotenv supertest jsdom msw
@testing-library/react @testing-library/jest-dom @testing-library/user-event @types/node
@types/react @types/react-dom @types/express @vitejs/plugin-react react-router
@tanstack/react-query react-hook-form zustand tailwindcss postcss autoprefixer clsx esbuild rollup
tsx nodemon commander chalk undici ws nanoid dayjs
"""
RELEASES = 150


async def run_client(argv: Sequence[str]) -> str:
    try:
        return (await anyio.run_process(list(argv), check=False)).stdout.decode()
    except FileNotFoundError as error:
        raise EnvironmentLacksError(f"{argv[0]} is not installed.") from error


async def run_uv(*_: object) -> tuple[int, str, str]:
    raise EnvironmentLacksError("Nothing is resolved here.")


def serve(python: Sequence[str], npm: Sequence[str], delay: float, pipe: Connection) -> None:
    """The stand-in, until the other end of the pipe says something."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from registry_standin import RegistryStandin

    with RegistryStandin(delay=delay) as registry:
        releases = [f"{n // 30}.{n % 30}.0" for n in range(RELEASES)]
        for name in python:
            registry.add_python(name, {r: {"requires_python": ">=3.10"} for r in releases},
                                details={"summary": name, "license": "MIT"})  # fmt: skip
        for name in npm:
            facts = {"engines": {"node": ">=20"}, "dependencies": {f"d{i}": "^1" for i in range(9)},
                     "description": "x" * 300}  # fmt: skip
            times = dict.fromkeys(releases, "2026-01-01T00:00:00Z")
            registry.add_npm(name, dict.fromkeys(releases, facts), latest=releases[-1], times=times)
        pipe.send(registry.env())
        pipe.recv()


async def ours(names: Sequence[str], directory: Path) -> tuple[dict[str, str], dict[str, float]]:
    """(versions, seconds of each measure). Cold begins with nothing known, not even addresses."""
    knowledge = Path(autonomous_coder_resources.__file__).parent / "knowledge"
    refs = [parse_ref(name) for name in names]
    took: dict[str, float] = {}

    async def measured(label: str, data: str, *, full: bool) -> dict[str, str]:
        async with (
            await Store.open(directory / data) as store,
            ResearchEngine(
                ResearchSettings(), store, run_client, run_uv, knowledge, directory / "work"
            ) as research,
        ):
            if label.startswith("warm"):
                # What a running server has done once: database open, addresses and knowledge read.
                await research.research(refs[:1])
            started = time.perf_counter()
            found: dict[str, str] = {}
            if full:
                await research.research(refs)
            else:
                found = await research.get_current_versions(names)
            took[label] = time.perf_counter() - started
            return found

    await measured("cold, told in full", "full", full=True)
    await measured("warm, told in full", "full", full=True)
    found = await measured("cold", "versions", full=False)
    await measured("warm", "versions", full=False)
    return found, took


def clients(
    python: Sequence[str], npm: Sequence[str], env: Mapping[str, str]
) -> tuple[dict[str, str], float]:
    """(newest that pip and npm name, seconds), one process after another."""
    found: dict[str, str] = {}
    variables = {**os.environ, **env}
    if "UV_DEFAULT_INDEX" in env:
        variables["PIP_INDEX_URL"] = env["UV_DEFAULT_INDEX"]
        variables["PIP_NO_CACHE_DIR"] = "1"
    started = time.perf_counter()
    for name in python:
        argv = [sys.executable, "-m", "pip", "index", "versions", name]
        said = subprocess.run(argv, capture_output=True, text=True, check=False, env=variables)
        found[f"pypi:{name}"] = said.stdout.partition("\n")[0].partition("(")[2].rstrip(")")
    for name in npm:
        argv = ["npm", "view", name, "version", "--json", "--prefer-online"]
        said = subprocess.run(argv, capture_output=True, text=True, check=False, env=variables)
        found[f"npm:{name}"] = json.loads(said.stdout or '"?"')
    return found, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--live", action="store_true", help="ask the registries of your settings")
    parser.add_argument("--python", type=int, default=50)
    parser.add_argument("--npm", type=int, default=50)
    parser.add_argument("--delay", type=float, default=30.0, help="milliseconds of the stand-in")
    chosen = parser.parse_args()
    python, npm = PYTHON.split()[: chosen.python], NPM.split()[: chosen.npm]
    names = [f"pypi:{name}" for name in python] + [f"npm:{name}" for name in npm]
    mine, other = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(python, npm, chosen.delay / 1000, other)
    )
    env: dict[str, str] = {}
    if not chosen.live:
        server.start()
        env = mine.recv()
        os.environ.update(env)
    with tempfile.TemporaryDirectory() as directory:
        versions, took = anyio.run(ours, names, Path(directory))
    theirs, sequential = clients(python, npm, env)
    if not chosen.live:
        mine.send("done")
        server.join()
    differing = [name for name in names if versions.get(name) != theirs[name]]
    for name in differing:
        print(f"{name}: ours {versions.get(name, '?')}, the client's {theirs[name]}")
    where = "live registries" if chosen.live else f"stand-in, {chosen.delay:g} ms an answer"
    print(f"\n{len(python)} Python + {len(npm)} npm packages, {where}; {len(differing)} differ")
    print(f"{'pip and npm one after another':<32}{sequential:9.2f} s")
    for label, seconds in took.items():
        print(f"{label:<32}{seconds:9.3f} s  {sequential / seconds:8.0f} times faster")


if __name__ == "__main__":
    main()
