"""What a package registry is to the rest of the program, and the facts it yields.

A registry module knows three things: where the user's own client looks (`locate`), how names are
spelled (`check_name`) and how an answer is read (`fetch`). It keeps nothing and decides nothing
about caching; transport, retries and bounds are those of `transport.Http`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from autonomous_coder.errors import InvalidInputError, RegistryError
from autonomous_coder.registries.endpoints import Endpoint as Endpoint
from autonomous_coder.registries.endpoints import make_endpoint as make_endpoint

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

MAX_NAME_CHARS = 214
MAX_TEXT_CHARS = 500
MAX_RELEASES = 20_000
MAX_DEPENDENCIES = 80

ClientRunner = Callable[[Sequence[str]], Awaitable[str]]
"""Runs a trusted client of the user's (`npm config get registry`) and returns its stdout.
Raises EnvironmentLacksError when the client is not installed."""


class Depth(StrEnum):
    """How much is asked: `VERSIONS` is the cheapest answer, `FULL` adds dates and descriptions."""

    VERSIONS = "versions"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Release:
    """One version. `published` is ISO 8601 or empty; `withdrawn` says why it must not be used."""

    version: str
    published: str = ""
    runtime: str = ""
    prerelease: bool = False
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class PackageRecord:
    """What a registry says of one package; `releases` are ordered newest first.

    `preferred` is what the registry itself calls the latest (may be empty); `gaps` name what it
    did not answer; `file_hosts` are the hosts its files are served from. Licence, summary, links,
    `dependencies` and `peers` (name -> range) are those of the version `described` (empty: of none
    in particular). `index` names the registry that answered where the user has several.
    A `trimmed` record holds only the newest of each line; `count` and `oldest` (ISO date) are those
    of the whole.
    """

    ecosystem: str
    name: str
    releases: tuple[Release, ...] = ()
    preferred: str = ""
    summary: str = ""
    license: str = ""
    documentation_url: str = ""
    repository_url: str = ""
    deprecated: str = ""
    replacement: str = ""
    described: str = ""
    dependencies: Mapping[str, str] = field(default_factory=dict)
    peers: Mapping[str, str] = field(default_factory=dict)
    compatibility: Mapping[str, str] = field(default_factory=dict)
    further: tuple[tuple[str, str, str], ...] = ()
    """Newer major lines that live under names of their own: (line, version, date)."""
    file_hosts: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    index: str = ""
    trimmed: bool = False
    count: int = 0
    oldest: str = ""

    def to_json(self) -> bytes:
        """Compact JSON for the cache: what is empty is left out."""
        values: dict[str, Any] = {
            f.name: value for f in fields(self) if (value := getattr(self, f.name))
        }
        values["releases"] = [
            (r.version, r.published, r.runtime, r.prerelease, r.withdrawn) for r in self.releases
        ]
        return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, value: bytes) -> PackageRecord:
        """The reverse of `to_json`; ValueError, TypeError or KeyError when it is not one."""
        values = json.loads(value)
        values["releases"] = tuple([Release(*row) for row in values["releases"]])
        for name in ("file_hosts", "gaps"):
            values[name] = tuple(values.get(name, ()))
        if "further" in values:
            values["further"] = tuple(tuple(row) for row in values["further"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer: the record, or None when there is no such package.

    `not_modified` means that the copy with the ETag we sent is still good (record is None, too).
    """

    record: PackageRecord | None
    etag: str = ""
    not_modified: bool = False


