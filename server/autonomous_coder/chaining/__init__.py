"""Other MCP servers as sources: web search and pages through tools that the settings name.

The one room below the edge that speaks the protocol, as a client. What the servers answer is
untrusted text; that they are started or asked at all is the user's own word.
"""
