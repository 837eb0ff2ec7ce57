"""A research engine that may run the ecosystems' own managers, against stand-ins on loopback."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.errors import ToolchainMissingError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Pin, Resolution
from autonomous_coder.settings import ResearchSettings
from registry_standin import RegistryStandin
from research_helpers import KNOWLEDGE, MemoryCache, run_client, run_uv


async def manage(
    argv: Sequence[str], directory: Path, seconds: float, env: Mapping[str, str]
) -> tuple[int, str, str]:
    """Runs a manager of this machine."""
    if shutil.which(argv[0]) is None:
        raise ToolchainMissingError(f"{argv[0]} is not installed.")
    with anyio.fail_after(seconds):
        done = await anyio.run_process(
            list(argv), cwd=directory, env={**os.environ, **env}, check=False
        )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@asynccontextmanager
async def resolving(
    work_dir: Path, cache: MemoryCache | None = None, **settings: float | str
) -> AsyncIterator[ResearchEngine]:
    """An engine with managers; it asks nobody for advisories unless `osv_url` says so."""
    values = {"timeout": 30.0, "max_retries": 1, "osv_url": "", **settings}
    engine = ResearchEngine(
        ResearchSettings.model_validate(values),
        cache or MemoryCache(),
        run_client,
        run_uv,
        KNOWLEDGE,
        work_dir,
        manage,
    )
    async with engine:
        yield engine


async def resolve(
    work_dir: Path, ecosystem: str, runtime: str, *packages: str, dev: Sequence[str] = ()
) -> Resolution:
    """One question to a fresh engine."""
    asked = Dependencies(
        ecosystem=ecosystem, runtime=runtime, packages=list(packages), dev_packages=list(dev)
    )
    async with resolving(work_dir) as engine:
        return await engine.resolve(asked)


def pin_of(found: Resolution, name: str) -> Pin:
    """The pin of a package."""
    return next(pin for pin in found.pins if pin.name == name)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skips where a manager is not installed."""
    absent = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(absent), reason=f"{', '.join(absent)} is not installed")


def add_crate(registry: RegistryStandin, name: str, *rows: Mapping[str, Any]) -> None:
    """A crate in a sparse index at /crates: rows with vers, and rust_version, deps, pubtime."""
    low = name.lower()
    place = f"3/{low[0]}/{low}" if len(low) == 3 else f"{low[:2]}/{low[2:4]}/{low}"
    base = {"name": name, "cksum": "0" * 64, "features": {}, "yanked": False, "deps": []}
    lines = [json.dumps({**base, **row}) for row in rows]
    registry.add_text(f"/crates/{place}", "\n".join(lines))
    answer = {"dl": f"{registry.url}/dl", "api": None}
    registry.add_text("/crates/config.json", json.dumps(answer), "application/json")


def crate_dep(name: str, requirement: str) -> dict[str, Any]:
    """A dependency as the index writes it."""
    return {
        "name": name, "req": requirement, "features": [], "optional": False,
        "default_features": True, "target": None, "kind": "normal",
    }  # fmt: skip


def use_crates(monkeypatch: pytest.MonkeyPatch, registry: RegistryStandin, home: Path) -> None:
    """Point cargo at the stand-in by its own settings."""
    home.mkdir(parents=True, exist_ok=True)
    if "RUSTUP_HOME" not in os.environ:
        monkeypatch.setenv("RUSTUP_HOME", str(Path.home() / ".rustup"))
    (home / "config.toml").write_text(
        '[source.crates-io]\nreplace-with = "standin"\n'
        f'[source.standin]\nregistry = "sparse+{registry.url}/crates/"\n'
    )
    monkeypatch.setenv("CARGO_HOME", str(home))


def add_module(
    registry: RegistryStandin, name: str, versions: Mapping[str, str], times: Mapping[str, str] = {}
) -> None:
    """A Go module: version -> the text of its go.mod after the module line."""
    registry.add_text(f"/go/{name}/@v/list", "\n".join(versions))
    for version, mod in versions.items():
        info = {"Version": version, "Time": times.get(version, "2026-01-02T03:04:05Z")}
        registry.add_text(f"/go/{name}/@v/{version}.mod", f"module {name}\n{mod}\n")
        registry.add_text(f"/go/{name}/@v/{version}.info", json.dumps(info), "application/json")


def use_modules(monkeypatch: pytest.MonkeyPatch, registry: RegistryStandin, home: Path) -> None:
    """Point go at the stand-in by its own variables."""
    monkeypatch.setenv("GOPROXY", f"{registry.url}/go")
    monkeypatch.setenv("GOSUMDB", "off")
    monkeypatch.setenv("GOMODCACHE", str(home))
    monkeypatch.setenv("GOFLAGS", "-modcacherw")


def use_npm(monkeypatch: pytest.MonkeyPatch, registry: RegistryStandin, home: Path) -> None:
    """Point npm at the stand-in by its own variables."""
    monkeypatch.setenv("npm_config_registry", registry.npm_registry)
    monkeypatch.setenv("npm_config_cache", str(home))
