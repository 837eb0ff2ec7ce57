"""A small MCP server made with the SDK, as a program."""

from __future__ import annotations

import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("small")


@server.tool()
def search(query: str) -> str:
    """Search the web."""
    return f"# Results for {query}\n\nThe answer is in the manual of {query}."


if __name__ == "__main__":
    sys.stdout.write("hello, I am no message\n")
    sys.stdout.flush()
    server.run("stdio")
