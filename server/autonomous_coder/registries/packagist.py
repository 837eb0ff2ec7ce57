"""PHP packages: Composer repositories of the second version (`packages.json`, `/p2/`)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.registries import composer_versions
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
    hosts_of,
    link,
    load_json,
    make_endpoint,
    malformed,
    ranges,
    refused,
    text,
)
from autonomous_coder.registries.packagist_address import (
    configured_repositories,
    listed_default,
    login_for,
)
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.transport import get_linked

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "Composer repository"
NAME = re.compile(r"[a-z0-9](?:[_.-]?[a-z0-9]+){0,60}/[a-z0-9](?:(?:[_.]|-{1,2})?[a-z0-9]+){0,60}")
PLATFORM = re.compile(r"(?:php(?:-.*)?|hhvm|ext-.*|lib-.*|composer(?:-.*)?)")
UNSET = "__unset"
MAX_NAME = 180


class Packagist:
    """Registry protocol for PHP packages, named `vendor/name`."""

    ecosystem = "packagist"
    title = TITLE
    probes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._templates: dict[str, str] = {}

    def check_name(self, name: str) -> str:
        low = name.lower()
        if len(low) > MAX_NAME or not NAME.fullmatch(low):
            raise bad_name("Composer", name, "Write packagist:vendor/name.")
        return low

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        found = await anyio.to_thread.run_sync(configured_repositories)
        urls = [(url, "Composer's config.json") for url in found.urls]
        if found.default_wanted:
            try:
                listing = await run_client(("composer", "config", "--global", "--list"))
                if default := listed_default(listing):
                    urls.append((default, "composer config"))
            except EnvironmentLacksError as error:
                # Without Composer's own repository the order would not be what Composer does.
                raise EnvironmentLacksError(
                    "No Composer repository is configured and Composer is not installed.",
                    hint="Install Composer, or name a repository in its own config.json in the "
                    "place of Composer's.",
                ) from error
        if not urls:
            raise EnvironmentLacksError(
                "Composer names no repository.",
                hint="Name one under 'repositories' in Composer's config.json.",
            )
        chain = tuple(
            make_endpoint(url, origin, authorization=login_for(url)) for url, origin in urls
        )
        return replace(chain[0], chain=chain if len(chain) > 1 else ())

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
        place, _, tag = etag.partition(" ") if len(order) > 1 else ("0", "", etag)
        for index, one in enumerate(order):
            known = tag if place == str(index) else ""
            answer = await self._one(name, one, http, depth, known, version)
            if answer.record is None and not answer.not_modified:
                continue
            if len(order) == 1:
                return answer
            # Composer stays with the first repository that has the package.
            label = f"{one.shown}, the first of {len(order)} repositories that has it"
            record = replace(answer.record, index=label) if answer.record else None
            new = f"{index} {answer.etag}" if answer.etag else ""
            return Answer(record, new, answer.not_modified)
        return Answer(None)

    async def _one(
        self, name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
    ) -> Answer:
        url = (await self._template(endpoint, http)).replace("%package%", name)
        reply = await get_linked(
            http, endpoint, url, headers={"If-None-Match": etag} if etag else {}
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        record = await http.parse(partial(read_package, name, reply.body, version))
        if depth is Depth.VERSIONS:
            record = replace(record, dependencies={}, described="")
        return Answer(record, reply.headers.get("etag", ""))

    async def _template(self, endpoint: Endpoint, http: Http) -> str:
        """Where the repository keeps its packages, by its own packages.json."""
        if endpoint.url not in self._templates:
            reply = await http.get(
                urljoin(endpoint.url, "packages.json"), authorization=endpoint.authorization
            )
            if reply.status != 200:
                raise refused(TITLE, reply.status)
            root = load_json(reply.body, TITLE)
            template = text(root.get("metadata-url"), 1_000)
            if "%package%" not in template:
                raise malformed(TITLE, "names no metadata-url (version 2 is needed)")
            self._templates[endpoint.url] = urljoin(endpoint.url, template)
        return self._templates[endpoint.url]

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:
        reply = await http.get(
            urljoin(endpoint.url, f"search.json?per_page=20&q={quote(words, safe='')}"),
            authorization=endpoint.authorization,
        )
        rows = load_json(reply.body, TITLE).get("results") if reply.status == 200 else None
        rows = rows if isinstance(rows, list) else []
        names = [text(row.get("name"), MAX_NAME) for row in rows if isinstance(row, dict)]
        return [name for name in names if NAME.fullmatch(name)][:20]

    def in_range(self, version: str, range_: str) -> bool:
        return composer_versions.satisfies(version, range_)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:  # noqa: ARG002
        # Composer's repositories stand in its configuration only.
        return {}


def expanded(rows: list[Any], minified: bool) -> list[dict[str, Any]]:
    """The versions in full: each is told by its difference from the one before."""
    found: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        current = {**current, **row} if minified else dict(row)
        current = {key: value for key, value in current.items() if value != UNSET}
        found.append(current)
    return found


def read_package(name: str, body: bytes, version: str = "") -> PackageRecord:
    """A package's document, described as of `version` or of the newest stable one."""
    data = load_json(body, TITLE)
    packages = data.get("packages")
    rows = packages.get(name) if isinstance(packages, dict) else None
    if not isinstance(rows, list) or len(rows) > MAX_RELEASES:
        raise malformed(TITLE, "holds no versions")
    found: list[tuple[composer_versions.Version, Release, dict[str, Any]]] = []
    for row in expanded(rows, "minified" in data):
        label = text(row.get("version"), 100)
        parsed = composer_versions.parse(label)
        if parsed is None:
            continue
        needs = row.get("require")
        php = text(needs.get("php"), 100) if isinstance(needs, dict) else ""
        release = Release(
            label,
            text(row.get("time"), 40),
            f"php {php}" if php else "",
            not parsed.is_stable,
        )
        found.append((parsed, release, row))
    if not found:
        raise malformed(TITLE, "holds no readable version")
    found.sort(key=lambda triple: triple[0], reverse=True)
    chosen = next((t for t in found if t[1].version == version), None)
    chosen = chosen or next((t for t in found if not t[1].prerelease), found[0])
    row = chosen[2]
    licence = row.get("license")
    source, support, dist = row.get("source"), row.get("support"), row.get("dist")
    abandoned = row.get("abandoned")
    instead = text(abandoned, 200) if isinstance(abandoned, str) else ""
    gone = bool(abandoned)
    message = f"abandoned by its authors{f'; use {instead}' if instead else ''}" if gone else ""
    needs = row.get("require") if isinstance(row.get("require"), dict) else {}
    return PackageRecord(
        ecosystem="packagist",
        name=name,
        releases=tuple(release for _, release, _ in found),
        summary=text(row.get("description")),
        license=text(" OR ".join(map(str, licence)) if isinstance(licence, list) else licence, 100),
        documentation_url=(link(support.get("docs")) if isinstance(support, dict) else "")
        or link(row.get("homepage")),
        repository_url=link(source.get("url")) if isinstance(source, dict) else "",
        deprecated=message,
        replacement=instead or (successor(message, "packagist", name) if gone else ""),
        described=chosen[1].version,
        dependencies=ranges(
            {k: v for k, v in (needs or {}).items() if not PLATFORM.fullmatch(str(k))},
            limit=MAX_DEPENDENCIES,
        ),
        file_hosts=hosts_of(
            [dist["url"]] if isinstance(dist, dict) and isinstance(dist.get("url"), str) else []
        ),
    )
