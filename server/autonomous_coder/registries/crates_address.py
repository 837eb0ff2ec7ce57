"""Where the user's Cargo looks for crates, with the token it has for that registry."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

INDEX_DIR = re.compile(r"(?P<host>[a-z0-9.-]+)-[0-9a-f]{16}")
MAX_CONFIG_BYTES = 1_000_000
CONFIGURED = "Cargo's config.toml"


def configured_index() -> tuple[str, str, str] | None:
    """(sparse index address, where found, token) from Cargo's files and its index directory."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    values = _toml(home / "config.toml") or _toml(home / "config")
    found = _replaced(values)
    if found:
        address, registry = found
        return address, CONFIGURED, _token(home, registry)
    try:
        directories = sorted((home / "registry" / "index").iterdir())
    except OSError:
        return None
    for directory in directories:
        match = INDEX_DIR.fullmatch(directory.name)
        # Only a sparse index keeps its config.json here; a git index is a repository.
        if match and (directory / "config.json").is_file():
            return f"https://{match['host']}/", "Cargo's own index directory", ""
    return None


def _token(home: Path, registry: str) -> str:
    """The token for a registry: from the environment, else from Cargo's credentials."""
    mark = registry.upper().replace("-", "_")
    if token := os.environ.get(f"CARGO_REGISTRIES_{mark}_TOKEN", ""):
        return token
    values = _toml(home / "credentials.toml") or _toml(home / "credentials")
    tokens = values.get("registries")
    entry = tokens.get(registry) if isinstance(tokens, dict) else None
    return str(entry.get("token", "")) if isinstance(entry, dict) else ""


def _replaced(values: dict[str, Any]) -> tuple[str, str] | None:
    sources = values.get("source")
    sources = sources if isinstance(sources, dict) else {}
    registries = values.get("registries")
    registries = registries if isinstance(registries, dict) else {}
    name, seen = "crates-io", set()
    while name not in seen:
        seen.add(name)
        source = sources.get(name)
        if not isinstance(source, dict):
            break
        if isinstance(source.get("replace-with"), str):
            name = source["replace-with"]
            continue
        address = source.get("registry")
        if isinstance(address, str) and address.startswith("sparse+"):
            return address.removeprefix("sparse+"), name
        break
    if name != "crates-io":
        entry = registries.get(name)
        address = entry.get("index") if isinstance(entry, dict) else None
        if isinstance(address, str) and address.startswith("sparse+"):
            return address.removeprefix("sparse+"), name
    return None


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
            return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        pass
    return {}
