"""Go modules: the module proxy of the user's Go."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import anyio

from autonomous_coder.errors import (
    EnvironmentLacksError,
    NetworkUnavailableError,
    RegistryError,
    UnsupportedError,
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
    text,
)

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "Go module proxy"
NAME = re.compile(r"(?=.{3,200}$)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9._~-]+)*")
PSEUDO = re.compile(r"[-.]\d{14}-[0-9a-f]{12}(?:\+incompatible)?$")
MAJOR = re.compile(r"(?P<path>.*?)(?P<mark>/v|\.v)(?P<major>\d{1,4})$")
MAX_MAJOR_PROBES = 3


class Go:
    """Registry protocol for Go modules."""

    ecosystem = "go"
    title = TITLE
    probes: tuple[str, ...] = ()

    def check_name(self, name: str) -> str:
        parts = name.split("/")
        if not NAME.fullmatch(name) or any(p.startswith(".") or p.endswith(".") for p in parts):
            raise bad_name("Go", name, "Write the module path, e.g. go:github.com/gin-gonic/gin.")
        return name

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        value, origin = os.environ.get("GOPROXY", ""), "GOPROXY"
        sumdb = os.environ.get("GOSUMDB", "")
        if not value:
            try:
                answer = await run_client(("go", "env", "GOPROXY", "GOSUMDB"))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No Go module proxy is configured and Go is not installed.",
                    hint="Install Go, or set GOPROXY to the proxy's address.",
                ) from error
            lines = [*answer.splitlines(), "", ""]
            value, sumdb, origin = lines[0], lines[1], "go env GOPROXY"
        entries = [entry.strip() for entry in re.split(r"[,|]", value)]
        address = next((e for e in entries if e.startswith(("https://", "http://"))), "")
        if not address:
            raise UnsupportedError(
                "GOPROXY names no module proxy ('direct' or 'off').",
                hint="Set GOPROXY to a proxy's address to look Go modules up.",
            )
        host = sumdb.split()[0].partition("+")[0] if sumdb.split() else ""
        return make_endpoint(address, origin, sumdb="" if host == "off" else host)

    async def fetch(
        self, name: str, endpoint: Endpoint, http: Http, *, depth: Depth, etag: str = ""
    ) -> Answer:
        status, body, new_etag = await self._get(f"{escape(name)}/@v/list", endpoint, http, etag)
        if status == 304:
            return Answer(None, etag, not_modified=True)
        if status not in (200, 404, 410):
            raise malformed(TITLE, f"has the status {status}")
        versions = read_list(body) if status == 200 else []
        if not versions:
            # A module without tags is known by its newest commit only.
            versions = await self._latest(name, endpoint, http)
        if not versions:
            return Answer(None)
        releases = [
            Release(v, prerelease=bool((p := semver.parse(v)) and p.is_prerelease))
            for v in versions
        ]
        if depth is Depth.VERSIONS:
            return Answer(_record(name, releases), new_etag)
        return Answer(await self._describe(name, releases, endpoint, http))

    async def _describe(
        self, name: str, releases: list[Release], endpoint: Endpoint, http: Http
    ) -> PackageRecord:
        index = next((i for i, r in enumerate(releases) if not r.prerelease), 0)
        version = releases[index].version
        found: dict[str, str] = {}

        async def ask(key: str, path: str) -> None:
            try:
                status, body, _ = await self._get(path, endpoint, http, "")
            except (RegistryError, NetworkUnavailableError):
                return
            if status == 200:
                found[key] = body[:200_000].decode("utf-8", "replace")

        base = f"{escape(name)}/@v/{escape(version)}"
        async with anyio.create_task_group() as group:
            group.start_soon(ask, "info", f"{base}.info")
            group.start_soon(ask, "mod", f"{base}.mod")
            for path in next_majors(name):
                group.start_soon(ask, path, f"{escape(path)}/@v/list")
        mod = found.get("mod", "")
        go = re.search(r"^go\s+(\d[\w.]{0,20})", mod, re.M)
        deprecated = re.search(r"^//\s*Deprecated:\s*(.{1,400})", mod, re.M)
        time = re.search(r'"Time":\s*"([^"]{1,40})"', found.get("info", ""))
        releases[index] = Release(
            version,
            published=time[1] if time else "",
            runtime=f"go >={go[1]}" if go else "",
            prerelease=releases[index].prerelease,
        )
        newer = [p for p in next_majors(name) if read_list(found.get(p, "").encode())]
        return _record(
            name,
            releases,
            deprecated=text(deprecated[1]) if deprecated else "",
            compatibility={"newer major": newer[-1]} if newer else {},
        )

    async def _latest(self, name: str, endpoint: Endpoint, http: Http) -> list[str]:
        status, body, _ = await self._get(f"{escape(name)}/@latest", endpoint, http, "")
        if status != 200:
            return []
        version = text(load_json(body, TITLE).get("Version"), 200)
        return [version] if semver.parse(version) else []

    async def _get(
        self, path: str, endpoint: Endpoint, http: Http, etag: str
    ) -> tuple[int, bytes, str]:
        reply = await http.get(
            urljoin(endpoint.url, path),
            headers={"If-None-Match": etag} if etag else {},
            authorization=endpoint.authorization,
        )
        return reply.status, reply.body, reply.headers.get("etag", "")

    def in_range(self, version: str, range_: str) -> bool:
        wanted = range_.strip().lstrip("v")
        if re.fullmatch(r"\d+(\.\d+)?", wanted):
            wanted += ".x"
        return semver.satisfies(version, wanted)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        env = {"GOPROXY": endpoint.url.rstrip("/")}
        sumdb = endpoint.extra.get("sumdb", "")
        return env | ({"GOSUMDB": sumdb} if sumdb else {})


def escape(path: str) -> str:
    """The proxy's spelling: capitals become `!` and the small letter."""
    return re.sub(r"[A-Z]", lambda m: "!" + m[0].lower(), path)


def next_majors(name: str) -> list[str]:
    """The module paths of the next major versions."""
    match = MAJOR.fullmatch(name)
    path, mark, major = (
        (match["path"], match["mark"], int(match["major"]))
        if match
        else (
            name,
            "/v",
            1,
        )
    )
    return [f"{path}{mark}{major + step}" for step in range(1, MAX_MAJOR_PROBES + 1)]


def read_list(body: bytes) -> list[str]:
    """The versions of an `@v/list` answer, newest first, without untagged commits.

    Versions marked incompatible count only where there is no other.
    """
    lines = body.decode("utf-8", "replace").split()
    if len(lines) > MAX_RELEASES:
        raise malformed(TITLE, "lists too many versions")
    found = [
        (parsed, line)
        for line in lines
        if not PSEUDO.search(line) and (parsed := semver.parse(line)) is not None
    ]
    if lines and not any(semver.parse(line) for line in lines):
        raise malformed(TITLE, "is no list of versions")
    compatible = [pair for pair in found if not pair[1].endswith("+incompatible")]
    return [line for _, line in sorted(compatible or found, reverse=True)]


def _record(
    name: str,
    releases: list[Release],
    *,
    deprecated: str = "",
    compatibility: dict[str, str] | None = None,
) -> PackageRecord:
    host_path = name.split("/")
    known = host_path[0].count(".") >= 1 and len(host_path) >= 3
    return PackageRecord(
        ecosystem="go",
        name=name,
        releases=tuple(releases),
        deprecated=deprecated,
        repository_url=f"https://{'/'.join(host_path[:3])}" if known else "",
        compatibility=compatibility or {},
        gaps=("summary", "licence", "documentation"),
    )
