"""npm packages: `/latest` when that suffices, else the packument."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urljoin

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
    hosts_of,
    link,
    load_json,
    make_endpoint,
    malformed,
    ranges,
    refused,
    text,
)
from autonomous_coder.registries.npm_address import authorization, configured, scopes
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.transport import Http, Reply, TooLargeError

TITLE = "npm registry"
MAX_SEARCH_BYTES = 2 * 1024**2
PLAIN = "application/json"
ABBREVIATED = "application/vnd.npm.install-v1+json"
Reader = Callable[[str, bytes], PackageRecord]
FORGES = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
SHORTHAND = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w.-]{1,100}/[\w.-]{1,100})")
NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]{0,100}/)?[A-Za-z0-9~-][A-Za-z0-9._~-]{0,200}")


class Npm:
    """Registry protocol for npm packages."""

    ecosystem = "npm"
    title = TITLE
    probes: tuple[str, ...] = ("typescript", "react", "npm")

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name) or len(name) > 214:
            raise bad_name("npm", name, "Write it like npm:react or npm:@types/node.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        values = await anyio.to_thread.run_sync(configured)
        address, origin = values.get("registry", ""), "npm's settings"
        if not address:
            try:
                address = await run_client(("npm", "config", "get", "registry"))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No npm registry is configured and npm is not installed.",
                    hint="Install Node.js with npm, or set npm_config_registry to its address.",
                ) from error
            address, origin = address.strip(), "npm config get registry"
        own = {
            scope: make_endpoint(
                url, f"npm's settings for {scope}", authorization=authorization(values, url)
            )
            for scope, url in scopes(values).items()
        }
        main = make_endpoint(address, origin, authorization=authorization(values, address))
        return replace(main, scopes=MappingProxyType(own))

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
        one = endpoint.of(name)
        answer = await self._fetch(name, one, http, depth, etag, version)
        if one is endpoint or answer.record is None:
            return answer
        scope = name.partition("/")[0]
        label = f"{one.shown}, the registry of {scope}"
        return replace(answer, record=replace(answer.record, index=label))

    async def _fetch(
        self, name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
    ) -> Answer:
        path = quote(name, safe="@")
        if version:
            return await self._manifest(name, path, version, endpoint, http)
        if depth is Depth.VERSIONS:
            answer = await self._latest(name, path, endpoint, http, etag)
            # Some mirrors keep no per-version documents: the packument has it all.
            if answer.record or answer.not_modified:
                return answer
        # Dates are only in the full packument; where that is too large, the abbreviated one, and
        # where a mirror knows none, the newest version alone.
        for kind in (PLAIN, ABBREVIATED):
            try:
                reply = await self._get(path, kind, endpoint, http, etag)
            except TooLargeError:
                continue
            return await self._read(name, reply, etag, read_packument, http)
        return await self._latest(name, path, endpoint, http, etag)

    async def _latest(
        self, name: str, path: str, endpoint: Endpoint, http: Http, etag: str
    ) -> Answer:
        reply = await self._get(f"{path}/latest", PLAIN, endpoint, http, etag)
        if reply.status in (405, 501):
            return Answer(None)
        return await self._read(name, reply, etag, read_manifest, http)

    async def _manifest(
        self, name: str, path: str, version: str, endpoint: Endpoint, http: Http
    ) -> Answer:
        reply = await self._get(f"{path}/{quote(version)}", PLAIN, endpoint, http, "")
        return await self._read(name, reply, "", read_manifest, http)

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:
        reply = await http.get(
            urljoin(endpoint.of(words).url, f"-/v1/search?size=20&text={quote(words, safe='')}"),
            authorization=endpoint.of(words).authorization,
            max_bytes=MAX_SEARCH_BYTES,
        )
        rows = load_json(reply.body, TITLE).get("objects") if reply.status == 200 else None
        rows = rows if isinstance(rows, list) else []
        found = [row.get("package") for row in rows if isinstance(row, dict)]
        names = [text(row.get("name"), 214) for row in found if isinstance(row, dict)]
        return [name for name in names if NAME.fullmatch(name)][:20]

    async def _get(self, path: str, kind: str, endpoint: Endpoint, http: Http, etag: str) -> Reply:
        return await http.get(
            urljoin(endpoint.url, path),
            headers={"Accept": kind} | ({"If-None-Match": etag} if etag else {}),
            authorization=endpoint.authorization,
        )

    async def _read(self, name: str, reply: Reply, etag: str, reader: Reader, http: Http) -> Answer:
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        record = await http.parse(partial(reader, name, reply.body))
        return Answer(record, reply.headers.get("etag", ""))

    def in_range(self, version: str, range_: str) -> bool:
        return semver.satisfies(version, range_)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        return {"npm_config_registry": endpoint.url}


def read_manifest(name: str, body: bytes) -> PackageRecord:
    """The document of one version (`/{name}/latest`)."""
    data = load_json(body, TITLE)
    version = text(data.get("version"), 100)
    parsed = semver.parse(version)
    if parsed is None:
        raise malformed(TITLE, "holds no version")
    release = Release(
        version, "", _engine(data), parsed.is_prerelease, text(data.get("deprecated"))
    )
    return _record(name, data, (release,), version, gaps=("release dates", "older versions"))


def read_packument(name: str, body: bytes) -> PackageRecord:
    """The document of the whole package."""
    data = load_json(body, TITLE)
    versions = data.get("versions")
    if not isinstance(versions, dict) or len(versions) > MAX_RELEASES:
        raise malformed(TITLE, "holds no versions")
    times = data.get("time")
    times = times if isinstance(times, dict) else {}
    tags = data.get("dist-tags")
    latest = text(tags.get("latest"), 100) if isinstance(tags, dict) else ""
    found: list[tuple[semver.Semver, Release]] = []
    for version, manifest in versions.items():
        parsed = semver.parse(version)
        if parsed is None or not isinstance(manifest, dict):
            continue
        withdrawn = manifest.get("deprecated")
        reason = text(withdrawn) or ("deprecated" if withdrawn is True else "")
        found.append(
            (
                parsed,
                Release(
                    version,
                    text(times.get(version), 40),
                    _engine(manifest),
                    parsed.is_prerelease,
                    reason,
                ),
            )
        )
    if not found:
        raise malformed(TITLE, "holds no readable version")
    found.sort(key=lambda pair: pair[0], reverse=True)
    current = versions.get(latest)
    return _record(
        name,
        current if isinstance(current, dict) else data,
        tuple(release for _, release in found),
        latest,
        gaps=() if times else ("release dates",),
    )


def _record(
    name: str,
    data: dict[str, Any],
    releases: tuple[Release, ...],
    latest: str,
    *,
    gaps: tuple[str, ...],
) -> PackageRecord:
    peers = ranges(data.get("peerDependencies"), limit=50)
    optional = data.get("peerDependenciesMeta")
    optional = optional if isinstance(optional, dict) else {}
    needed = {
        peer: range_
        for peer, range_ in peers.items()
        if not (isinstance(meta := optional.get(peer), dict) and meta.get("optional") is True)
    }
    repository = data.get("repository")
    address = repository.get("url") if isinstance(repository, dict) else repository
    if isinstance(address, str) and (short := SHORTHAND.fullmatch(address)):
        address = f"https://{FORGES[short[1] or 'github']}/{short[2]}"
    licence = data.get("license")
    licence = licence.get("type") if isinstance(licence, dict) else licence
    dist = data.get("dist")
    tarball = dist.get("tarball") if isinstance(dist, dict) else None
    deprecated = text(data.get("deprecated")) or (
        "deprecated" if data.get("deprecated") is True else ""
    )
    return PackageRecord(
        ecosystem="npm",
        name=name,
        releases=releases,
        preferred=latest,
        summary=text(data.get("description")),
        license=text(licence, 100),
        documentation_url=link(data.get("homepage")),
        repository_url=link(address),
        deprecated=deprecated,
        replacement=successor(deprecated, "npm", name),
        described=text(data.get("version"), 100),
        dependencies=ranges(data.get("dependencies")),
        peers=needed,
        compatibility=peers,
        file_hosts=hosts_of([tarball] if isinstance(tarball, str) else []),
        gaps=gaps,
    )


def _engine(data: dict[str, Any]) -> str:
    engines = data.get("engines")
    node = engines.get("node") if isinstance(engines, dict) else None
    return f"node {text(node, 100)}" if isinstance(node, str) and node else ""
