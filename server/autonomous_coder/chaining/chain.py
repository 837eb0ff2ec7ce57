"""All chained servers of the settings, asked by name."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
from anyio.abc import TaskGroup

from autonomous_coder.chaining.connection import Connection
from autonomous_coder.chaining.stdio import StartServer
from autonomous_coder.settings import ChainedServer


class Chain:
    """Implements the research engine's port `Chained`. Nothing is started before it is needed."""

    def __init__(
        self, servers: Sequence[ChainedServer], start: StartServer, tasks: TaskGroup
    ) -> None:
        self._connections = {server.name: Connection(server, start, tasks) for server in servers}

    @property
    def searchers(self) -> Sequence[str]:
        """The names of the servers with a tool for searching."""
        return [name for name, one in self._connections.items() if one.server.search_tool]

    @property
    def fetchers(self) -> Sequence[str]:
        """The names of the servers with a tool for reading pages."""
        return [name for name, one in self._connections.items() if one.server.fetch_tool]

    async def search(self, server: str, topic: str) -> str:
        """What a server finds on a topic; the errors are those of `Connection.call`."""
        one = self._connections[server]
        return await one.call(one.server.search_tool, one.server.search_argument, topic)

    async def fetch(self, server: str, url: str) -> str:
        """What a server reads at an address; the errors are those of `Connection.call`."""
        one = self._connections[server]
        return await one.call(one.server.fetch_tool, one.server.fetch_argument, url)

    async def aclose(self) -> None:
        """End all connections and processes; they are started again when needed."""
        async with anyio.create_task_group() as group:
            for one in self._connections.values():
                group.start_soon(one.aclose)
