"""The one HTTP client: bounded, patient and suspicious. Registries and documentation share it."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import anyio

from autonomous_coder.errors import NetworkUnavailableError, RegistryError
from autonomous_coder.registries.endpoints import Endpoint

if TYPE_CHECKING:
    import httpcore2
    import httpx2

MAX_BODY_BYTES = 32 * 1024**2
MAX_REDIRECTS = 5
MAX_PARSERS = 2
MAX_RETRY_AFTER_S = 10.0
BACKOFF_S = 0.25
DOWN_FOR_S = 15.0
MAX_DOWN_S = 60.0
NAT64 = IPv6Network("64:ff9b::/96")
T = TypeVar("T")
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer. Header names are lower case; `url` is where it finally came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class TooLargeError(RegistryError):
    """The answer was longer than allowed; reading was stopped."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One request; with a `body` it is a POST."""

    url: str
    headers: Mapping[str, str]
    authorization: str
    max_bytes: int
    allow_private: bool
    body: bytes | None = None
    partial: bool = False


class _Handshake:
    """Follows one request's connecting. The client forgets a connection that is given up while
    its TLS handshake is under way; this one closes it."""

    def __init__(self) -> None:
        self._begun: httpcore2.AsyncNetworkStream | None = None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(".connect_tcp.complete"):
            self._begun = info["return_value"]
        elif event.endswith(".start_tls.complete"):
            self._begun = None

    def done(self) -> None:
        """The connection is in use, or belongs to the client: nothing is left to close."""
        self._begun = None

    async def give_up(self) -> None:
        """Close what was begun and never came to be a connection."""
        begun, self._begun = self._begun, None
        if begun is not None:
            with anyio.CancelScope(shield=True):
                await begun.aclose()


