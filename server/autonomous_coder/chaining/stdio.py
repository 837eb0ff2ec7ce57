"""The stdio transport of a client, with bounds: no line is longer than allowed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

logger = logging.getLogger(__name__)

MAX_LINE_BYTES = 4 * 1024**2
MAX_NOISE = 1_000
"""So many lines that are no messages end the connection."""
BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, OSError)

Streams = tuple[
    MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]
]


class Pipes(Protocol):
    """A running program's input and output."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...


StartServer = Callable[[Sequence[str], Sequence[str]], AbstractAsyncContextManager[Pipes]]
"""(command with arguments, names of variables it is given) -> the running program; the sandbox
starts it and ends it with the block."""


@asynccontextmanager
async def stdio_transport(
    start: StartServer, argv: Sequence[str], env: Sequence[str]
) -> AsyncIterator[Streams]:
    """Message streams over a program's pipes; the reading one ends when the program does, or says
    more on one line than anybody needs."""
    async with start(argv, env) as pipes:
        incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
        async with incoming, read, write, outgoing, anyio.create_task_group() as group:
            group.start_soon(_read, pipes, incoming)
            group.start_soon(_write, pipes, outgoing, incoming)
            try:
                yield read, write
            finally:
                group.cancel_scope.cancel()


async def _read(pipes: Pipes, incoming: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
    pieces: list[bytes] = []
    size = noise = 0
    async with incoming:
        try:
            while True:
                first, *rest = (await pipes.receive()).split(b"\n")
                pieces.append(first)
                size += len(first)
                if size > MAX_LINE_BYTES:
                    logger.warning("A chained MCP server sent a line that is too long.")
                    return
                for piece in rest:
                    message = _message(b"".join(pieces))
                    pieces, size = [piece], len(piece)
                    if message is not None:
                        await incoming.send(message)
                        continue
                    noise += 1
                    if noise > MAX_NOISE:
                        return
        except BROKEN:
            return


def _message(line: bytes) -> SessionMessage | None:
    """The message of a line; None for what is none (servers print other things, too)."""
    if not line.strip():
        return None
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        return None


async def _write(
    pipes: Pipes,
    outgoing: MemoryObjectReceiveStream[SessionMessage],
    incoming: MemoryObjectSendStream[SessionMessage | Exception],
) -> None:
    try:
        async for item in outgoing:
            text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
            await pipes.send(f"{text}\n".encode())
    except BROKEN:
        # Nobody listens any more: whoever waits for an answer is told.
        await incoming.aclose()
