"""Runs inside the sandbox after `cargo fetch`: the part of cargo's home that one lock needs.

`gather.py LOCK HOME TARGET` copies the sources, archives and index entries of every package that
LOCK names from HOME (shared between projects) to TARGET (one environment's own).
"""

import shutil
import sys
import tomllib
from pathlib import Path


def index_place(name: str) -> str:
    """Where the index keeps a crate."""
    low = name.lower()
    if len(low) < 3:
        return f"{len(low)}/{low}"
    return f"3/{low[0]}/{low}" if len(low) == 3 else f"{low[:2]}/{low[2:4]}/{low}"


def copy(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.is_file():
        shutil.copy2(source, target)


def main() -> None:
    lock, home, target = (Path(argument) for argument in sys.argv[1:4])
    document = tomllib.loads(lock.read_text(encoding="utf-8"))
    packages = [p for p in document.get("package", ()) if "source" in p]
    for kind in ("index", "cache", "src"):
        for registry in sorted((home / "registry" / kind).glob("*")):
            into = target / "registry" / kind / registry.name
            if kind == "index":
                copy(registry / "config.json", into / "config.json")
            for package in packages:
                name, version = package["name"], package["version"]
                part = {
                    "index": f".cache/{index_place(name)}",
                    "cache": f"{name}-{version}.crate",
                    "src": f"{name}-{version}",
                }[kind]
                copy(registry / part, into / part)
    shutil.copy2(lock, target.parent / "Cargo.lock")


main()