class _RetryError(Exception):
    """Worth another try; `after` is how many seconds the server asks us to wait."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Http:
    """Bounded requests with retries. Certificates are those of the environment
    (SSL_CERT_FILE, SSL_CERT_DIR), a proxy of the environment is used."""

    def __init__(self, *, timeout: float, max_retries: int, concurrency: int) -> None:
        self._timeout = timeout
        self._retries = max_retries
        self._concurrency = concurrency
        self._limiter: anyio.CapacityLimiter | None = None
        self._parsers: anyio.CapacityLimiter | None = None
        self._client: httpx2.AsyncClient | None = None
        self._down: dict[str, tuple[float, str]] = {}
        self.requests = 0

    async def aclose(self) -> None:
        """Close connections; the client can be used again afterwards."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def parse(self, read: Callable[[], T]) -> T:
        """Run a parser of an untrusted answer in a thread; few at once, to bound memory."""
        if self._parsers is None:
            self._parsers = anyio.CapacityLimiter(MAX_PARSERS)
        return await anyio.to_thread.run_sync(read, limiter=self._parsers)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        authorization: str = "",
        max_bytes: int = MAX_BODY_BYTES,
        allow_private: bool = True,
        partial: bool = False,
    ) -> Reply:
        """GET with retries. Any final status is returned, except those that mean "not now".

        `authorization` is sent to the host of `url` only. With `allow_private` False neither the
        first nor any redirected request may reach a non-global address. With `partial` a longer
        body is cut at `max_bytes` instead of being an error.

        Raises:
            NetworkUnavailableError: no usable answer after all retries.
            RegistryError: too large, too many redirects, or a redirect that is not allowed.
        """
        question = _Question(
            url,
            dict(headers or {}),
            authorization,
            max_bytes,
            allow_private,
            partial=partial,
        )
        return await self._ask(question)

    async def post_json(
        self,
        url: str,
        value: object,
        *,
        authorization: str = "",
        max_bytes: int = MAX_BODY_BYTES,
    ) -> Reply:
        """POST a question as JSON, with retries; a redirect is an answer, it is not followed.

        Raises:
            NetworkUnavailableError, RegistryError: as for `get`.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        body = json.dumps(value, separators=(",", ":")).encode()
        return await self._ask(_Question(url, headers, authorization, max_bytes, True, body))

    async def _ask(self, question: _Question) -> Reply:
        url = question.url
        host = urlsplit(url).hostname or ""
        until, reason = self._down.get(host, (0.0, ""))
        if time.monotonic() < until:
            raise self._unavailable(host, reason)
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._concurrency)
        reason = ""
        for attempt in range(self._retries + 1):
            try:
                async with self._limiter:
                    with anyio.fail_after(self._timeout):
                        return await self._once(question)
            except TimeoutError:
                reason, after = f"no complete answer within {self._timeout:g} s", None
            except _RetryError as error:
                reason, after = str(error), error.after
            if after is not None and after > MAX_RETRY_AFTER_S:
                # It said when: asking before that is of no use to anybody.
                reason += f" and asks to come back in {after:.0f} s"
                self._down[host] = (time.monotonic() + min(after, MAX_DOWN_S), reason)
                break
            if attempt < self._retries:
                # Jitter, so that many lookups do not come back in step.
                pause = BACKOFF_S * 2**attempt * (0.5 + random.random() / 2)  # noqa: S311
                await anyio.sleep(pause + (after or 0.0))
        if reason.startswith("cannot connect"):
            self._down[host] = (time.monotonic() + DOWN_FOR_S, reason)
        raise self._unavailable(host, reason)

    async def _once(self, question: _Question) -> Reply:
        import httpx2

        url, authorization = question.url, question.authorization
        allow_private = question.allow_private
        if self._client is None:
            self._client = httpx2.AsyncClient(
                timeout=self._timeout,
                follow_redirects=False,
                headers={
                    "User-Agent": "autonomous-coder (package version lookup)",
                    # The only ones that are unpacked here, piece by piece.
                    "Accept-Encoding": "gzip, deflate",
                },
                limits=httpx2.Limits(max_connections=self._concurrency),
            )
        first = urlsplit(url)
        address = "" if allow_private else await self._public_address(url)
        for _ in range(MAX_REDIRECTS + 1):
            parts = urlsplit(url)
            sent = dict(question.headers)
            if authorization and (parts.hostname, parts.port) == (first.hostname, first.port):
                sent["Authorization"] = authorization
            self.requests += 1
            handshake = _Handshake()
            extensions: dict[str, Any] = {"trace": handshake}
            target = httpx2.URL(url)
            if address:
                # To the address that was checked: the name could have another one by now. The
                # connection is not kept, for the next name at that address is not this one.
                sent |= {"Host": target.netloc.decode(), "Connection": "close"}
                extensions["sni_hostname"] = target.host
                target = target.copy_with(host=address)
            try:
                method = "GET" if question.body is None else "POST"
                async with self._client.stream(
                    method,
                    target,
                    headers=sent,
                    content=question.body,
                    extensions=extensions,
                ) as response:
                    handshake.done()
                    status = response.status_code
                    if status in RETRIED:
                        raise _RetryError(f"it answers {status}", _retry_after(response.headers))
                    names = {k.lower(): v for k, v in response.headers.items()}
                    moved = status in REDIRECTS and "location" in names
                    if not moved or question.body is not None:
                        body = await self._read(response, question)
                        return Reply(status, names, body, url)
            except httpx2.ConnectError as error:
                if "CERTIFICATE" in str(error).upper():
                    raise NetworkUnavailableError(
                        f"The certificate of {parts.hostname} is not trusted here.",
                        hint="Name your certificate authorities in SSL_CERT_FILE.",
                    ) from error
                raise _RetryError("cannot connect") from error
            except httpx2.TransportError as error:
                raise _RetryError(f"the connection failed ({type(error).__name__})") from error
            except (httpx2.InvalidURL, httpx2.RequestError, ValueError) as error:
                raise RegistryError(
                    f"{parts.hostname} sent an answer that cannot be read "
                    f"({type(error).__name__}).",
                    hint="Check the registry address in your package manager's settings.",
                ) from error
            finally:
                await handshake.give_up()
            url, address = await self._redirect(url, names["location"], allow_private, address)
        raise RegistryError(
            f"{first.hostname} redirects in a loop.",
            hint="Check the registry address in your package manager's settings.",
        )

    async def _redirect(
        self, url: str, location: str, allow_private: bool, address: str
    ) -> tuple[str, str]:
        """Where it leads, and the checked address of that host (empty: connect by name)."""
        try:
            target = urljoin(url, location[:4_000])
            old, new = urlsplit(url), urlsplit(target)
            host = (new.hostname or "") if new.port != 0 else ""
        except ValueError as error:
            raise RegistryError(
                "A redirect leads to something that is no address.", hint="Try again later."
            ) from error
        if not host or (new.scheme != "https" and new.scheme != old.scheme):
            raise RegistryError(
                f"{old.hostname} redirects to an insecure address; it was not followed.",
                hint="Check the registry address in your package manager's settings.",
            )
        # A public host has no business sending us into the user's own network.
        if host == old.hostname:
            return target, address
        if not allow_private or not await is_private(old.hostname or ""):
            return target, await self._public_address(target)
        return target, ""

    async def _public_address(self, url: str) -> str:
        """The address to connect to, all of the host's addresses having been found public. Empty
        for an address itself, and where a proxy of the environment does the connecting.

        Raises:
            RegistryError: not public. _RetryError: the name has no address.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        found = await addresses(host)
        if any(not _is_public(address) for address in found):
            raise RegistryError(
                f"{host} is not a public address; it was not asked.",
                hint="Only your own configured registry may live on a private network.",
            )
        if host in found or _proxied(parts.scheme, host):
            return ""
        if not found:
            raise _RetryError("cannot connect")
        return found[0]

    async def _read(self, response: httpx2.Response, question: _Question) -> bytes:
        """The body, unpacked; never more of it in memory than allowed, however it was packed."""
        unpack = _unpacker(response.headers.get("content-encoding", ""))
        limit, chunks, size = question.max_bytes, list[bytes](), 0
        async for packed in response.aiter_raw(65_536):
            chunk = unpack(packed, limit + 1 - size) if unpack else packed
            size += len(chunk)
            chunks.append(chunk)
            if size <= limit:
                continue
            if question.partial:
                return b"".join(chunks)[:limit]
            raise TooLargeError(
                f"{response.url.host} sent more than {limit // 1024**2} MB; reading was stopped.",
                hint="Check the registry address in your package manager's settings.",
            )
        return b"".join(chunks)

    def _unavailable(self, host: str, reason: str) -> NetworkUnavailableError:
        return NetworkUnavailableError(
            f"{host} could not be reached: {reason or 'no answer'}.",
            hint="Check the network, or work offline with what is cached.",
        )


