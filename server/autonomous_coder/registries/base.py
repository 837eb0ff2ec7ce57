"""What a package registry is to the rest of the program, and the facts it yields.

A registry module knows three things: where the user's own client looks (`locate`), how names are
spelled (`check_name`) and how an answer is read (`fetch`). It keeps nothing and decides nothing
about caching; transport, retries and bounds are those of `transport.Http`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from autonomous_coder.errors import EnvironmentLacksError, InvalidInputError, RegistryError

if TYPE_CHECKING:
    from autonomous_coder.registries.transport import Http

MAX_NAME_CHARS = 214
MAX_TEXT_CHARS = 500
MAX_RELEASES = 20_000

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
    did not answer; `file_hosts` are the hosts its files are served from.
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
    description: str = ""
    compatibility: Mapping[str, str] = field(default_factory=dict)
    file_hosts: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """Compact JSON for the cache."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        values["releases"] = [
            (r.version, r.published, r.runtime, r.prerelease, r.withdrawn) for r in self.releases
        ]
        values["compatibility"] = dict(self.compatibility)
        return json.dumps(values, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, value: bytes) -> PackageRecord:
        """The reverse of `to_json`; ValueError, TypeError or KeyError when it is not one."""
        values = json.loads(value)
        values["releases"] = tuple(Release(*row) for row in values["releases"])
        values["file_hosts"] = tuple(values["file_hosts"])
        values["gaps"] = tuple(values["gaps"])
        return cls(**values)


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """Where the user's client looks: `url` without credentials and with a trailing slash.

    `authorization` is the header value for our own requests to that host; it never leaves the
    process. `learned_from` says in words where the address was found. `extra` holds further
    addresses of the same registry (a download root, a checksum database).
    """

    url: str
    authorization: str = ""
    learned_from: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r}, learned_from={self.learned_from!r})"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


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
        self, name: str, endpoint: Endpoint, http: Http, *, depth: Depth, etag: str = ""
    ) -> Answer:
        """One package; RegistryError (malformed) or NetworkUnavailableError (no answer)."""
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


def split_credentials(url: str) -> tuple[str, str]:
    """(url without user information, Authorization header value or empty)."""
    import base64

    parts = urlsplit(url.strip())
    if "@" not in parts.netloc:
        return urlunsplit(parts), ""
    user_info, _, host = parts.netloc.rpartition("@")
    user, _, password = user_info.partition(":")
    token = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), f"Basic {token}"


def make_endpoint(
    url: str, learned_from: str, *, authorization: str = "", **extra: str
) -> Endpoint:
    """An endpoint from an address of the user's configuration.

    Raises:
        EnvironmentLacksError: the address is not an http(s) URL.
    """
    try:
        clean, header = split_credentials(url)
        parts = urlsplit(clean)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not parts.hostname:
        raise EnvironmentLacksError(
            f"The registry address from {learned_from} is not an http(s) URL.",
            hint="Mend that setting of your package manager and try again.",
        )
    return Endpoint(
        clean.rstrip("/") + "/",
        authorization or header or netrc_authorization(parts.hostname),
        learned_from,
        MappingProxyType(dict(extra)),
    )


def netrc_authorization(host: str) -> str:
    """The Authorization value the user's netrc file holds for a host, or empty."""
    import base64
    import netrc
    from pathlib import Path

    try:
        path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
        entry = netrc.netrc(str(path)).authenticators(host) if path.is_file() else None
    except (netrc.NetrcParseError, OSError, RuntimeError, UnicodeDecodeError):
        return ""
    if not entry:
        return ""
    token = base64.b64encode(f"{entry[0] or ''}:{entry[2] or ''}".encode()).decode()
    return f"Basic {token}"


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


def link(value: object) -> str:
    """An http(s) link of an untrusted answer, or empty."""
    url = text(value, 1_000).removeprefix("git+").removesuffix(".git")
    return url if url.startswith(("https://", "http://")) and " " not in url else ""


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
