"""One module per MCP tool; TOOLS lists them."""

from autonomous_coder_tools.catalogue import TOOLS, TOOLSETS, select_tools

__all__ = ["TOOLS", "TOOLSETS", "select_tools"]