async def get_linked(
    http: Http,
    endpoint: Endpoint,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BODY_BYTES,
    partial: bool = False,
) -> Reply:
    """GET an address that the registry at `endpoint` named in an answer of its own.

    Credentials go to the registry's own host only, and a registry on a public address cannot send
    us into the user's own network.

    Raises:
        NetworkUnavailableError, RegistryError: as for `Http.get`.
    """
    own = endpoint.authorization_for(url)
    same = (urlsplit(url).hostname or "") == endpoint.host
    return await http.get(
        url,
        headers=headers,
        authorization=own,
        max_bytes=max_bytes,
        allow_private=same or await is_private(endpoint.host),
        partial=partial,
    )


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes] | None:
    """(packed piece, at most so many bytes) -> unpacked bytes; None when nothing is packed.

    Raises:
        RegistryError: packed in a way that was not asked for.
    """
    import zlib

    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in ("gzip", "x-gzip", "deflate"):
        raise _unreadable("is packed in an unknown way")
    state = zlib.decompressobj(wbits=47)

    def unpack(packed: bytes, limit: int) -> bytes:
        try:
            return state.decompress(packed, max(1, limit))
        except zlib.error as error:
            raise _unreadable("is packed wrongly") from error

    return unpack


def _unreadable(why: str) -> RegistryError:
    return RegistryError(
        f"An answer {why}.",
        hint="Check the registry address in your package manager's settings.",
    )


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds, from either form of the header."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        from datetime import UTC, datetime
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


async def is_private(host: str) -> bool:
    """Whether a host name resolves to an address that is not global; False when unknown."""
    return any(not _is_public(address) for address in await addresses(host))


async def addresses(host: str) -> list[str]:
    """The addresses of a host name (or the address that it is), IPv4 first; empty when unknown."""
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return [host]
    try:
        rows = await anyio.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return []
    found = dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows)
    return sorted(found, key=lambda address: ":" in address)


def _proxied(scheme: str, host: str) -> bool:
    """Whether a proxy of the environment is asked for a host."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(host)


def _is_public(text: str) -> bool:
    """Whether an address is global; one that wraps an IPv4 address counts as that.

    Raises:
        ValueError: it is no address.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        low = int(address) & 0xFFFFFFFF
        wraps = address in NAT64 or (int(address) >> 32 == 0 and low > 1)
        teredo = address.teredo[1] if address.teredo else None
        inner = address.ipv4_mapped or address.sixtofour or teredo
        inner = inner or (IPv4Address(low) if wraps else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
