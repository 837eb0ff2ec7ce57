"""What becomes of connections that are given up."""

from __future__ import annotations

import gc

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from autonomous_coder.errors import NetworkUnavailableError
from autonomous_coder.registries.transport import Http

pytestmark = pytest.mark.anyio


async def test_a_connection_given_up_during_its_handshake_is_closed_at_once() -> None:
    ended = anyio.Event()

    async def say_nothing(stream: SocketStream) -> None:
        async with stream:
            async for _ in stream:
                pass
            ended.set()

    http = Http(timeout=0.3, max_retries=0, concurrency=1)
    gc.disable()
    try:
        async with (
            await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
            anyio.create_task_group() as group,
        ):
            group.start_soon(listener.serve, say_nothing)
            port = listener.extra(SocketAttribute.local_port)
            with pytest.raises(NetworkUnavailableError, match="no complete answer"):
                await http.get(f"https://127.0.0.1:{port}/")
            with anyio.fail_after(10):
                await ended.wait()
            await http.aclose()
            group.cancel_scope.cancel()
    finally:
        gc.enable()
        gc.collect()
