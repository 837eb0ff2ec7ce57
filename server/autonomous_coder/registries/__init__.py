"""One module a registry."""
