"""The composition root of the MCP server: settings in, a server out, and how it is served."""

from autonomous_coder.app.factory import create_server
from autonomous_coder.app.serving import run_server, serve_http, serve_stdio

__all__ = ["create_server", "run_server", "serve_http", "serve_stdio"]
