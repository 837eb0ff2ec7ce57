"""How the proxy reaches a host: directly, or through the HTTP proxy that the user has."""

from __future__ import annotations

import base64
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import anyio
from anyio.abc import ByteStream

from autonomous_coder.sandbox.addresses import may_connect

CONNECT_TIMEOUT_S = 20.0
MAX_HEAD_BYTES = 16_384


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """The host may not be reached; the text goes back to the client."""


class Unreachable(Refused):
    """The host is admitted but did not answer."""


@dataclass(frozen=True, slots=True)
class UserProxy:
    """The user's own HTTP proxy. `authorization` is a secret and appears in no message."""

    host: str
    port: int
    tls: bool
    authorization: str = ""


def user_proxy(host: str, environ: Mapping[str, str]) -> UserProxy | None:
    """The proxy that the user's environment names for this host, or None.

    Raises:
        Refused: it is of a kind that cannot carry CONNECT.
    """
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if address := environ.get(name, "").strip():
            break
    else:
        return None
    if _exempt(host, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"the configured proxy is of an unsupported kind ({parts.scheme})")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    tls = parts.scheme == "https"
    try:
        port = parts.port or (443 if tls else 80)
    except ValueError:
        raise Refused("the configured proxy's port is malformed") from None
    return UserProxy(parts.hostname, port, tls, authorization)


def _exempt(host: str, rules: str) -> bool:
    for rule in (part.strip().lower() for part in rules.split(",")):
        if rule == "*":
            return True
        name = rule.partition(":")[0].removeprefix("*").lstrip(".")
        if name and (host == name or host.endswith(f".{name}")):
            return True
    return False


async def connect(host: str, port: int, *, private: bool) -> ByteStream:
    """A stream to the host, whose name was checked before; connects to the address it checked.

    Raises:
        Refused: no address may be used, none answers, or the user's proxy declines.
    """
    proxy = user_proxy(host, os.environ)
    try:
        with anyio.fail_after(CONNECT_TIMEOUT_S):
            if proxy is not None:
                return await _through(proxy, host, port)
            return await _direct(host, port, private=private)
    except TimeoutError:
        raise Unreachable(f"{host} did not answer in time") from None


async def _direct(host: str, port: int, *, private: bool) -> ByteStream:
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"{host} has no address") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = [text for text in addresses if may_connect(text, private=private)]
    if not allowed:
        raise Refused(f"{host} has no address that may be reached from the sandbox")
    for address in allowed:
        try:
            return await anyio.connect_tcp(address, port)
        except OSError:
            continue
    raise Unreachable(f"{host} cannot be reached")


async def _through(proxy: UserProxy, host: str, port: int) -> ByteStream:
    stream: ByteStream
    try:
        if proxy.tls:
            context = ssl.create_default_context()
            stream = await anyio.connect_tcp(
                proxy.host, proxy.port, ssl_context=context, tls_hostname=proxy.host
            )
        else:
            stream = await anyio.connect_tcp(proxy.host, proxy.port)
    except OSError:
        raise Unreachable("the user's own proxy cannot be reached") from None
    try:
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        await stream.send("\r\n".join((*lines, "", "")).encode())
        head, rest = await read_head(stream)
        words = head.split(b"\r\n", 1)[0].split()
        if len(words) < 2 or words[1] != b"200" or rest:
            raise Unreachable(f"the user's own proxy declined {host}")
    except (OSError, anyio.EndOfStream, anyio.BrokenResourceError, ValueError):
        await stream.aclose()
        raise Unreachable("the user's own proxy broke off") from None
    except BaseException:
        await anyio.aclose_forcefully(stream)
        raise
    return stream


async def read_head(stream: ByteStream) -> tuple[bytes, bytes]:
    """The bytes up to the empty line, and what came after it.

    Raises:
        ValueError: the head is too long.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        if len(data) > MAX_HEAD_BYTES:
            raise ValueError("head too long")
        data += await stream.receive(4096)
    head, _blank, rest = data.partition(b"\r\n\r\n")
    return head, rest
