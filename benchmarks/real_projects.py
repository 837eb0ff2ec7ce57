"""Our verdict on small packages of others, against what their own tools say when run by hand.

    python benchmarks/real_projects.py [NAME...]

Sources come through your own clients (`uv`/the Python index, `go mod download`, `cargo fetch`,
`npm pack`) into a temporary directory. By hand each tool runs bare, with the project's own
configuration; ours runs with strict_mode off, in which the project's own configuration of a tool
decides. Every line where both disagree is marked. This runs code of these packages outside the
sandbox: that is what is compared with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from autonomous_coder.settings import ValidationSettings
from live_validating import live_validator

UV = str(Path(sysconfig.get_path("scripts")) / "uv")
RUFF = str(Path(sysconfig.get_path("scripts")) / "ruff")


@dataclass(frozen=True)
class Project:
    """A package, how its sources are had, and the command that stands for each of our checks."""

    name: str
    language: str
    get: Callable[[str, Path], Path]
    by_hand: Mapping[str, list[str]]


def run(command: list[str], directory: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One command, with its output."""
    kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return subprocess.run(
        command, cwd=directory, env=kept | env, capture_output=True, text=True, check=False
    )


def python_source(name: str, into: Path) -> Path:
    """The newest source distribution of the index, unpacked without running anything of it."""
    from pypi_simple import PyPISimple

    with PyPISimple() as index:
        files = [p for p in index.get_project_page(name).packages if p.package_type == "sdist"]
        index.download_package(files[-1], into / "source.tar.gz")
    with tarfile.open(into / "source.tar.gz") as archive:
        archive.extractall(into / "source", filter="data")
    (found,) = (into / "source").iterdir()
    return found


def go_source(name: str, into: Path) -> Path:
    """The module's files from the Go proxy, copied out of the module cache."""
    (into / "go.mod").write_text("module fetching\n")
    done = run(["go", "mod", "download", "-json", f"{name}@latest"], into)
    source = Path(json.loads(done.stdout)["Dir"])
    shutil.copytree(source, into / "source", copy_function=shutil.copy)
    for path in (into / "source").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (into / "source").chmod(0o755)
    return into / "source"


def rust_source(name: str, into: Path) -> Path:
    """The crate's files as the registry holds them."""
    (into / "src").mkdir()
    (into / "src" / "lib.rs").write_text("")
    manifest = f'[package]\nname = "fetching"\nversion = "0.1.0"\n[dependencies]\n{name} = "*"\n'
    (into / "Cargo.toml").write_text(manifest)
    run(["cargo", "fetch"], into, CARGO_HOME=str(into / "home"))
    source = next((into / "home" / "registry" / "src").glob(f"*/{name}-*"))
    shutil.copytree(source, into / "source")
    (into / "source" / ".cargo-ok").unlink(missing_ok=True)
    return into / "source"


def npm_source(name: str, into: Path) -> Path:
    """The package's files as the registry holds them."""
    run(["npm", "pack", name, "--silent"], into)
    (archive_name,) = into.glob("*.tgz")
    with tarfile.open(archive_name) as archive:
        archive.extractall(into / "source", filter="data")
    (found,) = (into / "source").iterdir()
    return found


PYTHON = {"tests": [UV, "run", "--with", "pytest", "pytest", "-q"], "lint": [RUFF, "check"]}
GO = {
    "build": ["go", "build", "./..."],
    "lint": ["go", "vet", "./..."],
    "tests": ["go", "test", "./..."],
    "format": ["sh", "-c", 'test -z "$(gofmt -l .)"'],
}
RUST = {
    "build": ["cargo", "check", "--all-targets"],
    "tests": ["cargo", "test"],
    "format": ["cargo", "fmt", "--check"],
}
NODE = {"syntax": ["sh", "-c", "find . -name '*.js' | xargs -n 1 node --check"]}

PROJECTS = (
    Project("blinker", "python", python_source, PYTHON),
    Project("humanize", "python", python_source, PYTHON),
    Project("idna", "python", python_source, PYTHON),
    Project("github.com/google/uuid", "go", go_source, GO),
    Project("github.com/pkg/errors", "go", go_source, GO),
    Project("github.com/gorilla/mux", "go", go_source, GO),
    Project("itoa", "rust", rust_source, RUST),
    Project("hex", "rust", rust_source, RUST),
    Project("fnv", "rust", rust_source, RUST),
    Project("ms", "javascript", npm_source, NODE),
    Project("semver", "javascript", npm_source, NODE),
    Project("nanoid", "javascript", npm_source, NODE),
)


async def main(names: list[str]) -> None:
    """Print one line for each package and check."""
    print("| package | language | check | by hand | ours | equal |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="real-projects-") as temporary:
        base = Path(temporary)
        settings = ValidationSettings(strict_mode=False)
        async with live_validator(base, cache=base / "cache", settings=settings) as validator:
            for number, project in enumerate(PROJECTS):
                if names and project.name not in names:
                    continue
                into = base / str(number)
                into.mkdir()
                root = await anyio.to_thread.run_sync(project.get, project.name, into)
                checks = tuple(project.by_hand)
                report = await validator.validate(root, checks=checks)
                for check, command in project.by_hand.items():
                    copy = into / f"by-hand-{check}"
                    shutil.copytree(root, copy)
                    done = await anyio.to_thread.run_sync(run, command, copy)
                    hand = "passed" if done.returncode == 0 else "failed"
                    ours = report.check(check)
                    said = ours.status.value if ours else "-"
                    equal = (
                        "yes" if hand == said else f"**no**: {ours.reason[:120] if ours else ''}"
                    )
                    print(
                        f"| {project.name} | {project.language} | {check} | {hand} | {said} "
                        f"| {equal} |",
                        flush=True,
                    )


if __name__ == "__main__":
    anyio.run(main, sys.argv[1:])
