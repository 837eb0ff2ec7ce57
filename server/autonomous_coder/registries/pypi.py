"""Python packages: the Simple API (JSON, then HTML), the JSON API for descriptions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import InvalidInputError, NetworkUnavailableError, RegistryError
from autonomous_coder.registries.base import (
    Answer,
    ClientRunner,
    Depth,
    Endpoint,
    PackageRecord,
    bad_name,
    load_json,
    make_endpoint,
    refused,
    text,
)
from autonomous_coder.registries.endpoints import basic
from autonomous_coder.registries.pypi_address import Index, configured_indexes, public_index
from autonomous_coder.registries.pypi_metadata import describe, from_metadata
from autonomous_coder.registries.pypi_pages import TITLE, File, read_page, version_in
from autonomous_coder.registries.summary import newest_of
from autonomous_coder.registries.transport import Http, get_linked

ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.1"
)
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,212}[A-Za-z0-9])?")
MAX_METADATA_BYTES = 2 * 1024**2


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
        found = configured_indexes()
        default = found.default or Index(public_index())
        origin = found.origin if found.default else "the public default of pypi-simple"
        main = _endpoint(default, origin)
        extras = tuple(
            _endpoint(index, f"an extra index ({found.origin})") for index in found.extras
        )
        if not extras:
            return main
        chain = (main, *extras) if found.merge else (*extras, main)
        return replace(main, chain=chain, merge=found.merge)

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
            return await _one(name, order[0], http, depth, etag, version)
        if endpoint.merge:
            return await _merged(name, order, http, depth, version)
        # The ETag is that of one index only: its place stands before it.
        place, _, tag = etag.partition(" ")
        for index, one in enumerate(order):
            known = tag if place == str(index) else ""
            # An index that fails is not passed over: the next one may hold somebody else's package.
            answer = await _one(name, one, http, depth, known, version)
            if answer.record or answer.not_modified:
                label = f"{one.shown}, the first of {len(order)} indexes that has it, as uv does"
                record = replace(answer.record, index=label) if answer.record else None
                new = f"{index} {answer.etag}" if answer.etag else ""
                return Answer(record, new, answer.not_modified)
        return Answer(None)

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:  # noqa: ARG002
        return []

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


def _endpoint(index: Index, origin: str) -> Endpoint:
    login = basic(index.user, index.password)
    return make_endpoint(index.url, origin, authorization=login)


async def _merged(
    name: str, order: Sequence[Endpoint], http: Http, depth: Depth, version: str
) -> Answer:
    """All indexes at once, as pip takes them; the newest release decides which one describes it."""
    found: dict[int, PackageRecord] = {}
    failed: list[RegistryError | NetworkUnavailableError] = []

    async def ask(place: int, one: Endpoint) -> None:
        try:
            answer = await _one(name, one, http, depth, "", version)
        except (RegistryError, NetworkUnavailableError) as error:
            failed.append(error)
            return
        if answer.record:
            found[place] = answer.record

    async with anyio.create_task_group() as group:
        for place, one in enumerate(order):
            group.start_soon(ask, place, one)
    if failed:
        raise failed[0]
    if not found:
        return Answer(None)
    from packaging.version import Version

    # The same version of two indexes counts once, as the earlier one has it.
    rows = {
        r.version: (r, place)
        for place in sorted(found, reverse=True)
        for r in found[place].releases
    }
    ordered = sorted(rows.values(), key=lambda row: Version(row[0].version), reverse=True)
    releases = tuple(release for release, _ in ordered)
    newest = newest_of(replace(found[min(found)], releases=releases))
    place = rows[newest.version][1] if newest else min(found)
    label = f"{order[place].shown}, the newest of {len(order)} indexes, as pip does"
    hosts = {host for record in found.values() for host in record.file_hosts}
    return Answer(
        replace(found[place], releases=releases, file_hosts=tuple(sorted(hosts)[:20]), index=label)
    )


async def _one(
    name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
) -> Answer:
    """One index's answer."""
    if depth is Depth.VERSIONS:
        return (await _simple(name, endpoint, http, etag))[0]
    found: list[tuple[Answer, list[File]] | Exception] = []

    async def ask_versions() -> None:
        try:
            found.append(await _simple(name, endpoint, http, etag))
        except (RegistryError, NetworkUnavailableError) as error:
            found.append(error)
        if isinstance(found[0], Exception) or found[0][0].record is None:
            group.cancel_scope.cancel()

    # Both questions at once; the second is optional and never spoils the first.
    details: dict[str, Any] = {}
    async with anyio.create_task_group() as group:
        group.start_soon(ask_versions)
        details = await _details(name, endpoint, http, version)
    if isinstance(found[0], Exception):
        raise found[0]
    answer, files = found[0]
    if answer.record is None:
        return answer
    newest = newest_of(answer.record)
    described = version or (newest.version if newest else "")
    if not details and described:
        details = await _wheel_metadata(name, described, files, endpoint, http)
    record = await http.parse(partial(describe, answer.record, details, described))
    # Without its description the answer is not complete: it is asked for in full the next time.
    return Answer(record, answer.etag if details else "")


async def _simple(
    name: str, endpoint: Endpoint, http: Http, etag: str
) -> tuple[Answer, list[File]]:
    headers = {"Accept": ACCEPT} | ({"If-None-Match": etag} if etag else {})
    reply = await http.get(
        urljoin(endpoint.url, f"{name}/"), headers=headers, authorization=endpoint.authorization
    )
    if reply.status == 304:
        return Answer(None, etag, not_modified=True), []
    if reply.status in (404, 410):
        return Answer(None), []
    if reply.status != 200:
        raise refused(TITLE, reply.status)
    record, files = await http.parse(partial(read_page, name, reply))
    return Answer(record, reply.headers.get("etag", "")), files


async def _details(name: str, endpoint: Endpoint, http: Http, version: str) -> dict[str, Any]:
    base = endpoint.url.removesuffix("simple/")
    path = f"pypi/{name}/{quote(version)}/json" if version else f"pypi/{name}/json"
    try:
        reply = await http.get(urljoin(base, path), authorization=endpoint.authorization)
        if reply.status != 200:
            return {}
        return await http.parse(partial(load_json, reply.body, TITLE))
    except (RegistryError, NetworkUnavailableError):
        return {}


async def _wheel_metadata(
    name: str, version: str, files: Sequence[File], endpoint: Endpoint, http: Http
) -> dict[str, Any]:
    """What the METADATA of a wheel says, where the index serves it beside the wheel."""
    from packaging.version import InvalidVersion, Version

    for file in files:
        if not file.metadata or not file.url.startswith(("https://", "http://")):
            continue
        try:
            if str(Version(version_in(file.name, name))) != version:
                continue
            url = f"{file.url.partition('#')[0]}.metadata"
            reply = await get_linked(http, endpoint, url, max_bytes=MAX_METADATA_BYTES)
        except InvalidVersion:
            continue
        except (RegistryError, NetworkUnavailableError):
            return {}
        if reply.status != 200:
            return {}
        return await http.parse(partial(from_metadata, reply.body.decode("utf-8", "replace")))
    return {}
