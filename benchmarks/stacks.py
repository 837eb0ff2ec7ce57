"""Real stacks: resolved together, locked by their manager, installed with its strict command.

    python benchmarks/stacks.py [NAME ...]

For each: the versions, the constraint that holds each package back, and the seconds of resolving,
locking and installing. Everything comes from the registries that the user's own clients name; a
stack whose manager is not installed is left out and said so. Ends with 1 when a stack fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.errors import CoderError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Resolution
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import ResearchSettings, SandboxSettings

Write = Callable[[Resolution], dict[str, str]]
MAIN_GO = """package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
)

func main() {
	http.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		_, err := pgx.Connect(context.Background(), "")
		fmt.Fprintln(w, err)
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:8080", nil))
}
"""
MAIN_RS = """use axum::{routing::get, Router};

#[tokio::main]
async fn main() {
    let app: Router = Router::new().route("/health", get(|| async { "ok" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
"""
TEST_JAVA = """package demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DemoTest {
    @Test
    void aNameIsKept() {
        assertEquals("demo", LoggerFactory.getLogger("demo").getName());
    }
}
"""


@dataclass(frozen=True)
class Entry:
    value: bytes
    stored_at: float
    etag: str = ""


class Cache:
    """Answers in memory: every run starts cold."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    async def cache_get(self, key: str) -> Entry | None:
        return self.entries.get(key)

    async def cache_put(self, key: str, value: bytes, *, etag: str = "") -> None:
        self.entries[key] = Entry(value, time.time(), etag)


@dataclass(frozen=True)
class Stack:
    """One stack: what is asked for, how its files are written, and how it is installed."""

    name: str
    ecosystem: str
    runtime: str
    packages: Sequence[str]
    write: Write
    install: Sequence[Sequence[str]]
    client: str
    dev: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)


def pyproject(requires: str) -> Write:
    """A project with lower bounds at what was resolved, as we write it."""

    def write(found: Resolution) -> dict[str, str]:
        wanted = [f"{name}>={version}" for name, version in found.versions().items()]
        return {
            "pyproject.toml": f'[project]\nname = "demo"\nversion = "0.1.0"\n'
            f"requires-python = {json.dumps(requires)}\ndependencies = {json.dumps(wanted)}\n"
            "[tool.uv]\npackage = false\n"
        }

    return write


def package_json(dev: Sequence[str]) -> Write:
    """A private package with carets at what was resolved."""

    def write(found: Resolution) -> dict[str, str]:
        versions = found.versions()
        manifest = {
            "name": "demo",
            "version": "0.1.0",
            "private": True,
            "dependencies": {n: f"^{v}" for n, v in versions.items() if n not in dev},
            "devDependencies": {n: f"^{v}" for n, v in versions.items() if n in dev},
        }
        return {"package.json": json.dumps(manifest, indent=2)}

    return write


def cargo_toml(found: Resolution) -> dict[str, str]:
    """A binary crate."""
    versions = found.versions()
    lines = [f'{name} = "{version}"' for name, version in versions.items() if name != "tokio"]
    lines.append(f'tokio = {{ version = "{versions["tokio"]}", features = ["full"] }}')
    head = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n'
    return {"Cargo.toml": head + "\n".join(lines) + "\n", "src/main.rs": MAIN_RS}


def go_mod(found: Resolution) -> dict[str, str]:
    """A main package with one driver."""
    lines = [f"\t{name} {version}" for name, version in found.versions().items()]
    go = found.runtime.removeprefix("go ")
    mod = f"module demo\n\ngo {go}\n\nrequire (\n" + "\n".join(lines) + "\n)\n"
    return {"go.mod": mod, "main.go": MAIN_GO}


def pom(found: Resolution) -> dict[str, str]:
    """A jar with one test."""
    rows = []
    for name, version in found.versions().items():
        group, _, artifact = name.partition(":")
        scope = "<scope>test</scope>" if group == "org.junit.jupiter" else ""
        rows.append(
            f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{version}</version>{scope}</dependency>"
        )
    return {
        "pom.xml": '<project xmlns="http://maven.apache.org/POM/4.0.0">'
        "<modelVersion>4.0.0</modelVersion><groupId>demo</groupId><artifactId>demo</artifactId>"
        "<version>0.1.0</version><properties><maven.compiler.release>17</maven.compiler.release>"
        "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>"
        f"<dependencies>{''.join(rows)}</dependencies>"
        "<build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>"
        "<artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin><plugin><groupId>org.apache.maven.plugins</groupId>"
        "<artifactId>maven-surefire-plugin</artifactId><version>3.5.2</version></plugin>"
        "</plugins></build></project>",
        "src/test/java/demo/DemoTest.java": TEST_JAVA,
    }


WEB = ("react", "react-dom")
WEB_DEV = (
    "vite", "vitest", "@vitejs/plugin-react", "@vitest/coverage-v8", "jsdom", "typescript",
    "typescript-eslint", "eslint", "@types/react", "@types/react-dom", "@types/node",
)  # fmt: skip
UV = ("uv", "sync", "--locked", "--no-build", "--no-python-downloads")
NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
STACKS = (
    Stack(
        "FastAPI service", "pypi", ">=3.11",
        ("fastapi", "uvicorn", "sqlalchemy[asyncio]", "aiosqlite", "alembic", "pyjwt",
         "pwdlib[argon2]", "pydantic-settings", "httpx2", "pytest", "ruff", "mypy"),
        pyproject(">=3.11"), (UV,), "uv",
    ),
    Stack(
        "Django on Python 3.11", "pypi", "==3.11.*",
        ("django", "psycopg[binary]", "numpy", "pytest", "gunicorn"),
        pyproject("==3.11.*"), (UV,), "uv",
    ),
    Stack(
        "React + Vite + Vitest, Node 20", "npm", "20", WEB, package_json(WEB_DEV), (NPM,), "npm",
        dev=WEB_DEV,
    ),
    Stack(
        "React + Vite + Vitest, Node 22", "npm", "22", WEB, package_json(WEB_DEV), (NPM,), "npm",
        dev=WEB_DEV,
    ),
    Stack(
        "axum service", "crates", "",
        ("axum", "tokio[full]", "serde", "serde_json", "tower-http", "tracing",
         "tracing-subscriber"),
        cargo_toml, (("cargo", "check", "--locked", "--quiet"),), "cargo",
        env={"CARGO_BUILD_JOBS": "1"},
    ),
    Stack(
        "Go service", "go", "", ("github.com/jackc/pgx/v5",), go_mod,
        (("go", "mod", "verify"), ("go", "build", "-mod=readonly", "-o", os.devnull, ".")), "go",
        env={"GOTOOLCHAIN": "local", "GOFLAGS": ""},
    ),
    Stack(
        "Maven library", "maven", "17",
        ("org.slf4j:slf4j-api", "org.slf4j:slf4j-simple"), pom,
        (("mvn", "-B", "-q", "-ntp", "verify"),), "mvn",
        dev=("org.junit.jupiter:junit-jupiter",),
    ),
)  # fmt: skip


def commands(stack: Stack) -> tuple[list[list[str]], str]:
    """(the strict commands as this machine can run them, a remark)."""
    found = [list(words) for words in stack.install]
    remark = ""
    if stack.client == "uv":
        found = [[str(Path(sys.executable).parent / "uv"), *words[1:]] for words in found]
    if stack.client == "npm":
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        here = node.stdout.strip().lstrip("v")
        if here.partition(".")[0] == stack.runtime:
            found = [[*words, "--engine-strict"] for words in found]
        else:
            remark = f"installed on Node {here}: without --engine-strict"
    return found, remark


async def run(stack: Stack, engine: ResearchEngine, directory: Path) -> bool:
    """Resolve, lock and install one stack, and print what came of it."""
    asked = Dependencies(
        ecosystem=stack.ecosystem,
        runtime=stack.runtime,
        packages=list(stack.packages),
        dev_packages=list(stack.dev),
    )
    started = time.perf_counter()
    found = await engine.resolve(asked)
    resolving = time.perf_counter() - started
    files = stack.write(found)
    started = time.perf_counter()
    if stack.ecosystem != "maven":
        files |= await engine.lock_project(stack.ecosystem, files)
    locking = time.perf_counter() - started
    for path, content in files.items():
        place = directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    to_run, remark = commands(stack)
    started = time.perf_counter()
    good = True
    said = ""
    for words in to_run:
        done = subprocess.run(
            words,
            cwd=directory,
            env={**os.environ, **stack.env},
            capture_output=True,
            text=True,
            check=False,
        )
        good = good and done.returncode == 0
        said += done.stdout[-2_000:] + done.stderr[-2_000:] if done.returncode else ""
    installing = time.perf_counter() - started
    shown = "; ".join(" ".join([Path(words[0]).name, *words[1:]]) for words in to_run)
    print(f"\n{stack.name} on {found.runtime}: {'clean' if good else 'FAILED'}")
    print(f"  {shown}{f' ({remark})' if remark else ''}")
    print(
        f"  resolve {resolving:.1f} s, lock {locking:.1f} s, install {installing:.1f} s; "
        f"{len(found.pins)} packages by {found.resolver}"
    )
    for pin in found.pins:
        if pin.direct:
            newest = "newest" if pin.version == pin.newest else f"newest {pin.newest}"
            print(f"    {pin.name:<34} {pin.version:<10} {newest:<16} {pin.held_by}".rstrip())
    for note in found.notes:
        print(f"    - {note}")
    if said:
        print(said)
    unexplained = [
        p.name for p in found.pins if p.direct and p.version != p.newest and not p.held_by
    ]
    if unexplained:
        print(f"    not explained: {', '.join(unexplained)}")
    return good and not unexplained


async def main(names: Sequence[str]) -> int:
    knowledge = Path(autonomous_coder_resources.__file__).parent / "knowledge"
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as base:
        clients = Clients(Sandbox(SandboxSettings(), Path(base) / "cache"))
        async with ResearchEngine(
            ResearchSettings(),
            Cache(),
            clients.read,
            clients.uv,
            knowledge,
            Path(base) / "work",
            clients.manage,
        ) as engine:
            for index, stack in enumerate(STACKS):
                if names and not any(name.lower() in stack.name.lower() for name in names):
                    continue
                if stack.client != "uv" and shutil.which(stack.client) is None:
                    print(f"\n{stack.name}: left out, {stack.client} is not installed")
                    continue
                directory = Path(base) / str(index)
                directory.mkdir()
                try:
                    good = await run(stack, engine, directory)
                except CoderError as error:
                    print(f"\n{stack.name}: FAILED: {error}")
                    good = False
                failed += [] if good else [stack.name]
    print(f"\n{'all clean' if not failed else 'failed: ' + ', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(anyio.run(main, sys.argv[1:]))