class Registry(Protocol):
    """What every registry module offers."""

    ecosystem: str
    title: str
    probes: tuple[str, ...]
    """Well-known packages asked for to learn the file hosts; empty where answers name none."""

    def check_name(self, name: str) -> str:
        """The name as the registry spells it; InvalidInputError when it cannot be one."""
        ...

    async def locate(self, run_client: ClientRunner) -> Endpoint:
        """The user's own address; EnvironmentLacksError when there is none and no client."""
        ...

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
        """One package, described as of `version` (empty: the newest stable one).

        Raises:
            RegistryError: the answer cannot be read, or access is refused.
            NetworkUnavailableError: no answer.
            UnsupportedError: the user's settings keep the name away from registries.
        """
        ...

    async def search(self, words: str, endpoint: Endpoint, http: Http) -> list[str]:
        """Names the registry's own search finds, at most 20; empty where it has none."""
        ...

    def in_range(self, version: str, range_: str) -> bool:
        """Whether a version fits a range in the ecosystem's own notation; InvalidInputError when
        the range cannot be read."""
        ...

    def client_env(self, endpoint: Endpoint) -> dict[str, str]:
        """Variables that point the ecosystem's client at the endpoint, without credentials."""
        ...


def pick(
    record: PackageRecord, *, accept: Callable[[Release], bool] | None = None, pre: bool = False
) -> Release | None:
    """The newest usable release: not withdrawn, stable (or with `pre` a pre-release), accepted."""
    for release in record.releases:
        if release.withdrawn or release.prerelease is not pre:
            continue
        if accept is None or accept(release):
            return release
    return None


def bad_name(title: str, name: str, form: str) -> InvalidInputError:
    """The error for a name that cannot exist in a registry."""
    shown = name[:60].encode("ascii", "backslashreplace").decode()
    return InvalidInputError(f"'{shown}' is not a {title} package name.", hint=form)


def load_json(body: bytes, title: str) -> dict[str, Any]:
    """A JSON object, or RegistryError."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise malformed(title, "is not JSON") from error
    if not isinstance(value, dict):
        raise malformed(title, "is not a JSON object")
    return value


def malformed(title: str, why: str) -> RegistryError:
    """The error for an answer that cannot be read."""
    return RegistryError(
        f"The answer of the {title} {why}.",
        hint="Check the registry address in your package manager's settings, or try again later.",
    )


def text(value: object, limit: int = MAX_TEXT_CHARS) -> str:
    """A string field of an untrusted answer: bounded, without control characters."""
    if not isinstance(value, str):
        return ""
    if len(value) <= limit and value.isprintable():
        return value.strip()
    return "".join(c if c.isprintable() else " " for c in value[:limit]).strip()


def ranges(value: object, *, limit: int = MAX_DEPENDENCIES) -> dict[str, str]:
    """A mapping name -> range of an untrusted answer, bounded."""
    rows: Iterable[tuple[object, object]] = value.items() if isinstance(value, dict) else ()
    found: dict[str, str] = {}
    for name, range_ in rows:
        if len(found) >= limit:
            break
        if isinstance(range_, str) and (key := text(name, MAX_NAME_CHARS)):
            found[key] = text(range_, 100)
    return found


def refused(title: str, status: int) -> RegistryError:
    """The error for a status that is no answer."""
    if status in (401, 403, 407):
        return RegistryError(
            f"The {title} refuses access (status {status}).",
            hint="Check the credentials your package manager has for it.",
        )
    return malformed(title, f"has the status {status}")


def link(value: object) -> str:
    """An http(s) link of an untrusted answer, or empty; git addresses become web addresses."""
    url = text(value, 1_000).removeprefix("git+").removesuffix(".git")
    for scheme in ("git://", "ssh://git@", "git@"):
        if url.startswith(scheme):
            rest = url.removeprefix(scheme)
            url = f"https://{rest.replace(':', '/', 1) if scheme == 'git@' else rest}"
    parts_ok = url.startswith(("https://", "http://")) and " " not in url
    # Whatever stands before an @ in the host part could be a secret.
    return url if parts_ok and "@" not in url.split("/", 3)[2] else ""


def hosts_of(urls: Sequence[str]) -> tuple[str, ...]:
    """The distinct host names of some URLs, sorted; at most 20."""
    found: set[str] = set()
    for url in urls:
        try:
            host = urlsplit(url).hostname
        except ValueError:
            continue
        if host:
            found.add(host)
    return tuple(sorted(found)[:20])
