"""Go modules: the module proxy of the user's Go."""

from __future__ import annotations

import re
from dataclasses import replace
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
    link,
    load_json,
    make_endpoint,
    malformed,
    refused,
    text,
)
from autonomous_coder.registries.go_mod import MAX_MOD_CHARS, read_mod
from autonomous_coder.registries.golang_address import KEYS, is_kept_away, proxies, settings
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.summary import newest_of

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

TITLE = "Go module proxy"
NAME = re.compile(r"(?=.{3,200}$)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9._~-]+)*")
PSEUDO = re.compile(r"[-.]\d{14}-[0-9a-f]{12}(?:\+incompatible)?$")
MAJOR = re.compile(r"(?P<path>.*?)(?P<mark>/v|\.v)(?P<major>\d{1,4})$")
MAX_MAJOR_PROBES = 3
FORGES = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")


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
        values, origin = await anyio.to_thread.run_sync(settings), "GOPROXY"
        if "GOPROXY" not in values:
            try:
                answer = await run_client(("go", "env", *KEYS))
            except EnvironmentLacksError as error:
                raise EnvironmentLacksError(
                    "No Go module proxy is configured and Go is not installed.",
                    hint="Install Go, or set GOPROXY to the proxy's address.",
                ) from error
            lines = [line.strip() for line in answer.splitlines()]
            values = {**dict(zip(KEYS, lines, strict=False)), **values}
            origin = "go env GOPROXY"
        found = proxies(values, origin)
        if not found.entries:
            raise UnsupportedError(
                "GOPROXY names no module proxy ('direct' or 'off').",
                hint="Set GOPROXY to a proxy's address to look Go modules up.",
            )
        chain = tuple(
            replace(
                make_endpoint(
                    address, origin, sumdb=found.sumdb, **({"any": "1"} if lenient else {})
                ),
                private=found.private,
                unsummed=found.unsummed,
            )
            for address, lenient in found.entries
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
        refuse_private(name, endpoint)
        order = endpoint.order
        place, _, tag = etag.partition(" ") if len(order) > 1 else ("0", "", etag)
        for index, one in enumerate(order):
            known = tag if place == str(index) else ""
            try:
                answer = await self._one(name, one, http, depth, known, version)
            except (RegistryError, NetworkUnavailableError):
                if "any" in one.extra and index + 1 < len(order):
                    continue
                raise
            if answer.record is None and not answer.not_modified:
                continue
            if len(order) == 1:
                return answer
            label = f"{one.shown}, proxy {index + 1} of {len(order)}"
            record = replace(answer.record, index=label) if answer.record else None
            new = f"{index} {answer.etag}" if answer.etag else ""
            return Answer(record, new, answer.not_modified)
        return Answer(None)

    async def _one(
        self, name: str, endpoint: Endpoint, http: Http, depth: Depth, etag: str, version: str
    ) -> Answer:
        status, body, new_etag = await self._get(f"{escape(name)}/@v/list", endpoint, http, etag)
        if status == 304:
            return Answer(None, etag, not_modified=True)
        if status not in (200, 404, 410):
            raise refused(TITLE, status)
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
        record = await self._describe(name, releases, endpoint, http, depth, version)
        return Answer(record, "" if "module file" in record.gaps else new_etag)

    async def _describe(
        self,
        name: str,
        releases: list[Release],
        endpoint: Endpoint,
        http: Http,
        depth: Depth,
        version: str,
    ) -> PackageRecord:
        """The record with what go.mod of the newest version retracts, and for FULL its details."""
        newest = next((r.version for r in releases if not r.prerelease), releases[0].version)
        found: dict[str, str] = {}

        async def ask(key: str, path: str) -> None:
            try:
                status, body, _ = await self._get(path, endpoint, http, "")
            except (RegistryError, NetworkUnavailableError):
                return
            if status == 200:
                found[key] = body[:MAX_MOD_CHARS].decode("utf-8", "replace")

        base = f"{escape(name)}/@v/"
        full = depth is Depth.FULL
        async with anyio.create_task_group() as group:
            group.start_soon(ask, "newest", f"{base}{escape(newest)}.mod")
            if full:
                group.start_soon(ask, "info", f"{base}{escape(version or newest)}.info")
                for path in next_majors(name):
                    group.start_soon(ask, path, f"{escape(path)}/@v/list")
        head = read_mod(found.get("newest", ""))
        releases = [replace(r, withdrawn=head.why_retracted(r.version)) for r in releases]
        record = PackageRecord(
            ecosystem="go",
            name=name,
            releases=tuple(releases),
            deprecated=head.deprecated,
            replacement=successor(head.deprecated, "go", name),
            gaps=() if "newest" in found else ("module file", "retractions"),
        )
        if not full:
            return record
        picked = newest_of(record)
        chosen = version or (picked.version if picked else newest)
        async with anyio.create_task_group() as group:
            if chosen != newest:
                group.start_soon(ask, "chosen", f"{base}{escape(chosen)}.mod")
            else:
                found["chosen"] = found.get("newest", "")
            if chosen != (version or newest):
                found.pop("info", None)
                group.start_soon(ask, "info", f"{base}{escape(chosen)}.info")
        return _detailed(record, chosen, found)

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

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:  # noqa: ARG002
        return []

    def in_range(self, version: str, range_: str) -> bool:
        wanted = range_.strip().lstrip("v")
        if re.fullmatch(r"\d+(\.\d+)?", wanted):
            wanted += ".x"
        return semver.satisfies(version, wanted)

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        order = endpoint.order
        marks = ["|" if "any" in one.extra else "," for one in order[:-1]] + [""]
        rows = zip(order, marks, strict=True)
        env = {
            "GOPROXY": "".join(f"{one.url.rstrip('/')}{mark}" for one, mark in rows),
            # Also where they are fetched in a sandbox, no private name is told to a proxy.
            "GONOPROXY": ",".join(endpoint.private),
            "GONOSUMDB": ",".join(endpoint.unsummed),
            "GOSUMDB": endpoint.extra.get("sumdb", ""),
        }
        return {name: value for name, value in env.items() if value}


def refuse_private(name: str, endpoint: Endpoint) -> None:
    """Ask no proxy for what the user's Go keeps away from them.

    Raises:
        UnsupportedError: the module is one of those.
    """
    if is_kept_away(name, endpoint.private):
        raise UnsupportedError(
            f"Your Go settings keep '{name}' away from module proxies; it was not looked up.",
            hint="Ask Go itself: go list -m -versions " + name,
        )


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


def _detailed(record: PackageRecord, chosen: str, found: dict[str, str]) -> PackageRecord:
    """The record with date, Go version, requirements, links and newer majors."""
    name, info = record.name, found.get("info", "")
    mod = read_mod(found.get("chosen", ""))
    time = re.search(r'"Time":\s*"([^"]{1,40})"', info)
    origin = re.search(r'"URL":\s*"([^"]{1,300})"', info)
    newer = [
        (path, versions)
        for path in next_majors(name)
        if (versions := _list_of(found.get(path, "")))
    ]
    further = tuple(
        (match["major"], stable, "")
        for path, versions in newer
        if (match := MAJOR.fullmatch(path)) and (stable := _stable(versions))
    )
    host_path = name.split("/")
    known = host_path[0] in FORGES and len(host_path) >= 3
    return replace(
        record,
        releases=tuple(
            replace(
                r, published=time[1] if time else "", runtime=f"go >={mod.go}" if mod.go else ""
            )
            if r.version == chosen
            else r
            for r in record.releases
        ),
        repository_url=(link(origin[1]) if origin else "")
        or (f"https://{'/'.join(host_path[:3])}" if known else ""),
        described=chosen,
        dependencies=mod.requires,
        compatibility={"newer major": newer[-1][0]} if newer else {},
        further=further,
        gaps=(
            *record.gaps,
            "summary",
            "licence",
            "documentation",
            "dates of older releases",
        ),
    )


def _list_of(body: str) -> list[str]:
    try:
        return read_list(body.encode())
    except RegistryError:
        return []


def _stable(versions: list[str]) -> str:
    """The newest stable version of a list; empty when there is none."""
    return next((v for v in versions if (p := semver.parse(v)) and not p.is_prerelease), "")
