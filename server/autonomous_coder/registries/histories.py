"""What joint resolution asks beyond a package's record: constraints and dates of its versions.

npm's packument is read version by version; for Go and Maven, whose lists name versions only, one
version is asked at a time.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from autonomous_coder.registries import semver
from autonomous_coder.registries.base import Endpoint, load_json, malformed, text
from autonomous_coder.registries.golang import escape
from autonomous_coder.registries.maven import _http_date
from autonomous_coder.registries.maven_address import blocks, first, strip_comments, without
from autonomous_coder.registries.transport import MAX_BODY_BYTES, Reply, TooLargeError

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

MAX_KEPT = 600
MAX_WITH_NEEDS = 60
MAX_RELATIONS = 200
MAX_PARENTS = 5
FULL_KIND = "application/json"
SHORT_KIND = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"


@dataclass(frozen=True, slots=True)
class NpmVersion:
    """One stable version: the Node range it asks for, its peers (those in `optional` only bind
    when they are there), when it was published (ISO 8601 or empty) and why it is deprecated."""

    version: str
    node: str = ""
    peers: dict[str, str] = field(default_factory=dict)
    optional: list[str] = field(default_factory=list)
    published: str = ""
    deprecated: str = ""
    needs: dict[str, str] = field(default_factory=dict)
    """Its dependencies; of recent versions only."""


@dataclass(frozen=True, slots=True)
class NpmHistory:
    """The stable versions of an npm package, newest first. `latest` is the registry's own word;
    `dated` says whether release dates were named."""

    name: str
    versions: tuple[NpmVersion, ...] = ()
    latest: str = ""
    dated: bool = False

    def to_json(self) -> bytes:
        """For the cache: what is empty is left out."""
        rows = [{k: v for k, v in asdict(row).items() if v} for row in self.versions]
        return json.dumps([self.name, rows, self.latest, self.dated]).encode()

    @classmethod
    def from_json(cls, value: bytes) -> NpmHistory:
        """The reverse of `to_json`; ValueError, TypeError or KeyError when it is not one."""
        name, rows, latest, dated = json.loads(value)
        return cls(name, tuple(NpmVersion(**row) for row in rows), latest, dated)


@dataclass(frozen=True, slots=True)
class Detail:
    """One version: when it was published (ISO 8601 or empty), the lowest runtime it needs (a Go
    version, a Java release; empty when not known)."""

    published: str = ""
    runtime: str = ""


async def npm_history(
    name: str, endpoint: Endpoint, http: Http, *, dated: bool
) -> NpmHistory | None:
    """An npm package's versions, or None when there is no such package; with `dated` the longer
    answer that has release dates is asked for.

    Raises:
        RegistryError: the answer cannot be read.
        NetworkUnavailableError: there is none.
    """
    kinds = (FULL_KIND, SHORT_KIND) if dated else (SHORT_KIND,)
    for kind in kinds:
        try:
            reply = await http.get(
                urljoin(endpoint.url, quote(name, safe="@")),
                headers={"Accept": kind},
                authorization=endpoint.authorization,
                max_bytes=2 * MAX_BODY_BYTES,
            )
        except TooLargeError:
            if kind == kinds[-1]:
                raise
            continue
        break
    if reply.status in (404, 410):
        return None
    if reply.status != 200:
        raise malformed("npm registry", f"has the status {reply.status}")
    return await http.parse(partial(read_history, name, reply.body))


def read_history(name: str, body: bytes) -> NpmHistory:
    """A packument, full or abbreviated.

    Raises:
        RegistryError: it is none.
    """
    data = load_json(body, "npm registry")
    versions = data.get("versions")
    if not isinstance(versions, dict):
        raise malformed("npm registry", "holds no versions")
    times = data.get("time")
    times = times if isinstance(times, dict) else {}
    found: list[tuple[semver.Semver, NpmVersion]] = []
    for version, manifest in versions.items():
        parsed = semver.parse(version)
        if parsed is None or parsed.is_prerelease or not isinstance(manifest, dict):
            continue
        found.append((parsed, _version(version, manifest, text(times.get(version), 40))))
    found.sort(key=lambda pair: pair[0], reverse=True)
    tags = data.get("dist-tags")
    latest = text(tags.get("latest"), 100) if isinstance(tags, dict) else ""
    rows = tuple(
        replace(row, needs=_ranges(versions[row.version].get("dependencies")))
        if index < MAX_WITH_NEEDS
        else row
        for index, (_, row) in enumerate(found[:MAX_KEPT])
    )
    return NpmHistory(name, rows, latest, any(row.published for row in rows))


def _version(version: str, manifest: dict[str, Any], published: str) -> NpmVersion:
    engines = manifest.get("engines")
    peers = _ranges(manifest.get("peerDependencies"))
    meta = manifest.get("peerDependenciesMeta")
    meta = meta if isinstance(meta, dict) else {}
    optional = [
        peer
        for peer in peers
        if isinstance(entry := meta.get(peer), dict) and entry.get("optional") is True
    ]
    withdrawn = manifest.get("deprecated")
    return NpmVersion(
        version,
        text(engines.get("node"), 200) if isinstance(engines, dict) else "",
        peers,
        optional,
        published,
        text(withdrawn, 200) or ("deprecated" if withdrawn is True else ""),
    )


def _ranges(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    rows = list(value.items())[:MAX_RELATIONS]
    return {text(k, 214): text(v, 200) for k, v in rows if isinstance(v, str)}


async def go_detail(name: str, version: str, endpoint: Endpoint, http: Http) -> Detail:
    """When a module's version was made, and the Go version its go.mod asks for.

    Raises:
        RegistryError, NetworkUnavailableError.
    """
    base = f"{escape(name)}/@v/{escape(version)}"
    info = await _page(f"{base}.info", endpoint, http)
    mod = await _page(f"{base}.mod", endpoint, http)
    time = re.search(r'"Time":\s*"([^"]{1,40})"', info)
    go = re.search(r"^go\s+(\d[\w.]{0,20})", mod, re.M)
    return Detail(time[1] if time else "", go[1] if go else "")


async def maven_detail(name: str, version: str, endpoint: Endpoint, http: Http) -> Detail:
    """When an artifact's version was uploaded, and the Java release it is made for: from its
    module metadata, else from the compiler settings of its POM or of its parents.

    Raises:
        RegistryError, NetworkUnavailableError.
    """
    group, _, artifact = name.partition(":")
    reply = await _reply(_file(group, artifact, version, "pom"), endpoint, http)
    if reply.status in (404, 410):
        return Detail()
    if reply.status != 200:
        raise malformed("Maven repository", f"has the status {reply.status}")
    published = _http_date(reply.headers.get("last-modified", ""))
    pom = reply.body.decode("utf-8", "replace")
    java = ""
    # Publishers of module metadata say so in the POM, so that nobody asks in vain.
    if "published-with-gradle-metadata" in pom:
        java = read_module(await _page(_file(group, artifact, version, "module"), endpoint, http))
    for _ in range(MAX_PARENTS):
        pom = strip_comments(pom)
        java = java or java_of(pom)
        parent = next(blocks(pom, "parent"), "")
        if java or not parent:
            break
        keys = [first(parent, key) for key in ("groupId", "artifactId", "version")]
        if not all(re.fullmatch(r"[\w.-]+", key) for key in keys):
            break
        pom = await _page(_file(keys[0], keys[1], keys[2], "pom"), endpoint, http)
    return Detail(published, java)


def read_module(document: str) -> str:
    """The Java release that module metadata names for the library itself, or empty."""
    try:
        variants = json.loads(document).get("variants", [])
        found = [
            int(variant["attributes"]["org.gradle.jvm.version"])
            for variant in variants
            if "org.gradle.jvm.version" in variant.get("attributes", {})
        ]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return ""
    return str(min(found)) if found else ""


def java_of(pom: str) -> str:
    """The Java release a POM's own compiler settings name, or empty."""
    properties = first(without(pom, "dependencies", "build", "profiles"), "properties")
    for name in (
        "maven.compiler.release", "maven.compiler.target", "java.version", "javac.target.version",
        "maven.compiler.source", "javac.src.version", "jdk.version", "required.jdk.version",
    ):  # fmt: skip
        value = first(properties, name).removeprefix("1.")
        if re.fullmatch(r"\d{1,2}", value):
            return value
    return ""


def _file(group: str, artifact: str, version: str, kind: str) -> str:
    return f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.{kind}"


async def _reply(path: str, endpoint: Endpoint, http: Http) -> Reply:
    return await http.get(
        urljoin(endpoint.url, path), authorization=endpoint.authorization, max_bytes=4 * 1024**2
    )


async def _page(path: str, endpoint: Endpoint, http: Http) -> str:
    """A document's text, empty when there is none. Whoever keeps what is read here must not take
    a failure for that.

    Raises:
        RegistryError, NetworkUnavailableError: it was not to be had.
    """
    reply = await _reply(path, endpoint, http)
    if reply.status not in (200, 404, 410):
        raise malformed("registry", f"has the status {reply.status}")
    return reply.body.decode("utf-8", "replace") if reply.status == 200 else ""
