"""Where a registry is asked: addresses of the user's own clients, their order, their credentials.

Credentials live in `Endpoint.authorization` only. They are sent to their own host and never shown:
not in `repr`, not in `identity` (which makes cache keys), not in errors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import unquote, urlsplit, urlunsplit

from autonomous_coder.errors import EnvironmentLacksError


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """Where the user's client looks: `url` without credentials and with a trailing slash.

    `authorization` is the header value for our own requests to that host; it never leaves the
    process. `learned_from` says in words where the address was found. `extra` holds further
    addresses of the same registry (a download root, a checksum database).

    `chain` lists all registries of the client in the order it asks them, this one included; empty
    means this one alone. With `merge` the client takes the newest of all of them, else the first
    that has the package. `scopes` maps a name's scope (`@acme`) to its own registry. `private` are
    patterns of names that the client asks no registry for, `unsummed` of those it asks no checksum
    database for.
    """

    url: str
    authorization: str = ""
    learned_from: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    chain: tuple[Endpoint, ...] = ()
    merge: bool = False
    scopes: Mapping[str, Endpoint] = field(default_factory=lambda: MappingProxyType({}))
    private: tuple[str, ...] = ()
    unsummed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r}, learned_from={self.learned_from!r})"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def shown(self) -> str:
        """Host and path, for people."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}".rstrip("/")

    @property
    def order(self) -> tuple[Endpoint, ...]:
        """All registries in the order asked."""
        return self.chain or (self,)

    def identity(self, name: str) -> str:
        """What tells the answers for a name apart from those of other settings; no secrets."""
        one = self.of(name)
        return "\n".join([*(e.url for e in one.order), "merged" if one.merge else ""])

    def of(self, name: str) -> Endpoint:
        """The registry for a name: that of its scope when it has its own."""
        scope = name.partition("/")[0]
        return self.scopes.get(scope, self) if self.scopes else self

    def alone(self) -> Endpoint:
        """Without its companions."""
        return replace(self, chain=(), merge=False, scopes=MappingProxyType({}))

    def authorization_for(self, url: str) -> str:
        """The header value when `url` is on this registry's own host and port, else empty."""
        try:
            mine, theirs = urlsplit(self.url), urlsplit(url)
            same = (mine.scheme, mine.hostname, mine.port) == (
                theirs.scheme,
                theirs.hostname,
                theirs.port,
            )
        except ValueError:
            return ""
        return self.authorization if same else ""


def basic(user: str, password: str) -> str:
    """The Authorization value of a user with a password; empty for neither."""
    import base64

    if not user and not password:
        return ""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def split_credentials(url: str) -> tuple[str, str]:
    """(url without user information, Authorization header value or empty)."""
    parts = urlsplit(url.strip())
    if "@" not in parts.netloc:
        return urlunsplit(parts), ""
    user_info, _, host = parts.netloc.rpartition("@")
    user, _, password = user_info.partition(":")
    return urlunsplit(parts._replace(netloc=host)), basic(unquote(user), unquote(password))


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
        # A query or fragment may hold a token, and no registry address needs one.
        urlunsplit(parts._replace(query="", fragment="")).rstrip("/") + "/",
        authorization or header or netrc_authorization(parts.hostname),
        learned_from,
        MappingProxyType(dict(extra)),
    )


def netrc_authorization(host: str) -> str:
    """The Authorization value the user's netrc file holds for a host, or empty."""
    import netrc
    from pathlib import Path

    try:
        path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
        entry = netrc.netrc(str(path)).authenticators(host) if path.is_file() else None
    except (netrc.NetrcParseError, OSError, RuntimeError, UnicodeDecodeError):
        return ""
    return basic(entry[0] or "", entry[2] or "") if entry else ""
