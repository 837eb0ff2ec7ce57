"""The files of one package version: where they are, what they must hash to, how they are fetched.

They are read, never installed and never run.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from autonomous_coder.errors import NetworkUnavailableError, RegistryError
from autonomous_coder.registries.base import Endpoint, load_json, malformed, text
from autonomous_coder.registries.crate_archive import index_path
from autonomous_coder.registries.crates import download_root
from autonomous_coder.registries.golang import escape, refuse_private
from autonomous_coder.registries.golang_address import is_kept_away
from autonomous_coder.registries.modulehash import module_hash
from autonomous_coder.registries.pypi import ACCEPT
from autonomous_coder.registries.transport import Http, get_linked

MAX_ARTIFACT_BYTES = 32 * 1024**2
MAX_FILES = 50_000
_ANCHOR = re.compile(r"""<a\s[^<>]{0,4000}?href\s{0,9}=\s{0,9}["']([^"'<>]{1,2000})["']""", re.I)


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file. `digest` is `algorithm:hex` (or Go's `h1:...`), empty when the registry gives
    none. `size` in bytes, 0 when not known. `form` is wheel, sdist, npm, crate or gomod;
    `metadata` the address of a wheel's METADATA where it can be had alone, `source` the registry
    that named it."""

    url: str
    form: str
    digest: str = ""
    size: int = 0
    metadata: str = ""
    source: Endpoint | None = None

    @property
    def is_zip(self) -> bool:
        return self.form in ("wheel", "gomod") or self.url.endswith(".zip")


async def artifacts_of(
    ecosystem: str, name: str, version: str, endpoint: Endpoint, http: Http
) -> list[Artifact]:
    """The files worth reading of a version, the most telling first; empty when there are none.

    Raises:
        RegistryError, NetworkUnavailableError: the registry's answer cannot be had or read.
        UnsupportedError: the user's settings keep the name away from registries.
    """
    find = _FINDERS.get(ecosystem)
    if find is None:
        return []
    for one in endpoint.of(name).order:
        if found := await find(name, version, one, http):
            return [replace(artifact, source=one) for artifact in found]
    return []


async def download(
    artifact: Artifact, endpoint: Endpoint, http: Http, *, max_bytes: int = MAX_ARTIFACT_BYTES
) -> bytes:
    """The file, checked against its digest.

    Raises:
        RegistryError: not what the registry says it is, too large (TooLargeError), not there, or
            on a private network although the registry is not.
        NetworkUnavailableError: it could not be had.
    """
    reply = await _get(artifact.url, artifact.source or endpoint, http, max_bytes)
    if not await http.parse(lambda: _is_as_promised(reply, artifact.digest)):
        raise RegistryError(
            f"{urlsplit(artifact.url).path.rpartition('/')[2][:100]} is not what the registry says "
            "it is (its checksum differs); it was not read.",
            hint="Try again later; if it stays so, tell the registry's maintainers.",
        )
    return reply


async def download_metadata(artifact: Artifact, endpoint: Endpoint, http: Http) -> bytes:
    """A wheel's METADATA alone; the errors are those of `download`."""
    return await _get(artifact.metadata, artifact.source or endpoint, http, 2 * 1024**2)


async def _get(url: str, endpoint: Endpoint, http: Http, max_bytes: int) -> bytes:
    # A public registry has no business sending us into the user's own network.
    reply = await get_linked(http, endpoint, url, max_bytes=max_bytes)
    if reply.status != 200:
        raise RegistryError(
            f"A file of the package could not be had (status {reply.status}).",
            hint="Try again later.",
        )
    return reply.body


def _is_as_promised(body: bytes, digest: str) -> bool:
    algorithm, _, wanted = digest.partition(":")
    if not wanted:
        return True
    if algorithm == "h1":
        return module_hash(body) == digest
    if algorithm not in ("sha1", "sha256", "sha384", "sha512"):
        return True
    return hashlib.new(algorithm, body, usedforsecurity=False).hexdigest() == wanted.lower()


