"""One chained server: connected when first needed, kept, given up when it fails."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from autonomous_coder.chaining.stdio import StartServer
from autonomous_coder.errors import CoderError, NetworkUnavailableError, RegistryError
from autonomous_coder.settings import ChainedServer
from autonomous_coder.version import VERSION

if TYPE_CHECKING:
    from mcp import ClientSession
    from mcp_types import CallToolResult

MAX_TEXT_CHARS = 1_000_000
MAX_TOOL_PAGES = 10
MAX_NAMED_TOOLS = 10
SILENT_S = 60.0
"""How long a server that could not be started or reached is left alone."""
CLOSING_S = 2.0


class _Life:
    """One connection, from its start to its end, owned by one task."""

    def __init__(self) -> None:
        self.ready = anyio.Event()
        self.stop = anyio.Event()
        self.ended = anyio.Event()
        self.scope = anyio.CancelScope()
        self.session: ClientSession | None = None
        self.tools: frozenset[str] = frozenset()
        self.failure = ""
        self.answered = False


class _LostError(Exception):
    """The connection ended, and with it whatever was asked; or it never came to be."""


class _UnreachableError(_LostError):
    """It never came to be."""


class Connection:
    """Calls tools of one server. `tasks` is where the task that owns the connection runs."""

    def __init__(self, server: ChainedServer, start: StartServer, tasks: TaskGroup) -> None:
        self.server = server
        self._start = start
        self._tasks = tasks
        self._life: _Life | None = None
        self._lives: set[_Life] = set()
        self._silent = (0.0, "")

    async def call(self, tool: str, argument: str, value: str) -> str:
        """The text a tool answers with; bounded, untrusted.

        Raises:
            NetworkUnavailableError: the server cannot be started or reached, or is late.
            RegistryError: it has no such tool, or the tool failed.
        """
        until, reason = self._silent
        if time.monotonic() < until:
            raise self._unavailable(reason)
        for _ in range(2):
            life = self._life
            used = life is not None and life.answered
            try:
                with anyio.fail_after(self.server.timeout):
                    return await self._call(tool, {argument: value})
            except TimeoutError:
                reason = f"gave no answer within {self.server.timeout:g} s"
                if self._life is None or self._life.session is None:
                    self._silent = (time.monotonic() + SILENT_S, reason)
                self._drop()
                raise self._unavailable(reason) from None
            except _LostError as error:
                self._drop()
                if isinstance(error, _UnreachableError):
                    self._silent = (time.monotonic() + SILENT_S, str(error))
                # One that had answered before may have ended in between: it is started again.
                if not used:
                    raise self._unavailable(str(error)) from None
        raise self._unavailable("ends again and again")

    async def aclose(self) -> None:
        """End the connections, and with them the processes."""
        self._drop()
        self._silent = (0.0, "")
        for life in list(self._lives):
            with anyio.move_on_after(CLOSING_S):
                await life.ended.wait()
            life.scope.cancel()
            with anyio.CancelScope(shield=True), anyio.move_on_after(3 * CLOSING_S):
                await life.ended.wait()

    def _drop(self) -> None:
        life, self._life = self._life, None
        if life is not None:
            life.stop.set()
            if life.session is None:
                # Still connecting: nobody is there who would hear the event.
                life.scope.cancel()

    async def _call(self, tool: str, arguments: dict[str, Any]) -> str:
        from mcp import MCPError
        from mcp_types import CONNECTION_CLOSED, CallToolRequest, CallToolRequestParams
        from mcp_types import CallToolResult as Result

        life = await self._connected()
        if tool not in life.tools:
            raise self._no_tool(tool, life.tools)
        assert life.session is not None
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
        try:
            # Not `call_tool`: that checks the answer against a schema of the server's own making,
            # whose patterns could keep this process busy.
            result = await life.session.send_request(request, Result)
        except MCPError as error:
            if error.code == CONNECTION_CLOSED:
                raise _LostError("ended while it was asked") from error
            raise self._refused(tool) from error
        except (anyio.ClosedResourceError, anyio.BrokenResourceError) as error:
            raise _LostError("ended while it was asked") from error
        except ValueError as error:
            raise self._refused(tool) from error
        life.answered = True
        if result.is_error:
            raise self._refused(tool)
        return text_of(result)

    async def _connected(self) -> _Life:
        if self._life is None or self._life.ended.is_set():
            self._life = _Life()
            self._lives.add(self._life)
            self._tasks.start_soon(self._own, self._life)
        life = self._life
        await life.ready.wait()
        if life.session is None:
            raise _UnreachableError(life.failure or "could not be reached")
        return life

    async def _own(self, life: _Life) -> None:
        """Hold one connection open until it is told to stop. Never raises what a server does."""
        from mcp import Client
        from mcp_types import Implementation

        try:
            with life.scope:
                client = Client(
                    self._transport(),
                    client_info=Implementation(name="autonomous-coder", version=VERSION),
                    read_timeout_seconds=self.server.timeout,
                    cache=None,
                )
                async with client:
                    life.tools = await _tools(client.session)
                    life.session = client.session
                    life.ready.set()
                    await life.stop.wait()
        except CoderError as error:
            life.failure = error.message.rstrip(".")
        except Exception as error:
            life.failure = _why(error)
        finally:
            life.session = None
            life.ended.set()
            life.ready.set()
            self._lives.discard(life)

    def _transport(self) -> Any:
        from autonomous_coder.chaining.http import http_transport
        from autonomous_coder.chaining.stdio import stdio_transport

        server = self.server
        if server.url:
            return http_transport(server)
        return stdio_transport(self._start, (server.command, *server.args), server.env)

    def _unavailable(self, reason: str) -> NetworkUnavailableError:
        return NetworkUnavailableError(
            f"The MCP server '{self.server.name}' could not be asked: it {reason}.",
            hint="Check research.servers in the settings.",
        )

    def _refused(self, tool: str) -> RegistryError:
        return RegistryError(
            f"The tool '{tool}' of the MCP server '{self.server.name}' failed.",
            hint="Try it by hand to see why.",
        )

    def _no_tool(self, tool: str, tools: frozenset[str]) -> RegistryError:
        named = ", ".join(sorted(t for t in tools if t.isascii() and t.isprintable())[:10])
        return RegistryError(
            f"The MCP server '{self.server.name}' has no tool '{tool}'.",
            hint=f"It has: {named[:500]}. Mend research.servers in the settings.",
        )


async def _tools(session: ClientSession) -> frozenset[str]:
    from mcp_types import PaginatedRequestParams

    found: set[str] = set()
    cursor: str | None = None
    for _ in range(MAX_TOOL_PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        found |= {tool.name[:200] for tool in page.tools}
        cursor = page.next_cursor
        if not cursor:
            break
    return frozenset(found)


def text_of(result: CallToolResult) -> str:
    """The text of an answer: its text parts, else its structured content as JSON."""
    from mcp_types import EmbeddedResource, TextContent, TextResourceContents

    parts: list[str] = []
    for item in result.content:
        if isinstance(item, TextContent):
            parts.append(item.text)
        elif isinstance(item, EmbeddedResource) and isinstance(item.resource, TextResourceContents):
            parts.append(item.resource.text)
    if not any(part.strip() for part in parts) and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False, indent=1)]
    return "\n\n".join(parts)[:MAX_TEXT_CHARS]


def _why(error: BaseException) -> str:
    """The kind of an error, without what a server wrote."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"could not be reached ({type(error).__name__})"
