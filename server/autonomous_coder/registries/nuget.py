"""NuGet packages: the service index, then the registration of a package (protocol version 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.registries import nuget_versions
from autonomous_coder.registries.base import (
    MAX_DEPENDENCIES,
    MAX_RELEASES,
    Answer,
    ClientRunner,
    Depth,
    Endpoint,
    PackageRecord,
    Release,
    bad_name,
    link,
    load_json,
    make_endpoint,
    malformed,
    refused,
    text,
)
from autonomous_coder.registries.nuget_address import configured_sources, listed_sources
from autonomous_coder.registries.summary import newest_of
from autonomous_coder.registries.transport import get_linked

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "NuGet source"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
REGISTRATIONS = ("RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned",
                 "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl")  # fmt: skip
SEARCHES = ("SearchQueryService/3.5.0", "SearchQueryService/3.0.0-rc", "SearchQueryService")
UNLISTED = "1900-"
MAX_PAGES = 40
"""Pages hold 64 versions each; the newest come first."""
Entry = dict[str, Any]


class NuGet:
    """Registry protocol for .NET packages."""

    ecosystem = "nuget"
    title = TITLE
    probes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._services: dict[str, dict[str, str]] = {}

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name) or ".." in name:
            raise bad_name("NuGet", name, "Write it like nuget:Serilog.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        sources, origin = await anyio.to_thread.run_sync(configured_sources), "NuGet.Config"
        if not sources:
            try:
                answer = await run_client(("dotnet", "nuget", "list", "source"))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No NuGet source is configured and .NET is not installed.",
                    hint="Install the .NET SDK, or name a source in ~/.nuget/NuGet/NuGet.Config.",
                ) from error
            sources = [(url, "") for url in listed_sources(answer)]
            origin = "dotnet nuget list source"
        if not sources:
            raise EnvironmentLacksError(
                "NuGet names no enabled http(s) source.",
                hint="Add one with `dotnet nuget add source`.",
            )
        chain = tuple(make_endpoint(url, origin, authorization=login) for url, login in sources)
        return replace(chain[0], chain=chain if len(chain) > 1 else (), merge=len(chain) > 1)

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
        order = endpoint.order
        if len(order) == 1:
            return await self._one(name, endpoint, http, depth, etag, version)
        # NuGet asks all sources; for "the newest" the highest version of them counts.
        best: tuple[nuget_versions.Version, PackageRecord] | None = None
        for one in order:
            record = (await self._one(name, one, http, depth, "", version)).record
            newest = newest_of(record) if record else None
            key = nuget_versions.parse(newest.version if newest else "0") or _ZERO
            if record and (best is None or key > best[0]):
                label = f"{one.shown}, the newest of {len(order)} sources, as NuGet does"
                best = (key, replace(record, index=label))
        return Answer(best[1] if best else None)

    async def _one(
        self, name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
    ) -> Answer:
        base = await self._service(endpoint, http, REGISTRATIONS)
        if not base:
            raise malformed(TITLE, "offers no package registrations (version 3 is needed)")
        url = urljoin(base.rstrip("/") + "/", f"{quote(name.lower())}/index.json")
        reply = await get_linked(
            http, endpoint, url, headers={"If-None-Match": etag} if etag else {}
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        index = await http.parse(partial(load_json, reply.body, TITLE))
        pages = [page for page in _rows(index.get("items")) if isinstance(page, dict)]
        if not pages:
            raise malformed(TITLE, "holds no versions")
        entries: list[Entry] = []
        for page in pages[-MAX_PAGES:]:
            entries += [*_entries(await self._page(page, endpoint, http))]
        record = await http.parse(partial(read_entries, name, entries, version))
        if len(pages) > MAX_PAGES:
            record = replace(record, gaps=("oldest versions",))
        if depth is Depth.VERSIONS:
            record = replace(record, dependencies={}, described="")
        return Answer(record, reply.headers.get("etag", ""))

    async def _page(self, page: dict[str, Any], endpoint: Endpoint, http: Http) -> dict[str, Any]:
        if "items" in page:
            return page
        url = text(page.get("@id"), 1_000)
        if not url.startswith(("https://", "http://")):
            raise malformed(TITLE, "names a page without an address")
        reply = await get_linked(http, endpoint, url)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        return await http.parse(partial(load_json, reply.body, TITLE))

    async def _service(self, endpoint: Endpoint, http: Http, kinds: tuple[str, ...]) -> str:
        """The address of one of the source's services, by its service index."""
        if endpoint.url not in self._services:
            reply = await http.get(endpoint.url[:-1], authorization=endpoint.authorization)
            if reply.status != 200:
                raise refused(TITLE, reply.status)
            rows = _rows(load_json(reply.body, TITLE).get("resources"))
            self._services[endpoint.url] = {
                text(row.get("@type"), 100): urljoin(endpoint.url, text(row.get("@id"), 1_000))
                for row in reversed(rows)
                if isinstance(row, dict)
            }
        known = self._services[endpoint.url]
        return next((known[kind] for kind in kinds if kind in known), "")

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:
        base = await self._service(endpoint, http, SEARCHES)
        if not base:
            return []
        url = f"{base}?take=20&q={quote(words, safe='')}"
        reply = await get_linked(http, endpoint, url)
        rows = _rows(load_json(reply.body, TITLE).get("data")) if reply.status == 200 else []
        names = [text(row.get("id"), 100) for row in rows if isinstance(row, dict)]
        return [name for name in names if NAME.fullmatch(name)][:20]

    def in_range(self, version: str, range_: str) -> bool:
        return nuget_versions.satisfies(version, range_)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:  # noqa: ARG002
        # NuGet's sources stand in its configuration only.
        return {}