async def _python(name: str, version: str, endpoint: Endpoint, http: Http) -> list[Artifact]:
    reply = await http.get(
        urljoin(endpoint.url, f"{quote(name)}/"),
        headers={"Accept": ACCEPT},
        authorization=endpoint.authorization,
    )
    if reply.status in (404, 410):
        return []
    if reply.status != 200:
        raise malformed("Python package index", f"has the status {reply.status}")
    read = _python_json if reply.content_type.endswith("json") else _python_html
    rows = await http.parse(lambda: read(reply.body, reply.url))
    return await http.parse(lambda: _best_python(rows, version))


Row = tuple[str, str, str, int, bool]
"""(file name, address, digest, size, whether its metadata can be had alone)"""


def _python_json(body: bytes, base: str) -> list[Row]:
    files = load_json(body, "Python package index").get("files")
    rows: list[Row] = []
    for file in files[:MAX_FILES] if isinstance(files, list) else []:
        if not isinstance(file, dict):
            continue
        hashes = file.get("hashes")
        sha = text(hashes.get("sha256"), 64) if isinstance(hashes, dict) else ""
        size = file.get("size")
        alone = bool(file.get("core-metadata") or file.get("dist-info-metadata"))
        rows.append(
            (
                text(file.get("filename"), 300),
                _joined(base, text(file.get("url"), 2_000)),
                f"sha256:{sha}" if sha else "",
                size if isinstance(size, int) and size >= 0 else 0,
                alone,
            )
        )
    return rows


def _python_html(body: bytes, base: str) -> list[Row]:
    rows: list[Row] = []
    for match in _ANCHOR.finditer(body.decode("utf-8", "replace")):
        url, fragment = urldefrag(_joined(base, unescape(match[1])))
        sha = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        digest = f"sha256:{sha}" if re.fullmatch(r"[0-9a-fA-F]{64}", sha) else ""
        rows.append((url.rpartition("/")[2], url, digest, 0, False))
        if len(rows) >= MAX_FILES:
            break
    return rows


def _best_python(rows: Iterable[Row], version: str) -> list[Artifact]:
    """A wheel (that for any platform, else the smallest) and the source distribution."""
    from packaging.utils import (
        InvalidSdistFilename,
        InvalidWheelFilename,
        parse_sdist_filename,
        parse_wheel_filename,
    )
    from packaging.version import InvalidVersion, Version

    try:
        wanted = Version(version)
    except InvalidVersion:
        return []
    wheels: list[tuple[bool, int, Artifact]] = []
    sdists: list[Artifact] = []
    for name, url, digest, size, alone in rows:
        if not url:
            continue
        try:
            if name.endswith(".whl"):
                if parse_wheel_filename(name)[1] == wanted:
                    metadata = f"{url}.metadata" if alone else ""
                    wheel = Artifact(url, "wheel", digest, size, metadata)
                    wheels.append((not name.endswith("-any.whl"), size, wheel))
            elif name.endswith((".tar.gz", ".zip")) and parse_sdist_filename(name)[1] == wanted:
                sdists.append(Artifact(url, "sdist", digest, size))
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
            continue
    best = [min(wheels, key=lambda row: row[:2])[2]] if wheels else []
    return best + sdists[:1]


async def _npm(name: str, version: str, endpoint: Endpoint, http: Http) -> list[Artifact]:
    path = f"{quote(name, safe='@')}/{quote(version)}"
    reply = await http.get(urljoin(endpoint.url, path), authorization=endpoint.authorization)
    if reply.status == 200:
        data: object = await http.parse(lambda: load_json(reply.body, "npm registry"))
    else:
        reply = await http.get(
            urljoin(endpoint.url, quote(name, safe="@")), authorization=endpoint.authorization
        )
        if reply.status != 200:
            return []
        versions = (await http.parse(lambda: load_json(reply.body, "npm registry"))).get("versions")
        data = versions.get(version) if isinstance(versions, dict) else None
    dist = data.get("dist") if isinstance(data, dict) else None
    if not isinstance(dist, dict):
        return []
    url = _joined(endpoint.url, text(dist.get("tarball"), 2_000))
    digest = _integrity(text(dist.get("integrity"), 2_000))
    shasum = text(dist.get("shasum"), 40)
    if not digest and re.fullmatch(r"[0-9a-f]{40}", shasum):
        digest = f"sha1:{shasum}"
    return [Artifact(url, "npm", digest)] if url else []


