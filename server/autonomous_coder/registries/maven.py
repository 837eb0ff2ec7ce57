"""Java artifacts: `maven-metadata.xml`, and the POM of the newest for its description."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import (
    EnvironmentLacksError,
    InvalidInputError,
    NetworkUnavailableError,
    RegistryError,
)
from autonomous_coder.registries.base import (
    MAX_RELEASES,
    Answer,
    ClientRunner,
    Depth,
    Endpoint,
    PackageRecord,
    Release,
    bad_name,
    make_endpoint,
    malformed,
    refused,
    text,
)
from autonomous_coder.registries.endpoints import basic
from autonomous_coder.registries.maven_address import (
    blocks,
    central_of,
    first,
    mirror_of_central,
    strip_comments,
)
from autonomous_coder.registries.maven_pom import MAX_PARENTS, parent_of, read_pom

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "Maven repository"
MAX_POM_BYTES = 2 * 1024**2
GRADLE_MARK = "published-with-gradle-metadata"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,149}:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
PRE = re.compile(
    r"(?:^|[.\-_\d])(?:alpha|beta|milestone|snapshot|preview|pre|dev|ea|rc|cr|[abm])[.\-_]?\d*(?![a-z])"
)
RANK = {"alpha": 0, "a": 0, "beta": 1, "b": 1, "milestone": 2, "m": 2, "rc": 3, "cr": 3,
        "snapshot": 4, "": 5, "ga": 5, "final": 5, "release": 5, "sp": 6}  # fmt: skip


class Maven:
    """Registry protocol for Maven artifacts, named `group:artifact`."""

    ecosystem = "maven"
    title = TITLE
    probes: tuple[str, ...] = ("org.apache.commons:commons-lang3",)

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name) or ".." in name:
            raise bad_name("Maven", name, "Write maven:group:artifact.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        mirror = await anyio.to_thread.run_sync(mirror_of_central)
        if mirror:
            url, user, password = mirror
            return make_endpoint(
                url, "Maven's settings.xml", authorization=basic(user, password) if user else ""
            )
        try:
            answer = await run_client(("mvn", "--version"))
        except EnvironmentLacksError as error:
            raise EnvironmentLacksError(
                "No Maven mirror is configured and Maven is not installed.",
                hint="Install Maven, or name a mirror of central in ~/.m2/settings.xml.",
            ) from error
        address = await anyio.to_thread.run_sync(central_of, answer)
        if not address:
            raise EnvironmentLacksError(
                "The installed Maven does not say where its central repository is.",
                hint="Name a mirror of central in ~/.m2/settings.xml.",
            )
        return make_endpoint(address, "Maven's super POM")

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
        group, _, artifact = name.partition(":")
        folder = f"{group.replace('.', '/')}/{artifact}"
        reply = await http.get(
            urljoin(endpoint.url, f"{folder}/maven-metadata.xml"),
            headers={"If-None-Match": etag} if etag else {},
            authorization=endpoint.authorization,
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise refused(TITLE, reply.status)
        releases, preferred = await http.parse(partial(read_metadata, reply.body))
        new_etag = reply.headers.get("etag", "")
        if depth is Depth.VERSIONS:
            return Answer(PackageRecord("maven", name, tuple(releases), preferred), new_etag)
        record = await self._describe(name, releases, preferred, version, endpoint, http)
        return Answer(record, "" if "description" in record.gaps else new_etag)

    async def _describe(
        self,
        name: str,
        releases: list[Release],
        preferred: str,
        version: str,
        endpoint: Endpoint,
        http: Http,
    ) -> PackageRecord:
        chosen = version or preferred or releases[0].version
        group, _, artifact = name.partition(":")
        documents, date = await self._poms(group, artifact, chosen, endpoint, http)
        if not documents:
            return PackageRecord(
                "maven", name, tuple(releases), preferred, gaps=("description", "release dates")
            )
        pom = await http.parse(partial(read_pom, documents, group, artifact, chosen))
        java = pom.java
        if not java and GRADLE_MARK in documents[0]:
            java = await self._gradle_java(group, artifact, chosen, endpoint, http)
        moved = f"moved to {pom.relocated}" if pom.relocated else ""
        return PackageRecord(
            ecosystem="maven",
            name=name,
            releases=tuple(
                replace(r, published=date, runtime=f"java >={java}" if java else "")
                if r.version == chosen
                else r
                for r in releases
            ),
            preferred=preferred,
            summary=pom.summary,
            license=pom.license,
            documentation_url=pom.documentation_url,
            repository_url=pom.repository_url,
            deprecated=f"{moved}: {pom.relocation_note}"
            if moved and pom.relocation_note
            else moved,
            replacement=pom.relocated,
            described=chosen,
            dependencies=pom.dependencies,
            gaps=(
                *(() if java else ("Java version",)),
                "dates of older releases" if date else "release dates",
            ),
        )

    async def _poms(
        self, group: str, artifact: str, version: str, endpoint: Endpoint, http: Http
    ) -> tuple[list[str], str]:
        """(the POM and its parents, the day the POM was published)."""
        documents: list[str] = []
        date = ""
        wanted: tuple[str, str, str] | None = (group, artifact, version)
        seen: set[tuple[str, str, str]] = set()
        while wanted and wanted not in seen and len(documents) <= MAX_PARENTS:
            seen.add(wanted)
            try:
                reply = await http.get(
                    urljoin(endpoint.url, _path(*wanted, ".pom")),
                    authorization=endpoint.authorization,
                    max_bytes=MAX_POM_BYTES,
                )
            except (RegistryError, NetworkUnavailableError):
                break
            if reply.status != 200:
                break
            if not documents:
                date = _http_date(reply.headers.get("last-modified", ""))
            documents.append(reply.body.decode("utf-8", "replace"))
            wanted = parent_of(documents[-1])
        return documents, date

    async def _gradle_java(
        self, group: str, artifact: str, version: str, endpoint: Endpoint, http: Http
    ) -> str:
        """What Gradle's module metadata say; POMs written by Gradle lack it."""
        try:
            reply = await http.get(
                urljoin(endpoint.url, _path(group, artifact, version, ".module")),
                authorization=endpoint.authorization,
                max_bytes=MAX_POM_BYTES,
            )
        except (RegistryError, NetworkUnavailableError):
            return ""
        body = reply.body.decode("utf-8", "replace") if reply.status == 200 else ""
        found = re.findall(r'"org\.gradle\.jvm\.version":\s*(\d{1,2})\b', body)
        return min(found, key=int) if found else ""

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:  # noqa: ARG002
        return []

    def in_range(self, version: str, range_: str) -> bool:
        spec = range_.strip()
        interval = re.fullmatch(r"([\[(])\s*([\w.+-]*)\s*,\s*([\w.+-]*)\s*([\])])", spec)
        key = sort_key(version)
        if interval:
            low, high = interval[2], interval[3]
            above = not low or key > sort_key(low) or (interval[1] == "[" and key == sort_key(low))
            below = (
                not high or key < sort_key(high) or (interval[4] == "]" and key == sort_key(high))
            )
            return above and below
        if not re.fullmatch(r"[\w.+-]{1,100}", spec):
            raise InvalidInputError(
                f"'{text(range_, 60)}' is not a Maven version range.",
                hint="Write it like [1.2,2.0) or 3.1.",
            )
        return version == spec or version.startswith((f"{spec}.", f"{spec}-"))

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        # Maven reads no variable of this kind; our own program that resolves does.
        return {"MAVEN_REPOSITORY": endpoint.url}