_ZERO = nuget_versions.Version((0, 0, 0, 0))


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(page: dict[str, Any]) -> Iterator[Entry]:
    for leaf in _rows(page.get("items"))[:MAX_RELEASES]:
        entry = leaf.get("catalogEntry") if isinstance(leaf, dict) else None
        if isinstance(entry, dict):
            yield entry


def read_entries(name: str, entries: list[Entry], version: str = "") -> PackageRecord:
    """The record of a package's catalog entries, described as of `version` or the newest."""
    found: list[tuple[nuget_versions.Version, Release, Entry]] = []
    for entry in entries:
        label = text(entry.get("version"), 100).partition("+")[0]
        parsed = nuget_versions.parse(label)
        if parsed is None:
            continue
        published = text(entry.get("published"), 40)
        hidden = entry.get("listed") is False or published.startswith(UNLISTED)
        published = "" if published.startswith(UNLISTED) else published
        release = Release(
            label, published, _framework(entry), parsed.is_prerelease, "unlisted" if hidden else ""
        )
        found.append((parsed, release, entry))
    if not found:
        raise malformed(TITLE, "holds no readable version")
    found.sort(key=lambda triple: triple[0], reverse=True)
    usable = [t for t in found if not t[1].withdrawn]
    chosen = next((t for t in found if t[1].version == version), None)
    chosen = chosen or next((t for t in usable if not t[1].prerelease), (usable or found)[0])
    entry = chosen[2]
    message, instead = _deprecation(entry)
    summary = entry.get("summary") or entry.get("description") or ""
    return PackageRecord(
        ecosystem="nuget",
        name=text(entry.get("id"), 100) or name,
        releases=tuple(release for _, release, _ in found),
        summary=text(re.sub(r"\s+", " ", str(summary))),
        license=text(entry.get("licenseExpression"), 100)
        or ("see " + address if (address := link(entry.get("licenseUrl"))) else ""),
        documentation_url=link(entry.get("projectUrl")),
        deprecated=message,
        replacement=instead,
        described=chosen[1].version,
        dependencies=_dependencies(entry),
        gaps=("repository",),
    )


def _deprecation(entry: Entry) -> tuple[str, str]:
    """(message, the package named instead)."""
    said = entry.get("deprecation")
    if not isinstance(said, dict):
        return "", ""
    reasons = ", ".join(text(reason, 40) for reason in _rows(said.get("reasons"))[:5])
    other = said.get("alternatePackage")
    instead = text(other.get("id"), 100) if isinstance(other, dict) else ""
    message = text(said.get("message")) or f"deprecated ({reasons or 'no reason given'})"
    return f"{message}{f'; use {instead}' if instead and instead not in message else ''}", instead


def _groups(entry: Entry) -> list[dict[str, Any]]:
    return [group for group in _rows(entry.get("dependencyGroups")) if isinstance(group, dict)]


def _framework(entry: Entry) -> str:
    """The frameworks a version is built for, e.g. `net8.0, netstandard2.0`."""
    names = [text(group.get("targetFramework"), 60).lstrip(".") for group in _groups(entry)]
    return ", ".join(dict.fromkeys(name for name in names if name))[:120]


def _dependencies(entry: Entry) -> dict[str, str]:
    """Those of the group for the newest framework, which stands last."""
    for group in reversed(_groups(entry)):
        rows = [row for row in _rows(group.get("dependencies")) if isinstance(row, dict)]
        if rows:
            return {
                name: text(row.get("range"), 100)
                for row in rows[:MAX_DEPENDENCIES]
                if (name := text(row.get("id"), 100))
            }
    return {}
