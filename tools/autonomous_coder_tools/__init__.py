"""One module per MCP tool; TOOLS lists them."""
