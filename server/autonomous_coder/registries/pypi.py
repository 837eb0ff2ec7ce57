"""Python packages: the Simple API (JSON, then HTML), the JSON API for descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import anyio

from autonomous_coder.errors import InvalidInputError, NetworkUnavailableError, RegistryError
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
    text,
)
from autonomous_coder.registries.pypi_address import configured_index, public_index
from autonomous_coder.registries.transport import Http, Reply

if TYPE_CHECKING:
    from packaging.version import Version

TITLE = "Python package index"
ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.1"
)
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,212}[A-Za-z0-9])?")
# A page is cut at its anchors first and the patterns are possessive: a hostile page costs time in
# proportion to its length, no more.
ANCHOR_START = re.compile(r"<a\s", re.I)
ANCHOR = re.compile(r"""((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>([^<]*+)</a""", re.I)
ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40}+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
META = re.compile(r"""<meta\s+name="pypi:(project-status(?:-reason)?)"\s+content="([^"]{0,500}+)""")
SDISTS = (".tar.gz", ".zip")
MAX_LINKS = 100
MAX_FILES = 200_000
MAX_ANCHOR_CHARS = 8_000


class File:
    """One file of a project, as either serialisation tells it."""

    __slots__ = ("name", "published", "runtime", "url", "yanked")

    def __init__(self, name: str, url: str, runtime: str, yanked: str, published: str) -> None:
        self.name, self.url, self.runtime = name, url, runtime
        self.yanked, self.published = yanked, published


class PyPI:
    """Registry protocol for Python packages."""

    ecosystem = "pypi"
    title = TITLE
    probes: tuple[str, ...] = ("pip", "setuptools", "fastapi")

    def check_name(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise bad_name("Python", name, "Letters, digits, '.', '_' and '-', e.g. pypi:fastapi.")
        return re.sub(r"[-_.]+", "-", name).lower()

    async def locate(self, run_client: ClientRunner) -> Endpoint:  # noqa: ARG002
        return await anyio.to_thread.run_sync(self._locate)

    def _locate(self) -> Endpoint:
        found = configured_index()
        address, origin = found or (public_index(), "the public default of pypi-simple")
        return make_endpoint(address, origin)

    async def fetch(
        self, name: str, endpoint: Endpoint, http: Http, *, depth: Depth, etag: str = ""
    ) -> Answer:
        if depth is Depth.VERSIONS:
            return await self._simple(name, endpoint, http, etag)
        found: list[Answer | Exception] = []

        async def ask_versions() -> None:
            try:
                found.append(await self._simple(name, endpoint, http, ""))
            except (RegistryError, NetworkUnavailableError) as error:
                found.append(error)
            if not isinstance(found[0], Answer) or found[0].record is None:
                group.cancel_scope.cancel()

        # Both questions at once; the second is optional and never spoils the first.
        details: dict[str, Any] = {}
        async with anyio.create_task_group() as group:
            group.start_soon(ask_versions)
            details = await self._details(name, endpoint, http)
        if isinstance(found[0], Exception):
            raise found[0]
        record = found[0].record
        return Answer(_describe(record, details) if record else None)

    async def _simple(self, name: str, endpoint: Endpoint, http: Http, etag: str) -> Answer:
        headers = {"Accept": ACCEPT} | ({"If-None-Match": etag} if etag else {})
        reply = await http.get(
            urljoin(endpoint.url, f"{name}/"),
            headers=headers,
            authorization=endpoint.authorization,
        )
        if reply.status == 304:
            return Answer(None, etag, not_modified=True)
        if reply.status in (404, 410):
            return Answer(None)
        if reply.status != 200:
            raise malformed(TITLE, f"has the status {reply.status}")
        record = await http.parse(partial(read_simple, name, reply))
        return Answer(record, reply.headers.get("etag", ""))

    async def _details(self, name: str, endpoint: Endpoint, http: Http) -> dict[str, Any]:
        base = endpoint.url.removesuffix("simple/")
        try:
            reply = await http.get(
                urljoin(base, f"pypi/{name}/json"), authorization=endpoint.authorization
            )
            if reply.status != 200:
                return {}
            return await http.parse(partial(load_json, reply.body, TITLE))
        except (RegistryError, NetworkUnavailableError):
            return {}

    def in_range(self, version: str, range_: str) -> bool:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        spec = range_.strip()
        if re.fullmatch(r"\d+(\.\d+)?", spec):
            spec = f"=={spec}.*"
        elif re.fullmatch(r"\d[\w.!+-]*", spec):
            spec = f"=={spec}"
        try:
            return SpecifierSet(spec).contains(version, prereleases=True)
        except InvalidSpecifier as error:
            raise InvalidInputError(
                f"'{text(range_, 60)}' is not a Python version range.",
                hint="Write it like pypi:django@>=5,<6 or pypi:django@5.2.",
            ) from error

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        address = endpoint.url.rstrip("/")
        return {"UV_DEFAULT_INDEX": address, "PIP_INDEX_URL": address}


def read_simple(name: str, reply: Reply) -> PackageRecord:
    """A project page of the Simple API in either form.

    Raises:
        RegistryError: it is neither.
    """
    kind = reply.content_type
    if kind.endswith("+json") or kind == "application/json":
        data = load_json(reply.body, TITLE)
        files, status = _json_files(data), _json_status(data)
    elif kind in ("text/html", "application/vnd.pypi.simple.v1+html"):
        page = reply.body.decode("utf-8", "replace")
        files = list(_html_files(page))
        if not files and "<a" not in page.lower() and "<html" not in page.lower():
            raise malformed(TITLE, "is not a page of the Simple API")
        status = _status(dict(META.findall(page[:20_000])))
    else:
        raise malformed(TITLE, f"is of the unknown type '{text(kind, 60)}'")
    return PackageRecord(
        ecosystem="pypi",
        name=name,
        releases=_releases(name, files),
        deprecated=status,
        file_hosts=hosts_of([_absolute(reply.url, file.url) for file in files[-MAX_LINKS:]]),
        gaps=() if any(file.published for file in files) else ("release dates",),
    )


def _json_files(data: dict[str, Any]) -> list[File]:
    rows = data.get("files")
    if not isinstance(rows, list):
        raise malformed(TITLE, "holds no list of files")
    files = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("filename"), str):
            raise malformed(TITLE, "lists files without names")
        yanked = row.get("yanked")
        reason = text(yanked) or "yanked" if yanked not in (False, None) else ""
        files.append(
            File(
                row["filename"][:300],
                text(row.get("url"), 2_000),
                text(row.get("requires-python"), 100),
                reason,
                text(row.get("upload-time"), 40),
            )
        )
    return files


def _html_files(page: str) -> Iterable[File]:
    for chunk in islice(ANCHOR_START.split(page), 1, MAX_FILES):
        match = ANCHOR.match(chunk[:MAX_ANCHOR_CHARS])
        if not match:
            continue
        found = {m[1].lower(): unescape(m[2] or m[3] or "") for m in ATTRIBUTE.finditer(match[1])}
        name = match[2].strip()
        yanked = found.get("data-yanked")
        reason = "" if yanked is None and "data-yanked" not in match[1] else yanked or "yanked"
        runtime = text(found.get("data-requires-python", ""), 100)
        yield File(unescape(name), found.get("href", ""), runtime, text(reason), "")


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url[:2_000])
    except ValueError:
        return ""


def _json_status(data: dict[str, Any]) -> str:
    status = data.get("project-status")
    if not isinstance(status, dict):
        return ""
    return _status(
        {
            "project-status": text(status.get("status")),
            "project-status-reason": text(status.get("reason")),
        }
    )


def _status(values: dict[str, str]) -> str:
    status = values.get("project-status", "")
    if status in ("", "active"):
        return ""
    reason = text(unescape(values.get("project-status-reason", "")))
    return f"the project is marked {text(status, 30)}" + (f": {reason}" if reason else "")


@lru_cache(maxsize=2_000)
def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def version_in(filename: str, name: str) -> str:
    """The version a file name holds, or empty when it is no wheel or source archive of `name`."""
    if filename.endswith(".whl"):
        parts = filename.split("-")
        return parts[1] if len(parts) >= 5 else ""
    for suffix in SDISTS:
        if filename.endswith(suffix):
            stem = filename[: -len(suffix)]
            head, tail = stem[: len(name)], stem[len(name) :]
            same = _plain(head) == name
            return tail[1:] if same and tail[:1] in ("-", "_") else stem.rpartition("-")[2]
    return ""


def _releases(name: str, files: list[File]) -> tuple[Release, ...]:
    from packaging.version import InvalidVersion, Version

    by_text: dict[str, Version | None] = {}
    grouped: dict[Version, list[File]] = {}
    for file in files:
        raw = version_in(file.name, name)
        if raw not in by_text:
            if len(by_text) >= MAX_RELEASES or not raw:
                continue
            try:
                by_text[raw] = Version(raw)
            except InvalidVersion:
                by_text[raw] = None
        version = by_text[raw]
        if version is not None:
            grouped.setdefault(version, []).append(file)
    return tuple(_release(v, grouped[v]) for v in sorted(grouped, reverse=True))


def _release(version: Version, files: list[File]) -> Release:
    good = [file for file in files if not file.yanked]
    return Release(
        str(version),
        published=min((f.published for f in files if f.published), default=""),
        runtime=next((f.runtime for f in good or files if f.runtime), ""),
        prerelease=version.is_prerelease,
        withdrawn="" if good else files[0].yanked,
    )


def _describe(record: PackageRecord, details: dict[str, Any]) -> PackageRecord:
    """Add what only the JSON API knows; without it the gaps are named."""
    info = details.get("info")
    if not isinstance(info, dict):
        return replace(record, gaps=(*record.gaps, "summary", "licence", "links"))
    urls = info.get("project_urls")
    links = {k.lower(): v for k, v in urls.items()} if isinstance(urls, dict) else {}
    docs = next((v for k, v in links.items() if "doc" in k), "") or links.get("homepage")
    source = next((v for k, v in links.items() if k in ("repository", "source", "code")), "")
    source = source or next((v for k, v in links.items() if "source" in k), "")
    dates = _dates(details.get("releases"))
    releases = tuple(
        r if r.published else replace(r, published=dates.get(r.version, ""))
        for r in record.releases
    )
    return replace(
        record,
        releases=releases,
        summary=text(info.get("summary")),
        license=text(info.get("license_expression"), 100) or text(info.get("license"), 100),
        documentation_url=link(docs) or link(info.get("home_page")),
        repository_url=link(source),
        gaps=tuple(g for g in record.gaps if g != "release dates" or not dates),
    )


def _dates(releases: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for version, files in releases.items() if isinstance(releases, dict) else ():
        times = [
            text(file.get("upload_time_iso_8601"), 40)
            for file in (files if isinstance(files, list) else [])
            if isinstance(file, dict)
        ]
        if any(times):
            found[str(version)] = min(t for t in times if t)
    return found
