"""Rust crates: the sparse index of the user's Cargo."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import anyio

from autonomous_coder.errors import (
    EnvironmentLacksError,
    NetworkUnavailableError,
    RegistryError,
)
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
    refused,
    text,
)
from autonomous_coder.registries.crate_archive import (
    MAX_ARCHIVE_BYTES,
    archive_url,
    dependencies,
    index_path,
    read_archive,
    with_manifest,
)
from autonomous_coder.registries.crates_address import CONFIGURED, configured_index
from autonomous_coder.registries.summary import newest_of
from autonomous_coder.registries.transport import get_linked

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "crate registry"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class Crates:
    """Registry protocol for Rust crates."""

    ecosystem = "crates"
    title = TITLE
    probes: tuple[str, ...] = ("serde",)

    def __init__(self) -> None:
        self._roots: dict[str, str] = {}

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
        depth: Depth,
        etag: str = "",
        version: str = "",
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
            raise refused(TITLE, reply.status)
        record, rows = await http.parse(partial(read_index, name, reply.body))
        new_etag = reply.headers.get("etag", "")
        if depth is Depth.VERSIONS:
            return Answer(record, new_etag)
        newest = newest_of(record)
        row = rows.get(version or (newest.version if newest else ""))
        if row is None:
            return Answer(record, new_etag)
        record = replace(
            record, described=text(row.get("vers"), 100), dependencies=dependencies(row)
        )
        manifest = await self._manifest(name, record.described, row, endpoint, http)
        if not manifest:
            return Answer(replace(record, gaps=(*record.gaps, "summary", "licence", "links")))
        return Answer(with_manifest(record, manifest), new_etag)

    async def _manifest(
        self, name: str, version: str, row: dict[str, Any], endpoint: Endpoint, http: Http
    ) -> dict[str, Any]:
        """The `package` table of the crate's own manifest, from the first part of its archive;
        empty when it cannot be had."""
        try:
            if endpoint.url not in self._roots:
                self._roots[endpoint.url] = await download_root(endpoint, http)
            root = self._roots[endpoint.url]
            if not root.startswith(("https://", "http://")):
                return {}
            url = archive_url(root, name, version, text(row.get("cksum"), 64))
            reply = await get_linked(
                http,
                endpoint,
                url,
                headers={"Range": f"bytes=0-{MAX_ARCHIVE_BYTES - 1}"},
                max_bytes=MAX_ARCHIVE_BYTES,
                partial=True,
            )
            if reply.status not in (200, 206):
                return {}
            return await http.parse(partial(read_archive, reply.body))
        except (RegistryError, NetworkUnavailableError):
            return {}

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:  # noqa: ARG002
        return []

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


def read_index(name: str, body: bytes) -> tuple[PackageRecord, dict[str, dict[str, Any]]]:
    """The lines of a sparse index file, newest first, and the line of each version."""
    rows: dict[str, dict[str, Any]] = {}
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
        rows[version] = row
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
    record = PackageRecord(
        ecosystem="crates",
        name=text(rows[found[0][1].version].get("name"), 64) or name,
        releases=tuple(release for _, release in found),
        gaps=() if dated else ("release dates",),
    )
    return record, rows


async def download_root(endpoint: Endpoint, http: Http) -> str:
    """The `dl` address the index names for crate files."""
    reply = await http.get(
        urljoin(endpoint.url, "config.json"), authorization=endpoint.authorization
    )
    return text(load_json(reply.body, TITLE).get("dl"), 1_000) if reply.status == 200 else ""
