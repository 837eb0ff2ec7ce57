"""The Streamable HTTP transport of a client, with bounds on what is read."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from autonomous_coder.settings import ChainedServer

MAX_ANSWER_BYTES = 8 * 1024**2
MAX_EVENT_BYTES = 4 * 1024**2


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with an error when it is longer than allowed."""

    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ANSWER_BYTES
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("the answer is too long")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _bound(response: httpx2.Response) -> None:
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        # It was asked not to: a small packed answer can be a huge one.
        raise httpx2.ReadError("the answer is packed")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


@asynccontextmanager
async def http_transport(server: ChainedServer) -> AsyncIterator[TransportStreams]:
    """Message streams over HTTP, with the bearer token of the variable that the settings name."""
    headers = {"Accept-Encoding": "identity"}
    token = os.environ.get(server.token_env, "") if server.token_env else ""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(server.timeout),
            follow_redirects=False,
            event_hooks={"response": [_bound]},
        ) as client,
        streamable_http_client(
            server.url, http_client=client, max_sse_event_size=MAX_EVENT_BYTES
        ) as streams,
    ):
        yield streams
