"""The only way out of the fetch phase: an HTTP CONNECT proxy that admits named hosts alone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteStream, SocketAttribute

from autonomous_coder.models.execution import FetchAccess
from autonomous_coder.sandbox.addresses import host_name
from autonomous_coder.sandbox.upstream import Refused, Unreachable, connect, read_head

PORT = 443
MAX_CONNECTIONS = 64
MAX_OPEN = 128
"""Connections that wait for one of the slots count too; what exceeds this is closed at once."""
ACCEPT_PAUSE_S = 0.1
IDLE_S = 120.0
HEAD_TIMEOUT_S = 20.0
CHUNK = 1 << 16
MAX_REFUSED = 50
_CONNECT = re.compile(rb"CONNECT ([^\x00-\x20\x7f:]{1,300}):([0-9]{1,5}) HTTP/1\.[01]")
_GONE = (OSError, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError)


class FetchProxy:
    """Serves one run. `refused` names the hosts that were asked for and not admitted."""

    def __init__(self, access: FetchAccess) -> None:
        self._hosts = frozenset(name for host in access.hosts if (name := host_name(host)))
        self._private = access.private
        self._slots = anyio.Semaphore(MAX_CONNECTIONS)
        self._open = 0
        self._refused: dict[str, None] = {}

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(self._refused)

    @asynccontextmanager
    async def on_socket(self, path: Path) -> AsyncIterator[None]:
        """Listen on a Unix socket while the context lasts."""
        async with self._serving(await anyio.create_unix_listener(path, mode=0o600)):
            yield

    @asynccontextmanager
    async def on_loopback(self) -> AsyncIterator[int]:
        """Listen on a loopback port, which is handed over, while the context lasts."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        port = int(listener.extra(SocketAttribute.local_port))  # noqa: S610 - not Django
        async with self._serving(listener):
            yield port

    @asynccontextmanager
    async def _serving(self, listener: Any) -> AsyncIterator[None]:
        failure: Exception | None = None
        async with listener, anyio.create_task_group() as group:
            group.start_soon(self._accept, listener)
            try:
                yield
            except Exception as error:  # leaves as it came, not in a group
                failure = error
            finally:
                group.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _accept(self, listener: Any) -> None:
        while True:
            # Out of descriptors for a moment: the run goes on, and so does the proxy.
            with contextlib.suppress(OSError):
                await listener.serve(self._handle)
            await anyio.sleep(ACCEPT_PAUSE_S)

    async def _handle(self, client: ByteStream) -> None:
        self._open += 1
        try:
            if self._open > MAX_OPEN:
                await client.aclose()
                return
            await self._serve(client)
        finally:
            self._open -= 1

    async def _serve(self, client: ByteStream) -> None:
        # Nothing a client or a host does may end the proxy, or with it the run.
        with contextlib.suppress(*_GONE):
            async with client, self._slots:
                try:
                    with anyio.fail_after(HEAD_TIMEOUT_S):
                        head, early = await read_head(client)
                    host = self._admitted(head)
                    server = await self._reach(host)
                except (Refused, ValueError, TimeoutError) as error:
                    reason = str(error) if isinstance(error, Refused) else "malformed request"
                    await client.send(_answer("403 Forbidden", f"sandbox: {reason}\n"))
                    return
                async with server:
                    await client.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    if early:
                        await server.send(early)
                    await _carry(client, server)

    def _admitted(self, head: bytes) -> str:
        match = _CONNECT.fullmatch(head.split(b"\r\n", 1)[0])
        if not match:
            self._refuse("(malformed request)")
            raise Refused("only CONNECT to a named host is possible")
        text = match[1].decode("ascii", "replace")
        host = host_name(text)
        if host is None:
            self._refuse("(malformed name)")
            raise Refused("the host's name is malformed")
        if int(match[2]) != PORT:
            self._refuse(f"{host}:{int(match[2])}")
            raise Refused(f"port {int(match[2])} is not admitted")
        if host not in self._hosts:
            self._refuse(host)
            raise Refused(f"{host} is not one of the registries' hosts")
        return host

    async def _reach(self, host: str) -> ByteStream:
        try:
            return await connect(host, PORT, private=self._private)
        except Unreachable:
            raise
        except Refused:
            self._refuse(host)
            raise

    def _refuse(self, name: str) -> None:
        if len(self._refused) < MAX_REFUSED:
            self._refused[name] = None


async def _carry(one: ByteStream, other: ByteStream) -> None:
    """Bytes both ways until both have ended, or nothing moved for a while."""
    last = anyio.current_time()

    async def pump(source: ByteStream, target: ByteStream) -> None:
        nonlocal last
        with contextlib.suppress(*_GONE):
            while True:
                data = await source.receive(CHUNK)
                last = anyio.current_time()
                await target.send(data)
        # TLS cannot be closed one way only.
        with contextlib.suppress(NotImplementedError, *_GONE):
            await target.send_eof()

    async def watch() -> None:
        while anyio.current_time() - last < IDLE_S:  # noqa: ASYNC110
            await anyio.sleep(IDLE_S / 10)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        async with anyio.create_task_group() as pumps:
            pumps.start_soon(pump, one, other)
            pumps.start_soon(pump, other, one)
        group.cancel_scope.cancel()


def _answer(status: str, text: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
    return f"{head}Connection: close\r\n\r\n{text}".encode()
