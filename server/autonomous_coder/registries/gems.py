"""Ruby gems: the compact index that bundler reads, the JSON API for dates and descriptions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import EnvironmentLacksError, NetworkUnavailableError, RegistryError
from autonomous_coder.registries import gem_versions
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
    make_endpoint,
    malformed,
    refused,
    text,
)
from autonomous_coder.registries.gems_address import configured_sources, login_for
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.summary import newest_of

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "gem server"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LINE = re.compile(r"(\S{1,120}) ([^|\n]*)\|?(.*)")
_LISTED = re.compile(r"^\s*(https?://\S+)\s*$", re.M)


class Gems:
    """Registry protocol for Ruby gems."""

    ecosystem = "gems"
    title = TITLE
    probes: tuple[str, ...] = ()

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise bad_name("Ruby", name, "Letters, digits, '.', '_' and '-', e.g. gems:rails.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        sources, origin = await anyio.to_thread.run_sync(configured_sources)
        if not sources:
            try:
                answer = await run_client(("gem", "sources", "--list"))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No gem source is configured and Ruby is not installed.",
                    hint="Install Ruby, or name a source under ':sources:' in ~/.gemrc.",
                ) from error
            sources, origin = _LISTED.findall(answer), "gem sources"
        if not sources:
            raise EnvironmentLacksError(
                "RubyGems names no http(s) source.",
                hint="Add one with `gem sources --add`, or in ~/.gemrc.",
            )
        chain = tuple(
            make_endpoint(url, origin, authorization=login_for(url)) for url in sources[:10]
        )
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
        # RubyGems takes the newest of all its sources.
        best: tuple[gem_versions.Key, PackageRecord] | None = None
        for one in order:
            record = (await self._one(name, one, http, depth, "", version)).record
            newest = newest_of(record) if record else None
            key = gem_versions.parse(newest.version) if newest else ()
            if record and (best is None or (key or ()) > best[0]):
                label = f"{one.shown}, the newest of {len(order)} sources, as gem does"
                best = (key or (), replace(record, index=label))
        return Answer(best[1] if best else None)

    async def _one(
        self, name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
    ) -> Answer:
        reply = await http.get(
            urljoin(endpoint.url, f"info/{quote(name)}"),
            headers={"If-None-Match": etag} if etag else {},
            authorization=endpoint.authorization,
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        releases, needs = await http.parse(partial(read_info, reply.body))
        dated = any(release.published for release in releases)
        record = PackageRecord(
            "gems", name, tuple(releases), gaps=() if dated else ("release dates",)
        )
        if not releases:
            # The last version was yanked; the name is taken all the same.
            return Answer(record)
        new_etag = reply.headers.get("etag", "")
        if depth is Depth.VERSIONS:
            return Answer(record, new_etag)
        newest = newest_of(record)
        chosen = version or (newest.version if newest else releases[0].version)
        record = replace(record, described=chosen, dependencies=needs.get(chosen, {}))
        found = await self._details(name, endpoint, http)
        complete = "" if "licence" in (full := described(record, *found)).gaps else new_etag
        return Answer(full, complete)

    async def _details(self, name: str, endpoint: Endpoint, http: Http) -> tuple[object, object]:
        found: dict[str, object] = {}

        async def ask(kind: str) -> None:
            try:
                reply = await http.get(
                    urljoin(endpoint.url, f"api/v1/{kind}/{quote(name)}.json"),
                    authorization=endpoint.authorization,
                )
                if reply.status == 200:
                    found[kind] = await http.parse(partial(json.loads, reply.body))
            except (RegistryError, NetworkUnavailableError, ValueError, RecursionError):
                return

        async with anyio.create_task_group() as group:
            group.start_soon(ask, "gems")
            group.start_soon(ask, "versions")
        return found.get("gems"), found.get("versions")

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:
        reply = await http.get(
            urljoin(endpoint.url, f"api/v1/search.json?query={quote(words)}"),
            authorization=endpoint.authorization,
        )
        try:
            rows = json.loads(reply.body) if reply.status == 200 else []
        except (ValueError, RecursionError):
            return []
        rows = rows if isinstance(rows, list) else []
        names = [text(row.get("name"), 100) for row in rows if isinstance(row, dict)]
        return [name for name in names if NAME.fullmatch(name)][:20]

    def in_range(self, version: str, range_: str) -> bool:
        return gem_versions.satisfies(version, range_)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        return {"BUNDLE_MIRROR__ALL": endpoint.url.rstrip("/")}


def read_info(body: bytes) -> tuple[list[Release], dict[str, dict[str, str]]]:
    """(releases newest first, version -> dependencies) of a page of the compact index."""
    page = body.decode("utf-8", "replace")
    if not page.startswith("---"):
        raise malformed(TITLE, "is no page of the compact index")
    lines = page.splitlines()
    if len(lines) > MAX_RELEASES:
        raise malformed(TITLE, "lists too many versions")
    found: dict[str, tuple[gem_versions.Key, Release]] = {}
    needs: dict[str, dict[str, str]] = {}
    for line in lines:
        match = _LINE.fullmatch(line.rstrip())
        # Version and platform stand together: 1.16.0-x86_64-linux.
        version, platform, _ = match[1].partition("-") if match else ("", "", "")
        key = gem_versions.parse(version)
        # The line for any platform speaks for the version, where there is one.
        if match is None or key is None or (version in found and platform):
            continue
        facts = dict(part.partition(":")[::2] for part in match[3].split(","))
        ruby = text(facts.get("ruby", "").replace("&", ", "), 100)
        found[version] = (
            key,
            Release(
                version,
                text(facts.get("created_at", ""), 40),
                f"ruby {ruby}" if ruby else "",
                gem_versions.is_prerelease(version),
            ),
        )
        rows = [part.partition(":") for part in match[2].split(",") if ":" in part]
        needs[version] = {
            text(name, 100): text(range_.replace("&", ", "), 100)
            for name, _, range_ in rows[:MAX_DEPENDENCIES]
        }
    ordered = sorted(found.values(), key=lambda pair: pair[0], reverse=True)
    return [release for _, release in ordered], needs


def described(record: PackageRecord, gem: object, versions: object) -> PackageRecord:
    """The record with what the JSON API adds; what it did not answer is named as gaps."""
    rows = versions if isinstance(versions, list) else []
    by_number: dict[str, dict[str, Any]] = {}
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("number"), str):
            by_number.setdefault(row["number"], row)
    releases = tuple(
        replace(r, published=r.published or text(by_number[r.version].get("created_at"), 40))
        if r.version in by_number
        else r
        for r in record.releases
    )
    facts = gem if isinstance(gem, dict) else {}
    licences = by_number.get(record.described, {}).get("licenses") or facts.get("licenses")
    summary = text(re.sub(r"\s+", " ", str(facts.get("info") or "")))
    retired = re.match(r"\W*(?:deprecated|obsolete|renamed|moved)\b", summary, re.I)
    gaps = [g for g in record.gaps if g != "release dates" or not rows]
    if not facts:
        gaps += ["summary", "licence", "links"]
    return replace(
        record,
        releases=releases,
        summary=summary,
        license=text(" OR ".join(map(str, licences)), 100) if isinstance(licences, list) else "",
        documentation_url=link(facts.get("documentation_uri")) or link(facts.get("homepage_uri")),
        repository_url=link(facts.get("source_code_uri")),
        deprecated=summary if retired else "",
        replacement=successor(summary, "gems", record.name) if retired else "",
        gaps=tuple(gaps),
    )