def _path(group: str, artifact: str, version: str, suffix: str) -> str:
    return quote(f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}{suffix}")


def read_metadata(body: bytes) -> tuple[list[Release], str]:
    """(releases newest first, the newest stable version)."""
    document = strip_comments(body.decode("utf-8", "replace"))
    versioning = next(blocks(document, "versioning"), "")
    versions = [text(unescape(v), 100) for v in blocks(versioning, "version")]
    versions = [v for v in dict.fromkeys(versions) if re.fullmatch(r"[\w.+-]+", v)]
    if not versions or len(versions) > MAX_RELEASES:
        raise malformed(TITLE, "holds no versions")
    versions.sort(key=sort_key, reverse=True)
    releases = [Release(v, prerelease=bool(PRE.search(v.lower()))) for v in versions]
    stable = [release.version for release in releases if not release.prerelease]
    named = text(first(versioning, "release"), 100)
    # `release` is what was deployed last, often a fix of an older line: it counts only where it
    # is the newest but for its qualifier (`33.0-jre`, `33.0-android`).
    if stable and (named not in stable or _numbers(named) != _numbers(stable[0])):
        named = stable[0]
    return releases, named


def _numbers(version: str) -> str:
    return re.split(r"[-_]|\.(?=[a-z])", version.lower())[0]


class sort_key:  # noqa: N801
    """Orders versions as Maven does: numbers, then qualifiers alpha < beta < rc < '' < sp."""

    __slots__ = ("parts",)

    def __init__(self, version: str) -> None:
        tokens = re.findall(r"\d+|[a-z]+", version.lower()[:100])
        parts: list[tuple[int, int, str]] = []
        for token in tokens:
            if token.isdigit():
                parts.append((7, int(token), ""))
            else:
                parts.append((RANK.get(token, 5), 0, "" if token in RANK else token))
        # A trailing zero or `final` adds nothing.
        while parts and parts[-1] in ((7, 0, ""), (5, 0, "")):
            parts.pop()
        self.parts = tuple(parts)

    def __lt__(self, other: sort_key) -> bool:
        empty = (5, 0, "")
        for mine, theirs in zip_longest(self.parts, other.parts, fillvalue=empty):
            if mine != theirs:
                return mine < theirs
        return False

    def __gt__(self, other: sort_key) -> bool:
        return other < self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, sort_key) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)


def _http_date(value: str) -> str:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(value).isoformat() if value else ""
    except (TypeError, ValueError):
        return ""
