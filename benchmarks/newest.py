"""Whether the versions that this program calls newest are those of the ecosystems' own clients.

    python benchmarks/newest.py [--first N] [ECOSYSTEM ...]

Asks for the packages that templates use in five ecosystems, prints a table and ends with 1 when a
version differs. What counts as newest is each client's word: uv for Python (for the newest Python
there is), npm's `latest`, `cargo add`, `go list -m …@latest` (which knows retractions), and Maven's
versions plugin, told to leave pre-releases out. Every client is asked once for all its packages,
as it would be for one project that uses them. --first takes the first N of each ecosystem.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.models.technology import TechInfo
from autonomous_coder.settings import ResearchSettings

PACKAGES = {
    "pypi": "fastapi uvicorn sqlalchemy alembic aiosqlite asyncpg pydantic-settings pyjwt pwdlib "
    "httpx2 typer pytest ruff mypy",
    "npm": "react vite vitest typescript express hono zod @biomejs/biome better-sqlite3 "
    "@types/node @vitejs/plugin-react react-router",
    "crates": "axum tokio serde serde_json sqlx clap anyhow thiserror tracing uuid chrono "
    "tower-http",
    "go": "github.com/go-chi/chi/v5 github.com/jackc/pgx/v5 modernc.org/sqlite "
    "github.com/google/uuid github.com/golang-jwt/jwt/v5 golang.org/x/crypto "
    "github.com/spf13/cobra github.com/stretchr/testify github.com/go-playground/validator/v10 "
    "github.com/prometheus/client_golang golang.org/x/sync github.com/gorilla/websocket",
    "maven": "org.springframework.boot:spring-boot org.junit.jupiter:junit-jupiter "
    "com.fasterxml.jackson.core:jackson-databind org.slf4j:slf4j-api org.assertj:assertj-core "
    "org.postgresql:postgresql com.h2database:h2 org.flywaydb:flyway-core info.picocli:picocli "
    "org.mockito:mockito-core",
}
UNSTABLE = (
    r"(?i).*[-._](alpha|beta|milestone|rc|cr|m|b|ea|preview|snapshot|pre|dev|jre\d|java\d)"
    r"[-._]?\d*.*"
)
VERSIONS_PLUGIN = "org.codehaus.mojo:versions-maven-plugin:2.18.0"


async def run_client(argv: Sequence[str]) -> str:
    try:
        return (await anyio.run_process(list(argv), check=False)).stdout.decode()
    except FileNotFoundError as error:
        raise EnvironmentLacksError(f"{argv[0]} is not installed.") from error


async def run_uv(*_: object) -> tuple[int, str, str]:
    raise EnvironmentLacksError("Nothing is resolved here.")


class NoCache:
    """Nothing is remembered: every fact is of this moment."""

    async def cache_get(self, key: str) -> None:  # noqa: ARG002
        return None

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:  # noqa: ARG002
        return None


async def ours(names: Sequence[str]) -> list[TechInfo]:
    knowledge = Path(autonomous_coder_resources.__file__).parent / "knowledge"
    with tempfile.TemporaryDirectory() as work:
        async with ResearchEngine(
            ResearchSettings(), NoCache(), run_client, run_uv, knowledge, Path(work)
        ) as research:
            return await research.research([parse_ref(name) for name in names])


def run(argv: Sequence[str], cwd: Path, text: str | None = None) -> str:
    """What a client prints; its errors go to the terminal."""
    env = {**os.environ, "NO_COLOR": "1", "CARGO_TERM_COLOR": "never"}
    done = subprocess.run(
        list(argv), cwd=cwd, input=text, capture_output=True, text=True, check=False, env=env
    )
    if done.returncode != 0:
        print(f"{' '.join(argv[:3])}: {done.stderr.strip()[-500:]}", file=sys.stderr)
    return f"{done.stdout}\n{done.stderr}"


def python_newest(names: Sequence[str], cwd: Path) -> dict[str, str]:
    uv = Path(sys.executable).parent / "uv"
    argv = [str(uv), "pip", "compile", "-", "--no-deps", "--no-header", "--no-annotate",
            "--upgrade", "--python-version", "3.14", "--quiet"]  # fmt: skip
    found = re.findall(r"^([a-z0-9-]+)==(\S+)", run(argv, cwd, "\n".join(names)), re.M)
    return dict(found)


def npm_newest(names: Sequence[str], cwd: Path) -> dict[str, str]:
    found = {}
    for name in names:
        said = run(["npm", "view", name, "version", "--json", "--prefer-online"], cwd)
        found[name] = str(json.loads(said.strip().splitlines()[0])) if said.strip() else "?"
    return found


def cargo_newest(names: Sequence[str], cwd: Path) -> dict[str, str]:
    (cwd / "src").mkdir(exist_ok=True)
    (cwd / "src" / "lib.rs").touch()
    (cwd / "Cargo.toml").write_text('[package]\nname = "newest"\nversion = "0.0.0"\n')
    said = run(["cargo", "add", "--dry-run", "--ignore-rust-version", *names], cwd)
    return dict(re.findall(r"Adding (\S+) v(\S+) to dependencies", said))


def go_newest(names: Sequence[str], cwd: Path) -> dict[str, str]:
    (cwd / "go.mod").write_text("module example.com/newest\n\ngo 1.24\n")
    wanted = [f"{name}@latest" for name in names]
    said = run(["go", "list", "-m", "-f", "{{.Path}} {{.Version}}", *wanted], cwd)
    return dict(re.findall(r"^(\S+/\S+) (v\S+)$", said, re.M))


def maven_newest(names: Sequence[str], cwd: Path) -> dict[str, str]:
    rows = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        "<version>0.0.0.1</version></dependency>"
        for group, _, artifact in (name.partition(":") for name in names)
    )
    (cwd / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId>"
        "<version>1</version><dependencyManagement><dependencies>"
        f"{rows}</dependencies></dependencyManagement></project>"
    )
    said = run(
        ["mvn", "-B", "-q", f"{VERSIONS_PLUGIN}:display-dependency-updates",
         f"-Dmaven.version.ignore={UNSTABLE}", "-Dversions.outputFile=updates.txt"],
        cwd,
    )  # fmt: skip
    table = cwd / "updates.txt"
    lines = (table.read_text() if table.is_file() else said).replace("...\n", "... ")
    return dict(re.findall(r"(\S+:\S+) [. ]*\s0\.0\.0\.1\s+->\s+(\S+)", lines))


CLIENTS: dict[str, tuple[str, Callable[[Sequence[str], Path], dict[str, str]]]] = {
    "pypi": ("uv", python_newest),
    "npm": ("npm", npm_newest),
    "crates": ("cargo", cargo_newest),
    "go": ("go", go_newest),
    "maven": ("mvn", maven_newest),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ecosystems", nargs="*", choices=[*CLIENTS, []], default=[])
    parser.add_argument("--first", type=int, default=0, help="of each ecosystem; 0 is all")
    chosen = parser.parse_args()
    wanted = {e: PACKAGES[e].split()[: chosen.first or None] for e in chosen.ecosystems or CLIENTS}
    names = [f"{ecosystem}:{name}" for ecosystem, some in wanted.items() for name in some]
    started = time.perf_counter()
    infos = anyio.run(ours, names)
    took = time.perf_counter() - started
    theirs: dict[str, str] = {}
    for ecosystem, some in wanted.items():
        program, ask = CLIENTS[ecosystem]
        if not shutil.which(program) and program != "uv":
            print(f"{program} is not installed: its packages are not compared.")
            continue
        with tempfile.TemporaryDirectory() as directory:
            found = ask(some, Path(directory))
        theirs |= {f"{ecosystem}:{name}": version for name, version in found.items()}
    print(f"{'package':<58}{'released':<12}{'ours':<18}{'the client says':<18}")
    differing = 0
    for name, info in zip(names, infos, strict=True):
        other = theirs.get(name, "no answer")
        same = info.version == other
        differing += not same
        day = f"{info.release_date:%Y-%m-%d}" if info.release_date else "-"
        mark = "" if same else f"  differs {info.error}"
        print(f"{name:<58}{day:<12}{info.version or '?':<18}{other:<18}{mark}")
    print(f"\n{len(names)} packages, {differing} differ; ours took {took:.2f} s")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
