"""Rust crates: the sparse index of the user's Cargo."""

from __future__ import annotations

import json
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import anyio

from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.registries import semver
from autonomous_coder.registries.base import (
    MAX_RELEASES,
    Answer,
    ClientRunner,
    Depth,
    Endpoint,
    PackageRecord,
    Release,
    bad_name,
    load_json,
    make_endpoint,
    malformed,
    text,
)

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "crate registry"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
INDEX_DIR = re.compile(r"(?P<host>[a-z0-9.-]+)-[0-9a-f]{16}")
MAX_CONFIG_BYTES = 1_000_000
CONFIGURED = "Cargo's config.toml"


class Crates:
    """Registry protocol for Rust crates."""

    ecosystem = "crates"
    title = TITLE
    probes: tuple[str, ...] = ("serde",)

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise bad_name("Rust", name, "Letters, digits, '-' and '_', e.g. crates:serde.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        found = await anyio.to_thread.run_sync(configured_index)
        if found is None:
            # Cargo keeps its index under a directory named after the index's host, made on use.
            try:
                await run_client(("cargo", "info", "serde", "--color", "never"))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No crate registry is configured and cargo is not installed.",
                    hint="Install Rust with cargo, or name a sparse index in Cargo's config.toml.",
                ) from error
            found = await anyio.to_thread.run_sync(configured_index)
        if found is None:
            raise EnvironmentLacksError(
                "Cargo did not say where its crate index is.",
                hint="Run `cargo info serde` once, or name a sparse index in Cargo's config.toml.",
            )
        address, origin, token = found
        return make_endpoint(address, origin, authorization=token)

    async def fetch(
        self,
        name: str,
        endpoint: Endpoint,
        http: Http,
        *,
        depth: Depth,  # noqa: ARG002
        etag: str = "",
    ) -> Answer:
        reply = await http.get(
            urljoin(endpoint.url, index_path(name)),
            headers={"If-None-Match": etag} if etag else {},
            authorization=endpoint.authorization,
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410, 451):
            return Answer(None)
        if reply.status != 200:
            raise malformed(TITLE, f"has the status {reply.status}")
        record = await http.parse(partial(read_index, name, reply.body))
        return Answer(record, reply.headers.get("etag", ""))

    def in_range(self, version: str, range_: str) -> bool:
        return semver.satisfies(version, range_, bare_caret=True)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        # Source replacement cannot be set by variables of cargo's; whoever starts it writes a
        # configuration from ours.
        replaced = endpoint.learned_from == CONFIGURED
        return {
            "CARGO_REGISTRIES_CRATES_IO_PROTOCOL": "sparse",
            **({"CRATES_INDEX": f"sparse+{endpoint.url}"} if replaced else {}),
        }


def index_path(name: str) -> str:
    """Where the sparse index keeps a crate."""
    low = name.lower()
    if len(low) < 3:
        return f"{len(low)}/{low}"
    return f"3/{low[0]}/{low}" if len(low) == 3 else f"{low[:2]}/{low[2:4]}/{low}"


def read_index(name: str, body: bytes) -> PackageRecord:
    """The lines of a sparse index file, newest first."""
    found: list[tuple[semver.Semver, Release]] = []
    lines = body.splitlines()
    if len(lines) > MAX_RELEASES:
        raise malformed(TITLE, "lists too many versions")
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise malformed(TITLE, "holds a line that is not JSON") from error
        version = text(row.get("vers"), 100) if isinstance(row, dict) else ""
        parsed = semver.parse(version)
        if parsed is None:
            continue
        rust = text(row.get("rust_version"), 20)
        found.append(
            (
                parsed,
                Release(
                    version,
                    text(row.get("pubtime"), 40),
                    f"rust >={rust}" if rust else "",
                    parsed.is_prerelease,
                    "yanked" if row.get("yanked") is True else "",
                ),
            )
        )
    if not found:
        raise malformed(TITLE, "holds no readable version")
    found.sort(key=lambda pair: pair[0], reverse=True)
    dated = any(release.published for _, release in found)
    return PackageRecord(
        ecosystem="crates",
        name=name,
        releases=tuple(release for _, release in found),
        gaps=("summary", "licence", "links", *(() if dated else ("release dates",))),
    )


def configured_index() -> tuple[str, str, str] | None:
    """(sparse index address, where found, token) from Cargo's files and its index directory."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    values = _toml(home / "config.toml") or _toml(home / "config")
    found = _replaced(values)
    if found:
        address, registry = found
        tokens = _toml(home / "credentials.toml").get("registries")
        entry = tokens.get(registry) if isinstance(tokens, dict) else None
        token = str(entry.get("token", "")) if isinstance(entry, dict) else ""
        token = os.environ.get(
            f"CARGO_REGISTRIES_{registry.upper().replace('-', '_')}_TOKEN", token
        )
        return address, CONFIGURED, token
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


async def download_root(endpoint: Endpoint, http: Http) -> str:
    """The `dl` address the index names for crate files."""
    reply = await http.get(
        urljoin(endpoint.url, "config.json"), authorization=endpoint.authorization
    )
    return text(load_json(reply.body, TITLE).get("dl"), 1_000) if reply.status == 200 else ""