def _integrity(value: str) -> str:
    """The strongest entry of a subresource integrity, as `algorithm:hex`."""
    for algorithm in ("sha512", "sha384", "sha256"):
        for entry in value.split():
            name, _, encoded = entry.partition("?")[0].partition("-")
            if name == algorithm:
                try:
                    return f"{algorithm}:{base64.b64decode(encoded, validate=True).hex()}"
                except (binascii.Error, ValueError):
                    continue
    return ""


async def _crate(name: str, version: str, endpoint: Endpoint, http: Http) -> list[Artifact]:
    path = index_path(name)
    reply = await http.get(urljoin(endpoint.url, path), authorization=endpoint.authorization)
    if reply.status != 200:
        return []
    root = await download_root(endpoint, http)
    checksum = await http.parse(lambda: _checksum(reply.body, version))
    if not root or not checksum:
        return []
    marks = {
        "{crate}": name,
        "{version}": version,
        "{prefix}": path.rpartition("/")[0],
        "{lowerprefix}": path.rpartition("/")[0].lower(),
        "{sha256-checksum}": checksum,
    }
    if not any(mark in root for mark in marks):
        root = f"{root.rstrip('/')}/{{crate}}/{{version}}/download"
    for mark, value in marks.items():
        root = root.replace(mark, quote(value, safe="/"))
    url = _joined(endpoint.url, root)
    return [Artifact(url, "crate", f"sha256:{checksum}")] if url else []


def _checksum(body: bytes, version: str) -> str:
    for line in body.splitlines():
        if version.encode() not in line:
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and row.get("vers") == version:
            found = text(row.get("cksum"), 64)
            return found if re.fullmatch(r"[0-9a-f]{64}", found) else ""
    return ""


async def _module(name: str, version: str, endpoint: Endpoint, http: Http) -> list[Artifact]:
    refuse_private(name, endpoint)
    base = f"{escape(name)}/@v/{escape(version)}"
    digest = await _checksum_of_module(name, version, endpoint, http)
    return [Artifact(urljoin(endpoint.url, f"{base}.zip"), "gomod", digest)]


async def _checksum_of_module(name: str, version: str, endpoint: Endpoint, http: Http) -> str:
    """What the checksum database says, asked through the proxy as Go does; empty without one."""
    database = endpoint.extra.get("sumdb", "")
    if database in ("", "off") or is_kept_away(name, endpoint.unsummed):
        return ""
    path = f"sumdb/{quote(database)}/lookup/{escape(name)}@{escape(version)}"
    try:
        reply = await http.get(
            urljoin(endpoint.url, path), authorization=endpoint.authorization, max_bytes=100_000
        )
    except (RegistryError, NetworkUnavailableError):
        return ""
    said = reply.body.decode("utf-8", "replace") if reply.status == 200 else ""
    for line in said.splitlines():
        words = line.split()
        if len(words) == 3 and words[:2] == [name, version] and words[2].startswith("h1:"):
            return words[2]
    return ""


def _joined(base: str, url: str) -> str:
    """An http(s) address, or empty."""
    try:
        found = urljoin(base, url)
        parts = urlsplit(found)
        good = url and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    return found if good else ""


Finder = Callable[[str, str, Endpoint, Http], Awaitable[list[Artifact]]]
_FINDERS: dict[str, Finder] = {"pypi": _python, "npm": _npm, "crates": _crate, "go": _module}
